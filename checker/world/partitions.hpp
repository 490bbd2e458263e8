// Which cuts of the network a world's partitions can make, worked out once from its hosts and links.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checker/world/model.hpp"

namespace plimsoll::checker {

enum class CutShape : std::uint8_t {
  halves,   ///< the hosts fall into two sets
  one_way,  ///< nothing gets from one host to another
  pair,     ///< two hosts do not reach each other
};
constexpr std::size_t cut_shapes = 3;
/// The budget that a cut spends, and the name of its action.
[[nodiscard]] std::string_view to_text(CutShape shape);

/// Hosts by number: those of the model, or one for each process. Immutable. Without a budget for partitions,
/// or with fewer than two hosts, there are no cuts.
///
/// A cut is a relation between hosts: bit j of word i says that nothing gets from i to j. It speaks only of
/// hosts that a link joins, and where all those links are connections, which need both ways, of both ways. So
/// two cuts that make no difference are one, and so are two states of the network.
class Partitions {
 public:
  static constexpr std::size_t hosts_max = 32;
  static constexpr std::size_t split_hosts_max = 10;

  struct Cut {
    CutShape shape = CutShape::halves;
    std::vector<std::uint32_t> blocked;  ///< [host], each a set of hosts
    std::string one;                     ///< "s1, s2": one side, or where nothing comes from
    std::string other;
  };

  explicit Partitions(const WorldModel& model);

  /// By shape; halves by the set of hosts on the first host's side, pairs by their numbers.
  [[nodiscard]] const std::vector<Cut>& cuts() const { return cuts_; }
  [[nodiscard]] const std::vector<std::string>& hosts() const { return hosts_; }
  /// Does nothing get from process `from` to process `to`?
  [[nodiscard]] bool blocks(std::span<const std::uint32_t> blocked, std::size_t from, std::size_t to) const {
    const std::uint8_t a = host_of_[from];
    const std::uint8_t b = host_of_[to];
    return a != nowhere && b != nowhere && (blocked[a] >> b & 1U) != 0;
  }

 private:
  static constexpr std::uint8_t nowhere = 255;
  using Relation = std::vector<std::uint32_t>;

  void number_hosts(const WorldModel& model);
  void find_links(const WorldModel& model);
  void add(CutShape shape, const Relation& wanted, std::uint32_t one, std::uint32_t other);
  void add_halves();
  void add_pairs(CutShape shape);
  [[nodiscard]] std::string names(std::uint32_t set) const;

  std::vector<std::string> hosts_;
  std::vector<std::uint8_t> host_of_;
  Relation joined_;    ///< by a link that a cut breaks
  Relation one_ways_;  ///< by a lossy one, where each way can be cut by itself
  std::vector<Cut> cuts_;
};

}  // namespace plimsoll::checker
