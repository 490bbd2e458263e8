// For tests: one-line transactions, and what a crash leaves.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "impl/store/mvcc.hpp"

namespace plimsoll::store {

inline std::vector<kv::Event> put(Mvcc& store, const std::string& key, const std::string& value,
                                  kv::LeaseId lease = {}) {
  WriteTxn txn = store.begin();
  txn.put(key, value, lease);
  return txn.end();
}
inline std::vector<kv::Event> remove(Mvcc& store, const std::string& key, const std::string& range_end = "") {
  WriteTxn txn = store.begin();
  txn.remove({key, range_end});
  return txn.end();
}
/// key=value of all keys at a revision (0: now), with spaces in between; or the error.
inline std::string text_at(const Mvcc& store, std::uint64_t revision = 0) {
  const auto result = store.range({.range = {"a", std::string(1, '\0')}, .revision = {revision}});
  if (!result) {
    return std::string(kv::described_enumerators(kv::ErrorCode{})[static_cast<std::size_t>(result.error())]);
  }
  std::string text;
  for (const kv::KeyValue& kv : result->kvs) {
    text += (text.empty() ? "" : " ") + kv.key + "=" + kv.value;
  }
  return text;
}
/// A disk that has everything up to some batch.
struct Disk {
  Backend database;

  /// Commits; `lost` of the batches, the last ones, do not reach the disk.
  void commit(Mvcc& store, Defects defects = {}, std::size_t lost = 0) { write(store.commit(defects), lost); }
  void write(std::vector<Batch> batches, std::size_t lost = 0) {
    batches.resize(batches.size() - std::min(lost, batches.size()));
    for (Batch& batch : batches) {
      apply_batch(database, std::move(batch));
    }
  }
  [[nodiscard]] Mvcc restart(Defects defects = {}) const { return Mvcc::restore(database, defects); }
};

}  // namespace plimsoll::store
