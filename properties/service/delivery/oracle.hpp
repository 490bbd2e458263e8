// Who may get a new connection, from the API objects alone: what kube-proxy is for, without rules and tables.
//
// Source: KPX-5, KPX-6 and KPX-8 (kubernetes, Service API: externalTrafficPolicy, internalTrafficPolicy;
// KEP-1669 for endpoints that terminate).
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "properties/service/delivery/cluster.hpp"

namespace plimsoll::properties::delivery {

struct Expected {
  std::set<base::Ipv4> servers = {};  ///< any of them
  /// If there is none: endpoints of other nodes could serve, so that the client is told nothing.
  bool others_could = false;
};

/// From inside: a client on `node`, at the cluster's address. From outside: at a node port or a load
/// balancer's address, where it meets `node`.
[[nodiscard]] Expected expected(const api::Service& service, const std::vector<api::SliceEndpoint>& endpoints,
                                std::uint8_t node, bool is_from_outside);

}  // namespace plimsoll::properties::delivery
