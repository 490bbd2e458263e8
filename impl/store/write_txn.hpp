// Writes under one revision: what Mvcc::begin() opens.
//
// Source: etcd server/storage/mvcc/kvstore_txn.go (v3.5). Statements: ETCD-1, 2.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "impl/base/kv.hpp"
#include "impl/store/mvcc.hpp"

namespace plimsoll::store {

/// Changes the store in place; there is no way back. Everything that can be refused is refused before
/// (ETCD-3), a key that is changed twice too: after a compaction at this revision only the last change would
/// be left. end() must be called. Not thread-safe.
class WriteTxn {
 public:
  explicit WriteTxn(Mvcc& store) : store_(store) {}
  ~WriteTxn();
  WriteTxn(const WriteTxn&) = delete;
  WriteTxn& operator=(const WriteTxn&) = delete;
  WriteTxn(WriteTxn&&) = delete;
  WriteTxn& operator=(WriteTxn&&) = delete;

  /// ETCD-2. Returns the version that was live, or nullptr; it is there until the next write. Logarithmic.
  const kv::KeyValue* put(std::string key, std::string value, kv::LeaseId lease);
  /// Deletes what is live in the range. Returns those versions, in order of keys, until the next write.
  std::vector<const kv::KeyValue*> remove(const kv::KeyRange& range);

  /// Reads see the writes before them. Errors as Mvcc::range().
  [[nodiscard]] tl::expected<kv::RangeResult, kv::ErrorCode> range(const kv::RangeRequest& request) const;
  [[nodiscard]] const kv::KeyValue* find(const std::string& key) const;
  /// The store's, and one more as soon as something was written.
  [[nodiscard]] kv::Revision revision() const;
  [[nodiscard]] bool changed() const { return changes_ > 0; }

  /// Returns the changes in order; none: no revision was used up (ETCD-1).
  std::vector<kv::Event> end();

 private:
  [[nodiscard]] BucketKey next_key() const;

  Mvcc& store_;
  std::uint32_t changes_ = 0;
  bool ended_ = false;
};

}  // namespace plimsoll::store
