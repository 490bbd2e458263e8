// For tests: clusters in rows, as flannel makes them and otherwise.
#pragma once

#include <set>

#include <rapidcheck.h>

#include "properties/overlay/all_packets/forwarding_classes.hpp"

namespace plimsoll::properties::overlay::flat {

inline constexpr FlatAddress pod_network = 0x0af40000;  // 10.244.0.0
inline constexpr FlatAddress underlay = 0xc0a83200;     // 192.168.50.0
inline constexpr FlatMac vtep = 0x020000000000;
inline constexpr std::uint8_t subnet_length = 28;
inline constexpr FlatAddress subnet_size = 16;

inline FlatAddress subnet_of(NodeIndex node) {
  return pod_network + node * subnet_size;
}

/// As flannel makes it: every node knows all others, two pods each.
inline FlatCluster healthy(NodeIndex nodes, FlatWay way = FlatWay::vxlan) {
  FlatCluster cluster;
  for (NodeIndex node = 0; node < nodes; ++node) {
    FlatNode made = {.underlay = underlay + node, .vtep = vtep + node};
    for (NodeIndex peer = 0; peer < nodes; ++peer) {
      if (peer == node) {
        made.routes.push_back({subnet_of(node), subnet_length, FlatWay::bridge, 0});
        made.routes.push_back({subnet_of(node) + 1, 32, FlatWay::itself, 0});
        continue;
      }
      const FlatAddress gateway = way == FlatWay::vxlan ? subnet_of(peer) : underlay + peer;
      made.routes.push_back({subnet_of(peer), subnet_length, way, gateway});
      made.neighbours.push_back({subnet_of(peer), vtep + peer});
      made.entries.push_back({vtep + peer, underlay + peer});
    }
    cluster.nodes.push_back(std::move(made));
    cluster.pods.push_back({subnet_of(node) + 2, node});
    cluster.pods.push_back({subnet_of(node) + 3, node});
  }
  return cluster;
}

inline std::set<FlatAddress> addresses(const FlatCluster& cluster) {
  std::set<FlatAddress> all;
  for (const FlatPod& pod : cluster.pods) {
    all.insert(pod.address);
  }
  return all;
}

inline NodeIndex some_node(const FlatCluster& cluster) {
  return *rc::gen::inRange<NodeIndex>(0, static_cast<NodeIndex>(cluster.nodes.size()));
}

inline FlatRoute some_route(const FlatCluster& cluster) {
  const std::uint8_t length = *rc::gen::element<std::uint8_t>(0, 26, 27, 28, 29, 30, 31, 32);
  const auto any = static_cast<FlatAddress>(*rc::gen::inRange(0, 64));
  const FlatWay way = *rc::gen::element(FlatWay::bridge, FlatWay::vxlan, FlatWay::vxlan, FlatWay::direct,
                                        FlatWay::itself, FlatWay::unreachable, FlatWay::away);
  FlatRoute route = {.length = length, .way = way};
  route.first = length == 0 ? 0 : (pod_network + any) & (0xffffffffU << (32U - length));
  if (way == FlatWay::vxlan) {
    route.gateway = subnet_of(some_node(cluster));
  } else if (way == FlatWay::direct) {
    route.gateway = underlay + *rc::gen::inRange<FlatAddress>(0, 7);
  }
  return route;
}

inline FlatMac some_mac() {
  return vtep + *rc::gen::inRange<FlatMac>(0, 6);
}

/// One change of one node's tables.
inline void change(ForwardingClasses& classes) {
  const FlatCluster& cluster = classes.cluster();
  const NodeIndex node = some_node(cluster);
  switch (*rc::gen::inRange(0, 7)) {
    case 0:
    case 1:
      return classes.set_route(node, some_route(cluster));
    case 2: {
      const auto& routes = cluster.nodes[node].routes;
      if (!routes.empty()) {
        const FlatRoute route = routes[*rc::gen::inRange<std::size_t>(0, routes.size())];
        classes.remove_route(node, route.first, route.length);
      }
      return;
    }
    case 3:
      return classes.set_neighbour(node, {subnet_of(some_node(cluster)), some_mac()});
    case 4:
      return classes.remove_neighbour(node, subnet_of(some_node(cluster)));
    case 5:
      return classes.set_entry(node, {some_mac(), underlay + *rc::gen::inRange<FlatAddress>(0, 7)});
    default:
      return classes.remove_entry(node, some_mac());
  }
}

/// A cluster that is not as flannel makes it.
inline FlatCluster damaged() {
  const auto nodes = *rc::gen::inRange<NodeIndex>(1, 6);
  FlatCluster cluster = healthy(nodes, *rc::gen::element(FlatWay::vxlan, FlatWay::direct));
  for (int k = *rc::gen::inRange(0, 3); k > 0; --k) {  // pods elsewhere, addresses taken twice
    cluster.pods.push_back({pod_network + *rc::gen::inRange<FlatAddress>(0, 96), some_node(cluster)});
  }
  if (*rc::gen::inRange(0, 4) == 0) {
    cluster.nodes[some_node(cluster)].underlay = cluster.nodes[some_node(cluster)].underlay;
    cluster.nodes[some_node(cluster)].vtep = some_mac();
  }
  ForwardingClasses classes(std::move(cluster));
  for (int k = *rc::gen::inRange(0, 6); k > 0; --k) {
    change(classes);
  }
  return classes.cluster();
}

}  // namespace plimsoll::properties::overlay::flat
