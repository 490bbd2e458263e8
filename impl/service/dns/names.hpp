// Domain names as the cluster's DNS server reads and writes them.
//
// Pure functions, linear in the name; safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "impl/service/dns/types.hpp"

namespace plimsoll::dns {

/// Lower case, without the dot at the end.
[[nodiscard]] std::string canonical_name(std::string_view name);

/// "a.b" -> {"a", "b"}; of the empty name: none.
[[nodiscard]] std::vector<std::string_view> labels_of(std::string_view name);

/// `name` without `zone` and the dot between them: empty for the zone itself, nothing if it lies outside.
[[nodiscard]] std::optional<std::string_view> within_zone(std::string_view name, std::string_view zone);

/// Whether `name` lies in in-addr.arpa or ip6.arpa.
[[nodiscard]] bool is_reverse(std::string_view name);

/// "10.0.0.7" -> "10-0-0-7", "fd00::7" -> "fd00--7": the label of an address.
[[nodiscard]] std::string dashed(const Address& address);
/// The address of which `label` is the label, if any; of IPv6, whichever way it is written.
[[nodiscard]] std::optional<Address> from_dashed(std::string_view label);

/// "7.0.0.10.in-addr.arpa", or 32 nibbles under ip6.arpa.
[[nodiscard]] std::string reverse_name(const Address& address);

[[nodiscard]] std::string to_text(const Address& address);
[[nodiscard]] std::optional<Address> parse_address(std::string_view text);

/// "_http._tcp" of a port that has a name; `port.name` is not empty.
[[nodiscard]] std::string port_labels(const Port& port);

}  // namespace plimsoll::dns
