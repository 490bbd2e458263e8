// Which endpoints of a service port get traffic on this node (KPX-8).
//
// Source: kubernetes v1.31, pkg/proxy/topology.go, CategorizeEndpoints and canUseTopology; KEP-1669 (traffic
// to terminating endpoints), KEP-2086 (internal policy), KEP-2433 (topology-aware hints).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "impl/service/proxy/defects.hpp"
#include "impl/service/proxy/types.hpp"

namespace plimsoll::service {

/// Indices into the endpoints of the port, ascending.
struct EndpointChoice {
  std::vector<std::size_t> cluster = {};    ///< for policy Cluster; none if no traffic of the port uses it
  std::vector<std::size_t> local = {};      ///< for policy Local; none if no traffic of the port uses it
  std::vector<std::size_t> reachable = {};  ///< in either
  /// Whether any node has an endpoint that can be used; then traffic that finds none here is dropped, not
  /// refused.
  bool has_any = false;
};

/// @param zone  The node's label topology.kubernetes.io/zone.
[[nodiscard]] EndpointChoice choose_endpoints(const PortView& view, const std::optional<std::string>& zone,
                                              Defects defects = {});

/// Whether hints restrict traffic to the endpoints hinted for `zone`: all ready endpoints have hints, and one
/// of them is for the zone. Anything less means that the hints are out of date, and all endpoints are used.
[[nodiscard]] bool hints_are_complete(const std::vector<Endpoint>& endpoints,
                                      const std::optional<std::string>& zone);

}  // namespace plimsoll::service
