// What a backend is configured with: the network, and the node's own interface.
//
// Source: flannel, main.go (flags), pkg/backend/common.go (ExternalInterface), pkg/backend/vxlan/vxlan.go,
// pkg/backend/udp/udp_amd64.go, pkg/backend/hostgw/hostgw.go, at cdf76059; rules FLN-U, FLN-V, FLN-H.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "impl/base/described_net.hpp"
#include "impl/base/ids.hpp"
#include "impl/overlay/flannel/defects.hpp"
#include "impl/overlay/flannel/lease.hpp"

namespace plimsoll::overlay::flannel {

inline constexpr std::uint16_t default_udp_port = 8285;
inline constexpr std::uint16_t default_vxlan_port = 8472;  ///< Linux's own; that of RFC 7348 is 4789

/// The interface by which the node reaches the others.
struct ExternalInterface {
  std::string device = "eth0";
  base::Ipv4 address = {};    ///< of the device
  base::Ipv4 public_ip = {};  ///< by which the others reach it: the same, unless there is NAT between them
  std::uint32_t mtu = 1500;
};

/// Requires: check().
struct BackendConfig {
  BackendKind kind = BackendKind::vxlan;
  base::Ipv4Prefix network = {};  ///< of all pods
  ExternalInterface external = {};
  std::uint32_t vni = 1;        ///< vxlan
  std::uint16_t port = 0;       ///< UDP port of udp and vxlan; 0: the backend's default
  bool direct_routing = false;  ///< vxlan: peers on the same link are reached without tunnel
  /// vxlan: the hardware address that the node had before (kept in an annotation of the Kubernetes node).
  std::optional<base::Mac> stored_mac = {};
  /// vxlan: how many addresses a new device without stored one chooses from; flannel draws one of 2^46.
  std::uint32_t mac_choices = 1;
  bool masquerade = true;            ///< --ip-masq
  bool random_fully = false;         ///< the iptables at hand knows --random-fully
  bool forward_rules = true;         ///< --iptables-forward-rules
  base::Ticks check_after{10};       ///< between looks at routes and rules; a second to the tick
  base::Ticks retry_after{1};        ///< after a request that the kernel refused
  base::ProcessId kernel = {};       ///< is asked
  base::ProcessId manager = {};      ///< leases a subnet, and tells of the others' leases
  base::ProcessId environment = {};  ///< is given subnet.env
  Defects defects = {};

  /// Whether the network leaves room for the headers and host-gw is on no NAT; waits take time.
  /// @return nothing, or one sentence.
  [[nodiscard]] tl::expected<void, std::string> check() const;
};

/// The port in use.
[[nodiscard]] std::uint16_t port_of(const BackendConfig& config);
/// Bytes of headers around a pod's packet: 28 (IP, UDP), 50 (Ethernet, IP, UDP, VXLAN), or none.
[[nodiscard]] std::uint32_t overhead(BackendKind kind);
/// The MTU of flannel's device.
[[nodiscard]] std::uint32_t device_mtu(const BackendConfig& config);
/// The MTU for pods, FLANNEL_MTU.
[[nodiscard]] std::uint32_t pod_mtu(const BackendConfig& config);

/// The file subnet.env, which the CNI plugin reads: FLANNEL_SUBNET is the subnet's first address for a
/// bridge. Source: flannel, pkg/subnet/subnet.go (WriteSubnetFile).
[[nodiscard]] std::string subnet_env(const BackendConfig& config, const base::Ipv4Prefix& subnet);

}  // namespace plimsoll::overlay::flannel
