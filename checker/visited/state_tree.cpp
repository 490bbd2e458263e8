#include "checker/visited/state_tree.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {

StateTree::StateTree(std::uint32_t width, SlotOrder order, unsigned growers)
    : slot_of_(std::move(order)),
      leaf_of_(width),
      sizes_{width},
      inner_nodes_per_state_(width > 2 ? width - 2 : width - 1),
      nodes_(FlatTable::Keys::packed, growers) {
  if (slot_of_.empty()) {
    slot_of_.resize(width);
    std::iota(slot_of_.begin(), slot_of_.end(), 0U);
  }
  PLIMSOLL_ASSERT(slot_of_.size() == width);
  for (std::size_t leaf = 0; leaf < width; ++leaf) {
    leaf_of_.at(slot_of_[leaf]) = static_cast<std::uint16_t>(leaf);
  }
  // A root of two slots could be all ones, whose key would be 0; one of two nodes cannot.
  while (sizes_.back() > 2 || (width == 2 && sizes_.back() == 2)) {
    sizes_.push_back((sizes_.back() + 1) / 2);
  }
  make_segments();
}

std::unique_ptr<StateTree::Scratch> StateTree::scratch() const {
  return std::make_unique<Scratch>(*this);
}

bool StateTree::reserve(std::uint64_t count) {
  return nodes_.reserve(count * inner_nodes_per_state_);
}

void StateTree::retract(std::uint64_t count) {
  nodes_.release(count * inner_nodes_per_state_);
}

bool StateTree::grow(std::uint64_t count, std::uint64_t memory_bytes_max) {
  const std::uint64_t nodes = count * inner_nodes_per_state_;
  if (nodes_.reserve(nodes)) {
    nodes_.release(nodes);
    return true;
  }
  const std::uint64_t other = pairs_memory_bytes();
  if (!nodes_.grow(nodes, memory_bytes_max > other ? memory_bytes_max - other : 0)) {
    return false;
  }
  make_segments();
  return true;
}

void StateTree::make_segments() {
  // Numbers are handed out in stretches, of which each of 256 workers may hold one that it has not used up.
  const std::uint64_t numbers = nodes_.entries_max() + 256 * std::uint64_t{stretch};
  const std::uint64_t segments = (numbers >> segment_bits) + 1;
  while (pairs_.size() < segments) {
    pairs_.push_back(std::make_unique_for_overwrite<std::uint64_t[]>(std::size_t{1} << segment_bits));
  }
}

std::uint32_t StateTree::node(std::uint64_t pair, Scratch& tree) {
  // A key is the pair plus 1, and this pair's would be 0, which the table does not take.
  if (pair == ~std::uint64_t{0}) {
    return node_of_all_ones(tree);
  }
  bool is_new = false;
  const auto next = [this, &tree] { return next_number(tree); };
  const std::uint32_t number = nodes_.insert_value(pair + 1, next, is_new);
  if (is_new) {
    file(number, pair, tree);
  }
  return number;
}

/// One at a time, workers would write their pairs side by side and wait for each other's cache lines.
std::uint32_t StateTree::next_number(Scratch& tree) {
  if (tree.next_number_ == tree.numbers_end_) {
    tree.next_number_ = node_count_.fetch_add(stretch, std::memory_order_relaxed);
    tree.numbers_end_ = tree.next_number_ + stretch;
    // The next number would be 0 again.
    PLIMSOLL_ASSERT(tree.numbers_end_ > tree.next_number_);
  }
  return tree.next_number_++;
}

/// Only slots can make this pair: node numbers stay below 2^32 - 1.
std::uint32_t StateTree::node_of_all_ones(Scratch& tree) {
  const std::lock_guard<std::mutex> lock(all_ones_mutex_);
  if (!all_ones_) {
    all_ones_ = next_number(tree);
    file(*all_ones_, ~std::uint64_t{0}, tree);
  }
  return *all_ones_;
}

void StateTree::file(std::uint32_t number, std::uint64_t pair, Scratch& tree) {
  ++tree.fresh_nodes_;
  pairs_[number >> segment_bits][number & ((1U << segment_bits) - 1)] = pair;
}

