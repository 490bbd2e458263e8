#include "checker/reduce/check_symmetry.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "checker/system/symmetry.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

using State = std::vector<Slot>;

/// A transition or a pruned action without the payload, which may hold ids.
struct Move {
  std::uint32_t group = 0;
  bool pruned = false;
  PropertyMask holds = 0;
  PropertyMask engaged = 0;
  State target;
  friend auto operator<=>(const Move&, const Move&) = default;
};

class Checker {
 public:
  explicit Checker(const System& system)
      : system_(system),
        degree_(system.symmetry()->degree()),
        renamer_(system.symmetry()->renamer()),
        worker_(system.worker()) {
    for (std::size_t i = 0; i < system.properties().size(); ++i) {
      const PropertyKind kind = system.properties()[i].kind;
      if (kind != PropertyKind::deadlock_free && !is_liveness(kind)) {
        (kind == PropertyKind::step ? step_ : predicates_) |= property_bit(i);
      }
    }
    for (std::uint32_t id = 0; id + 1 < degree_; ++id) {
      if (system.symmetry()->block(id) == system.symmetry()->block(id + 1)) {
        swaps_.push_back(Permutation::swapping(id, id + 1));
      }
    }
    list_permutations();
  }

  std::optional<std::string> run(std::uint64_t states_max) {
    Successors out(system_.width());
    system_.initial(out);
    const std::set<State> initial = states_of(out);
    for (const State& state : initial) {
      for (const Permutation swap : swaps_) {
        if (!initial.contains(renamed(state, swap))) {
          return told("a renamed initial state is not initial", state);
        }
      }
    }
    std::set<State> seen = initial;
    std::deque<State> left(initial.begin(), initial.end());
    for (std::uint64_t count = 0; count < states_max && !left.empty(); ++count) {
      const State state = std::move(left.front());
      left.pop_front();
      if (std::optional<std::string> broken = check(state)) {
        return broken;
      }
      for (Move& move : moves(state)) {
        if (!move.pruned && seen.insert(move.target).second) {
          left.push_back(std::move(move.target));
        }
      }
    }
    return std::nullopt;
  }

 private:
  /// All of them up to degree 4, products of swaps of neighbours; beyond, these swaps alone.
  void list_permutations() {
    std::set<std::uint64_t> seen = {Permutation().code()};
    permutations_ = {Permutation()};
    for (std::size_t i = 0; i < permutations_.size() && (i == 0 || degree_ <= 4); ++i) {
      for (const Permutation swap : swaps_) {
        const Permutation product = swap.after(permutations_[i]);
        if (seen.insert(product.code()).second) {
          permutations_.push_back(product);
        }
      }
    }
  }

  std::optional<std::string> check(const State& state) {
    if (!renaming_is_an_action(state)) {
      return told("renaming by two permutations is not renaming by their product", state);
    }
    Signatures signatures;
    renamer_->sign(state, signatures);
    if (signatures.complete && !ties_may_be_swapped(state, signatures)) {
      return told("signatures claim to be complete and are not", state);
    }
    const std::vector<Move> ahead = moves(state);
    for (const Permutation swap : swaps_) {
      if (const char* broken = check_swap(state, signatures, ahead, swap)) {
        return told(broken, state);
      }
    }
    return std::nullopt;
  }

  const char* check_swap(const State& state, const Signatures& signatures, const std::vector<Move>& ahead,
                         Permutation swap) {
    const State image = renamed(state, swap);
    Signatures image_signatures;
    renamer_->sign(image, image_signatures);
    if (image_signatures.complete != signatures.complete) {
      return "signatures are complete under one name only";
    }
    for (std::uint32_t id = 0; id < degree_; ++id) {
      if (image_signatures.of[swap[id]] != signatures.of[id]) {
        return "signatures do not follow renaming";
      }
    }
    const Evaluation found = worker_->evaluate(state, predicates_);
    const Evaluation of_image = worker_->evaluate(image, predicates_);
    if (found.holds != of_image.holds || found.engaged != of_image.engaged) {
      return "a property judges a renamed state differently";
    }
    if (ahead.empty() && worker_->may_end(state) != worker_->may_end(image)) {
      return "a renamed state may not end where the state may";
    }
    std::vector<Move> expected = ahead;
    for (Move& move : expected) {
      move.target = move.pruned ? State() : renamed(move.target, swap);
    }
    std::sort(expected.begin(), expected.end());
    return expected == moves(image) ? nullptr : "transitions do not commute with renaming";
  }

  bool renaming_is_an_action(const State& state) {
    const auto is_product = [&](Permutation first) {
      const State image = renamed(state, first);
      return std::all_of(swaps_.begin(), swaps_.end(), [&](Permutation swap) {
        return renamed(image, swap) == renamed(state, swap.after(first));
      });
    };
    return renamed(state, Permutation()) == state &&
           std::all_of(permutations_.begin(), permutations_.end(), is_product);
  }

  bool ties_may_be_swapped(const State& state, const Signatures& signatures) {
    for (std::uint32_t a = 0; a < degree_; ++a) {
      for (std::uint32_t b = 0; b < a; ++b) {
        const bool is_tie = signatures.of[a] == signatures.of[b] &&
                            system_.symmetry()->block(a) == system_.symmetry()->block(b);
        if (is_tie && renamed(state, Permutation::swapping(a, b)) != state) {
          return false;
        }
      }
    }
    return true;
  }

  [[nodiscard]] State renamed(const State& state, Permutation permutation) {
    // What the renamer forgets to write shows.
    State image(state.size(), 0xdeadbeef);
    renamer_->rename(state, permutation, image);
    return image;
  }

  /// In ascending order.
  [[nodiscard]] std::vector<Move> moves(const State& state) {
    Successors out(system_.width());
    const Fingerprint fingerprint = system_.fingerprint(state);
    out.begin(fingerprint);
    worker_->successors(state, fingerprint, out);
    std::vector<Move> found;
    for (std::size_t i = 0; i < out.size(); ++i) {
      Evaluation step;
      if (step_ != 0) {
        step = worker_->evaluate_step(state, out[i].action, out.state(i), step_);
      }
      found.push_back({out[i].action.group, false, step.holds, step.engaged,
                       State(out.state(i).begin(), out.state(i).end())});
    }
    for (const Action& action : out.pruned_actions()) {
      found.push_back({action.group, true, 0, 0, {}});
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  static std::set<State> states_of(const Successors& out) {
    std::set<State> states;
    for (std::size_t i = 0; i < out.size(); ++i) {
      states.emplace(out.state(i).begin(), out.state(i).end());
    }
    return states;
  }

  [[nodiscard]] std::string told(const char* what, const State& state) const {
    return std::string(what) + ": " + to_line(system_.describe(state));
  }

  const System& system_;
  std::uint32_t degree_;
  std::unique_ptr<Renamer> renamer_;
  std::unique_ptr<Worker> worker_;
  PropertyMask predicates_ = 0;
  PropertyMask step_ = 0;
  std::vector<Permutation> swaps_;  ///< of neighbouring ids
  std::vector<Permutation> permutations_;
};

}  // namespace

std::optional<std::string> check_symmetry(const System& system, std::uint64_t states_max) {
  PLIMSOLL_ASSERT(system.symmetry() != nullptr);
  return Checker(system).run(states_max);
}

}  // namespace plimsoll::checker
