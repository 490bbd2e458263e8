// Services on thousands of nodes: do all nodes lead packets to the same endpoints, and is somebody there?
//
// Nodes mostly agree, so a service's rules are kept once for each different set of endpoints, and a node has
// a row of numbers. What a service is meant to be is what most nodes say (the lesser number among equals).
// Whether packets from a node reach an endpoint is a question of forwarding (forwarding_classes.hpp).
#pragma once

#include <cstdint>
#include <vector>

#include "properties/overlay/all_packets/flat_cluster.hpp"

namespace plimsoll::properties::overlay {

struct FlatEndpoint {
  FlatAddress address = 0;
  std::uint16_t port = 0;
  friend auto operator<=>(const FlatEndpoint&, const FlatEndpoint&) = default;
};

/// One set of endpoints that some node's rules have for a service.
struct FlatService {
  std::uint32_t service = 0;                 ///< its place among all services
  std::vector<FlatEndpoint> endpoints = {};  ///< in order; empty: packets are rejected
};
/// A set: its place in the list that all nodes share.
using SetIndex = std::uint32_t;
/// The node has no rules for the service.
inline constexpr SetIndex no_set = 0xffffffffU;

/// A node whose rules are not what most nodes say.
struct Disagreement {
  NodeIndex node = 0;
  std::uint32_t service = 0;
  SetIndex own = no_set;
  SetIndex most = no_set;
};

/// An endpoint at which there is no pod.
struct GoneEndpoint {
  std::uint32_t service = 0;
  FlatEndpoint endpoint = {};
};

/// Thread-safety: none.
class ServiceAgreement {
 public:
  /// @param rows  By node, and there by service, the set that its rules have.
  /// @param present  All addresses at which somebody is, in order.
  /// Requires: rows of one length; sets of a row's place are of that service. Cost: nodes x services.
  ServiceAgreement(std::vector<FlatService> sets, std::vector<std::vector<SetIndex>> rows,
                   std::vector<FlatAddress> present);

  /// Pairs of a node and a service that differ from what most nodes say. Cost: constant.
  [[nodiscard]] std::uint64_t differing() const { return differing_; }
  /// Cost: nodes x services that are not agreed on.
  [[nodiscard]] std::vector<Disagreement> disagreements() const;
  /// Of the sets that most nodes have. Cost: services x endpoints x log of addresses.
  [[nodiscard]] std::vector<GoneEndpoint> gone() const;

  /// The node's rules for a service change. Cost: linear in the number of sets of the service.
  /// Requires: the set is `no_set`, or one of that service.
  void set(NodeIndex node, std::uint32_t service, SetIndex to);

 private:
  [[nodiscard]] SetIndex most_of(std::uint32_t service) const;
  [[nodiscard]] std::uint32_t count(std::uint32_t service, SetIndex set) const;

  std::vector<FlatService> sets_;
  std::vector<std::vector<SetIndex>> rows_;
  std::vector<FlatAddress> present_;
  std::vector<std::uint32_t> counts_ = {};           ///< by set: nodes that have it
  std::vector<std::vector<SetIndex>> sets_of_ = {};  ///< by service
  std::vector<std::uint32_t> without_ = {};          ///< by service: nodes that do not know it
  std::vector<SetIndex> most_ = {};                  ///< by service
  std::uint64_t differing_ = 0;
};

}  // namespace plimsoll::properties::overlay
