// A node's tables with kube-proxy's rules for services of every kind, for tests.
#pragma once

#include <string>

#include "impl/base/assert.hpp"
#include "impl/overlay/netfilter/save_format.hpp"
#include "impl/service/proxy/cluster_bed.hpp"
#include "impl/service/proxy/iptables/jumps.hpp"
#include "impl/service/proxy/iptables/rules.hpp"
#include "properties/service/rules/symbolic_packet.hpp"

namespace plimsoll::properties::rules {

using service::ClusterBed;
using service::iptables::RulesConfig;

inline RulesConfig usual() {
  RulesConfig config;
  config.detector = service::iptables::DetectByCidr{base::Ipv4Prefix(base::Ipv4(10, 244, 0, 0), 16)};
  config.node_ip = base::Ipv4(10, 0, 0, 1);
  return config;
}

/// The node's tables after kube-proxy wrote its rules into new ones.
inline netfilter::Ruleset written(const ClusterBed& bed, const RulesConfig& config) {
  netfilter::Ruleset ruleset;
  for (const std::string& text :
       {service::iptables::ensure_input(""), service::iptables::restore_input({bed.tracker.views}, config)}) {
    const auto done = netfilter::restore(ruleset, text, {.noflush = true});
    PLIMSOLL_ASSERT_KNOWN(done.has_value(), done ? "" : to_text(done.error()));
  }
  return ruleset;
}

/// Services of every kind.
inline ClusterBed all_kinds() {
  ClusterBed bed;
  bed.add("plain", ClusterBed::service(1), {ClusterBed::endpoint(1, 2), ClusterBed::endpoint(2, 2)});
  bed.add("dns", ClusterBed::service(2, service::Protocol::udp), {ClusterBed::endpoint(2, 3)});
  bed.add("empty", ClusterBed::service(3), {});
  service::Service sticky = ClusterBed::service(4);
  sticky.affinity_seconds = 10800;
  bed.add("sticky", sticky, {ClusterBed::endpoint(1, 4), ClusterBed::endpoint(2, 4)});
  bed.add("port", ClusterBed::node_port(ClusterBed::service(5), 30080), {ClusterBed::endpoint(2, 5)});
  service::Service local = ClusterBed::node_port(ClusterBed::service(6), 30081);
  local.external_policy = service::TrafficPolicy::local;
  bed.add("here", local, {ClusterBed::endpoint(1, 6), ClusterBed::endpoint(2, 6)});
  local = ClusterBed::node_port(ClusterBed::service(7), 30082);
  local.external_policy = service::TrafficPolicy::local;
  bed.add("elsewhere", local, {ClusterBed::endpoint(2, 7)});
  service::Service internal = ClusterBed::service(8);
  internal.internal_policy = service::TrafficPolicy::local;
  bed.add("internal", internal, {ClusterBed::endpoint(2, 8)});
  service::Service balanced = ClusterBed::node_port(ClusterBed::service(9), 30083);
  balanced.type = service::ServiceType::load_balancer;
  balanced.load_balancer_ips = {base::Ipv4(203, 0, 113, 9)};
  balanced.source_ranges = {base::Ipv4Prefix(base::Ipv4(198, 51, 100, 0), 24)};
  balanced.external_ips = {base::Ipv4(203, 0, 113, 99)};
  bed.add("balanced", balanced, {ClusterBed::endpoint(1, 9)});
  return bed;
}

}  // namespace plimsoll::properties::rules
