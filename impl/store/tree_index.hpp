// All keys in order, each with its revisions.
//
// Source: etcd server/storage/mvcc/index.go (v3.5), there a B-tree.
#pragma once

#include <string>

#include "impl/store/key_table.hpp"

namespace plimsoll::store {

/// Invariant: no key without a revision, between calls.
struct TreeIndex {
  KeyTable keys = {};
  PLIMSOLL_DESCRIBE(TreeIndex, keys)

  using Iterator = KeyTable::Iterator;
  struct Span {
    Iterator first;
    Iterator last;
    [[nodiscard]] Iterator begin() const { return first; }
    [[nodiscard]] Iterator end() const { return last; }
  };

  [[nodiscard]] const KeyIndex* find(const std::string& key) const;
  /// The key's index, made if it is not there: until the next one is made. The caller gives it its first
  /// revision.
  [[nodiscard]] KeyIndex& entry(const std::string& key);
  /// Keys of the range, dead ones too. An empty span if the range ends before it begins.
  [[nodiscard]] Span span(const kv::KeyRange& range) const;
  /// KeyIndex::compact of all keys; those with nothing left leave. Linear in keys.
  void compact(kv::Revision revision, TombstoneAtRevision tombstone);
};

}  // namespace plimsoll::store
