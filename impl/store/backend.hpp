// What a member has in its database: rows by revision, leases, and how far the log is applied to them.
//
// Source: etcd server/storage/schema (buckets key, lease, meta), server/storage/backend/batch_tx.go (v3.5),
// where it is a bbolt file. Changes go into a batch; committing a batch makes all of it durable at once, with
// the consistent index that belongs to it (ETCD-8). A crash takes what is not committed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "impl/base/describe_macro.hpp"
#include "impl/base/kv.hpp"
#include "impl/raft/types.hpp"
#include "impl/store/rows.hpp"

namespace plimsoll::store {

struct LeaseRow {
  base::Ticks granted = {};    ///< what a keep-alive gives anew
  base::Ticks remaining = {};  ///< of the last checkpoint; 0: none since the last keep-alive
  PLIMSOLL_DESCRIBE(LeaseRow, granted, remaining)
};

struct Meta {
  std::uint64_t consistent_index = 0;  ///< the last entry of the log that is applied to this
  std::uint64_t term = 0;              ///< that entry's
  /// Announced before the first row of a compaction goes, and again after the last one (ETCD-7). 0: never.
  kv::Revision scheduled_compact_revision = {};
  kv::Revision finished_compact_revision = {};
  raft::ConfState conf_state = {};
  PLIMSOLL_DESCRIBE(Meta, consistent_index, term, scheduled_compact_revision, finished_compact_revision,
                    conf_state)
};

struct Backend {
  Rows rows = {};
  std::map<kv::LeaseId, LeaseRow> leases = {};
  Meta meta = {};
  PLIMSOLL_DESCRIBE(Backend, rows, leases, meta)
};

/// Changes of a backend that become durable together or not at all.
struct Batch {
  std::vector<std::pair<BucketKey, Row>> rows = {};  ///< ascending, and above all that were there before
  std::vector<BucketKey> removed = {};               ///< rows that a compaction deleted
  std::map<kv::LeaseId, std::optional<LeaseRow>> leases = {};  ///< none: the lease is gone
  std::optional<Meta> meta = {};
  PLIMSOLL_DESCRIBE(Batch, rows, removed, leases, meta)

  [[nodiscard]] bool empty() const { return rows.empty() && removed.empty() && leases.empty() && !meta; }
};

/// Makes the changes again, on restart. Requires: all batches before it, since the backend was written whole,
/// were applied in order.
void apply_batch(Backend& backend, Batch batch);

/// Which parts of a backend are not in a batch yet. New rows need no list: they are the last ones.
struct Uncommitted {
  BucketKey first_row = {};             ///< this row and those after it
  std::vector<BucketKey> removed = {};  ///< rows before `first_row`, deleted by a compaction
  std::set<kv::LeaseId> leases = {};    ///< granted, changed or removed
  bool meta = false;                    ///< changed
  std::uint64_t committed_index = 0;    ///< the consistent index of the last batch that had one
  PLIMSOLL_DESCRIBE(Uncommitted, first_row, removed, leases, meta, committed_index)

  [[nodiscard]] bool empty(const Backend& backend) const;
};

}  // namespace plimsoll::store
