// The engine of `plimsoll dataplane` for clusters of many pods: what goes straight by the rows of
// flat_cluster.hpp is settled without a packet, and everything else is asked of the pipeline.
//
// It says what exact.hpp says of the same dump, but for three numbers: packets that were followed, fates by
// inquiry, and the packets of a cause, of which a class stands for many.
#pragma once

#include <cstdint>

#include "properties/overlay/all_packets/exact.hpp"
#include "properties/overlay/all_packets/flatten.hpp"
#include "properties/overlay/all_packets/forwarding_classes.hpp"

namespace plimsoll::properties::overlay {

/// Whether packets between pods of regular nodes go there and back, told from the rows alone.
class SettledPairs {
 public:
  explicit SettledPairs(const Recording& recording, const std::string& network, const ClusterView& view);

  enum class Settled : std::uint8_t {
    right,    ///< they go straight, and so do the answers
    crooked,  ///< they do not: something is wrong with them
    open      ///< the rows do not say
  };
  /// Requires: the pod has the address `from`, and another pod has `to`.
  [[nodiscard]] Settled settle(const std::string& pod, base::Ipv4 from, base::Ipv4 to) const;

  /// The rows' story of the pod's packets to an address, and of answers from an address to the pod's own.
  /// Requires: they are not open.
  [[nodiscard]] FlatStory there(const std::string& pod, base::Ipv4 to) const;
  [[nodiscard]] FlatStory back(base::Ipv4 from, base::Ipv4 to) const;

  [[nodiscard]] const Flattened& flattened() const { return flattened_; }

 private:
  /// Whether the rows of all nodes that the story names are there.
  [[nodiscard]] bool is_told(const FlatStory& story) const;

  Flattened flattened_;
  ForwardingClasses classes_;
  std::map<std::string, NodeIndex> places_ = {};  ///< of pods of regular nodes
  std::map<base::Ipv4, NodeIndex> owners_ = {};   ///< of addresses of such pods that nobody else has
};

/// Requires: `network` is a key of Recording::networks.
/// Cost: pods x pods lookups, and the pipeline's for what is not settled, and for services.
[[nodiscard]] DataplaneVerdict judge_by_classes(const Recording& recording, const std::string& network);

}  // namespace plimsoll::properties::overlay
