#include "checker/visited/exact_set.hpp"

#include <cstring>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {

/// The last state a thread inserted, as a tree. Level 0 holds the slots; each further level the pairs of the one below; an odd last
/// value is carried up as it is. The last level has one or two values: the root.
class ExactSet::Tree final : public VisitedSet::Scratch {
 public:
  explicit Tree(std::uint32_t width) {
    levels.emplace_back(width, 0);
    while (levels.back().size() > 2) levels.emplace_back((levels.back().size() + 1) / 2, 0);
  }
  std::vector<std::vector<std::uint32_t>> levels;
  std::vector<std::uint32_t> dirty;  ///< positions to be recomputed on the level at hand, ascending
  std::vector<std::uint64_t> roots;
  std::uint64_t fresh_nodes = 0;
  bool filled = false;
};

ExactSet::ExactSet(std::uint32_t width, std::function<Fingerprint(StateView)> fingerprint)
    : width_(width),
      inner_nodes_per_state_(width > 2 ? width - 2 : 0),
      fingerprint_(std::move(fingerprint)),
      roots_(FlatTable::Keys::packed),
      nodes_(FlatTable::Keys::packed),
      pairs_(std::make_unique<std::atomic<std::uint64_t*>[]>(segment_count)) {}

ExactSet::~ExactSet() {
  for (std::uint32_t i = 0; i < segment_count; ++i) delete[] pairs_[i].load();
}

std::unique_ptr<VisitedSet::Scratch> ExactSet::scratch() const { return std::make_unique<Tree>(width_); }

bool ExactSet::reserve(std::uint64_t count) {
  if (!roots_.reserve(count)) return false;
  if (nodes_.reserve(count * inner_nodes_per_state_)) return true;
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
  if (!is_new) return number;
  ++fresh;
  // The next number would be 0 again.
  PLIMSOLL_ASSERT(number != ~std::uint32_t{0});
  std::atomic<std::uint64_t*>& segment = pairs_[number >> segment_bits];
  std::uint64_t* pairs = segment.load(std::memory_order_acquire);
  if (pairs == nullptr) {
    auto made = std::make_unique<std::uint64_t[]>(std::size_t{1} << segment_bits);
    if (segment.compare_exchange_strong(pairs, made.get(), std::memory_order_acq_rel)) pairs = made.release();
  }
  pairs[number & ((1U << segment_bits) - 1)] = pair;
  return number;
}

std::uint64_t ExactSet::root_of(StateView state, Tree& tree) {
  std::vector<std::uint32_t>& slots = tree.levels[0];
  tree.dirty.clear();
  for (std::uint32_t i = 0; i < width_; ++i) {
    if (tree.filled && slots[i] == state[i]) continue;
    slots[i] = state[i];
    if (tree.dirty.empty() || tree.dirty.back() != i / 2) tree.dirty.push_back(i / 2);
  }
  tree.filled = true;
  for (std::size_t level = 1; level < tree.levels.size(); ++level) {
    const std::vector<std::uint32_t>& below = tree.levels[level - 1];
    std::size_t kept = 0;
    for (const std::uint32_t position : tree.dirty) {
      const std::size_t left = std::size_t{position} * 2;
      const bool carried = left + 1 == below.size();
      tree.levels[level][position] =
          carried ? below[left] : node(std::uint64_t{below[left]} << 32U | below[left + 1], tree.fresh_nodes);
      if (kept == 0 || tree.dirty[kept - 1] != position / 2) tree.dirty[kept++] = position / 2;
    }
    tree.dirty.resize(kept);
  }
  const std::vector<std::uint32_t>& top = tree.levels.back();
  return top.size() == 1 ? top[0] : std::uint64_t{top[0]} << 32U | top[1];
}

void ExactSet::insert(const Successors& batch, std::uint32_t level, std::vector<std::uint8_t>& is_new,
                      Scratch& scratch) {
  auto& tree = static_cast<Tree&>(scratch);
  const std::size_t count = batch.size();
  tree.roots.resize(count);
  tree.fresh_nodes = 0;
  for (std::size_t i = 0; i < count; ++i) {
    tree.roots[i] = root_of(batch.state(i), tree) + 1;
    roots_.prefetch(tree.roots[i]);
  }
  is_new.resize(count);
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
  const std::uint64_t segments = (std::uint64_t{node_count_.load()} + (1U << segment_bits) - 1) >> segment_bits;
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
  while (sizes.back() > 2) sizes.push_back((sizes.back() + 1) / 2);
  std::vector<std::uint32_t> values;
  if (sizes.back() == 2) values.push_back(static_cast<std::uint32_t>(root >> 32U));
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
    if (level_of(origin) != level) return;
    unpack(key - 1, state);
    visit(fingerprint_(state), origin);
  });
}

}  // namespace plimsoll::checker
