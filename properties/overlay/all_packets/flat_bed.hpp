// For tests: clusters in rows, as flannel makes them and otherwise.
#pragma once

#include <functional>
#include <set>

#include "properties/overlay/all_packets/forwarding_classes.hpp"

namespace plimsoll::properties::overlay::flat {

/// Draws a number from 0 on, below the given one.
using Draw = std::function<std::uint32_t(std::uint32_t below)>;

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

template <class Value>
Value one_of(const Draw& draw, const std::vector<Value>& values) {
  return values[draw(static_cast<std::uint32_t>(values.size()))];
}

inline NodeIndex some_node(const Draw& draw, const FlatCluster& cluster) {
  return draw(static_cast<std::uint32_t>(cluster.nodes.size()));
}

inline FlatRoute some_route(const Draw& draw, const FlatCluster& cluster) {
  const auto length = one_of<std::uint8_t>(draw, {0, 26, 27, 28, 29, 30, 31, 32});
  const FlatAddress any = draw(64);
  const auto way = one_of<FlatWay>(draw, {FlatWay::bridge, FlatWay::vxlan, FlatWay::vxlan, FlatWay::direct,
                                          FlatWay::itself, FlatWay::unreachable, FlatWay::away});
  FlatRoute route = {.length = length, .way = way};
  route.first = length == 0 ? 0 : (pod_network + any) & (0xffffffffU << (32U - length));
  if (way == FlatWay::vxlan) {
    route.gateway = subnet_of(some_node(draw, cluster));
  } else if (way == FlatWay::direct) {
    route.gateway = underlay + draw(7);
  }
  return route;
}

inline FlatMac some_mac(const Draw& draw) {
  return vtep + draw(6);
}

/// One change of one node's tables.
inline void change(const Draw& draw, ForwardingClasses& classes) {
  const FlatCluster& cluster = classes.cluster();
  const NodeIndex node = some_node(draw, cluster);
  switch (draw(7)) {
    case 0:
    case 1:
      return classes.set_route(node, some_route(draw, cluster));
    case 2: {
      const auto& routes = cluster.nodes[node].routes;
      if (!routes.empty()) {
        const FlatRoute route = one_of(draw, routes);
        classes.remove_route(node, route.first, route.length);
      }
      return;
    }
    case 3:
      return classes.set_neighbour(node, {subnet_of(some_node(draw, cluster)), some_mac(draw)});
    case 4:
      return classes.remove_neighbour(node, subnet_of(some_node(draw, cluster)));
    case 5: {
      const FlatMac mac = some_mac(draw);
      return classes.set_entry(node, {mac, underlay + draw(7)});
    }
    default:
      return classes.remove_entry(node, some_mac(draw));
  }
}

/// A cluster that is not as flannel makes it.
inline FlatCluster damaged(const Draw& draw) {
  const NodeIndex nodes = 1 + draw(5);
  FlatCluster cluster = healthy(nodes, one_of<FlatWay>(draw, {FlatWay::vxlan, FlatWay::direct}));
  for (std::uint32_t more = draw(3); more > 0; --more) {  // pods elsewhere, addresses taken twice
    const FlatAddress address = pod_network + draw(96);
    cluster.pods.push_back({address, some_node(draw, cluster)});
  }
  if (draw(4) == 0) {
    cluster.nodes[some_node(draw, cluster)].vtep = some_mac(draw);
  }
  ForwardingClasses classes(std::move(cluster));
  for (std::uint32_t changes = draw(6); changes > 0; --changes) {
    change(draw, classes);
  }
  return classes.cluster();
}

}  // namespace plimsoll::properties::overlay::flat
