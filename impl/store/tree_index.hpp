// All keys in order, each with its revisions.
//
// Source: etcd server/storage/mvcc/index.go (v3.5), there a B-tree.
#pragma once

#include <map>
#include <string>

#include "impl/store/key_index.hpp"

namespace plimsoll::store {

/// Invariant: no key without a revision, between calls.
struct TreeIndex {
  std::map<std::string, KeyIndex> keys = {};
  PLIMSOLL_DESCRIBE(TreeIndex, keys)

  using Iterator = std::map<std::string, KeyIndex>::const_iterator;
  struct Span {
    Iterator first;
    Iterator last;
    [[nodiscard]] Iterator begin() const { return first; }
    [[nodiscard]] Iterator end() const { return last; }
  };

  [[nodiscard]] const KeyIndex* find(const std::string& key) const;
  /// The key's index, made if it is not there. The caller gives it its first revision.
  [[nodiscard]] KeyIndex& entry(const std::string& key);
  /// Keys of the range, dead ones too. An empty span if the range ends before it begins.
  [[nodiscard]] Span span(const kv::KeyRange& range) const;
  /// KeyIndex::compact of all keys; those with nothing left leave. Linear in keys.
  void compact(kv::Revision revision, TombstoneAtRevision tombstone);
};

}  // namespace plimsoll::store
