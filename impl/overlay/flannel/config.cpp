#include "impl/overlay/flannel/config.hpp"

namespace plimsoll::overlay::flannel {

tl::expected<void, std::string> BackendConfig::check() const {
  constexpr std::uint32_t least_mtu = 68;  // RFC 791
  if (external.mtu < least_mtu + overhead(kind)) {
    return tl::unexpected("the MTU of " + external.device + ", " + std::to_string(external.mtu) +
                          ", leaves no room for packets in a tunnel");
  }
  if (kind == BackendKind::host_gw && external.address != external.public_ip) {
    return tl::unexpected("the public address " + to_text(external.public_ip) + " is not " +
                          to_text(external.address) + " of " + external.device +
                          ": host-gw cannot route to a node behind NAT");
  }
  if (vni >= 1U << 24U) {
    return tl::unexpected("VNI " + std::to_string(vni) + " has more than 24 bits");
  }
  if (mac_choices == 0) {
    return tl::unexpected(std::string("mac_choices must be at least 1"));
  }
  if (check_after.value == 0 || retry_after.value == 0) {
    return tl::unexpected(std::string("check_after and retry_after must be at least 1 tick"));
  }
  return {};
}

std::uint16_t port_of(const BackendConfig& config) {
  if (config.port != 0) {
    return config.port;
  }
  return config.kind == BackendKind::udp ? default_udp_port : default_vxlan_port;
}

std::uint32_t overhead(BackendKind kind) {
  switch (kind) {
    case BackendKind::udp:
      return 28;
    case BackendKind::vxlan:
      return 50;
    case BackendKind::host_gw:
      break;
  }
  return 0;
}

std::uint32_t device_mtu(const BackendConfig& config) {
  return config.external.mtu - overhead(config.kind);
}

std::uint32_t pod_mtu(const BackendConfig& config) {
  return config.defects.has(Defect::F13) ? config.external.mtu : device_mtu(config);
}

std::string subnet_env(const BackendConfig& config, const base::Ipv4Prefix& subnet) {
  const base::Ipv4Prefix bridge(subnet.address().next(), subnet.length());
  return "FLANNEL_NETWORK=" + to_text(config.network) + "\nFLANNEL_SUBNET=" + to_text(bridge) +
         "\nFLANNEL_MTU=" + std::to_string(pod_mtu(config)) +
         "\nFLANNEL_IPMASQ=" + (config.masquerade ? "true" : "false") + "\n";
}

}  // namespace plimsoll::overlay::flannel
