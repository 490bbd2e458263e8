#include "impl/overlay/node/capture.hpp"

#include <algorithm>
#include <optional>

#include "impl/base/stable_sort.hpp"
#include "impl/overlay/packet/build.hpp"
#include "impl/overlay/packet/parse.hpp"
#include "impl/overlay/packet/print.hpp"

namespace plimsoll::overlay {

/// The innermost packet of a frame, and what is around it.
struct Capture::View {
  Ipv4Packet packet = {};
  std::string macs = {};
  std::string tunnel = {};
};

namespace {

constexpr std::size_t total_length_offset = 2;

std::size_t total_length_at(std::string_view ip) {
  return ip.size() < total_length_offset + 2
             ? 0
             : static_cast<std::size_t>(static_cast<unsigned char>(ip[2])) << 8 |
                   static_cast<unsigned char>(ip[3]);
}

/// The packet whose first bytes these are, the rest being zeros: a tunnel's fragment has only the beginning.
std::optional<Ipv4Packet> packet_of(std::string_view bytes) {
  std::string whole(bytes);
  whole.resize(std::max(whole.size(), total_length_at(bytes)));
  whole.resize(std::min(whole.size(), total_length_at(bytes)));
  Parsed<Ipv4Packet> packet = parse_ip(whole, {.verify_transport = false});
  return packet ? std::optional(std::move(*packet)) : std::nullopt;
}

std::string fragment_text(const Ipv4Packet& outer) {
  return outer.is_fragment() ? " frag" + std::to_string(outer.fragment_offset) + (outer.mf ? "+" : "") : "";
}

std::string outer_text(const Ipv4Packet& outer, std::string_view kind, const std::string& vni) {
  return std::string(kind) + " " + to_text(outer.src) + ">" + to_text(outer.dst) + " ttl" +
         std::to_string(outer.ttl) + " dport" + std::to_string(outer.dst_port) + vni + " len" +
         std::to_string(outer.total_length()) + (outer.df ? " DF" : "") + fragment_text(outer);
}

std::string error_text(const Ipv4Packet& packet) {
  std::string text = to_text(packet.src) + ">" + to_text(packet.dst) + " icmp" +
                     std::to_string(packet.icmp_type) + "/" + std::to_string(packet.icmp_code);
  if (packet.icmp_type == icmp_type::unreachable &&
      packet.icmp_code == icmp_unreachable::fragmentation_needed) {
    text += " mtu" + std::to_string(packet.icmp_seq);
  }
  return text;
}

}  // namespace

Capture::View Capture::view_of(const Device& device, const Frame& frame) const {
  const Ipv4Packet& outer = *frame.ip();
  View plain = {outer, device.kind == LinkKind::tun ? std::string() : macs_text(frame), {}};
  if (!outer.is_udp() || (outer.dst_port != options_.vxlan_port && outer.dst_port != options_.tunnel_port)) {
    return plain;
  }
  const std::string content = build_content(outer);
  if (outer.dst_port == options_.tunnel_port) {
    auto inner = packet_of(content);
    return inner ? View{std::move(*inner), {}, outer_text(outer, "udp", {})} : plain;
  }
  constexpr std::size_t headers = VxlanFrame::header_size + Frame::header_size;
  if (content.size() < headers) {
    return plain;
  }
  const auto byte = [&](std::size_t at) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(content[at]));
  };
  const std::uint32_t vni = byte(4) << 16 | byte(5) << 8 | byte(6);
  auto inner = packet_of(std::string_view(content).substr(headers));
  if (!inner) {
    return plain;
  }
  const auto mac_at = [&](std::size_t at) {
    base::Mac::Bytes bytes = {};
    std::ranges::transform(content.substr(at, bytes.size()), bytes.begin(),
                           [](char value) { return static_cast<std::uint8_t>(value); });
    return base::Mac(bytes);
  };
  constexpr std::size_t to = VxlanFrame::header_size;
  return {std::move(*inner), to_text(mac_at(to + 6)) + ">" + to_text(mac_at(to)),
          outer_text(outer, "vxlan", " vni" + std::to_string(vni))};
}

