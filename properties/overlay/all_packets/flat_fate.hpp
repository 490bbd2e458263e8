// What becomes of a packet in a flat cluster, and the slow way to find out: asking every node's tables for
// this one address.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "properties/overlay/all_packets/flat_cluster.hpp"

namespace plimsoll::properties::overlay {

enum class FlatFate : std::uint8_t {
  delivered,      ///< to a pod that has the address, by the shortest way
  detour,         ///< the same, but a third node relayed it
  nobody,         ///< the node that owns the subnet has no such pod
  taken_by_node,  ///< a node has the address too, and takes the packet
  no_route,       ///< of the node, as the following ones
  unreachable,    ///< its route says so
  left,           ///< it leaves the cluster
  no_neighbour,   ///< the gateway's MAC address is not known
  no_entry,       ///< nor where that MAC address is
  no_such_node,   ///< nobody has the underlay address
  other_vtep,     ///< the node there has another MAC address, and drops the frame
  looped
};
[[nodiscard]] std::string_view to_text(FlatFate fate);

/// A packet's fate, and the nodes it passed, the source's first.
struct FlatStory {
  FlatFate fate = FlatFate::delivered;
  std::vector<NodeIndex> nodes = {};
};

/// Follows one packet from a pod of `source` to `destination` from table to table. The oracle for engines
/// that are faster. Cost: linear in the size of the tables of each node passed, and in the number of nodes.
[[nodiscard]] FlatStory follow(const FlatCluster& cluster, NodeIndex source, FlatAddress destination);

}  // namespace plimsoll::properties::overlay
