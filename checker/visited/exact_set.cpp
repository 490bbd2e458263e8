#include "checker/visited/exact_set.hpp"

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>
#include <new>
#include <shared_mutex>
#include <utility>

#include "checker/system/content_hash.hpp"
#include "checker/system/crew.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {

namespace {

/// Fewer states are not worth the time, and do not yet show what the others will look like.
constexpr std::uint64_t arranged_states_min = std::uint64_t{1} << 18U;
constexpr std::uint64_t matched_states_max = 8'192;
constexpr std::uint64_t matched_states_min = 1'024;
/// Pairs of slots times states that are compared at most: less than a second, in which nobody watches the
/// clock. States of more than 300 slots keep their order.
constexpr std::uint64_t matched_pairs = 100'000'000;
constexpr std::uint64_t counted_states = 32'768;
/// Eighths of its inner nodes that a new tree must save.
constexpr std::uint64_t saved_of_eight = 1;
/// Fewer are rebuilt before a thread has started.
constexpr std::size_t states_for_a_thread = 8'192;

/// Makes room, where there is not enough. False: that would take more than `memory_bytes_max`.
bool grow(FlatTable& table, std::uint64_t count, std::uint64_t memory_bytes_max) {
  if (table.reserve(count)) {
    table.release(count);
    return true;
  }
  return table.grow(count, memory_bytes_max);
}

}  // namespace

class ExactSet::TreeScratch final : public VisitedSet::Scratch {
 public:
  const StateTree* of = nullptr;  ///< what `tree` belongs to
  std::unique_ptr<StateTree::Scratch> tree;
  std::vector<StateKey> keys;
};

ExactSet::ExactSet(std::uint32_t width, std::function<Fingerprint(StateView)> fingerprint, unsigned growers)
    : width_(width),
      growers_(growers),
      fingerprint_(std::move(fingerprint)),
      tree_(std::make_unique<StateTree>(width, SlotOrder(), growers)),
      roots_(std::make_unique<FlatTable>(FlatTable::Keys::packed, growers)) {}

std::unique_ptr<VisitedSet::Scratch> ExactSet::scratch() const {
  return std::make_unique<TreeScratch>();
}

bool ExactSet::reserve(std::uint64_t count) {
  if (!roots_->reserve(count)) {
    return false;
  }
  if (tree_->reserve(count)) {
    return true;
  }
  roots_->release(count);
  return false;
}

void ExactSet::retract(std::uint64_t count) {
  roots_->release(count);
  tree_->retract(count);
}

void ExactSet::insert(const Successors& batch, std::uint32_t level, std::vector<std::uint8_t>& is_new,
                      Scratch& scratch) {
  auto& own = static_cast<TreeScratch&>(scratch);
  std::vector<StateKey>& keys = own.keys;
  const std::size_t count = batch.size();
  is_new.resize(count);
  if (own.of != tree_.get()) {
    own.of = tree_.get();
    own.tree = tree_->scratch();
  }
  tree_->find_keys(batch, keys, *own.tree);
  for (const StateKey key : keys) {
    roots_->prefetch(key);
  }
  std::uint64_t fresh = 0;
  for (std::size_t i = 0; i < count; ++i) {
    is_new[i] = roots_->insert(keys[i], make_origin(batch[i].parent, level)) ? 1 : 0;
    fresh += is_new[i];
  }
  roots_->release(count - fresh);
}

bool ExactSet::grow(std::uint64_t count, std::uint64_t memory_bytes_max) {
  const auto rest = [memory_bytes_max](std::uint64_t taken) {
    return memory_bytes_max > taken ? memory_bytes_max - taken : 0;
  };
  return checker::grow(*roots_, count, rest(tree_->memory_bytes())) &&
         tree_->grow(count, rest(roots_->memory_bytes()));
}

