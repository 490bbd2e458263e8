#include "checker/visited/exact_set.hpp"

#include <algorithm>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {

/// A batch of states as trees, one thread's. Level 0 holds the slots; each further level the pairs of the one
/// below; an odd last value is carried up as it is. The last level has one or two values: the root. Each
/// level is a matrix with a row for each state; row 0 is the last state of the batch before.
class ExactSet::Tree final : public VisitedSet::Scratch {
 public:
  struct Level {
    std::size_t size;
    std::vector<std::uint32_t> values;
    [[nodiscard]] std::uint32_t* row(std::size_t i) { return values.data() + i * size; }
  };
  /// A pair whose number is wanted.
  struct Lookup {
    std::uint64_t pair;
    std::uint32_t row;
    std::uint32_t position;
    bool recalled;
    std::uint32_t number;  ///< if recalled
  };
  /// Pairs low in the tree are few and come again and again; the shared table would spread them over a cache
  /// line each.
  struct Recent {
    std::uint64_t pair = 0;
    std::uint32_t number = 0;
    bool used = false;
  };

  explicit Tree(std::uint32_t width) {
    levels.push_back({width, {}});
    while (levels.back().size > 2) {
      levels.push_back({(levels.back().size + 1) / 2, {}});
    }
  }
  [[nodiscard]] Recent& recent(std::uint64_t pair) {
    return recents[(pair * 0x9e3779b97f4a7c15ULL) >> (64 - recent_bits)];
  }

  static constexpr unsigned recent_bits = 13;  ///< 128 KiB: a part of a core's own cache
  std::vector<Level> levels;
  std::vector<Lookup> lookups;
  std::vector<Recent> recents = std::vector<Recent>(std::size_t{1} << recent_bits);
  std::vector<std::uint64_t> roots;
  std::uint64_t fresh_nodes = 0;
  bool filled = false;  ///< row 0 is there
};

ExactSet::ExactSet(std::uint32_t width, std::function<Fingerprint(StateView)> fingerprint)
    : width_(width),
      inner_nodes_per_state_(width > 2 ? width - 2 : 0),
      fingerprint_(std::move(fingerprint)),
      roots_(FlatTable::Keys::packed),
      nodes_(FlatTable::Keys::packed),
      pairs_(std::make_unique<std::atomic<std::uint64_t*>[]>(segment_count)) {}

ExactSet::~ExactSet() {
  for (std::uint32_t i = 0; i < segment_count; ++i) {
    delete[] pairs_[i].load();
  }
}

std::unique_ptr<VisitedSet::Scratch> ExactSet::scratch() const {
  return std::make_unique<Tree>(width_);
}

bool ExactSet::reserve(std::uint64_t count) {
  if (!roots_.reserve(count)) {
    return false;
  }
  if (nodes_.reserve(count * inner_nodes_per_state_)) {
    return true;
  }
  roots_.release(count);
  return false;
}

void ExactSet::retract(std::uint64_t count) {
  roots_.release(count);
  nodes_.release(count * inner_nodes_per_state_);
}

