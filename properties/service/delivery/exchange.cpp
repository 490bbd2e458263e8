#include "properties/service/delivery/exchange.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::properties::delivery {

namespace {

namespace flag = net::tcp_flag;
using net::Ipv4Packet;
using net::NamespaceId;

constexpr std::uint32_t client_sequence = 1000;
constexpr std::uint32_t listener_sequence = 5000;
constexpr std::size_t udp_headers = 28;

/// Payloads: 'Q' asks; 'R' answers, and says who.
bool asks(const Ipv4Packet& packet) {
  return packet.payload.given().starts_with('Q');
}
std::string answerer(const Ipv4Packet& packet) {
  return std::string(packet.payload.given().substr(1));
}

/// The programs of all namespaces while an exchange goes on.
class Run final : public net::Programs {
 public:
  Run(const Parts& parts, const Request& request, base::Choices& choices);

  [[nodiscard]] Exchange run();

  void seen(net::Port port, net::Direction direction, const net::Skb& skb, net::Microseconds when) override;
  [[nodiscard]] bool take_udp(NamespaceId where, const Ipv4Packet& packet,
                              const net::LocalArrival& arrival) override;
  [[nodiscard]] net::TcpVerdict take_tcp(NamespaceId where, const Ipv4Packet& packet) override;
  void echoed(NamespaceId /*where*/, const Ipv4Packet& /*request*/) override {}
  void take_echo_reply(NamespaceId /*where*/, const Ipv4Packet& /*packet*/) override {}
  void take_icmp_error(NamespaceId where, const Ipv4Packet& error, const Ipv4Packet& about) override;
  void read_tun(net::Port port, const Ipv4Packet& packet) override;
  void unknown(NamespaceId where, const std::string& what) override;

 private:
  struct Member {
    std::string name = {};
    NodeKernel* kernel = nullptr;
    Flanneld* relay = nullptr;
    std::unique_ptr<api::ipvs::Balancer> balancer = {};
  };

  void add(const std::string& name, NodeKernel& kernel, Flanneld* relay);
  [[nodiscard]] net::Port port_of(const std::string& name, const std::string& device) const;
  void send_request();
  void arrived(NamespaceId where, const Ipv4Packet& packet);
  void relay_on(NamespaceId where, flannel::UdpFate fate);
  [[nodiscard]] bool is_for_client(NamespaceId where, const Ipv4Packet& packet) const;
  [[nodiscard]] net::TcpVerdict take_tcp_client(const Ipv4Packet& packet);
  [[nodiscard]] net::TcpVerdict take_tcp_listener(NamespaceId where, const Ipv4Packet& packet);
  void send_segment(NamespaceId where, const Ipv4Packet& to, std::uint16_t flags);