/// The values of level 0: the slots in which each state differs from its base.
void StateTree::add_rows(const Successors& batch, Scratch& tree) const {
  const std::uint32_t width = sizes_[0];
  std::vector<std::uint32_t>& slots = tree.bases_[0];
  slots.resize(std::size_t{tree.base_count_ > 0 ? 1U : 0U} * width);
  tree.base_count_ = tree.base_count_ > 0 ? 1 : 0;
  tree.rows_.clear();
  tree.make_room((batch.size() + batch.groups().size()) * width);
  Scratch::Value* end = tree.values_.data();
  // `changed` may name too many slots, and more than there are, never too few.
  const SlotMask there = width >= 64 ? ~SlotMask{0} : slot_bit(width) - 1;
  const auto add_row = [&](const Slot* now, SlotMask changed, std::uint32_t base, bool becomes, bool wanted) {
    const bool whole = base == Scratch::none;
    const std::uint32_t* before = whole ? nullptr : slots.data() + std::size_t{base} * width;
    Scratch::Value* const begin = end;
    if (width <= 64 && changed != ~SlotMask{0}) {
      for (SlotMask left = changed & there; left != 0; left &= left - 1) {
        const auto slot = static_cast<std::uint32_t>(std::countr_zero(left));
        const std::uint16_t leaf = leaf_of_[slot];
        if (whole || now[slot] != before[leaf]) {
          // Few have changed: the simplest way to sort them is the fastest.
          Scratch::Value* place = end++;
          for (; place != begin && place[-1].position > leaf; --place) {
            *place = place[-1];
          }
          *place = {0, now[slot], leaf, true};
        }
      }
    } else {
      for (std::uint32_t leaf = 0; leaf < width; ++leaf) {
        const std::uint32_t slot = slot_of_[leaf];
        if (((changed & slot_bit(slot)) != 0) && (whole || now[slot] != before[leaf])) {
          *end++ = {0, now[slot], static_cast<std::uint16_t>(leaf), true};
        }
      }
    }
    const std::uint32_t number = becomes ? tree.base_count_++ : Scratch::none;
    tree.rows_.push_back({base, number, wanted, static_cast<std::uint32_t>(end - tree.values_.data())});
    if (becomes) {
      for (const std::uint32_t slot : slot_of_) {
        slots.push_back(now[slot]);
      }
    }
  };
  const auto last_base = [&tree] { return tree.base_count_ == 0 ? Scratch::none : tree.base_count_ - 1; };
  std::size_t group = 0;
  bool from_known = false;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    for (; group < batch.groups().size() && batch.groups()[group].first <= i; ++group) {
      const Successors::Group& next = batch.groups()[group];
      const bool is_empty =
          group + 1 < batch.groups().size() && batch.groups()[group + 1].first == next.first;
      from_known = next.from != nullptr;
      if (from_known && !is_empty) {
        add_row(next.from, ~SlotMask{0}, last_base(), true, false);
      }
    }
    add_row(batch.state(i).data(), from_known ? batch[i].changed : ~SlotMask{0}, last_base(), !from_known,
            true);
  }
}

/// From the values of level `level` to those of the next. All table lines are asked for before the first is
/// read: a look-up that misses the cache costs more than everything else here, and those of a level do not
/// depend on each other.
void StateTree::climb(Scratch& tree, std::size_t level) {
  const std::uint32_t size = sizes_[level];
  const Scratch::Value* const values = tree.values_.data();
  Scratch::Value* const above = tree.above_.data();
  Scratch::Value* end = above;
  std::uint32_t at = 0;
  for (Scratch::Row& row : tree.rows_) {
    const std::uint32_t* base =
        row.base == Scratch::none ? nullptr : tree.bases_[level].data() + std::size_t{row.base} * size;
    while (at < row.end) {
      const Scratch::Value& value = values[at++];
      const auto position = static_cast<std::uint16_t>(value.position / 2);
      if (value.position + 1U == size && size % 2 == 1) {
        *end++ = {0, value.number, position, true};
        continue;
      }
      std::uint32_t left = value.number;
      std::uint32_t right = value.number;
      if (value.position % 2 == 1) {
        left = base[value.position - 1];
      } else if (at < row.end && values[at].position == value.position + 1) {
        right = values[at++].number;
      } else {
        right = base[value.position + 1];
      }
      const std::uint64_t pair = std::uint64_t{left} << 32U | right;
      const Scratch::Recent& recent = tree.recent(pair);
      const bool known = recent.used && recent.pair == pair;
      if (!known) {
        nodes_.prefetch(pair + 1);
      }
      *end++ = {pair, recent.number, position, known};
    }
    row.end = static_cast<std::uint32_t>(end - above);
  }
  for (Scratch::Value* value = above; value != end; ++value) {
    if (!value->known) {
      value->number = node(value->pair, tree);
      tree.recent(value->pair) = {value->pair, value->number, true};
    }
  }
  std::swap(tree.values_, tree.above_);
}

