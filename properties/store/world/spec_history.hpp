// What the spec's store does with the entries of a log: what every replica has to be, and what clients may be
// told.
#pragma once

#include <string>
#include <vector>

#include "impl/store/mvcc.hpp"
#include "model/store/data.hpp"
#include "properties/store/event_history.hpp"
#include "properties/store/world/agreed_log.hpp"
#include "properties/store/world/client.hpp"

namespace plimsoll::properties::store {

/// The spec after some entry.
struct SpecPoint {
  model::store::Data data = {};
  kv::Revision compact_revision = {};  ///< 0: never compacted
  PLIMSOLL_DESCRIBE(SpecPoint, data, compact_revision)
};

/// Default: of an empty log.
struct SpecHistory {
  std::vector<SpecPoint> points = {};  ///< by the index of the last entry, from 0: one more than entries
  EventHistory events = {};
  PLIMSOLL_DESCRIBE(SpecHistory, points, events)

  /// The keys of the range as they were at a revision, compacted or not. Linear in events.
  [[nodiscard]] std::vector<kv::KeyValue> range_at(const kv::KeyRange& range, kv::Revision revision) const;
};

/// Linear in the log, times the keys.
[[nodiscard]] SpecHistory spec_history(const AgreedLog& log);

/// Is the store of a replica what the spec says after the entries that are applied to it? What is compacted
/// is not compared.
[[nodiscard]] bool agrees(const core::Mvcc& store, const SpecHistory& history);
/// Is an answer what the spec said at the revision of the answer? Errors are not judged.
[[nodiscard]] bool is_true(const RequestBody& asked, const kv::Response& answer, const SpecHistory& history);
/// Was the watch sent everything that it is for?
[[nodiscard]] bool is_complete(const RecordedWatch& watch, const SpecHistory& history);

}  // namespace plimsoll::properties::store
