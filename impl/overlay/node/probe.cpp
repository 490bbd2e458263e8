#include "impl/overlay/node/probe.hpp"

#include <algorithm>
#include <utility>

#include "impl/base/stable_sort.hpp"
#include "impl/overlay/node/probe_run.hpp"
#include "impl/overlay/packet/parse.hpp"

namespace plimsoll::overlay {
namespace {

constexpr std::size_t udp_header = 8;
constexpr std::size_t echo_header = 8;
constexpr std::uint32_t client_sequence = 1000;

/// The token and a letter, over and over.
Payload pattern(const std::string& token, char letter, std::size_t size) {
  std::string text;
  while (text.size() < size) {
    text += token + letter;
  }
  text.resize(size);
  return Payload(std::string_view(text));
}

CaptureOptions capture_options(const Probe& probe) {
  return {.token = probe.token,
          .tcp_port = probe.kind == ProbeKind::tcp ? probe.source_port : std::uint16_t{0}};
}

}  // namespace

Outcome run_probe(const std::vector<NamespaceSetup>& namespaces, const std::vector<Wire>& wires,
                  const Probe& probe, base::Choices& choices) {
  ProbeRun run(namespaces, wires, probe, choices);
  return run.run();
}

ProbeRun::ProbeRun(const std::vector<NamespaceSetup>& namespaces, const std::vector<Wire>& wires,
                   const Probe& probe, base::Choices& choices)
    : namespaces_(namespaces), probe_(probe), network_(choices, *this), capture_(capture_options(probe)) {
  for (const NamespaceSetup& setup : namespaces) {
    const NamespaceId id = network_.add(*setup.tables);
    if (setup.relay) {
      relays_[id] = *setup.relay;
    }
    network_.node(id).netfilter().recent = setup.recent;
    for (const netfilter::Flow& flow : setup.flows) {
      network_.node(id).netfilter().conntrack.insert(flow);
    }
  }
  for (const Wire& wire : wires) {
    const Port from = port_of(wire.from_namespace, wire.from_device);
    const Port to = port_of(wire.to_namespace, wire.to_device);
    if (from.device != no_device && to.device != no_device) {
      network_.join(from, to);
    }
  }
  client_ = id_of(probe.source);
}

NamespaceId ProbeRun::id_of(const std::string& name) const {
  const auto found = std::ranges::find(namespaces_, name, &NamespaceSetup::name);
  PLIMSOLL_ASSERT_KNOWN(found != namespaces_.end(), name);
  return static_cast<NamespaceId>(found - namespaces_.begin());
}

Port ProbeRun::port_of(const std::string& name, const std::string& device) const {
  const NamespaceId id = id_of(name);
  return {id, namespaces_[id].tables->devices.find(device)};
}

Outcome ProbeRun::run() {
  network_.wake(client_, [this] { start(); });
  if (!network_.run() && outcome_.unknown.empty()) {
    outcome_.unknown = "packets multiply without end";
  }
  if (probe_.kind == ProbeKind::tcp && !outcome_.tcp) {
    outcome_.tcp = TcpResult{};
  }
  base::stable_sort(outcome_.delivered, {}, &Delivery::to);
  outcome_.errors = capture_.errors();
  outcome_.path = capture_.hops(Trail::request);
  outcome_.reply_path = capture_.hops(Trail::reply);
  outcome_.error_path = capture_.hops(Trail::error);
  outcome_.seen_by_other_hosts = capture_.seen_by_other_hosts();
  for (Delivery& delivery : outcome_.delivered) {
    if (probe_.kind == ProbeKind::icmp) {  // as it was last seen there
      for (const Hop& hop : outcome_.path) {
        const bool there = hop.direction == Direction::in && hop.at.starts_with(delivery.to + ":");
        delivery.packet = there ? hop.packet : delivery.packet;
      }
    }
  }
  return std::move(outcome_);
}

void ProbeRun::start() {
  if (probe_.kind == ProbeKind::frame) {
    return send_frame();
  }
  send_request();
}

Ipv4Packet ProbeRun::request() const {
  Ipv4Packet packet = {.dst = probe_.destination, .ttl = probe_.ttl};
  if (probe_.bind) {
    packet.src = *probe_.bind;
  }
  switch (probe_.kind) {
    case ProbeKind::icmp:
      packet.protocol = protocol::icmp;
      packet.icmp_type = icmp_type::echo;
      packet.icmp_id = probe_.source_port;
      packet.icmp_seq = 1;
      packet.payload = pattern(probe_.token, 'Q', probe_.size - Ipv4Packet::header_size - echo_header);
      break;
    case ProbeKind::tcp:
      packet.protocol = protocol::tcp;
      packet.src_port = probe_.source_port;
      packet.dst_port = probe_.port;
      packet.tcp_flags = tcp_flag::syn;
      packet.tcp_seq = client_sequence;
      packet.tcp_window = 64240;
      packet.tcp_options = Payload(std::size_t{20});
      break;
    default:
      packet.protocol = protocol::udp;
      packet.src_port = probe_.source_port;
      packet.dst_port = probe_.port;
      packet.payload = pattern(probe_.token, 'Q', probe_.size - Ipv4Packet::header_size - udp_header);
      break;
  }
  return packet;
}

void ProbeRun::send_request() {
  const Ipv4Packet packet = request();
  const PathMtu path_mtu = probe_.kind == ProbeKind::tcp ? PathMtu::want : probe_.path_mtu;
  const Node& node = network_.node(client_);
  const auto route =
      route_output(node.tables(), node.fib(), {.destination = packet.dst, .source = packet.src});
  client_address_ = route ? route->source : packet.src;
  const auto result =
      network_.node(client_).send(packet, {.path_mtu = path_mtu, .bound = probe_.bind.has_value()});
  if (result || outcome_.sender_error) {
    return;
  }
  if (probe_.kind == ProbeKind::tcp) {
    // A packet that netfilter drops is lost like any other; only a missing route is told to connect().
    if (!route) {
      outcome_.tcp = TcpResult{.error = result.error()};
    }
    return;
  }
  SenderError error = {.error = result.error()};
  if (result.error() == Errno::emsgsize) {
    error.origin = SenderError::Origin::local;
    error.mtu = route ? node.tables()[route->destination.device].mtu : 0;
  }
  outcome_.sender_error = error;
}

void ProbeRun::send_frame() {
  Parsed<Frame> frame = parse_frame(probe_.frame, {.verify_transport = false});
  const Port port = port_of(probe_.source, probe_.device);
  if (!frame || port.device == no_device) {
    outcome_.unknown = frame ? "no such device: " + probe_.device : "the frame: " + to_text(frame.error());
    return;
  }
  network_.node(client_).send_raw(port.device, std::move(*frame));
}

void ProbeRun::seen(Port port, Direction direction, const Skb& skb, Microseconds when) {
  const NamespaceSetup& setup = namespaces_[port.where];
  capture_.add(setup.name, setup.tables->devices[port.device], direction, skb, when);
}

void ProbeRun::deliver(NamespaceId where, const Ipv4Packet& packet, std::uint8_t ttl) {
  outcome_.delivered.push_back(
      {.to = namespaces_[where].name,
       .src = packet.src,
       .dst = packet.dst,
       .ttl = ttl,
       .source_port_kept = packet.src_port == probe_.source_port || probe_.kind == ProbeKind::frame});
}

void ProbeRun::dropped(NamespaceId where, std::string_view why) {
  outcome_.drops.push_back({namespaces_[where].name, std::string(why)});
}

void ProbeRun::unknown(NamespaceId where, const std::string& what) {
  if (outcome_.unknown.empty()) {
    outcome_.unknown = namespaces_[where].name + ": " + what;
  }
}

}  // namespace plimsoll::overlay