/// The rows that are bases, whole, at `level`.
void StateTree::complete_bases(Scratch& tree, std::size_t level) const {
  const std::uint32_t size = sizes_[level];
  std::vector<std::uint32_t>& bases = tree.bases_[level];
  bases.resize(std::size_t{tree.base_count_} * size);
  std::uint32_t at = 0;
  for (const Scratch::Row& row : tree.rows_) {
    if (row.becomes != Scratch::none) {
      std::uint32_t* whole = bases.data() + std::size_t{row.becomes} * size;
      if (row.base != Scratch::none) {
        std::copy_n(bases.data() + std::size_t{row.base} * size, size, whole);
      }
      for (; at < row.end; ++at) {
        whole[tree.values_[at].position] = tree.values_[at].number;
      }
    }
    at = row.end;
  }
}

void StateTree::find_keys(const Successors& batch, std::vector<StateKey>& keys, Scratch& tree) {
  tree.fresh_nodes_ = 0;
  keys.clear();
  if (batch.size() == 0) {
    return;
  }
  add_rows(batch, tree);
  for (std::size_t level = 0; level + 1 < sizes_.size(); ++level) {
    climb(tree, level);
    complete_bases(tree, level + 1);
  }
  const std::uint32_t size = sizes_.back();
  std::uint32_t at = 0;
  for (const Scratch::Row& row : tree.rows_) {
    std::array<std::uint32_t, 2> root{};
    if (row.base != Scratch::none) {
      std::copy_n(tree.bases_.back().data() + std::size_t{row.base} * size, size, root.begin());
    }
    for (; at < row.end; ++at) {
      root.at(tree.values_[at].position) = tree.values_[at].number;
    }
    if (row.wanted) {
      keys.push_back((size == 1 ? root[0] : std::uint64_t{root[0]} << 32U | root[1]) + 1);
    }
  }
  for (std::size_t level = 0; level < sizes_.size(); ++level) {
    std::vector<std::uint32_t>& bases = tree.bases_[level];
    std::copy_n(bases.end() - static_cast<std::ptrdiff_t>(sizes_[level]), sizes_[level], bases.begin());
  }
  nodes_.release(batch.size() * inner_nodes_per_state_ - tree.fresh_nodes_);
}

std::uint64_t StateTree::pairs_memory_bytes() const {
  const std::uint64_t segments =
      (std::uint64_t{node_count_.load()} + (1U << segment_bits) - 1) >> segment_bits;
  return (segments << segment_bits) * sizeof(std::uint64_t);
}

std::uint64_t StateTree::pair_of(std::uint32_t node) const {
  return pairs_[node >> segment_bits][node & ((1U << segment_bits) - 1)];
}

void StateTree::unpack(StateKey key, std::vector<Slot>& state) const {
  const std::uint64_t root = key - 1;
  state.resize(sizes_[0]);
  std::vector<Slot>& leaves = state;
  leaves[0] = static_cast<Slot>(root);
  if (sizes_.back() == 2) {
    leaves[0] = static_cast<Slot>(root >> 32U);
    leaves[1] = static_cast<Slot>(root);
  }
  for (std::size_t level = sizes_.size() - 1; level > 0; --level) {
    // From the last to the first: what a value becomes never lies before it.
    for (std::size_t i = sizes_[level]; i-- > 0;) {
      if (2 * i + 1 == sizes_[level - 1]) {
        leaves[2 * i] = leaves[i];
        continue;
      }
      const std::uint64_t pair = pair_of(leaves[i]);
      leaves[2 * i] = static_cast<Slot>(pair >> 32U);
      leaves[2 * i + 1] = static_cast<Slot>(pair);
    }
  }
  const std::vector<Slot> in_order = leaves;
  for (std::size_t leaf = 0; leaf < in_order.size(); ++leaf) {
    state[slot_of_[leaf]] = in_order[leaf];
  }
}

}  // namespace plimsoll::checker
