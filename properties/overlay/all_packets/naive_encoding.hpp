// A whole flat cluster as one formula for Z3, with nothing made clever: the packet's way is the tables of all
// nodes, unrolled as often as there are nodes. For clusters of up to ten nodes, to check the other engines.
//
// Source: network-optimised datalog and its neighbours encode tables alike (Lopes et al., NSDI 2015); here
// nothing is shared with flat_fate.cpp or forwarding_classes.cpp but what a row means.
#pragma once

#include <memory>
#include <optional>

#include "checker/symbolic/solver.hpp"
#include "properties/overlay/all_packets/forwarding_classes.hpp"

namespace plimsoll::properties::overlay {

/// Packets from pods of a node to a pod's address, and what becomes of them.
struct NaivePacket {
  NodeIndex source = 0;
  FlatAddress destination = 0;
  FlatFate fate = FlatFate::delivered;
};

/// Thread-safety: none.
class NaiveEncoding {
 public:
  static constexpr std::size_t nodes_max = 10;
  static constexpr std::size_t nodes_min = 1;

  /// Requires: from nodes_min to nodes_max nodes, at least one pod, no two nodes of one underlay address.
  explicit NaiveEncoding(const FlatCluster& cluster);
  NaiveEncoding(const NaiveEncoding&) = delete;
  NaiveEncoding& operator=(const NaiveEncoding&) = delete;
  ~NaiveEncoding();

  /// A packet that does not go straight and was not told before; none: there is no further one.
  [[nodiscard]] std::optional<NaivePacket> next();

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

/// What is wrong with classes of addresses.
enum class ClassFault : std::uint8_t {
  none,
  uncovered,  ///< a pod's address is in no class
  shared,     ///< or in two
  torn        ///< a node's routes treat two addresses of one class differently
};

/// Asks Z3 about all addresses of pods at once. Requires: no prefix twice in a node's routes.
/// Cost: classes x nodes questions, each of the size of a node's routes.
[[nodiscard]] ClassFault fault_of(const FlatCluster& cluster, const std::vector<ClassRange>& classes);

}  // namespace plimsoll::properties::overlay