std::uint64_t ExactSet::rearrange(std::uint64_t memory_bytes_max) {
  // While the new tree is made both are there, and so are the samples.
  const std::uint64_t bytes = memory_bytes() + parents_memory_bytes();
  const std::uint64_t sample_bytes = 4 * counted_states * width_ * sizeof(Slot);
  if (is_arranged_ || size() < arranged_states_min || 2 * bytes + sample_bytes > memory_bytes_max) {
    return 0;
  }
  is_arranged_ = true;
  const std::uint64_t matched_states =
      std::min(matched_pairs / (std::uint64_t{width_} * width_), matched_states_max);
  if (width_ <= 2 || matched_states < matched_states_min) {
    return 0;
  }
  const std::vector<Slot> counted = sample(counted_states);
  const SlotOrder order = match_slots(width_, some_of(counted, matched_states));
  const std::uint64_t before = inner_nodes(counted, tree_->order());
  if (inner_nodes(counted, order) > before - before * saved_of_eight / 8) {
    return bytes + sample_bytes;
  }
  try {
    rebuild(order);
  } catch (const std::bad_alloc&) {
    // The machine has no room for two trees: the old one, which is still whole, has to do.
  }
  return 2 * bytes + sample_bytes;
}

/// Is the state one of one in so many? It is the content that chooses.
bool ExactSet::is_chosen(StateView state, std::uint64_t one_in) const {
  return mix(fingerprint_(state)) % one_in == 0;
}

