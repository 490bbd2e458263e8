// A sorted map from keys to what the index knows of them, to which keys are added and from which compaction
// erases: what TreeIndex is made of.
//
// Source: Comer, "The Ubiquitous B-Tree" (ACM Computing Surveys 11, 1979), the B+-tree. With a million keys
// in memory a look-up in a red-black tree is a score of cache misses, and twice as many if keys do not fit
// into their strings; here it is a few. The tree has always three levels: leaves of some dozens of keys,
// branches of some dozens of leaves, and one root, which has a branch for every thousand or so of keys and
// may be as long as it has to. Nodes that are nearly empty are not merged: one goes when it is empty.
#pragma once

#include <compare>
#include <cstddef>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "impl/store/key_index.hpp"
#include "impl/store/sorted_run.hpp"

namespace plimsoll::store {

/// A described value, as std::map<std::string, KeyIndex>. Pointers and iterators hold until the next
/// try_emplace() of a new key, or retain(). Not thread-safe.
///
/// Invariants: (1) no leaf and no branch is empty, or longer than node_items_max; (2) keys ascend within and
/// across leaves; (3) a node that is not the first one of its parent is found there under a key that is at
/// most its first one, and above all keys before it.
class KeyTable {
 public:
  using value_type = std::pair<std::string, KeyIndex>;

 private:
  using Leaf = SortedRun<KeyIndex>;
  using Branch = SortedRun<Leaf>;
  using Root = SortedRun<Branch>;

 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = KeyTable::value_type;
    using difference_type = std::ptrdiff_t;
    using pointer = const value_type*;
    using reference = const value_type&;

    Iterator() = default;
    reference operator*() const { return leaf()[key_]; }
    pointer operator->() const { return &leaf()[key_]; }
    Iterator& operator++() {
      ++key_;
      return *this = to_key();
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    friend KeyTable;
    Iterator(const Root* root, std::size_t branch, std::size_t leaf, std::size_t key)
        : root_(root), branch_(branch), leaf_(leaf), key_(key) {}
    [[nodiscard]] const Branch& branch() const { return (*root_)[branch_].second; }
    [[nodiscard]] const Leaf& leaf() const { return branch()[leaf_].second; }
    /// The same, or what follows if it is behind the end of its leaf.
    [[nodiscard]] Iterator to_key() const {
      if (key_ < leaf().size()) {
        return *this;
      }
      return leaf_ + 1 < branch().size() ? Iterator(root_, branch_, leaf_ + 1, 0)
                                         : Iterator(root_, branch_ + 1, 0, 0);
    }

    const Root* root_ = nullptr;
    std::size_t branch_ = 0;
    std::size_t leaf_ = 0;
    std::size_t key_ = 0;
  };
  using const_iterator = Iterator;

  [[nodiscard]] Iterator begin() const { return {&root_, 0, 0, 0}; }
  [[nodiscard]] Iterator end() const { return {&root_, root_.size(), 0, 0}; }
  [[nodiscard]] bool empty() const { return root_.empty(); }
  [[nodiscard]] std::size_t size() const;  ///< linear in leaves
  /// nullptr if it is not there. Logarithmic.
  [[nodiscard]] const KeyIndex* find(const std::string& key) const;
  /// The first key at or after `key`. Logarithmic.
  [[nodiscard]] Iterator lower_bound(const std::string& key) const;

  /// The key's entry, made if it is not there. Logarithmic, and once in a thousand times linear in branches.
  KeyIndex& try_emplace(const std::string& key);
  /// Calls `keep` with the entry of each key, in order, which it may change; keys of which it returns false
  /// go. Linear.
  template <class Keep>
  void retain(const Keep& keep) {
    root_.retain([&](Branch& branch) {
      branch.retain([&](Leaf& leaf) {
        leaf.retain(keep);
        return !leaf.empty();
      });
      return !branch.empty();
    });
  }

  friend bool operator==(const KeyTable& a, const KeyTable& b);
  friend std::strong_ordering operator<=>(const KeyTable& a, const KeyTable& b);

 private:
  static constexpr std::size_t node_items_max = 64;

  Root root_ = {};
};

}  // namespace plimsoll::store

namespace plimsoll::base {

template <>
struct Codec<store::KeyTable> {
  static void write(ByteWriter& out, const store::KeyTable& table) {
    out.put_unsigned(table.size());
    for (const auto& [key, entry] : table) {
      encode(out, key);
      encode(out, entry);
    }
  }
  static store::KeyTable read(ByteReader& in) {
    store::KeyTable table;
    for (std::uint64_t left = in.get_unsigned(); left > 0; --left) {
      const auto key = decode<std::string>(in);
      table.try_emplace(key) = decode<store::KeyIndex>(in);
    }
    return table;
  }
  using DescribedAs = std::map<std::string, store::KeyIndex>;
};

}  // namespace plimsoll::base
