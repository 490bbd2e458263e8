// The input of one iptables-restore: all rules of all services, or those of the services that changed.
//
// Source: kubernetes v1.31, pkg/proxy/iptables/proxier.go, syncProxyRules. Services are written in the order
// of their names, which upstream leaves to Go's maps.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "impl/service/proxy/iptables/config.hpp"
#include "impl/service/proxy/types.hpp"

namespace plimsoll::service::iptables {

/// What a sync writes.
struct SyncRequest {
  const ServiceViews& views;
  std::optional<std::string> zone = {};  ///< the node's
  /// Of which services the own chains are written; none: of all. Shared chains are written in any case.
  const ServiceViews* changed = nullptr;
  /// The chains of table nat, as iptables-save shows them: those of services that no service has any more are
  /// deleted. Empty if they are not known.
  std::vector<std::string> existing_nat_chains = {};
};

/// Whether there are so many endpoints that comments are left out.
[[nodiscard]] bool is_large_cluster(const ServiceViews& views, const RulesConfig& config);

/// For `iptables-restore --noflush`: tables filter and nat. Cost: about half a microsecond a rule.
[[nodiscard]] std::string restore_input(const SyncRequest& request, const RulesConfig& config);

}  // namespace plimsoll::service::iptables