Trail Capture::trail_of(const Ipv4Packet& packet) const {
  if (packet.is_icmp_error()) {
    return Trail::error;
  }
  if (packet.protocol == protocol::tcp) {
    if (options_.tcp_port == 0 || !packet.has_transport()) {
      return Trail::none;
    }
    const bool syn = (packet.tcp_flags & tcp_flag::syn) != 0;
    const bool ack = (packet.tcp_flags & tcp_flag::ack) != 0;
    if ((packet.tcp_flags & tcp_flag::rst) != 0 || (syn && ack)) {
      return Trail::reply;
    }
    return syn ? Trail::request : Trail::none;
  }
  const std::string content = build_content(packet);
  const std::size_t found = content.find(options_.token);
  if (options_.token.empty() || found == std::string::npos) {
    return Trail::none;
  }
  if (packet.is_icmp()) {
    return packet.icmp_type == icmp_type::echo_reply ? Trail::reply : Trail::request;
  }
  const std::size_t kind = found + options_.token.size();
  return kind < content.size() && content[kind] == 'R' ? Trail::reply : Trail::request;
}

void Capture::add(const std::string& where, const Device& device, Direction direction, const Skb& skb,
                  Microseconds when) {
  if (skb.frame.ip() == nullptr) {
    return;
  }
  const View view = view_of(device, skb.frame);
  const Trail trail = trail_of(view.packet);
  if (trail == Trail::none) {
    return;
  }
  const std::string at = where + ":" + device.name;
  const bool other_host =
      direction == Direction::in && skb.type == PacketType::other_host && device.bridge == no_device;
  if (other_host) {
    if (trail == Trail::request && std::ranges::find(other_hosts_, at) == other_hosts_.end()) {
      other_hosts_.push_back(at);
    }
    return;
  }
  Observation observation = {
      .when = when,
      .trail = trail,
      .hop = {at, direction, to_text(view.packet), view.macs, view.tunnel},
      .namespace_name = where,
      .error_message = trail == Trail::error ? error_text(view.packet) : std::string()};
  share_bytes(observation, view.packet, skb.bytes);
  observations_.push_back(std::move(observation));
}

/// A later fragment is shown as it is when the bytes are read, after all has happened: see Bytes.
void Capture::share_bytes(Observation& observation, const Ipv4Packet& packet, Bytes bytes) {
  if (packet.fragment_offset == 0) {
    return;
  }
  observation.fragment = {packet.id, packet.fragment_offset};
  std::uint32_t& copies = copies_[observation.fragment];
  copies += bytes == Bytes::copied ? 1 : 0;
  observation.copy = copies;
  if (bytes != Bytes::rewritten) {
    return;
  }
  for (Observation& earlier : observations_) {
    if (earlier.fragment == observation.fragment && earlier.copy == copies) {
      earlier.hop.packet = observation.hop.packet;
      earlier.hop.macs = earlier.hop.macs.empty() ? std::string() : observation.hop.macs;
    }
  }
}

std::vector<Hop> Capture::hops(Trail trail) const {
  std::vector<const Observation*> chosen;
  for (const Observation& observation : observations_) {
    if (observation.trail == trail) {
      chosen.push_back(&observation);
    }
  }
  base::stable_sort(chosen, {}, [](const Observation* one) { return one->when; });
  std::vector<Hop> hops;
  hops.reserve(chosen.size());
  for (const Observation* observation : chosen) {
    hops.push_back(observation->hop);
  }
  return hops;
}

std::vector<ErrorSent> Capture::errors() const {
  std::vector<const Observation*> sent;
  for (const Observation& observation : observations_) {
    if (observation.trail == Trail::error && observation.hop.direction == Direction::out) {
      sent.push_back(&observation);
    }
  }
  base::stable_sort(sent, {}, [](const Observation* one) { return one->when; });
  std::vector<ErrorSent> errors;
  for (const Observation* observation : sent) {
    if (std::ranges::find(errors, observation->error_message, &ErrorSent::message) == errors.end()) {
      errors.push_back({observation->namespace_name, observation->error_message});
    }
  }
  return errors;
}

}  // namespace plimsoll::overlay
