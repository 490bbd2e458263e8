// What really happened to the keys of a store, in order: what watches are judged by.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "impl/base/describe_macro.hpp"
#include "impl/base/kv.hpp"

namespace plimsoll::properties::store {

/// Every change of every key since the store was fresh. Default: a fresh store, of whose compactions nothing
/// is known.
///
/// Invariants: (1) `events` is in order of revision; (2) `of_key` holds the positions of each key's events.
struct EventHistory {
  std::vector<kv::Event> events = {};  ///< without prev_kv
  std::map<std::string, std::vector<std::uint64_t>> of_key = {};
  /// No member has compacted beyond it; 0: never anything. None: not known.
  std::optional<kv::Revision> compact_revision = {};
  PLIMSOLL_DESCRIBE(EventHistory, events, of_key, compact_revision)

  /// Requires: at or after the last one.
  void append(const kv::Event& event);
  /// The key's version just before `revision`, or nullptr.
  [[nodiscard]] const kv::KeyValue* before(const std::string& key, kv::Revision revision) const;
  /// The position of the first event at or after `revision`.
  [[nodiscard]] std::uint64_t position_of(kv::Revision revision) const;
};

}  // namespace plimsoll::properties::store
