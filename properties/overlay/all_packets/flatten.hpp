// From the tables of a dump to the rows of flat_cluster.hpp, for clusters whose nodes are the usual ones.
//
// A node is regular if its pods' packets are forwarded by their destination alone: the usual devices, routing
// rules, sysctls and sizes, pods with one address and one way out, an underlay that is a plain switch, and
// iptables that leave packets between pods alone. Everything else is a reason against it: what the tables of
// such a node do, these rows cannot say, and exact.hpp must.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "properties/overlay/all_packets/cluster_view.hpp"
#include "properties/overlay/all_packets/flat_cluster.hpp"

namespace plimsoll::properties::overlay {

struct Flattened {
  FlatCluster cluster = {};
  std::vector<std::string> nodes = {};  ///< namespaces, by place in cluster.nodes
  std::vector<std::string> pods = {};   ///< namespaces, by place in cluster.pods
  /// By namespace of the node: one sentence. Its rows in `cluster`, and its pods, say nothing.
  std::map<std::string, std::string> irregular = {};
  /// Why there is no underlay that all nodes are on; empty: there is.
  std::string no_underlay = {};
};

/// Requires: `network` is a key of Recording::networks and `view` is of it.
/// Cost: linear in the size of the tables, times log.
[[nodiscard]] Flattened flatten(const Recording& recording, const std::string& network,
                                const ClusterView& view);

}  // namespace plimsoll::properties::overlay
