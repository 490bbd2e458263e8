#include "impl/store/key_table.hpp"

#include <algorithm>

namespace plimsoll::store {
namespace {

/// The number of the child that has the key, if any has: the last one that is found under it or a lesser one.
template <class Child>
std::size_t child_of(const SortedRun<Child>& node, const std::string& key) {
  const auto place = node.search(key);
  return place.is_there || place.number == 0 ? place.number : place.number - 1;
}

/// The first child of a node may have got keys below the one that it is found under. Before others are put
/// beside it, it is found under its first key.
template <class Child>
void settle_first(SortedRun<Child>& node) {
  const std::string& least = node[0].second[0].first;
  if (least < node[0].first) {
    node.lower_first(least);
  }
}

}  // namespace

std::size_t KeyTable::size() const {
  std::size_t keys = 0;
  for (const auto& [branch_key, branch] : root_) {
    for (const auto& [leaf_key, leaf] : branch) {
      keys += leaf.size();
    }
  }
  return keys;
}

const KeyIndex* KeyTable::find(const std::string& key) const {
  if (empty()) {
    return nullptr;
  }
  const Branch& branch = root_[child_of(root_, key)].second;
  const Leaf& leaf = branch[child_of(branch, key)].second;
  const auto place = leaf.search(key);
  return place.is_there ? &leaf[place.number].second : nullptr;
}

KeyTable::Iterator KeyTable::lower_bound(const std::string& key) const {
  if (empty()) {
    return end();
  }
  const std::size_t branch = child_of(root_, key);
  const std::size_t leaf = child_of(root_[branch].second, key);
  const auto place = root_[branch].second[leaf].second.search(key);
  return Iterator(&root_, branch, leaf, place.number).to_key();
}

KeyIndex& KeyTable::try_emplace(const std::string& key) {
  if (empty()) {
    return root_.insert(0, key).insert(0, key).insert(0, key);
  }
  const std::size_t branch_number = child_of(root_, key);
  Branch& branch = root_.at(branch_number);
  const std::size_t leaf_number = child_of(branch, key);
  Leaf& leaf = branch.at(leaf_number);
  const auto place = leaf.search(key);
  if (place.is_there) {
    return leaf.at(place.number);
  }
  if (leaf.size() < node_items_max) {
    return leaf.insert(place.number, key);
  }
  // A full node is split, and the key looked for again. Behind the end of a full leaf a new one is begun, for
  // keys that ascend would leave only halves behind.
  settle_first(branch);
  if (branch.size() == node_items_max) {
    settle_first(root_);
    Branch upper = branch.split(node_items_max);
    const std::string first = upper[0].first;
    root_.insert(branch_number + 1, first, std::move(upper));
    return try_emplace(key);
  }
  if (place.number == leaf.size()) {
    Leaf& next = branch.insert(leaf_number + 1, key);
    next.reserve(node_items_max);
    return next.insert(0, key);
  }
  Leaf upper = leaf.split(node_items_max);
  const std::string first = upper[0].first;
  branch.insert(leaf_number + 1, first, std::move(upper));
  return try_emplace(key);
}

bool operator==(const KeyTable& a, const KeyTable& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

std::strong_ordering operator<=>(const KeyTable& a, const KeyTable& b) {
  return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace plimsoll::store
