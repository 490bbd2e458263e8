#include "properties/overlay/all_packets/flat_fate.hpp"

#include <algorithm>
#include <optional>

namespace plimsoll::properties::overlay {
namespace {

/// What one node does: an end, or the next node.
struct Turn {
  std::optional<FlatFate> end = {};
  NodeIndex next = 0;
};

const FlatRoute* longest_match(const FlatNode& node, FlatAddress destination) {
  const FlatRoute* best = nullptr;
  for (const FlatRoute& route : node.routes) {
    const bool matches = route.first <= destination && destination <= last_of(route);
    if (matches && (best == nullptr || route.length > best->length)) {
      best = &route;
    }
  }
  return best;
}

Turn across_underlay(const FlatCluster& cluster, FlatAddress remote, std::optional<FlatMac> mac) {
  const auto node = std::ranges::find(cluster.nodes, remote, &FlatNode::underlay);
  if (node == cluster.nodes.end()) {
    return {FlatFate::no_such_node};
  }
  if (mac && node->vtep != *mac) {
    return {FlatFate::other_vtep};
  }
  return {std::nullopt, static_cast<NodeIndex>(node - cluster.nodes.begin())};
}

Turn turn_at(const FlatCluster& cluster, NodeIndex at, FlatAddress destination) {
  const FlatNode& node = cluster.nodes[at];
  const FlatRoute* route = longest_match(node, destination);
  if (route == nullptr) {
    return {FlatFate::no_route};
  }
  switch (route->way) {
    case FlatWay::itself:
      return {FlatFate::taken_by_node};
    case FlatWay::unreachable:
      return {FlatFate::unreachable};
    case FlatWay::away:
      return {FlatFate::left};
    case FlatWay::direct:
      return across_underlay(cluster, route->gateway, std::nullopt);
    case FlatWay::bridge: {
      const bool is_here = std::ranges::any_of(
          cluster.pods, [&](const FlatPod& pod) { return pod.node == at && pod.address == destination; });
      return {is_here ? FlatFate::delivered : FlatFate::nobody};
    }
    case FlatWay::vxlan:
      break;
  }
  const auto neighbour = std::ranges::find(node.neighbours, route->gateway, &FlatNeighbour::address);
  if (neighbour == node.neighbours.end()) {
    return {FlatFate::no_neighbour};
  }
  const auto entry = std::ranges::find(node.entries, neighbour->mac, &FlatEntry::mac);
  return entry == node.entries.end() ? Turn{FlatFate::no_entry}
                                     : across_underlay(cluster, entry->remote, neighbour->mac);
}

}  // namespace

FlatStory follow(const FlatCluster& cluster, NodeIndex source, FlatAddress destination) {
  FlatStory story = {.nodes = {source}};
  while (true) {
    const Turn turn = turn_at(cluster, story.nodes.back(), destination);
    if (turn.end) {
      constexpr std::size_t straight = 2;
      const bool is_detour = *turn.end == FlatFate::delivered && story.nodes.size() > straight;
      story.fate = is_detour ? FlatFate::detour : *turn.end;
      return story;
    }
    const bool was_there = std::ranges::find(story.nodes, turn.next) != story.nodes.end();
    story.nodes.push_back(turn.next);
    if (was_there) {
      story.fate = FlatFate::looped;
      return story;
    }
  }
}

std::string_view to_text(FlatFate fate) {
  switch (fate) {
    case FlatFate::delivered:
      return "delivered";
    case FlatFate::detour:
      return "delivered by a detour";
    case FlatFate::nobody:
      return "no pod there has the address";
    case FlatFate::taken_by_node:
      return "taken by a node";
    case FlatFate::no_route:
      return "no route";
    case FlatFate::unreachable:
      return "unreachable by a route";
    case FlatFate::left:
      return "leaves the cluster";
    case FlatFate::no_neighbour:
      return "no neighbour entry";
    case FlatFate::no_entry:
      return "no forwarding entry";
    case FlatFate::no_such_node:
      return "nobody has the underlay address";
    case FlatFate::other_vtep:
      return "the node there has another VTEP";
    case FlatFate::looped:
      return "looped";
  }
  return "?";
}

}  // namespace plimsoll::properties::overlay