std::uint32_t ExactSet::node(std::uint64_t pair, std::uint64_t& fresh) {
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
void ExactSet::pair_up(Tree& tree, std::size_t at, std::size_t count) {
  Tree::Level& below = tree.levels[at - 1];
  Tree::Level& here = tree.levels[at];
  const std::size_t pairs = below.size / 2;
  tree.lookups.clear();
  for (std::size_t i = 1; i <= count; ++i) {
    const std::uint32_t* now = below.row(i);
    const std::uint32_t* before = below.row(i - 1);
    const bool compare = i > 1 || tree.filled;
    for (std::size_t k = 0; k < pairs; ++k) {
      if (compare && now[2 * k] == before[2 * k] && now[2 * k + 1] == before[2 * k + 1]) {
        continue;
      }
      const std::uint64_t pair = std::uint64_t{now[2 * k]} << 32U | now[2 * k + 1];
      const Tree::Recent& recent = tree.recent(pair);
      const bool recalled = recent.used && recent.pair == pair;
      if (!recalled) {
        nodes_.prefetch(pair + 1);
      }
      tree.lookups.push_back(
          {pair, static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(k), recalled, recent.number});
    }
  }
  std::size_t next = 0;
  for (std::size_t i = 1; i <= count; ++i) {
    std::uint32_t* row = here.row(i);
    std::copy_n(here.row(i - 1), here.size, row);
    for (; next < tree.lookups.size() && tree.lookups[next].row == i; ++next) {
      const Tree::Lookup& wanted = tree.lookups[next];
      row[wanted.position] = wanted.recalled ? wanted.number : node(wanted.pair, tree.fresh_nodes);
      if (!wanted.recalled) {
        tree.recent(wanted.pair) = {wanted.pair, row[wanted.position], true};
      }
    }
    if (below.size % 2 == 1) {
      row[pairs] = below.row(i)[below.size - 1];
    }
  }
}

void ExactSet::find_roots(const Successors& batch, Tree& tree) {
  const std::size_t count = batch.size();
  for (Tree::Level& level : tree.levels) {
    level.values.resize((count + 1) * level.size);
  }
  for (std::size_t i = 0; i < count; ++i) {
    std::copy_n(batch.state(i).data(), width_, tree.levels[0].row(i + 1));
  }
  for (std::size_t at = 1; at < tree.levels.size(); ++at) {
    pair_up(tree, at, count);
  }
  Tree::Level& top = tree.levels.back();
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t* root = top.row(i + 1);
    tree.roots[i] = (top.size == 1 ? root[0] : std::uint64_t{root[0]} << 32U | root[1]) + 1;
    roots_.prefetch(tree.roots[i]);
  }
  for (Tree::Level& level : tree.levels) {
    std::copy_n(level.row(count), level.size, level.row(0));
  }
  tree.filled = true;
}

void ExactSet::insert(const Successors& batch, std::uint32_t level, std::vector<std::uint8_t>& is_new,
                      Scratch& scratch) {
  auto& tree = static_cast<Tree&>(scratch);
  const std::size_t count = batch.size();
  tree.roots.resize(count);
  is_new.resize(count);
  tree.fresh_nodes = 0;
  if (count > 0) {
    find_roots(batch, tree);
  }
  std::uint64_t fresh = 0;
  for (std::size_t i = 0; i < count; ++i) {
    is_new[i] = roots_.insert(tree.roots[i], make_origin(batch[i].parent, level)) ? 1 : 0;
    fresh += is_new[i];
  }
  roots_.release(count - fresh);
  nodes_.release(count * inner_nodes_per_state_ - tree.fresh_nodes);
}

bool ExactSet::grow(std::uint64_t count, std::uint64_t memory_bytes_max) {
  const auto rest = [&](std::uint64_t other_table) {
    const std::uint64_t other = other_table + pairs_memory_bytes();
    return memory_bytes_max > other ? memory_bytes_max - other : 0;
  };
  if (roots_.reserve(count)) {
    roots_.release(count);
  } else if (!roots_.grow(count, rest(nodes_.memory_bytes()))) {
    return false;
  }
  const std::uint64_t nodes = count * inner_nodes_per_state_;
  if (nodes_.reserve(nodes)) {
    nodes_.release(nodes);
    return true;
  }
  return nodes_.grow(nodes, rest(roots_.memory_bytes()));
}

std::uint64_t ExactSet::pairs_memory_bytes() const {
  const std::uint64_t segments =
      (std::uint64_t{node_count_.load()} + (1U << segment_bits) - 1) >> segment_bits;
  return (segments << segment_bits) * sizeof(std::uint64_t);
}

std::uint64_t ExactSet::memory_bytes() const {
  return roots_.memory_bytes() / 2 + nodes_.memory_bytes() + pairs_memory_bytes();
}

std::uint64_t ExactSet::pair_of(std::uint32_t node) const {
  return pairs_[node >> segment_bits].load()[node & ((1U << segment_bits) - 1)];
}

void ExactSet::unpack(std::uint64_t root, std::vector<Slot>& state) const {
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

void ExactSet::for_each_at_level(std::uint32_t level, const Visit& visit) const {
  std::vector<Slot> state;
  roots_.for_each([&](std::uint64_t key, Origin origin) {
    if (level_of(origin) != level) {
      return;
    }
    unpack(key - 1, state);
    visit(fingerprint_(state), origin);
  });
}

}  // namespace plimsoll::checker
