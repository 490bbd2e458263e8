// Clusters drawn at random: the scenarios of the randomised tests of system `ipam`.
//
// A cluster is read off a list of numbers, whatever they are, in the manner of MacIver, "Hypothesis: a new
// approach to property-based testing" (JOSS 4(43), 2019): a tool that shortens the list and lowers its
// numbers makes the cluster smaller and knows nothing of clusters. It becomes a scenario's text, because a
// trace embeds its scenario and replays alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace plimsoll::properties::ipam {

/// A list of numbers taken one after the other; after its end come zeros.
class NumberTape {
 public:
  explicit NumberTape(std::span<const std::uint32_t> numbers) : numbers_(numbers) {}

  /// The next number modulo `count`. Requires: count > 0.
  [[nodiscard]] std::uint32_t below(std::uint32_t count);
  /// The next number chooses among `choices`; 0 means the first.
  [[nodiscard]] std::uint32_t one_of(std::initializer_list<std::uint32_t> choices);

 private:
  std::span<const std::uint32_t> numbers_;
  std::size_t next_ = 0;
};

struct RandomNode {
  std::optional<std::uint32_t> previous_subnet;  ///< number of the subnet in subnet.env
  bool has_last_reserved = false;                ///< of the previous subnet
  std::uint32_t pods = 0;
};

struct RandomCluster {
  std::uint32_t subnets = 1;      ///< that may be leased
  std::uint32_t subnet_len = 24;  ///< bits: 30 leaves one address for pods, 29 five
  std::string backend = "udp";
  std::vector<RandomNode> nodes;
  bool is_discrete = false;
  std::uint32_t ticks_max = 0;
  bool recreate = true;
  bool supervised = true;
  std::map<std::string, std::uint32_t> faults;
};

/// What a cluster is drawn for. A defect that needs leases to expire is found in discrete time only.
enum class RandomTime : std::uint8_t { any, untimed, discrete };

/// 1 to 4 nodes with up to 5 pods, as many subnets or one fewer or one more, and every kind of fault. Without
/// numbers: one node, no pod, no fault. Cost: constant.
[[nodiscard]] RandomCluster random_cluster(std::span<const std::uint32_t> numbers, RandomTime time);

/// The scenario, which expects that everything holds. It names a static-range, so that every defect can be
/// switched on.
[[nodiscard]] std::string scenario_text(const RandomCluster& cluster);

}  // namespace plimsoll::properties::ipam
