#include "impl/ipam/flannel/network_config.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "impl/base/described.hpp"
#include "impl/base/quoted.hpp"
#include "impl/ipam/flannel/carving.hpp"

namespace plimsoll::ipam {
namespace {

using base::Ipv4;
using base::Ipv4Prefix;
using base::quoted;

using carving::Carving;
using carving::network_length_defaulted_max;
using carving::subnet_bits_min;
using carving::subnet_len_max;

constexpr std::uint64_t vni_max = (1U << 24) - 1;  // RFC 7348 section 5.
constexpr std::uint32_t vni_default = 1;
constexpr std::uint16_t udp_port_default = 8285;
constexpr std::uint16_t vxlan_port_default = 8472;  // Linux's own default, older than IANA's 4789.

char lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

tl::unexpected<ConfigError> refuse(std::string field, std::string sentence) {
  return tl::unexpected(ConfigError{std::move(field), std::move(sentence)});
}

using Checked = tl::expected<void, ConfigError>;

Checked check_families(const NetworkConfigFields& fields) {
  const std::array<std::pair<std::string_view, bool>, 5> ipv6_keys = {{
      {"EnableIPv6", fields.enable_ipv6.value_or(false)},
      {"IPv6Network", fields.ipv6_network.has_value()},
      {"IPv6SubnetLen", fields.ipv6_subnet_len.has_value()},
      {"IPv6SubnetMin", fields.ipv6_subnet_min.has_value()},
      {"IPv6SubnetMax", fields.ipv6_subnet_max.has_value()},
  }};
  for (const auto& [key, is_used] : ipv6_keys) {
    if (is_used) {
      return refuse(std::string(key),
                    fmt::format("{} cannot be used: IPv6 and dual-stack leases are outside this "
                                "component, which leases IPv4 subnets only",
                                key));
    }
  }
  if (!fields.enable_ipv4.value_or(true)) {
    return refuse("EnableIPv4", "EnableIPv4 cannot be false: this component leases IPv4 subnets only");
  }
  return {};
}

tl::expected<Ipv4Prefix, ConfigError> check_network(const std::optional<std::string>& text) {
  if (!text) {
    return refuse("Network",
                  "Network is missing: it is the prefix all subnets are taken from, such as 10.1.0.0/16");
  }
  const auto network = Ipv4Prefix::parse(*text);
  if (!network) {
    return refuse("Network", "Network " + network.error());
  }
  if (*network == Ipv4Prefix()) {
    return refuse("Network", "Network cannot be 0.0.0.0/0, which flannel takes for a missing one");
  }
  return *network;
}

tl::expected<unsigned, ConfigError> check_subnet_len(std::uint64_t subnet_len, const Ipv4Prefix& network) {
  const std::string name = to_text(network);
  if (subnet_len == 0) {
    if (network.length() > network_length_defaulted_max) {
      return refuse("Network", fmt::format("Network {} is too small: the longest useful prefix has {} bits",
                                           name, network_length_defaulted_max));
    }
    return carving::default_subnet_len<std::uint32_t>(network.length());
  }
  if (!carving::is_long_enough(subnet_len)) {
    return refuse("SubnetLen",
                  fmt::format("SubnetLen {} is too long: a subnet needs four addresses, so at most {} bits",
                              subnet_len, subnet_len_max));
  }
  if (!carving::leaves_enough_subnets<std::uint64_t>(network.length(), subnet_len)) {
    return refuse("SubnetLen",
                  fmt::format("SubnetLen {} leaves fewer than four subnets in {}: expected at least {} bits",
                              subnet_len, name, network.length() + subnet_bits_min));
  }
  return static_cast<unsigned>(subnet_len);
}

/// Reads SubnetMin or SubnetMax, or takes the default.
tl::expected<Ipv4, ConfigError> check_limit(const std::string& field, const std::optional<std::string>& text,
                                            std::uint32_t default_value,
                                            const Carving<std::uint32_t>& parts) {
  const Ipv4Prefix network(Ipv4(parts.network), parts.network_length);
  if (!text) {
    return Ipv4(default_value);
  }
  const auto limit = Ipv4::parse(*text);
  if (!limit) {
    return refuse(field, field + " " + limit.error());
  }
  if (*limit == Ipv4()) {
    return Ipv4(default_value);
  }
  if (!carving::is_inside_network(parts, limit->value())) {
    return refuse(field, fmt::format("{} {} is not inside the Network {}", field, *text, to_text(network)));
  }
  if (!carving::is_on_boundary(parts, limit->value())) {
    return refuse(field, fmt::format("{} {} is not on a SubnetLen boundary: did you mean {}?", field, *text,
                                     to_text(limit->masked(parts.subnet_len))));
  }
  return *limit;
}

Checked fill_subnets(const NetworkConfigFields& fields, NetworkConfig& config) {
  const auto network = check_network(fields.network);
  if (!network) {
    return tl::unexpected(network.error());
  }
  const auto subnet_len = check_subnet_len(fields.subnet_len.value_or(0), *network);
  if (!subnet_len) {
    return tl::unexpected(subnet_len.error());
  }
  const Carving<std::uint32_t> parts{network->address().value(), network->length(), *subnet_len, 0, 0};
  const auto subnet_min =
      check_limit("SubnetMin", fields.subnet_min, carving::default_subnet_min(parts), parts);
  if (!subnet_min) {
    return tl::unexpected(subnet_min.error());
  }
  const auto subnet_max =
      check_limit("SubnetMax", fields.subnet_max, carving::default_subnet_max(parts), parts);
  if (!subnet_max) {
    return tl::unexpected(subnet_max.error());
  }
  if (*subnet_min > *subnet_max) {
    return refuse("SubnetMax",
                  fmt::format("SubnetMax {} is below SubnetMin {}: no subnet could ever be leased",
                              to_text(*subnet_max), to_text(*subnet_min)));
  }
  config.network = *network;
  config.subnet_len = *subnet_len;
  config.subnet_min = *subnet_min;
  config.subnet_max = *subnet_max;
  return {};
}

/// The keys of Backend that belong to some types only.
Checked check_backend_keys(const BackendFields& fields, BackendType type) {
  const bool is_vxlan = type == BackendType::vxlan;
  const std::array<std::pair<std::string_view, bool>, 3> foreign_keys = {{
      {"VNI", fields.vni.has_value() && !is_vxlan},
      {"Port", fields.port.has_value() && type == BackendType::host_gw},
      {"DirectRouting", fields.direct_routing.has_value() && !is_vxlan},
  }};
  for (const auto& [key, is_foreign] : foreign_keys) {
    if (is_foreign) {
      return refuse(fmt::format("Backend.{}", key),
                    fmt::format("Backend.{} has no meaning for the backend {}", key, to_text(type)));
    }
  }
  return {};
}

Checked fill_port(const BackendFields& fields, NetworkConfig& config) {
  if (config.backend == BackendType::host_gw) {
    return {};
  }
  const bool is_vxlan = config.backend == BackendType::vxlan;
  const std::uint64_t port = fields.port.value_or(is_vxlan ? vxlan_port_default : udp_port_default);
  if (port > 65535) {
    return refuse("Backend.Port", fmt::format("Backend.Port {} is not a number from 0 to 65535", port));
  }
  if (port == 0 && !is_vxlan) {
    return refuse("Backend.Port",
                  "Backend.Port 0 would give every node another UDP port, which no peer knows");
  }
  // A VXLAN device made without a port listens on the kernel's default.
  config.port = port == 0 ? vxlan_port_default : static_cast<std::uint16_t>(port);
  return {};
}

Checked fill_backend(const std::optional<BackendFields>& given, NetworkConfig& config) {
  const BackendFields fields = given.value_or(BackendFields{.type = "udp"});  // FLN-C2
  if (!fields.type) {
    return refuse("Backend.Type", "Backend.Type is missing: expected udp, vxlan or host-gw");
  }
  const auto type = parse_backend_type(*fields.type);
  if (!type) {
    return refuse("Backend.Type", "Backend.Type " + type.error());
  }
  config.backend = *type;
  if (const Checked keys = check_backend_keys(fields, *type); !keys) {
    return keys;
  }
  if (*type == BackendType::vxlan) {
    const std::uint64_t vni = fields.vni.value_or(vni_default);
    if (vni > vni_max) {
      return refuse("Backend.VNI", fmt::format("Backend.VNI {} is not a number from 0 to {}", vni, vni_max));
    }
    config.vni = static_cast<std::uint32_t>(vni);
    config.direct_routing = fields.direct_routing.value_or(false);
  }
  return fill_port(fields, config);
}

}  // namespace

std::string to_text(BackendType type) {
  return base::enumerator_text(type);
}

tl::expected<BackendType, std::string> parse_backend_type(std::string_view text) {
  std::string lowered(text.substr(0, 16));
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), lower_case);
  for (const BackendType type : {BackendType::udp, BackendType::vxlan, BackendType::host_gw}) {
    if (lowered == to_text(type)) {
      return type;
    }
  }
  return tl::unexpected(
      fmt::format("{} is not a known backend: expected udp, vxlan or host-gw", quoted(text)));
}

tl::expected<NetworkConfig, ConfigError> make_network_config(const NetworkConfigFields& fields) {
  NetworkConfig config;
  Checked checked = check_families(fields);
  if (checked) {
    checked = fill_subnets(fields, config);
  }
  if (checked) {
    checked = fill_backend(fields.backend, config);
  }
  if (!checked) {
    return tl::unexpected(checked.error());
  }
  return config;
}

}  // namespace plimsoll::ipam
