// flannel's network configuration: what an administrator writes in net-conf.json, checked and with all
// defaults filled in.
//
// Source: flannel, pkg/subnet/config.go (ParseConfig, CheckNetworkConfig), backend/udp, backend/vxlan,
// backend/hostgw; rules FLN-C1 and FLN-C2. Deviates: (1) leases are IPv4 only, the IPv6 keys are refused; (2)
// host bits in Network are refused, where Go's net.ParseCIDR drops them; (3) SubnetMin above SubnetMax is
// refused, where flannel starts and then reports "out of subnets" for ever; (4) a Backend key that its type
// does not read is refused, where flannel ignores it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "impl/base/describe_macro.hpp"
#include "impl/base/ipv4.hpp"
#include "impl/base/prefix.hpp"

namespace plimsoll::ipam {

/// How packets travel between nodes.
enum class BackendType : std::uint8_t {
  udp,      ///< TUN device, packets in UDP datagrams
  vxlan,    ///< kernel VXLAN device
  host_gw,  ///< routes to the peers' addresses, no encapsulation
};
PLIMSOLL_DESCRIBE_ENUM(BackendType, udp, vxlan, host_gw)

/// "udp", "vxlan" or "host-gw", as in net-conf.json and in a lease's BackendType.
std::string to_text(BackendType type);
/// Ignores case, as flannel's backend manager does.
/// @return the type, or one sentence that lists the types there are.
tl::expected<BackendType, std::string> parse_backend_type(std::string_view text);

/// The object under Backend, key by key; what is absent is nullopt.
struct BackendFields {
  std::optional<std::string> type = {};     ///< Type
  std::optional<std::uint64_t> vni = {};    ///< VNI
  std::optional<std::uint64_t> port = {};   ///< Port
  std::optional<bool> direct_routing = {};  ///< DirectRouting
  bool operator==(const BackendFields&) const = default;
};

/// net-conf.json, key by key, before any check; what is absent is nullopt. How the text was decoded does not
/// matter here.
struct NetworkConfigFields {
  std::optional<bool> enable_ipv4 = {};               ///< EnableIPv4
  std::optional<bool> enable_ipv6 = {};               ///< EnableIPv6
  std::optional<std::string> network = {};            ///< Network
  std::optional<std::uint64_t> subnet_len = {};       ///< SubnetLen, in bits; 0 means absent
  std::optional<std::string> subnet_min = {};         ///< SubnetMin; 0.0.0.0 means absent
  std::optional<std::string> subnet_max = {};         ///< SubnetMax; 0.0.0.0 means absent
  std::optional<std::string> ipv6_network = {};       ///< IPv6Network
  std::optional<std::uint64_t> ipv6_subnet_len = {};  ///< IPv6SubnetLen
  std::optional<std::string> ipv6_subnet_min = {};    ///< IPv6SubnetMin
  std::optional<std::string> ipv6_subnet_max = {};    ///< IPv6SubnetMax
  std::optional<BackendFields> backend = {};          ///< Backend
  bool operator==(const NetworkConfigFields&) const = default;
};

/// A checked configuration. Build it with make_network_config() only.
///
/// Invariants: (1) network has no host bits; (2) network.length() + 2 <= subnet_len <= 30; (3) subnet_min and
/// subnet_max are network addresses of subnets of that length inside network, and subnet_min <= subnet_max.
struct NetworkConfig {
  base::Ipv4Prefix network;
  unsigned subnet_len = 0;  ///< in bits
  base::Ipv4 subnet_min;    ///< address of the first subnet that may be leased
  base::Ipv4 subnet_max;    ///< address of the last subnet that may be leased
  BackendType backend = BackendType::udp;
  std::uint32_t vni = 0;        ///< vxlan only, else 0; below 2^24
  std::uint16_t port = 0;       ///< UDP port; 0 for host-gw
  bool direct_routing = false;  ///< vxlan only: peers on the same link are reached without encapsulation
  bool operator==(const NetworkConfig&) const = default;
};

/// A key of net-conf.json and what is wrong with it.
struct ConfigError {
  std::string field;     ///< as written: "SubnetLen", "Backend.VNI"
  std::string sentence;  ///< names the field itself
  bool operator==(const ConfigError&) const = default;
};

/// Checks the fields in flannel's order and fills in its defaults.
/// @return the configuration, or the first error.
tl::expected<NetworkConfig, ConfigError> make_network_config(const NetworkConfigFields& fields);

}  // namespace plimsoll::ipam
