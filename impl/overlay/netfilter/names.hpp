// The words of iptables for numbers: protocols, ICMP types, states, types of addresses, flags.
//
// Source: iptables 1.8.9, libxtables/xtables.c (xtables_chain_protos), extensions/libxt_icmp.h,
// libipt_REJECT.c, libxt_conntrack.c, libxt_addrtype.c, libxt_tcp.c; /etc/protocols of Debian. Private to
// save_format.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace plimsoll::overlay::netfilter {

struct NamedNumber {
  std::string_view name;
  std::uint16_t number;
};
/// An ICMP type, and one of its codes or all.
struct NamedIcmpType {
  std::string_view name;
  std::uint8_t type;
  std::uint8_t code_first;
  std::uint8_t code_last;
};

/// A number has one name for printing, the first; it may have others for reading.
[[nodiscard]] std::span<const NamedNumber> protocol_names();
[[nodiscard]] std::span<const NamedIcmpType> icmp_type_names();
/// Bits of ct_state, in the order of printing.
[[nodiscard]] std::span<const NamedNumber> ct_state_names();
/// Bits of ct_status, in the order of printing.
[[nodiscard]] std::span<const NamedNumber> ct_status_names();
/// Bits 1 << AddressType, in the order of printing.
[[nodiscard]] std::span<const NamedNumber> address_type_names();
/// Bits of tcp_flag, in the order of printing.
[[nodiscard]] std::span<const NamedNumber> tcp_flag_names();
/// Values of RejectType.
[[nodiscard]] std::span<const NamedNumber> reject_type_names();

[[nodiscard]] std::optional<std::uint16_t> number_of(std::span<const NamedNumber> names,
                                                     std::string_view name);
/// Empty: there is none.
[[nodiscard]] std::string_view name_of(std::span<const NamedNumber> names, std::uint16_t number);

/// Targets and matches of iptables that are not modelled. Other words are taken for chains, and for mistakes.
[[nodiscard]] bool is_unmodelled_target(std::string_view name);

}  // namespace plimsoll::overlay::netfilter
