#include "impl/store/mvcc.hpp"

#include <algorithm>
#include <utility>

namespace plimsoll::store {
namespace {

// All rows are committed: what comes next is later than the last of them.
BucketKey first_row_after(const Backend& backend) {
  return backend.rows.empty() ? BucketKey{} : BucketKey{backend.rows.back().first.main.next(), 0};
}

}  // namespace

Mvcc Mvcc::restore(Backend backend, Defects defects) {
  Mvcc store;
  for (const auto& [at, row] : backend.rows) {
    store.index.entry(row.kv.key).restore(at, row);
    store.rows_bytes += store::size_bytes(row);
  }
  const Meta& meta = backend.meta;
  if (!backend.rows.empty()) {
    store.current = std::max(store.current, backend.rows.back().first.main);
  }
  // The rows of the last revisions may be compacted: the markers remember how far the store was.
  store.compacted = meta.finished_compact_revision;
  store.current = std::max(store.current, store.compacted);
  if (!defects.has(Defect::E8)) {
    store.current = std::max(store.current, meta.scheduled_compact_revision);
  }
  store.uncommitted.first_row = first_row_after(backend);
  store.uncommitted.committed_index = meta.consistent_index;
  store.backend = std::move(backend);
  if (store.meta().scheduled_compact_revision > store.compacted) {
    // Cannot fail, but for E8: then the revision is in the future, and the compaction is given up.
    static_cast<void>(store.schedule_compaction(store.meta().scheduled_compact_revision, defects));
    store.uncommitted.meta = false;
  }
  return store;
}

std::vector<Batch> Mvcc::commit(Defects defects) {
  std::vector<Batch> batches;
  if (uncommitted.empty(backend)) {
    return batches;
  }
  Batch& batch = batches.emplace_back();
  const auto first = backend.rows.lower_bound(uncommitted.first_row);
  batch.rows.assign(first, backend.rows.end());
  batch.removed = std::move(uncommitted.removed);
  for (const kv::LeaseId id : uncommitted.leases) {
    const auto lease = backend.leases.find(id);
    batch.leases.emplace_hint(
        batch.leases.end(), id,
        lease == backend.leases.end() ? std::nullopt : std::optional<LeaseRow>(lease->second));
  }
  if (uncommitted.meta) {
    batch.meta = backend.meta;
  }
  uncommitted = {};
  uncommitted.first_row = first_row_after(backend);
  uncommitted.committed_index = backend.meta.consistent_index;
  if (defects.has(Defect::E1) && batch.meta) {
    // The index is saved by somebody else's commit, while the entry is still being applied.
    Batch early{.meta = std::exchange(batch.meta, std::nullopt)};
    batches.insert(batches.begin(), std::move(early));
    std::erase_if(batches, [](const Batch& each) { return each.empty(); });
  }
  if (defragmented) {
    for (const Batch& each : batches) {
      apply_batch(*defragmented, each);
    }
  }
  return batches;
}

void Mvcc::install(Backend received, Defects defects) {
  std::optional<Backend> under_way = std::move(defragmented);
  *this = restore(std::move(received), defects);
  if (defects.has(Defect::E20)) {
    defragmented = std::move(under_way);
  }
}

void Mvcc::put_lease(kv::LeaseId id, LeaseRow row) {
  backend.leases.insert_or_assign(id, row);
  uncommitted.leases.insert(id);
}

void Mvcc::remove_lease(kv::LeaseId id) {
  backend.leases.erase(id);
  uncommitted.leases.insert(id);
}

void Mvcc::set_consistent_index(std::uint64_t consistent_index, std::uint64_t term) {
  backend.meta.consistent_index = consistent_index;
  backend.meta.term = term;
  uncommitted.meta = true;
}

void Mvcc::set_conf_state(raft::ConfState conf_state) {
  backend.meta.conf_state = std::move(conf_state);
  uncommitted.meta = true;
}

}  // namespace plimsoll::store
