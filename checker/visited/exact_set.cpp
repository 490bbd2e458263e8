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

/// The states by level: a key says nothing of the fingerprint, so the states of a level are rebuilt to find
/// one. Those of the level asked for last are kept.
class ExactSet::Index final : public VisitedSet::Ancestry {
 public:
  explicit Index(const ExactSet& set) : set_(set) {
    set.roots_.for_each([&](StateKey key, Origin origin) {
      const std::uint32_t level = level_of(origin);
      if (level >= levels_.size()) {
        levels_.resize(level + std::size_t{1});
      }
      levels_[level].push_back(key);
    });
  }
  void for_each(std::uint32_t level, const Visit& visit) const override {
    rebuild(level);
    for (std::size_t i = 0; i < rebuilt_.size(); ++i) {
      visit(rebuilt_[i], set_.roots_.origin_of(levels_[level][i]));
    }
  }
  void for_each_like(Fingerprint fingerprint, std::uint32_t level, const Visit& visit) const override {
    rebuild(level);
    for (std::size_t i = 0; i < rebuilt_.size(); ++i) {
      if (((rebuilt_[i] ^ fingerprint) >> 24U) == 0) {
        visit(rebuilt_[i], set_.roots_.origin_of(levels_[level][i]));
      }
    }
  }

 private:
  void rebuild(std::uint32_t level) const {
    if (level == rebuilt_level_) {
      return;
    }
    rebuilt_level_ = level;
    rebuilt_.clear();
    if (level >= levels_.size()) {
      return;
    }
    std::vector<Slot> state;
    for (const StateKey key : levels_[level]) {
      set_.tree_.unpack(key, state);
      rebuilt_.push_back(set_.fingerprint_(state));
    }
  }

  const ExactSet& set_;
  std::vector<std::vector<StateKey>> levels_;
  mutable std::uint32_t rebuilt_level_ = ~std::uint32_t{0};
  mutable std::vector<Fingerprint> rebuilt_;
};

std::unique_ptr<VisitedSet::Ancestry> ExactSet::ancestry() const {
  return std::make_unique<Index>(*this);
}

}  // namespace plimsoll::checker
