#include "impl/overlay/netfilter/names.hpp"

#include <algorithm>
#include <array>

#include "impl/overlay/netfilter/rule.hpp"
#include "impl/overlay/packet/packet.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

constexpr std::array<NamedNumber, 24> protocols = {
    {{"icmp", 1},       {"igmp", 2},   {"ipencap", 4},   {"tcp", 6},   {"egp", 8},      {"udp", 17},
     {"dccp", 33},      {"ipv6", 41},  {"rsvp", 46},     {"gre", 47},  {"esp", 50},     {"ah", 51},
     {"ipv6-icmp", 58}, {"ospf", 89},  {"ipip", 94},     {"pim", 103}, {"ipcomp", 108}, {"vrrp", 112},
     {"l2tp", 115},     {"sctp", 132}, {"udplite", 136}, {"all", 0},   {"icmpv6", 58},  {"ipv4", 4}}};

constexpr std::array<NamedIcmpType, 31> icmp_types = {{{"any", 0xff, 0, 0xff},
                                                       {"echo-reply", 0, 0, 0xff},
                                                       {"pong", 0, 0, 0xff},
                                                       {"destination-unreachable", 3, 0, 0xff},
                                                       {"network-unreachable", 3, 0, 0},
                                                       {"host-unreachable", 3, 1, 1},
                                                       {"protocol-unreachable", 3, 2, 2},
                                                       {"port-unreachable", 3, 3, 3},
                                                       {"fragmentation-needed", 3, 4, 4},
                                                       {"source-route-failed", 3, 5, 5},
                                                       {"network-unknown", 3, 6, 6},
                                                       {"host-unknown", 3, 7, 7},
                                                       {"network-prohibited", 3, 9, 9},
                                                       {"host-prohibited", 3, 10, 10},
                                                       {"communication-prohibited", 3, 13, 13},
                                                       {"source-quench", 4, 0, 0xff},
                                                       {"redirect", 5, 0, 0xff},
                                                       {"network-redirect", 5, 0, 0},
                                                       {"host-redirect", 5, 1, 1},
                                                       {"echo-request", 8, 0, 0xff},
                                                       {"ping", 8, 0, 0xff},
                                                       {"router-advertisement", 9, 0, 0xff},
                                                       {"router-solicitation", 10, 0, 0xff},
                                                       {"time-exceeded", 11, 0, 0xff},
                                                       {"ttl-exceeded", 11, 0, 0xff},
                                                       {"ttl-zero-during-transit", 11, 0, 0},
                                                       {"ttl-zero-during-reassembly", 11, 1, 1},
                                                       {"parameter-problem", 12, 0, 0xff},
                                                       {"timestamp-request", 13, 0, 0xff},
                                                       {"timestamp-reply", 14, 0, 0xff},
                                                       {"address-mask-request", 17, 0, 0xff}}};

constexpr std::array<NamedNumber, 7> ct_states = {{{"INVALID", ct_state::invalid},
                                                   {"NEW", ct_state::new_},
                                                   {"RELATED", ct_state::related},
                                                   {"ESTABLISHED", ct_state::established},
                                                   {"UNTRACKED", ct_state::untracked},
                                                   {"SNAT", ct_state::snat},
                                                   {"DNAT", ct_state::dnat}}};

constexpr std::array<NamedNumber, 5> ct_statuses = {{{"NONE", ct_status::none},
                                                     {"EXPECTED", ct_status::expected},
                                                     {"SEEN_REPLY", ct_status::seen_reply},
                                                     {"ASSURED", ct_status::assured},
                                                     {"CONFIRMED", ct_status::confirmed}}};

constexpr std::uint16_t bit(AddressType type) {
  return static_cast<std::uint16_t>(1U << static_cast<unsigned>(type));
}
constexpr std::array<NamedNumber, 12> address_types = {{{"UNSPEC", bit(AddressType::unspec)},
                                                        {"UNICAST", bit(AddressType::unicast)},
                                                        {"LOCAL", bit(AddressType::local)},
                                                        {"BROADCAST", bit(AddressType::broadcast)},
                                                        {"ANYCAST", bit(AddressType::anycast)},
                                                        {"MULTICAST", bit(AddressType::multicast)},
                                                        {"BLACKHOLE", bit(AddressType::blackhole)},
                                                        {"UNREACHABLE", bit(AddressType::unreachable)},
                                                        {"PROHIBIT", bit(AddressType::prohibit)},
                                                        {"THROW", bit(AddressType::throw_)},
                                                        {"NAT", bit(AddressType::nat)},
                                                        {"XRESOLVE", bit(AddressType::xresolve)}}};

