#include "checker/visited/state_tree.hpp"

#include <algorithm>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {

StateTree::Scratch::Scratch(std::uint32_t width) : recents_(std::size_t{1} << recent_bits) {
  levels_.push_back({width, {}});
  while (levels_.back().size > 2) {
    levels_.push_back({(levels_.back().size + 1) / 2, {}});
  }
}

StateTree::StateTree(std::uint32_t width)
    : width_(width),
      inner_nodes_per_state_(width > 2 ? width - 2 : 0),
      nodes_(FlatTable::Keys::packed),
      pairs_(std::make_unique<std::atomic<std::uint64_t*>[]>(segment_count)) {}

StateTree::~StateTree() {
  for (std::uint32_t i = 0; i < segment_count; ++i) {
    delete[] pairs_[i].load();
  }
}

std::unique_ptr<StateTree::Scratch> StateTree::scratch() const {
  return std::make_unique<Scratch>(width_);
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
  return nodes_.grow(nodes, memory_bytes_max > other ? memory_bytes_max - other : 0);
}

std::uint32_t StateTree::node(std::uint64_t pair, std::uint64_t& fresh) {
  bool is_new = false;
  const std::uint32_t number = nodes_.insert_value(pair + 1, node_count_, is_new);
  if (!is_new) {
    return number;
  }
  ++fresh;
  // The next number would be 0 again.
  PLIMSOLL_ASSERT(number != ~std::uint32_t{0});
  std::atomic<std::uint64_t*>& segment = pairs_[number >> segment_bits];
  std::uint64_t* pairs = segment.load(std::memory_order_acquire);
  if (pairs == nullptr) {
    auto made = std::make_unique<std::uint64_t[]>(std::size_t{1} << segment_bits);
    if (segment.compare_exchange_strong(pairs, made.get(), std::memory_order_acq_rel)) {
      pairs = made.release();
    }
  }
  pairs[number & ((1U << segment_bits) - 1)] = pair;
  return number;
}

/// Works out level `at` of all rows from the one below. All table lines are asked for before the first is
/// read: a look-up that misses the cache costs more than everything else here, and those of a level do not
/// depend on each other.
void StateTree::pair_up(Scratch& tree, std::size_t at, std::size_t count) {
  Scratch::Level& below = tree.levels_[at - 1];
  Scratch::Level& here = tree.levels_[at];
  const std::size_t pairs = below.size / 2;
  tree.lookups_.clear();
  for (std::size_t i = 1; i <= count; ++i) {
    const std::uint32_t* now = below.row(i);
    const std::uint32_t* before = below.row(i - 1);
    const bool compare = i > 1 || tree.filled_;
    for (std::size_t k = 0; k < pairs; ++k) {
      if (compare && now[2 * k] == before[2 * k] && now[2 * k + 1] == before[2 * k + 1]) {
        continue;
      }
      const std::uint64_t pair = std::uint64_t{now[2 * k]} << 32U | now[2 * k + 1];
      const Scratch::Recent& recent = tree.recent(pair);
      const bool recalled = recent.used && recent.pair == pair;
      if (!recalled) {
        nodes_.prefetch(pair + 1);
      }
      tree.lookups_.push_back(
          {pair, static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(k), recalled, recent.number});
    }
  }
  std::size_t next = 0;
  for (std::size_t i = 1; i <= count; ++i) {
    std::uint32_t* row = here.row(i);
    std::copy_n(here.row(i - 1), here.size, row);
    for (; next < tree.lookups_.size() && tree.lookups_[next].row == i; ++next) {
      const Scratch::Lookup& wanted = tree.lookups_[next];
      row[wanted.position] = wanted.recalled ? wanted.number : node(wanted.pair, tree.fresh_nodes_);
      if (!wanted.recalled) {
        tree.recent(wanted.pair) = {wanted.pair, row[wanted.position], true};
      }
    }
    if (below.size % 2 == 1) {
      row[pairs] = below.row(i)[below.size - 1];
    }
  }
}

void StateTree::find_keys(const Successors& batch, std::vector<StateKey>& keys, Scratch& tree) {
  const std::size_t count = batch.size();
  keys.resize(count);
  if (count == 0) {
    return;
  }
  tree.fresh_nodes_ = 0;
  for (Scratch::Level& level : tree.levels_) {
    level.values.resize((count + 1) * level.size);
  }
  for (std::size_t i = 0; i < count; ++i) {
    std::copy_n(batch.state(i).data(), width_, tree.levels_[0].row(i + 1));
  }
  for (std::size_t at = 1; at < tree.levels_.size(); ++at) {
    pair_up(tree, at, count);
  }
  Scratch::Level& top = tree.levels_.back();
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t* root = top.row(i + 1);
    keys[i] = (top.size == 1 ? root[0] : std::uint64_t{root[0]} << 32U | root[1]) + 1;
  }
  for (Scratch::Level& level : tree.levels_) {
    std::copy_n(level.row(count), level.size, level.row(0));
  }
  tree.filled_ = true;
  nodes_.release(count * inner_nodes_per_state_ - tree.fresh_nodes_);
}

std::uint64_t StateTree::pairs_memory_bytes() const {
  const std::uint64_t segments =
      (std::uint64_t{node_count_.load()} + (1U << segment_bits) - 1) >> segment_bits;
  return (segments << segment_bits) * sizeof(std::uint64_t);
}

std::uint64_t StateTree::pair_of(std::uint32_t node) const {
  return pairs_[node >> segment_bits].load()[node & ((1U << segment_bits) - 1)];
}

void StateTree::unpack(StateKey key, std::vector<Slot>& state) const {
  const std::uint64_t root = key - 1;
  std::vector<std::size_t> sizes = {width_};
  while (sizes.back() > 2) {
    sizes.push_back((sizes.back() + 1) / 2);
  }
  std::vector<std::uint32_t> values;
  if (sizes.back() == 2) {
    values.push_back(static_cast<std::uint32_t>(root >> 32U));
  }
  values.push_back(static_cast<std::uint32_t>(root));
  for (std::size_t level = sizes.size() - 1; level > 0; --level) {
    std::vector<std::uint32_t> below;
    for (const std::uint32_t value : values) {
      if (below.size() + 1 == sizes[level - 1]) {
        below.push_back(value);
        continue;
      }
      const std::uint64_t pair = pair_of(value);
      below.push_back(static_cast<std::uint32_t>(pair >> 32U));
      below.push_back(static_cast<std::uint32_t>(pair));
    }
    values = std::move(below);
  }
  state = std::move(values);
}

}  // namespace plimsoll::checker
