#include "checker/reduce/check_symmetry.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <vector>

#include "checker/reduce/observer.hpp"
#include "checker/system/symmetry.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

class Checker {
 public:
  explicit Checker(const System& system)
      : system_(system),
        degree_(system.symmetry()->degree()),
        renamer_(system.symmetry()->renamer()),
        observer_(system) {
    for (std::uint32_t id = 0; id + 1 < degree_; ++id) {
      if (system.symmetry()->block(id) == system.symmetry()->block(id + 1)) {
        swaps_.push_back(Permutation::swapping(id, id + 1));
      }
    }
    list_permutations();
  }

  std::optional<std::string> run(std::uint64_t states_max) {
    const std::set<PlainState> initial = observer_.initial();
    for (const PlainState& state : initial) {
      for (const Permutation swap : swaps_) {
        if (!initial.contains(renamed(state, swap))) {
          return observer_.told("a renamed initial state is not initial", state);
        }
      }
    }
    return observer_.first_complaint(
        states_max, [this](const PlainState& state, const auto& ahead) { return complaint(state, ahead); });
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

  const char* complaint(const PlainState& state, const std::vector<Possibility>& ahead) {
    if (!renaming_is_an_action(state)) {
      return "renaming by two permutations is not renaming by their product";
    }
    Signatures signatures;
    renamer_->sign(state, signatures);
    if (signatures.complete && !ties_may_be_swapped(state, signatures)) {
      return "signatures claim to be complete and are not";
    }
    for (const Permutation swap : swaps_) {
      if (const char* const broken = check_swap(state, signatures, ahead, swap)) {
        return broken;
      }
    }
    return nullptr;
  }

  const char* check_swap(const PlainState& state, const Signatures& signatures,
                         const std::vector<Possibility>& ahead, Permutation swap) {
    const PlainState image = renamed(state, swap);
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
    const Evaluation found = observer_.judge(state);
    const Evaluation of_image = observer_.judge(image);
    if (found.holds != of_image.holds || found.engaged != of_image.engaged) {
      return "a property judges a renamed state differently";
    }
    if (ahead.empty() && observer_.may_end(state) != observer_.may_end(image)) {
      return "a renamed state may not end where the state may";
    }
    std::vector<Possibility> expected = ahead;
    for (Possibility& possibility : expected) {
      possibility.target = possibility.pruned ? PlainState() : renamed(possibility.target, swap);
    }
    std::sort(expected.begin(), expected.end());
    return expected == observer_.ahead(image) ? nullptr : "transitions do not commute with renaming";
  }

  bool renaming_is_an_action(const PlainState& state) {
    const auto is_product = [&](Permutation first) {
      const PlainState image = renamed(state, first);
      return std::all_of(swaps_.begin(), swaps_.end(), [&](Permutation swap) {
        return renamed(image, swap) == renamed(state, swap.after(first));
      });
    };
    return renamed(state, Permutation()) == state &&
           std::all_of(permutations_.begin(), permutations_.end(), is_product);
  }

  bool ties_may_be_swapped(const PlainState& state, const Signatures& signatures) {
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

  [[nodiscard]] PlainState renamed(const PlainState& state, Permutation permutation) {
    // What the renamer forgets to write shows.
    PlainState image(state.size(), 0xdeadbeef);
    renamer_->rename(state, permutation, image);
    return image;
  }

  const System& system_;
  std::uint32_t degree_;
  std::unique_ptr<Renamer> renamer_;
  Observer observer_;
  std::vector<Permutation> swaps_;  ///< of neighbouring ids
  std::vector<Permutation> permutations_;
};

}  // namespace

std::optional<std::string> check_symmetry(const System& system, std::uint64_t states_max) {
  PLIMSOLL_ASSERT(system.symmetry() != nullptr);
  return Checker(system).run(states_max);
}

}  // namespace plimsoll::checker
