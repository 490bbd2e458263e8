// The rows of a database: all versions of all keys, by revision.
//
// A sorted map to which rows are only appended and from which compaction erases; bbolt's bucket "key" in etcd
// (server/storage/schema/bucket.go, server/storage/mvcc/revision.go; v3.5). Kept as a list of short arrays:
// an append allocates once in a while, and as revisions are nearly dense a row is mostly found at the place
// where it would be if none were missing. With a million keys in memory a look-up in a red-black tree would
// cost more than the rest of a put.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "impl/base/described.hpp"
#include "impl/base/kv.hpp"

namespace plimsoll::store {

/// Orders all changes of all keys: `main` is the store's revision, `sub` counts the changes in it.
struct BucketKey {
  kv::Revision main = {};
  std::uint32_t sub = 0;
  PLIMSOLL_DESCRIBE(BucketKey, main, sub)
};

/// One version of one key. A tombstone has the key and mod_revision only.
struct Row {
  kv::KeyValue kv = {};
  bool is_tombstone = false;
  PLIMSOLL_DESCRIBE_OPTIONS(is_tombstone)
  PLIMSOLL_DESCRIBE(Row, kv, is_tombstone)
};
/// What a row counts for in the size of the database, in bytes: its texts and its numbers at full width.
[[nodiscard]] std::uint64_t size_bytes(const Row& row);

/// A described value, as std::map<BucketKey, Row>. Pointers and iterators to rows hold until the next
/// append() or erase(). Not thread-safe.
///
/// Invariants: (1) no chunk is empty or longer than chunk_rows_max; (2) keys ascend within and across chunks.
class Rows {
 public:
  using value_type = std::pair<BucketKey, Row>;

 private:
  struct Chunk {
    BucketKey first = {};  ///< at most the first row's, above the chunk before: look-ups read no other chunk
    std::vector<value_type> rows = {};
  };

 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Rows::value_type;
    using difference_type = std::ptrdiff_t;
    using pointer = const value_type*;
    using reference = const value_type&;

    Iterator() = default;
    reference operator*() const { return chunks_[chunk_].rows[place_]; }
    pointer operator->() const { return &chunks_[chunk_].rows[place_]; }
    Iterator& operator++() {
      if (++place_ == chunks_[chunk_].rows.size()) {
        ++chunk_;
        place_ = 0;
      }
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    friend Rows;
    Iterator(const Chunk* chunks, std::size_t chunk, std::size_t place)
        : chunks_(chunks), chunk_(chunk), place_(place) {}

    const Chunk* chunks_ = nullptr;
    std::size_t chunk_ = 0;
    std::size_t place_ = 0;
  };
  using const_iterator = Iterator;

  [[nodiscard]] Iterator begin() const { return {chunks_.data(), 0, 0}; }
  [[nodiscard]] Iterator end() const { return {chunks_.data(), chunks_.size(), 0}; }
  [[nodiscard]] bool empty() const { return chunks_.empty(); }
  [[nodiscard]] std::size_t size() const;  ///< linear in chunks
  /// The last row. Requires: not empty.
  [[nodiscard]] const value_type& back() const { return chunks_.back().rows.back(); }
  /// nullptr if it is not there. Logarithmic.
  [[nodiscard]] const Row* find(const BucketKey& at) const;
  /// The first row at or after `at`. Logarithmic.
  [[nodiscard]] Iterator lower_bound(const BucketKey& at) const;

  /// Requires: `at` is above all keys. Amortised constant.
  void append(const BucketKey& at, Row row);
  /// Returns what follows. Linear in chunks at worst, when one becomes empty. Requires: not end().
  Iterator erase(const Iterator& row);
  /// Erases the row, if it is there.
  void erase(const BucketKey& at);

  friend bool operator==(const Rows& a, const Rows& b);
  friend std::strong_ordering operator<=>(const Rows& a, const Rows& b);

 private:
  static constexpr std::size_t chunk_rows_max = 64;

  std::vector<Chunk> chunks_;
};

}  // namespace plimsoll::store

namespace plimsoll::base {

template <>
struct Codec<store::Rows> {
  static void write(ByteWriter& out, const store::Rows& rows) {
    out.put_unsigned(rows.size());
    for (const auto& [at, row] : rows) {
      encode(out, at);
      encode(out, row);
    }
  }
  static store::Rows read(ByteReader& in) {
    store::Rows rows;
    for (std::uint64_t left = in.get_unsigned(); left > 0; --left) {
      const auto at = decode<store::BucketKey>(in);
      rows.append(at, decode<store::Row>(in));
    }
    return rows;
  }
  using DescribedAs = std::map<store::BucketKey, store::Row>;
};

}  // namespace plimsoll::base
