// What forwarding needs to know of a flannel cluster, and nothing else: of each node its routes, neighbours
// and forwarding entries as rows of numbers; of each pod its address and node.
//
// The form in which the tables of thousands of nodes fit into memory: a route takes 12 bytes, a neighbour and
// a forwarding entry 16 each. It is exact for nodes whose devices, sysctls and rules are the usual ones, in
// which a pod's packet is forwarded by its destination alone.
//
// Source: flannel, pkg/backend/vxlan/vxlan_network.go (route, then neighbour, then forwarding entry of a
// lease), pkg/backend/hostgw; Linux, net/ipv4/fib_trie.c (longest prefix).
#pragma once

#include <cstdint>
#include <vector>

namespace plimsoll::properties::overlay {

/// Addresses are in host order, MAC addresses their six bytes as a number.
using FlatAddress = std::uint32_t;
using FlatMac = std::uint64_t;
/// A node: its place in FlatCluster::nodes.
using NodeIndex = std::uint32_t;

/// What a route does with a packet.
enum class FlatWay : std::uint8_t {
  bridge,       ///< to the pods of the node itself (cni0)
  vxlan,        ///< to the gateway through flannel.1
  direct,       ///< to the gateway on the underlay (host-gw, DirectRouting)
  itself,       ///< an address of the node's own
  unreachable,  ///< the sender is told
  away          ///< out of the cluster, as by a default route
};

/// Invariant: bits of `first` beyond `length` are 0; `gateway` is 0 unless `way` is vxlan or direct.
struct FlatRoute {
  FlatAddress first = 0;
  std::uint8_t length = 0;  ///< 0 .. 32
  FlatWay way = FlatWay::bridge;
  FlatAddress gateway = 0;
};

/// A neighbour on flannel.1.
struct FlatNeighbour {
  FlatAddress address = 0;
  FlatMac mac = 0;
};

/// A forwarding entry of flannel.1.
struct FlatEntry {
  FlatMac mac = 0;
  FlatAddress remote = 0;
};

struct FlatNode {
  FlatAddress underlay = 0;                    ///< where others send to
  FlatMac vtep = 0;                            ///< of flannel.1
  std::vector<FlatRoute> routes = {};          ///< no prefix twice
  std::vector<FlatNeighbour> neighbours = {};  ///< no address twice
  std::vector<FlatEntry> entries = {};         ///< no MAC address twice
};

struct FlatPod {
  FlatAddress address = 0;
  NodeIndex node = 0;
};

struct FlatCluster {
  std::vector<FlatNode> nodes = {};
  std::vector<FlatPod> pods = {};
};

/// The last address of a route's prefix.
[[nodiscard]] constexpr FlatAddress last_of(const FlatRoute& route) {
  constexpr unsigned width = 32;
  return route.length == width ? route.first : route.first | (0xffffffffU >> route.length);
}

}  // namespace plimsoll::properties::overlay
