#include "impl/store/compaction.hpp"

#include "impl/base/assert.hpp"
#include "impl/store/mvcc.hpp"

namespace plimsoll::store {

tl::expected<void, kv::ErrorCode> Mvcc::schedule_compaction(kv::Revision revision, Defects defects) {
  if (revision <= compacted) {
    return tl::unexpected(kv::ErrorCode::compacted);
  }
  if (revision > current) {
    return tl::unexpected(kv::ErrorCode::future_revision);
  }
  compacted = revision;
  backend.meta.scheduled_compact_revision = revision;
  uncommitted.meta = true;
  // E9 takes the tombstone that a watcher from this revision on would have to see. If that was the last row
  // there was, only the markers remember the revision, and E8 does not look at the one that is set by now.
  const bool goes = defects.has(Defect::E8) || defects.has(Defect::E9);
  index.compact(revision, goes ? TombstoneAtRevision::removed : TombstoneAtRevision::kept);
  compaction = Compaction{revision, {}};
  return {};
}

bool Mvcc::compact_step(std::size_t rows_max) {
  PLIMSOLL_ASSERT(rows_max > 0);
  if (!compaction) {
    return true;
  }
  auto row = backend.rows.lower_bound(compaction->next);
  for (std::size_t seen = 0; seen < rows_max; ++seen) {
    if (row == backend.rows.end() || row->first.main > compaction->revision) {
      backend.meta.finished_compact_revision = compaction->revision;
      uncommitted.meta = true;
      compaction.reset();
      return true;
    }
    const KeyIndex* entry = index.find(row->second.kv.key);
    if (entry != nullptr && entry->holds(row->first)) {
      ++row;
      continue;
    }
    if (row->first < uncommitted.first_row) {
      uncommitted.removed.push_back(row->first);
    }
    rows_bytes -= store::size_bytes(row->second);
    row = backend.rows.erase(row);
  }
  compaction->next = row == backend.rows.end() ? BucketKey{compaction->revision.next(), 0} : row->first;
  return false;
}

}  // namespace plimsoll::store