  const Request& request_;
  net::Network network_;
  std::vector<Member> members_ = {};
  std::map<std::string, NamespaceId> ids_ = {};
  NamespaceId client_ = 0;
  Exchange exchange_ = {};
  std::vector<std::string>* hops_ = nullptr;
};

void Run::seen(net::Port port, net::Direction direction, const net::Skb& skb, net::Microseconds /*when*/) {
  if (hops_ == nullptr || skb.frame.ip() == nullptr) {
    return;
  }
  const Member& member = members_[port.where];
  const std::string at = member.name + ":" + member.kernel->compiled().devices[port.device].name;
  hops_->push_back(direction == net::Direction::in ? ">" + at : at + ">");
}

Run::Run(const Parts& parts, const Request& request, base::Choices& choices)
    : request_(request), network_(choices, *this), hops_(parts.hops) {
  for (auto& [name, kernel] : parts.kernels) {
    const auto relay = parts.relays.find(name);
    add(name, kernel, relay == parts.relays.end() ? nullptr : relay->second);
  }
  for (const net::Wire& wire : parts.wires) {
    network_.join(port_of(wire.from_namespace, wire.from_device), port_of(wire.to_namespace, wire.to_device));
  }
  client_ = ids_.at(request.from);
}

void Run::add(const std::string& name, NodeKernel& kernel, Flanneld* relay) {
  const NamespaceId id = network_.add(kernel.compiled());
  ids_.emplace(name, id);
  net::Node& node = network_.node(id);
  node.netfilter() = kernel.remembered.netfilter;
  Member member = {name, &kernel, relay, nullptr};
  if (kernel.has_ipvs) {
    api::ipvs::Sysctls sysctls = api::ipvs::sysctls_of(kernel.tables().sysctls);
    sysctls.before_5_16 = kernel.before_5_16;
    member.balancer =
        std::make_unique<api::ipvs::Balancer>(kernel.servers(), sysctls, kernel.remembered.ipvs);
    node.use(*member.balancer);
  }
  members_.push_back(std::move(member));
}

net::Port Run::port_of(const std::string& name, const std::string& device) const {
  const NamespaceId id = ids_.at(name);
  const net::DeviceId number = members_[id].kernel->compiled().devices.find(device);
  PLIMSOLL_ASSERT_KNOWN(number != net::no_device, device);
  return {id, number};
}

Exchange Run::run() {
  network_.wake(client_, [this] { send_request(); });
  if (!network_.run() && exchange_.unknown.empty()) {
    exchange_.unknown = "packets multiply without end";
  }
  for (NamespaceId id = 0; id < members_.size(); ++id) {
    members_[id].kernel->remembered.netfilter = std::move(network_.node(id).netfilter());
  }
  return std::move(exchange_);
}

void Run::send_request() {
  Ipv4Packet packet = {.src = request_.bind.value_or(base::Ipv4()),
                       .dst = request_.to,
                       .protocol = api::ip_protocol(request_.protocol),
                       .src_port = request_.source_port,
                       .dst_port = request_.port};
  if (request_.protocol == api::Protocol::tcp) {
    packet.tcp_flags = request_.tcp_flags == 0 ? flag::syn : request_.tcp_flags;
    packet.tcp_seq = request_.tcp_flags == 0 ? client_sequence : client_sequence + 1;
    packet.tcp_ack = (packet.tcp_flags & flag::ack) != 0 ? listener_sequence + 1 : 0;
    packet.tcp_window = 64240;
  } else {
    packet.payload = net::Payload(std::string_view("Q")).padded_to(request_.size - udp_headers);
  }
  (void)network_.node(client_).send(std::move(packet),
                                    {.path_mtu = request_.path_mtu, .bound = request_.bind.has_value()});
}

bool Run::is_for_client(NamespaceId where, const Ipv4Packet& packet) const {
  return where == client_ && packet.dst_port == request_.source_port &&
         packet.protocol == api::ip_protocol(request_.protocol);
}

void Run::arrived(NamespaceId where, const Ipv4Packet& packet) {
  exchange_.arrivals.push_back({members_[where].name, net::endpoints_of(packet)});
}

bool Run::take_udp(NamespaceId where, const Ipv4Packet& packet, const net::LocalArrival& arrival) {
  const Member& member = members_[where];
  if (member.relay != nullptr && packet.dst_port == flannel::port_of(member.relay->config()) &&
      packet.dst == member.relay->config().external.address) {
    network_.wake(where, [this, where, packet] {
      relay_on(where, flannel::from_socket(members_[where].relay->udp_proxy(), packet));
    });
    return true;
  }
  if (!asks(packet)) {
    if (is_for_client(where, packet)) {
      exchange_.replies.push_back({packet.src, packet.src_port, answerer(packet)});
    }
    return where == client_;
  }
  if (!member.kernel->listens.contains(packet.dst_port)) {
    return false;
  }
  arrived(where, packet);
  Ipv4Packet answer = {.src = arrival.specific_destination,
                       .dst = packet.src,
                       .protocol = net::protocol::udp,
                       .src_port = packet.dst_port,
                       .dst_port = packet.src_port,
                       .payload = net::Payload(std::string_view("R" + member.name))};
  network_.wake(where, [this, where, answer] { (void)network_.node(where).send(answer, {.bound = true}); });
  return true;
}

net::TcpVerdict Run::take_tcp(NamespaceId where, const Ipv4Packet& packet) {
  return is_for_client(where, packet) ? take_tcp_client(packet) : take_tcp_listener(where, packet);
}

/// The client's socket knows the address that it asked; whoever else answers gets a reset.
net::TcpVerdict Run::take_tcp_client(const Ipv4Packet& packet) {
  exchange_.replies.push_back({packet.src, packet.src_port, {}});
  if (packet.src != request_.to || packet.src_port != request_.port) {
    return net::TcpVerdict::reset;
  }
  if ((packet.tcp_flags & flag::rst) != 0) {
    exchange_.reset = true;
  } else if ((packet.tcp_flags & flag::syn) != 0 && request_.tcp_flags == 0) {
    network_.wake(client_, [this, packet] { send_segment(client_, packet, flag::ack); });
  }
  return net::TcpVerdict::taken;
}

net::TcpVerdict Run::take_tcp_listener(NamespaceId where, const Ipv4Packet& packet) {
  NodeKernel& kernel = *members_[where].kernel;
  if ((packet.tcp_flags & flag::rst) != 0) {
    return net::TcpVerdict::taken;
  }
  if (!kernel.listens.contains(packet.dst_port)) {
    const bool is_stray = request_.tcp_flags != 0;  // a test sends what no connection would
    if (is_stray) {
      arrived(where, packet);
    }
    return net::TcpVerdict::reset;
  }
  std::set<Connection>& connections = kernel.remembered.connections;
  const Connection connection = {packet.dst, packet.dst_port, packet.src, packet.src_port};
  if ((packet.tcp_flags & flag::syn) != 0) {
    connections.erase(connection);
    arrived(where, packet);
    network_.wake(where, [this, where, packet] { send_segment(where, packet, flag::syn | flag::ack); });
    return net::TcpVerdict::taken;
  }
  const bool is_third = request_.tcp_flags == 0;
  if (is_third) {
    connections.insert(connection);
    exchange_.connected = true;
    return net::TcpVerdict::taken;
  }
  if (!connections.contains(connection)) {
    return net::TcpVerdict::reset;
  }
  arrived(where, packet);
  network_.wake(where, [this, where, packet] {
    send_segment(where, packet, static_cast<std::uint16_t>(flag::ack | (packet.tcp_flags & flag::fin)));
  });
  return net::TcpVerdict::taken;
}

/// An answer to the segment `to`.
void Run::send_segment(NamespaceId where, const Ipv4Packet& to, std::uint16_t flags) {
  const bool is_first = (flags & flag::syn) != 0;
  Ipv4Packet segment = {.src = to.dst,
                        .dst = to.src,
                        .protocol = net::protocol::tcp,
                        .src_port = to.dst_port,
                        .dst_port = to.src_port,
                        .tcp_flags = flags,
                        .tcp_window = 64240,
                        .tcp_seq = is_first ? listener_sequence : to.tcp_ack,
                        .tcp_ack = to.tcp_seq + 1};
  (void)network_.node(where).send(std::move(segment), {.bound = true});
}

void Run::take_icmp_error(NamespaceId where, const Ipv4Packet& error, const Ipv4Packet& about) {
  if (where == client_ && about.dst == request_.to && about.src_port == request_.source_port) {
    exchange_.complaints.push_back({error.icmp_type, error.icmp_code, error.src});
  }
}

void Run::read_tun(net::Port port, const Ipv4Packet& packet) {
  const Member& member = members_[port.where];
  if (member.relay == nullptr ||
      member.kernel->compiled().devices[port.device].name != member.relay->device()) {
    return;
  }
  network_.wake(port.where, [this, port, packet] {
    Flanneld& relay = *members_[port.where].relay;
    relay_on(port.where, flannel::from_tun(relay.udp_proxy(), relay.udp_routes(), packet));
  });
}

void Run::relay_on(NamespaceId where, flannel::UdpFate fate) {
  const Flanneld& relay = *members_[where].relay;
  net::Node& node = network_.node(where);
  if (auto* const tun = std::get_if<flannel::ToTun>(&fate)) {
    node.write_by_program(node.tables().find(relay.device()), std::move(tun->packet));
  } else if (auto* const peer = std::get_if<flannel::ToPeer>(&fate)) {
    const std::uint16_t port = flannel::port_of(relay.config());
    Ipv4Packet datagram = {.src = relay.config().external.address,
                           .dst = peer->node,
                           .protocol = net::protocol::udp,
                           .src_port = port,
                           .dst_port = peer->port};
    datagram.inner = net::Inner{net::TunnelledPacket{std::move(peer->packet)}};
    (void)node.send(std::move(datagram), {.path_mtu = net::PathMtu::want, .bound = true});
  }
}

void Run::unknown(NamespaceId where, const std::string& what) {
  if (exchange_.unknown.empty()) {
    exchange_.unknown = members_[where].name + ": " + what;
  }
}

}  // namespace