constexpr std::array<NamedNumber, 8> flags = {{{"FIN", tcp_flag::fin},
                                               {"SYN", tcp_flag::syn},
                                               {"RST", tcp_flag::rst},
                                               {"PSH", tcp_flag::psh},
                                               {"ACK", tcp_flag::ack},
                                               {"URG", tcp_flag::urg},
                                               {"ALL", 0x3f},
                                               {"NONE", 0}}};

constexpr std::uint16_t number(RejectType type) {
  return static_cast<std::uint16_t>(type);
}
constexpr std::array<NamedNumber, 16> reject_types = {
    {{"icmp-net-unreachable", number(RejectType::icmp_net_unreachable)},
     {"icmp-host-unreachable", number(RejectType::icmp_host_unreachable)},
     {"icmp-port-unreachable", number(RejectType::icmp_port_unreachable)},
     {"icmp-proto-unreachable", number(RejectType::icmp_proto_unreachable)},
     {"icmp-net-prohibited", number(RejectType::icmp_net_prohibited)},
     {"icmp-host-prohibited", number(RejectType::icmp_host_prohibited)},
     {"icmp-admin-prohibited", number(RejectType::icmp_admin_prohibited)},
     {"tcp-reset", number(RejectType::tcp_reset)},
     {"net-unreach", number(RejectType::icmp_net_unreachable)},
     {"host-unreach", number(RejectType::icmp_host_unreachable)},
     {"port-unreach", number(RejectType::icmp_port_unreachable)},
     {"proto-unreach", number(RejectType::icmp_proto_unreachable)},
     {"net-prohib", number(RejectType::icmp_net_prohibited)},
     {"host-prohib", number(RejectType::icmp_host_prohibited)},
     {"admin-prohib", number(RejectType::icmp_admin_prohibited)},
     {"tcp-rst", number(RejectType::tcp_reset)}}};

constexpr std::array<std::string_view, 26> unmodelled_targets = {
    "AUDIT",   "CHECKSUM", "CLASSIFY",  "CLUSTERIP", "CONNMARK", "CONNSECMARK", "DSCP",
    "ECN",     "HMARK",    "IDLETIMER", "LED",       "NETMAP",   "NFQUEUE",     "QUEUE",
    "RATEEST", "SECMARK",  "SET",       "SYNPROXY",  "TCPMSS",   "TCPOPTSTRIP", "TEE",
    "TOS",     "TPROXY",   "TRACE",     "TTL",       "ULOG"};

}  // namespace

std::span<const NamedNumber> protocol_names() {
  return protocols;
}
std::span<const NamedIcmpType> icmp_type_names() {
  return icmp_types;
}
std::span<const NamedNumber> ct_state_names() {
  return ct_states;
}
std::span<const NamedNumber> ct_status_names() {
  return ct_statuses;
}
std::span<const NamedNumber> address_type_names() {
  return address_types;
}
std::span<const NamedNumber> tcp_flag_names() {
  return flags;
}
std::span<const NamedNumber> reject_type_names() {
  return reject_types;
}

std::optional<std::uint16_t> number_of(std::span<const NamedNumber> names, std::string_view name) {
  for (const NamedNumber& named : names) {
    if (named.name == name) {
      return named.number;
    }
  }
  return std::nullopt;
}

std::string_view name_of(std::span<const NamedNumber> names, std::uint16_t number) {
  for (const NamedNumber& named : names) {
    if (named.number == number) {
      return named.name;
    }
  }
  return {};
}

bool is_unmodelled_target(std::string_view name) {
  return std::ranges::find(unmodelled_targets, name) != unmodelled_targets.end();
}

}  // namespace plimsoll::overlay::netfilter
