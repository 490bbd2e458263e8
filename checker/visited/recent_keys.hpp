// What one worker inserted lately, so that most duplicates need not be looked up in the large table:
// neighbours in a level have successors in common (two steps that do not touch each other commute), and a
// table line that is not in the cache costs more than everything else about a duplicate. Of two-phase
// commit's transitions two thirds are found here, of mail-raft's more than half.
#pragma once

#include <vector>

#include "checker/visited/flat_table.hpp"

namespace plimsoll::checker {

/// A cache: it forgets. One thread's; of one table, whose keys stay once they are in, so it need not be told
/// of growth.
class RecentKeys {
 public:
  RecentKeys() : keys_(std::size_t{1} << bits), origins_(std::size_t{1} << bits) {}

  /// Inserts into `table` as FlatTable::insert() does, if that could change anything.
  bool insert(FlatTable& table, std::uint64_t key, Origin origin) {
    const std::size_t at = place(key);
    // The origin held here may be out of date, but was no smaller: origins are only ever lowered, within a
    // level.
    if (keys_[at] == key && (level_of(origins_[at]) != level_of(origin) || origins_[at] <= origin)) {
      return false;
    }
    keys_[at] = key;
    return table.insert(key, origin, origins_[at]);
  }

 private:
  static constexpr unsigned bits = 11;  ///< 32 KiB
  [[nodiscard]] static std::size_t place(std::uint64_t key) {
    return (key * 0x9e3779b97f4a7c15ULL) >> (64 - bits);
  }

  std::vector<std::uint64_t> keys_;
  std::vector<Origin> origins_;
};

}  // namespace plimsoll::checker
