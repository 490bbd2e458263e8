// What services come to in IPVS mode: virtual servers, addresses of kube-ipvs0 and ipsets; and the changes
// that lead there from what the kernel has.
//
// Source: kubernetes v1.31, pkg/proxy/ipvs/proxier.go (syncProxyRules, syncService, syncEndpoint),
// graceful_termination.go, ipset.go. Deviates in form: upstream keeps a list of real servers that are being
// taken out; here the kernel's tables are that list, since weight 0 means nothing else, so a restart loses
// nothing (P10).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "impl/overlay/netfilter/ip_set.hpp"
#include "impl/service/proxy/ipvs/config.hpp"

namespace plimsoll::service::ipvs {

struct Plan {
  Tables tables = {};                    ///< with weight 1 everywhere
  std::set<base::Ipv4> addresses = {};   ///< of kube-ipvs0
  overlay::netfilter::IpSets sets = {};  ///< all of kube-proxy's sets, also those that are empty
  friend bool operator==(const Plan&, const Plan&) = default;
};

[[nodiscard]] Plan make_plan(const ServiceViews& views, const std::optional<std::string>& zone,
                             const PlanConfig& config);

/// What the kernel has: ipvsadm -ln, with the connections of each real server.
struct Listing {
  Tables tables = {};
  std::map<VirtualKey, std::map<RealKey, Counts>> connections = {};
  PLIMSOLL_DESCRIBE(Listing, tables, connections)
};

struct Reconciliation {
  std::vector<Change> changes = {};  ///< in this order
  /// Some real servers wait for their connections to end: look again in a minute.
  bool is_draining = false;
  friend bool operator==(const Reconciliation&, const Reconciliation&) = default;
};

/// The changes from what is there to what is wanted. A real server that is wanted no more gets weight 0, and
/// is deleted once its connections have ended; at once if it has none, or speaks UDP or SCTP. One that is
/// wanted again gets its weight back.
[[nodiscard]] Reconciliation reconcile(const Tables& wanted, const Listing& there, Defects defects = {});

}  // namespace plimsoll::service::ipvs
