// A flanneld that runs: the backend of impl/overlay/flannel, and the kernel that answers it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "impl/overlay/flannel/backend.hpp"
#include "properties/service/delivery/node_kernel.hpp"

namespace plimsoll::properties::delivery {

namespace flannel = plimsoll::overlay::flannel;

/// Thread-safety: none. The kernel must outlive it.
class Flanneld {
 public:
  Flanneld(flannel::BackendConfig config, NodeKernel& kernel);

  /// Starts it, or starts it again, up to where it follows the leases. The manager gives it `subnet`.
  void start(const base::Ipv4Prefix& subnet);
  /// What it published with its lease.
  [[nodiscard]] const flannel::LeaseAttributes& attributes() const { return attributes_; }
  /// The manager tells of leases.
  void hear(flannel::LeaseEvents events);
  /// The timer fires, if it is armed. @return whether it was.
  bool fire(flannel::BackendTimer timer);

  /// Asked before each request to the kernel: the error to answer with, if any.
  std::function<std::optional<net::Errno>(const flannel::Question&)> refuse = {};

  [[nodiscard]] const flannel::BackendConfig& config() const { return config_; }
  /// FLANNEL_MTU of subnet.env: what the CNI plugin gives to bridge and pods.
  [[nodiscard]] std::uint32_t pod_mtu() const;
  /// Of the udp backend: its device and its own routes.
  [[nodiscard]] const std::string& device() const { return state_.node.device; }
  [[nodiscard]] flannel::UdpRoutes& udp_routes() { return state_.udp_routes; }
  [[nodiscard]] flannel::UdpProxyConfig udp_proxy() const;

 private:
  /// One step, and all requests to the kernel that follow from it.
  void feed(const flannel::Backend::Input& input);
  std::optional<flannel::Question> step(const flannel::Backend::Input& input);

  flannel::BackendConfig config_;
  NodeKernel& kernel_;
  flannel::Backend::State state_ = {};
  std::map<flannel::BackendTimer, base::Ticks> armed_ = {};
  flannel::LeaseAttributes attributes_ = {};
  std::string subnet_file_ = {};
  std::uint32_t lives_ = 0;
};

}  // namespace plimsoll::properties::delivery