/// About as many states of the set, back to back.
std::vector<Slot> ExactSet::sample(std::uint64_t states) const {
  const std::uint64_t one_in = std::max<std::uint64_t>(size() / states, 1);
  // More than are expected, so that none of the threads runs out of memory, which would end the process.
  std::vector<std::vector<Slot>> chosen(growers_);
  for (std::vector<Slot>& of_piece : chosen) {
    of_piece.reserve((3 * states / growers_ + 4'096) * width_);
  }
  const auto choose = [&](unsigned piece) {
    std::vector<Slot> state;
    roots_->for_each_of_piece(piece, growers_, [&](StateKey key, Origin /*origin*/) {
      tree_->unpack(key, state);
      if (is_chosen(state, one_in)) {
        chosen[piece].insert(chosen[piece].end(), state.begin(), state.end());
      }
    });
  };
  run_crew(growers_, choose, choose);
  for (unsigned piece = 1; piece < growers_; ++piece) {
    chosen[0].insert(chosen[0].end(), chosen[piece].begin(), chosen[piece].end());
  }
  return std::move(chosen[0]);
}

/// About as many of `sampled`, which sample() gave.
std::vector<Slot> ExactSet::some_of(const std::vector<Slot>& sampled, std::uint64_t states) const {
  const std::uint64_t one_in = size() / counted_states * (counted_states / states);
  std::vector<Slot> chosen;
  for (std::size_t i = 0; i < sampled.size(); i += width_) {
    const StateView state(sampled.data() + i, width_);
    if (is_chosen(state, one_in)) {
      chosen.insert(chosen.end(), state.begin(), state.end());
    }
  }
  return chosen;
}

/// All states in a new tree, put there by all threads.
class ExactSet::Rebuilding {
 public:
  Rebuilding(const ExactSet& from, StateTree& tree, FlatTable& roots)
      : from_(from), tree_(tree), roots_(roots) {}

  /// Throws std::bad_alloc.
  void run() {
    const auto work = [this](unsigned piece) {
      try {
        copy(piece);
      } catch (const std::bad_alloc&) {
        out_of_memory_ = true;
      }
    };
    run_crew(from_.growers_, work, work);
    if (out_of_memory_) {
      throw std::bad_alloc();
    }
  }

 private:
  struct Batch {
    explicit Batch(std::uint32_t width, const StateTree& tree) : states(width), scratch(tree.scratch()) {}
    Successors states;
    std::vector<Origin> origins;
    std::vector<StateKey> keys;
    std::unique_ptr<StateTree::Scratch> scratch;
  };

  void copy(unsigned piece) {
    constexpr std::size_t batch_size = 256;
    Batch batch(from_.width_, tree_);
    std::vector<Slot> state;
    from_.roots_->for_each_of_piece(piece, from_.growers_, [&](StateKey key, Origin origin) {
      from_.tree_->unpack(key, state);
      batch.states.append({}, ~SlotMask{0}, 0, state);
      batch.origins.push_back(origin);
      if (batch.states.size() == batch_size) {
        insert(batch);
      }
    });
    insert(batch);
  }
  void insert(Batch& batch) {
    const std::size_t count = batch.states.size();
    {
      const auto room = reserve(count);
      tree_.find_keys(batch.states, batch.keys, *batch.scratch);
      for (std::size_t i = 0; i < count; ++i) {
        roots_.insert(batch.keys[i], batch.origins[i]);
      }
    }
    batch.states.clear();
    batch.origins.clear();
  }
  /// While the lock is held nothing grows.
  std::shared_lock<std::shared_mutex> reserve(std::uint64_t count) {
    while (true) {
      std::shared_lock<std::shared_mutex> resting(growth_);
      if (!out_of_memory_ && roots_.reserve(count)) {
        if (tree_.reserve(count)) {
          return resting;
        }
        roots_.release(count);
      }
      resting.unlock();
      const std::unique_lock<std::shared_mutex> growing(growth_);
      constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();
      if (out_of_memory_ || !checker::grow(roots_, count, no_limit) || !tree_.grow(count, no_limit)) {
        throw std::bad_alloc();
      }
    }
  }

  const ExactSet& from_;
  StateTree& tree_;
  FlatTable& roots_;
  std::shared_mutex growth_;
  std::atomic<bool> out_of_memory_{false};
};

void ExactSet::rebuild(const SlotOrder& order) {
  auto tree = std::make_unique<StateTree>(width_, order, growers_);
  auto roots = std::make_unique<FlatTable>(FlatTable::Keys::packed, growers_);
  Rebuilding(*this, *tree, *roots).run();
  PLIMSOLL_ASSERT(roots->size() == roots_->size());
  if (tree->reach_bytes() < tree_->reach_bytes() || roots->reach_bytes() < roots_->reach_bytes()) {
    // Two more tables found fewer addresses left: the smaller tree would be full the sooner.
    return;
  }
  tree_ = std::move(tree);
  roots_ = std::move(roots);
}

/// The states by level: a key says nothing of the fingerprint, so the states of a level are rebuilt to find
/// one. Those of the level asked for last are kept.
class ExactSet::Index final : public VisitedSet::Ancestry {
 public:
  explicit Index(const ExactSet& set) : set_(set) {
    set.roots_->for_each([&](StateKey key, Origin origin) {
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
      visit(rebuilt_[i], set_.roots_->origin_of(levels_[level][i]));
    }
  }
  void for_each_like(Fingerprint fingerprint, std::uint32_t level, const Visit& visit) const override {
    rebuild(level);
    for (std::size_t i = 0; i < rebuilt_.size(); ++i) {
      if (((rebuilt_[i] ^ fingerprint) >> 24U) == 0) {
        visit(rebuilt_[i], set_.roots_->origin_of(levels_[level][i]));
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
    const std::vector<StateKey>& keys = levels_[level];
    rebuilt_.resize(keys.size());
    const auto pieces =
        static_cast<unsigned>(std::clamp<std::size_t>(keys.size() / states_for_a_thread, 1, set_.growers_));
    const auto rebuild_piece = [&](unsigned piece) {
      std::vector<Slot> state;
      const std::size_t end = keys.size() * (piece + 1) / pieces;
      for (std::size_t i = keys.size() * piece / pieces; i < end; ++i) {
        set_.tree_->unpack(keys[i], state);
        rebuilt_[i] = set_.fingerprint_(state);
      }
    };
    run_crew(pieces, rebuild_piece, rebuild_piece);
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
