// How the IPVS proxier is set up.
//
// Source: kubernetes v1.31, pkg/proxy/apis/config/types.go (KubeProxyIPVSConfiguration) and
// pkg/proxy/ipvs/proxier.go (NewProxier).
#pragma once

#include <vector>

#include "impl/service/proxy/iptables/config.hpp"
#include "impl/service/proxy/ipvs/tables.hpp"

namespace plimsoll::service::ipvs {

struct PlanConfig {
  /// Masquerading, detection of local traffic and defects are as in iptables mode. Of the others only node_ip
  /// is looked at.
  iptables::RulesConfig rules = {};
  Scheduler scheduler = Scheduler::rr;
  std::vector<base::Ipv4> node_addresses = {};  ///< where node ports are
};

}  // namespace plimsoll::service::ipvs