bool Exchange::is_served(const Request& request) const {
  const bool is_connection = request.protocol == api::Protocol::tcp && request.tcp_flags == 0;
  return unknown.empty() && arrivals.size() == 1 && replies.size() == 1 && !reset && complaints.empty() &&
         replies.front().src == request.to && replies.front().src_port == request.port &&
         (!is_connection || connected);
}

std::string Exchange::server() const {
  return arrivals.size() == 1 ? arrivals.front().at : "";
}

bool Exchange::is_refused() const {
  constexpr std::uint8_t port_unreachable = net::icmp_unreachable::port;
  const bool is_told = std::ranges::any_of(complaints, [](const Complaint& each) {
    return each.type == net::icmp_type::unreachable && each.code == port_unreachable;
  });
  return unknown.empty() && arrivals.empty() && (reset || is_told);
}

bool Exchange::is_lost() const {
  return unknown.empty() && arrivals.empty() && replies.empty() && complaints.empty() && !reset;
}

std::string to_text(const Exchange& exchange) {
  std::string text = exchange.unknown.empty() ? "" : "unknown: " + exchange.unknown + "; ";
  for (const Arrival& each : exchange.arrivals) {
    text += "at " + each.at + " from " + to_text(each.ends.src) + ":" + std::to_string(each.ends.src_port) +
            " to " + to_text(each.ends.dst) + ":" + std::to_string(each.ends.dst_port) + "; ";
  }
  for (const Reply& each : exchange.replies) {
    text += "reply from " + to_text(each.src) + ":" + std::to_string(each.src_port) + " by " + each.by + "; ";
  }
  for (const Complaint& each : exchange.complaints) {
    text += "icmp " + std::to_string(each.type) + "/" + std::to_string(each.code) + " by " +
            to_text(each.by) + "; ";
  }
  return text + (exchange.connected ? "connected " : "") + (exchange.reset ? "reset" : "");
}

Exchange run_exchange(const Parts& parts, const Request& request, base::Choices& choices) {
  Run run(parts, request, choices);
  return run.run();
}

}  // namespace plimsoll::properties::delivery
