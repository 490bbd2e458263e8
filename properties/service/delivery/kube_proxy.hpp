// A kube-proxy that runs: a proxier of impl/service/proxy, and the kernel that answers it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "impl/service/proxy/events.hpp"
#include "impl/service/proxy/iptables/config.hpp"
#include "impl/service/proxy/ipvs/tables.hpp"
#include "properties/service/delivery/node_kernel.hpp"

namespace plimsoll::properties::delivery {

/// --proxy-mode
enum class ProxyMode : std::uint8_t { iptables, ipvs };

struct ProxyConfig {
  ProxyMode mode = ProxyMode::iptables;
  std::string node = {};
  api::iptables::RulesConfig rules = {};  ///< node_ip too
  api::ipvs::Scheduler scheduler = api::ipvs::Scheduler::rr;
};

/// Thread-safety: none. The kernel must outlive it.
class KubeProxy {
 public:
  KubeProxy(const KubeProxy&) = delete;
  KubeProxy& operator=(const KubeProxy&) = delete;
  KubeProxy(KubeProxy&&) = delete;
  KubeProxy& operator=(KubeProxy&&) = delete;
  virtual ~KubeProxy() = default;

  [[nodiscard]] static std::unique_ptr<KubeProxy> make(const ProxyConfig& config, NodeKernel& kernel);

  /// Starts it, or starts it again with an empty memory. It hears of all objects anew, then synced().
  virtual void start() = 0;
  virtual void hear(const api::ServiceEvent& event) = 0;
  virtual void hear(const api::SliceEvent& event) = 0;
  /// The first lists are complete.
  virtual void synced() = 0;
  /// Time passes until nothing is left to do: syncs begin, what failed is tried again.
  virtual void settle() = 0;
  /// The timer of that name (IptablesProxierTimer, IpvsProxierTimer) fires if it is armed, and what follows
  /// from it happens. @return whether it was.
  virtual bool fire(std::string_view timer) = 0;

  /// Asked before each change of the kernel's tables: whether it fails.
  std::function<bool(const net::TableChange&)> refuse = {};

 protected:
  KubeProxy() = default;
};

}  // namespace plimsoll::properties::delivery
