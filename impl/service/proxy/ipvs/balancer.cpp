#include "impl/service/proxy/ipvs/balancer.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace plimsoll::service::ipvs {

namespace {

using overlay::Balanced;
using Verdict = Balanced::Verdict;

Balanced unknown(std::string reason) {
  return {.verdict = Verdict::unknown, .reason = std::move(reason)};
}

/// What an outcome is to the node.
struct Telling {
  const overlay::Ipv4Packet& packet;

  Balanced operator()(const NotOurs& /*outcome*/) const { return {}; }
  Balanced operator()(const Refused& /*outcome*/) const { return {.verdict = Verdict::refuse}; }
  Balanced operator()(const Dropped& outcome) const {
    return {.verdict = Verdict::drop, .forget_flow = outcome.forget_flow};
  }
  Balanced operator()(const Forwarded& outcome) const {
    return packet.has_ports() ? Balanced{.verdict = Verdict::translate,
                                         .address = outcome.server.address,
                                         .port = outcome.server.port}
                              : unknown("SCTP is not translated");
  }
  Balanced operator()(const Unknown& outcome) const { return unknown(outcome.reason); }
};

}  // namespace

Sysctls sysctls_of(const overlay::Sysctls& sysctls) {
  const auto number = [&](std::string_view name, std::uint8_t otherwise) {
    const auto found = sysctls.others.find("net.ipv4.vs." + std::string(name));
    const bool is_digit = found != sysctls.others.end() && found->second.size() == 1;
    return is_digit ? static_cast<std::uint8_t>(found->second.front() - '0') : otherwise;
  };
  Sysctls read;
  read.conn_reuse_mode = number("conn_reuse_mode", 1);
  read.expire_nodest_conn = number("expire_nodest_conn", 0) != 0;
  read.expire_quiescent_template = number("expire_quiescent_template", 0) != 0;
  read.conntrack = number("conntrack", 0) != 0;
  return read;
}

Balanced Balancer::request(const overlay::Ipv4Packet& packet, bool in_known_flow) {
  return std::visit(Telling{packet}, ipvs_input(tables_, sysctls_, state_, packet, in_known_flow));
}

Balanced Balancer::answer(const overlay::Ipv4Packet& packet) {
  if (const overlay::Quote* const quote = packet.is_icmp_error() ? packet.quote() : nullptr) {
    overlay::Ipv4Packet turned = quote->packet;  // what it is about went to the server
    std::swap(turned.src, turned.dst);
    std::swap(turned.src_port, turned.dst_port);
    return connection_of_answer(state_, turned).connection
               ? unknown("an ICMP error about a packet to a real server")
               : Balanced{};
  }
  const auto [key, is_ambiguous] = connection_of_answer(state_, packet);
  if (!key) {
    return {};
  }
  if (is_ambiguous) {
    return unknown("one port of a client's in connections to several virtual servers with one real server");
  }
  if (!packet.has_ports()) {
    return unknown("SCTP is not translated");
  }
  ipvs_reply(state_, *key, packet.tcp_flags);
  return {.verdict = Verdict::translate, .address = key->to.address, .port = key->to.port};
}

}  // namespace plimsoll::service::ipvs
