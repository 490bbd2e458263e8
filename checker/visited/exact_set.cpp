#include "checker/visited/exact_set.hpp"

#include <utility>

namespace plimsoll::checker {

class ExactSet::TreeScratch final : public VisitedSet::Scratch {
 public:
  explicit TreeScratch(const StateTree& of) : tree(of.scratch()) {}
  std::unique_ptr<StateTree::Scratch> tree;
  std::vector<StateKey> keys;
};

ExactSet::ExactSet(std::uint32_t width, std::function<Fingerprint(StateView)> fingerprint)
    : fingerprint_(std::move(fingerprint)), tree_(width), roots_(FlatTable::Keys::packed) {}

std::unique_ptr<VisitedSet::Scratch> ExactSet::scratch() const {
  return std::make_unique<TreeScratch>(tree_);
}

bool ExactSet::reserve(std::uint64_t count) {
  if (!roots_.reserve(count)) {
    return false;
  }
  if (tree_.reserve(count)) {
    return true;
  }
  roots_.release(count);
  return false;
}

void ExactSet::retract(std::uint64_t count) {
  roots_.release(count);
  tree_.retract(count);
}

void ExactSet::insert(const Successors& batch, std::uint32_t level, std::vector<std::uint8_t>& is_new,
                      Scratch& scratch) {
  auto& own = static_cast<TreeScratch&>(scratch);
  std::vector<StateKey>& keys = own.keys;
  const std::size_t count = batch.size();
  is_new.resize(count);
  tree_.find_keys(batch, keys, *own.tree);
  for (const StateKey key : keys) {
    roots_.prefetch(key);
  }
  std::uint64_t fresh = 0;
  for (std::size_t i = 0; i < count; ++i) {
    is_new[i] = roots_.insert(keys[i], make_origin(batch[i].parent, level)) ? 1 : 0;
    fresh += is_new[i];
  }
  roots_.release(count - fresh);
}

bool ExactSet::grow(std::uint64_t count, std::uint64_t memory_bytes_max) {
  const auto rest = [memory_bytes_max](std::uint64_t taken) {
    return memory_bytes_max > taken ? memory_bytes_max - taken : 0;
  };
  if (roots_.reserve(count)) {
    roots_.release(count);
  } else if (!roots_.grow(count, rest(tree_.memory_bytes()))) {
    return false;
  }
  return tree_.grow(count, rest(roots_.memory_bytes()));
}

void ExactSet::for_each_at_level(std::uint32_t level, const Visit& visit) const {
  std::vector<Slot> state;
  roots_.for_each([&](std::uint64_t key, Origin origin) {
    if (level_of(origin) != level) {
      return;
    }
    tree_.unpack(key, state);
    visit(fingerprint_(state), origin);
  });
}

}  // namespace plimsoll::checker
