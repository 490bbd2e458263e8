// The representative of a state's orbit under renaming: one and the same state for every state of the orbit.
//
// Algorithm: the representative is the renamed state whose signatures are in ascending order by id within
// each block and, among those, the one with the least fingerprint. Ids are sorted by signature, which leaves
// only ties open. Ids of a tie that can be swapped without changing the state need no comparing (that
// relation is an equivalence: (i k) is (i j)(j k)(i j)); every other arrangement of the ties is made and
// compared. So this is a true representative, unlike those of the heuristics of Ip and Dill ("Better
// Verification Through Symmetry", 1996) and of Bosnacki, Dams and Holenderski ("Symmetric Spin", STTT 4(1),
// 2002), which may keep several states of an orbit. The price: ids that signatures cannot tell apart and that
// are related to each other (a ring; six pairs) cost the product of the factorials of their ties.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "checker/system/symmetry.hpp"
#include "checker/system/system.hpp"

namespace plimsoll::checker {

/// Thread-safety: none; one for each thread. The System outlives it.
class Canonicaliser {
 public:
  /// Requires: the system has a symmetry.
  explicit Canonicaliser(const System& system);

  struct Representative {
    Fingerprint fingerprint = 0;
    bool is_other = false;  ///< it is not the state itself
    SlotMask changed = 0;   ///< of canonicalise_changed(): against the source under the same new names
  };
  /// Replaces `state` by its representative. Allocates nothing. Cost: the signatures, and one renaming for
  /// each arrangement that must be looked at, mostly none or one. Two arrangements with equal fingerprints
  /// (2^-64) may give an orbit two representatives, which costs a state and no verdict.
  Representative canonicalise(std::span<Slot> state, Fingerprint fingerprint);

  /// States that follow will differ little from this one.
  void set_source(StateView source);
  /// As canonicalise(), for a state that differs from the source in the slots `changed` at most.
  Representative canonicalise_changed(std::span<Slot> state, SlotMask changed, Fingerprint fingerprint);

  [[nodiscard]] std::uint64_t memory_bytes() const;

 private:
  Representative arrange(std::span<Slot> state, SlotMask changed, Fingerprint fingerprint);
  Fingerprint rename(StateView state, Permutation permutation);
  void sort_by_signature();
  [[nodiscard]] bool precedes(std::uint32_t a, std::uint32_t b) const {
    return block_[a] == block_[b] && signatures_.of[a] < signatures_.of[b];
  }
  [[nodiscard]] bool is_tie(std::uint32_t a, std::uint32_t b) const {
    return block_[a] == block_[b] && signatures_.of[a] == signatures_.of[b];
  }
  [[nodiscard]] bool is_sorted() const;
  bool ties_are_harmless(StateView state);
  bool group_tie(StateView state, std::uint32_t begin, std::uint32_t end);
  bool may_swap(StateView state, std::uint32_t a, std::uint32_t b);
  Representative least_arrangement(std::span<Slot> state, SlotMask changed, Fingerprint fingerprint);
  [[nodiscard]] Permutation arrangement() const;
  bool next_arrangement();

  /// One number for each place, which is where an id ends up.
  using Places = std::array<std::uint8_t, Permutation::degree_max>;

  const System& system_;
  std::uint32_t degree_;
  std::unique_ptr<Renamer> renamer_;
  Signatures signatures_;
  std::vector<Slot> source_;
  Signatures source_signatures_;
  Places block_{};  ///< by id
  Places ids_{};  ///< each block in its own places, by signature; within a tie, ids that may be swapped stand
                  ///< together
  Places tie_end_{};  ///< by the place where a tie begins: the place after it
  bool has_ties_ = false;
  /// The arrangement looked at: which group of ids_ (named by the place it begins at) comes to each place.
  /// Within a group ids keep their order, for the others give the same state.
  Places group_at_{};
  std::vector<Slot> candidate_;
  std::vector<Slot> least_;
};

}  // namespace plimsoll::checker
