// The small languages inside manifests: names, label keys and values, quantities, addresses.
//
// Sources: RFC 1123 section 2.1 as Kubernetes applies it ("Object Names and IDs", "Labels and Selectors",
// "Quantity" in the Kubernetes documentation).
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "properties/manifest/objects.hpp"

namespace plimsoll::manifest {

/// Lower-case letters, digits and inner hyphens, at most 63 bytes: names of namespaces, containers, Services.
[[nodiscard]] bool is_dns_label(std::string_view text);

/// DNS labels joined by dots, at most 253 bytes: names of most objects.
[[nodiscard]] bool is_dns_subdomain(std::string_view text);

/// `name` or `prefix/name`: keys of labels and annotations. The name has at most 63 letters, digits and inner
/// -_.
[[nodiscard]] bool is_qualified_name(std::string_view text);

/// Empty, or like the name of a qualified name.
[[nodiscard]] bool is_label_value(std::string_view text);

/// A non-negative decimal number with an SI or binary suffix: 2, 0.5, 250m, 64Mi.
[[nodiscard]] bool is_quantity(std::string_view text);

/// An IPv4 or IPv6 address or network; the error is one sentence. A network must have no host bits set.
[[nodiscard]] tl::expected<Address, std::string> parse_address(std::string_view text);
[[nodiscard]] tl::expected<AddressPrefix, std::string> parse_prefix(std::string_view text);

}  // namespace plimsoll::manifest
