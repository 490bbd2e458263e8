// The fast engine for all packets: addresses fall into classes that every node's routes treat alike, so one
// decision for each node and class says where all packets go.
//
// A class is a run of pod addresses that no prefix of any node's routes cuts and whose pods are on the same
// nodes. For each node and class the table holds the next node, or how the packet ends. A node's packets to a
// class go straight if its next node is the owner, and the owner bridges the class to its pods; all pairs
// are compared, and whatever does not go straight is followed. Forwarding by destination alone makes that
// exact: flat_fate.hpp is the oracle that it is tested against.
//
// Source: Delta-net (NSDI 2017) for classes as intervals that rules cut, and for changing them one by one.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "properties/overlay/all_packets/flat_fate.hpp"
#include "properties/overlay/all_packets/number_index.hpp"

namespace plimsoll::properties::overlay {

/// A class that packets from `source` do not reach straight.
struct ClassFinding {
  NodeIndex source = 0;
  FlatAddress address = 0;  ///< of the class's first pod
  std::uint64_t pods = 0;   ///< of the class
  FlatStory story = {};
};

struct ClassRange {
  FlatAddress first = 0;
  FlatAddress last = 0;
};

/// Thread-safety: none.
class ForwardingClasses {
 public:
  /// Cost: linear in the size of the tables, times a probe of a hash table; nodes x classes words of memory.
  explicit ForwardingClasses(FlatCluster cluster);

  [[nodiscard]] const FlatCluster& cluster() const { return cluster_; }
  [[nodiscard]] std::size_t classes() const { return classes_.size(); }
  /// The classes in order of address: the first and the last pod address of each. Cost: their number.
  [[nodiscard]] std::vector<ClassRange> ranges() const;
  /// Pairs of a source node and a pod address whose packets do not go straight. Cost: constant.
  [[nodiscard]] std::uint64_t crooked_pairs() const { return crooked_pairs_; }
  /// The fate of packets from a pod of `source` to `address`.
  /// Requires: a pod has the address. Cost: the nodes passed, and a binary search.
  [[nodiscard]] FlatStory story(NodeIndex source, FlatAddress address) const;
  /// At most `most` of what does not go straight, in order of address, then of source.
  [[nodiscard]] std::vector<ClassFinding> findings(std::size_t most) const;

  // Changes of one node's tables. Each brings the verdict up to date. Cost: linear in the number of classes;
  // a route that cuts a class, and one at the owner of a class, also in the number of nodes.

  /// Adds the route, or replaces that of the same prefix.
  void set_route(NodeIndex node, const FlatRoute& route);
  void remove_route(NodeIndex node, FlatAddress first, std::uint8_t length);
  void set_neighbour(NodeIndex node, const FlatNeighbour& neighbour);
  void remove_neighbour(NodeIndex node, FlatAddress address);
  void set_entry(NodeIndex node, const FlatEntry& entry);
  void remove_entry(NodeIndex node, FlatMac mac);

 private:
  /// The next node, or, from `ends` on, how the packet ends; `bridged` is an end that the class decides.
  using Decision = std::uint32_t;
  using ClassIndex = std::uint32_t;
  static constexpr Decision ends = 0x80000000U;
  static constexpr Decision bridged = 0xffffffffU;
  static constexpr std::uint32_t no_route_index = 0xffffffffU;

  struct Class {
    std::uint32_t first_pod = 0;  ///< in pods_by_address_
    std::uint32_t pods = 0;       ///< distinct addresses
    NodeIndex owner = 0;          ///< the first of the owners
    bool several_owners = false;  ///< then they are in further_owners_
    std::uint32_t crooked = 0;    ///< sources whose packets do not go straight
  };
  class BulkResolver;
  struct Cell {
    Decision decision = 0;
    std::uint32_t route = 0;
  };

  void index_underlay();
  void make_classes(const std::vector<FlatAddress>& cuts);
  void fill_node(NodeIndex node, BulkResolver& resolver);
  void count_crooked();
  [[nodiscard]] static Decision end(FlatFate fate) { return ends | static_cast<Decision>(fate); }
  [[nodiscard]] Cell& cell(NodeIndex node, ClassIndex which) { return cells_[node * stride_ + which]; }
  [[nodiscard]] const Cell& cell(NodeIndex node, ClassIndex which) const {
    return cells_[node * stride_ + which];
  }
  [[nodiscard]] bool owns(NodeIndex node, ClassIndex which) const;
  [[nodiscard]] bool is_straight(NodeIndex node, ClassIndex which) const;
  [[nodiscard]] FlatAddress address_of(std::uint32_t pod) const { return pods_by_address_[pod].address; }
  /// The place in order_ of the first class whose last address is at least `address`.
  [[nodiscard]] std::size_t place_of(FlatAddress address) const;
  [[nodiscard]] FlatStory walk(NodeIndex source, ClassIndex which) const;
  [[nodiscard]] Decision across(FlatAddress remote, const FlatMac* mac) const;
  [[nodiscard]] Decision decide(NodeIndex node, std::uint32_t route) const;
  void cut_before(FlatAddress address);
  void make_room();
  void decide_again(NodeIndex node, ClassIndex which, std::uint32_t route);
  void recount(ClassIndex which);
  void gateways_changed(NodeIndex node, const std::vector<FlatAddress>& gateways);
  [[nodiscard]] std::vector<FlatAddress> gateways_by(NodeIndex node, FlatMac mac) const;
  [[nodiscard]] std::uint32_t longest_route(NodeIndex node, ClassIndex which) const;

  FlatCluster cluster_;
  NumberIndex underlay_ = {};                  ///< addresses of nodes
  std::vector<NodeIndex> node_at_ = {};        ///< by their numbers in underlay_
  std::vector<FlatPod> pods_by_address_ = {};  ///< one for each address
  std::vector<Class> classes_ = {};
  std::map<FlatAddress, std::vector<NodeIndex>> further_owners_ = {};  ///< of addresses that several have
  std::vector<ClassIndex> order_ = {};                                 ///< of classes by address
  std::vector<Cell> cells_ = {};                                       ///< nodes x stride_
  std::size_t stride_ = 0;
  std::uint64_t crooked_pairs_ = 0;
};

}  // namespace plimsoll::properties::overlay
