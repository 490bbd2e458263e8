#include "properties/service/delivery/oracle.hpp"

namespace plimsoll::properties::delivery {

Expected expected(const api::Service& service, const std::vector<api::SliceEndpoint>& endpoints,
                  std::uint8_t node, bool is_from_outside) {
  const api::TrafficPolicy policy = is_from_outside ? service.external_policy : service.internal_policy;
  std::set<base::Ipv4> ready;
  std::set<base::Ipv4> terminating;
  Expected expected;
  for (const api::SliceEndpoint& each : endpoints) {
    const bool serves_while_terminating = !each.ready && each.serving && each.terminating;
    const bool is_in_scope = policy == api::TrafficPolicy::cluster || each.node == Cluster::node_name(node);
    if (!is_in_scope) {
      expected.others_could = expected.others_could || each.ready || serves_while_terminating;
    } else if (each.ready) {
      ready.insert(each.ip);
    } else if (serves_while_terminating) {
      terminating.insert(each.ip);
    }
  }
  expected.servers = ready.empty() ? terminating : ready;
  return expected;
}

}  // namespace plimsoll::properties::delivery
