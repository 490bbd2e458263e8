// What a System may say about its symmetry: some things (servers, resource managers) are told apart by an id
// and by nothing else, so that renaming them in a state renames what can happen after it and changes no
// verdict.
//
// States that are renamings of each other form an orbit; exploring one state of each orbit is enough for
// safety (Ip and Dill, "Better Verification Through Symmetry", Formal Methods in System Design 9, 1996). What
// is declared here is used by checker/reduce, whose check_symmetry() tests a declaration on reachable states.
//
// Representatives are chosen by content: nothing below may depend on the number that an interned value got in
// this run.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "checker/system/slots.hpp"

namespace plimsoll::checker {

/// New names for the ids 0 .. 15: four bits each, so that a permutation is a word and looking up a name is a
/// shift. Ids beyond a symmetry's degree keep theirs.
class Permutation {
 public:
  static constexpr std::uint32_t degree_max = 16;

  /// Renames nothing.
  constexpr Permutation() = default;
  [[nodiscard]] static constexpr Permutation swapping(std::uint32_t a, std::uint32_t b) {
    Permutation swapped;
    swapped.set(a, b);
    swapped.set(b, a);
    return swapped;
  }

  /// The new name of `id`. Requires: id < degree_max.
  [[nodiscard]] constexpr std::uint32_t operator[](std::uint32_t id) const {
    return static_cast<std::uint32_t>(names_ >> (4 * id)) & 15U;
  }
  /// Whoever sets names sees to it that in the end no two ids have the same.
  constexpr void set(std::uint32_t id, std::uint32_t name) {
    names_ = (names_ & ~(std::uint64_t{15} << (4 * id))) | static_cast<std::uint64_t>(name) << (4 * id);
  }
  /// Bit (name of i) is set for each bit i of `ids`. Cost: in proportion to the members.
  [[nodiscard]] constexpr Slot rename_set(Slot ids) const {
    Slot renamed = 0;
    for (Slot left = ids; left != 0; left &= left - 1) {
      renamed |= Slot{1} << (*this)[static_cast<std::uint32_t>(__builtin_ctz(left))];
    }
    return renamed;
  }
  /// First `first`, then this one.
  [[nodiscard]] constexpr Permutation after(Permutation first) const {
    Permutation both;
    for (std::uint32_t id = 0; id < degree_max; ++id) {
      both.set(id, (*this)[first[id]]);
    }
    return both;
  }
  /// Equal exactly for equal permutations, never 0: a key for memo tables.
  [[nodiscard]] constexpr std::uint64_t code() const { return names_; }
  friend bool operator==(Permutation, Permutation) = default;

 private:
  std::uint64_t names_ = 0xfedcba9876543210ULL;
};

/// A hash for each id of what a state says about it, made of content without names. Renaming the state
/// renames the signatures: that of an id before is that of its new name after. The more ids they tell apart,
/// the fewer renamings have to be compared.
struct Signatures {
  std::array<std::uint64_t, Permutation::degree_max> of{};
  /// In this state, ids with equal signatures may be swapped without changing it.
  bool complete = false;
};

/// One thread's means to rename states: owns scratch space and memo tables.
///
/// Thread-safety: none; one for each thread. A Symmetry outlives its renamers.
class Renamer {
 public:
  Renamer() = default;
  Renamer(const Renamer&) = delete;
  Renamer& operator=(const Renamer&) = delete;
  Renamer(Renamer&&) = delete;
  Renamer& operator=(Renamer&&) = delete;
  virtual ~Renamer() = default;

  /// Fills the signatures of ids 0 .. degree - 1, and `complete`.
  virtual void sign(StateView state, Signatures& out) = 0;
  /// As sign() of `state`, which differs from `source` in the slots `changed` at most; `known` are the
  /// signatures of `source`. For those who can do it at the cost of what changed.
  virtual void sign_changed(StateView /*source*/, const Signatures& /*known*/, StateView state,
                            SlotMask /*changed*/, Signatures& out) {
    sign(state, out);
  }
  /// Writes `state` under new names to `renamed`, which is as wide and does not overlap it. Renaming twice is
  /// renaming by the two permutations composed.
  virtual void rename(StateView state, Permutation permutation, std::span<Slot> renamed) = 0;
  /// As rename(). Returns System::fingerprint() of the renamed state if it comes with it for little, else 0.
  virtual Fingerprint rename_and_hash(StateView state, Permutation permutation, std::span<Slot> renamed) {
    rename(state, permutation, renamed);
    return 0;
  }

  /// Where slots go. More than that may be named: all, by those who do not know.
  [[nodiscard]] virtual SlotMask rename_slots(SlotMask /*slots*/, Permutation /*permutation*/) {
    return ~SlotMask{0};
  }

  [[nodiscard]] virtual std::uint64_t memory_bytes() const { return 0; }
};

/// What a System promises by having one: for every permutation of the ids 0 .. degree - 1 that keeps each
/// within its block, the renamed initial states are initial, the successors of a renamed state are the
/// renamed successors (by the same groups of actions, bounds and rightful ends included), and every property
/// but those of liveness judges renamed states and steps as it judges the original ones.
///
/// Thread-safety: const members may be called from any number of threads.
class Symmetry {
 public:
  Symmetry() = default;
  Symmetry(const Symmetry&) = delete;
  Symmetry& operator=(const Symmetry&) = delete;
  Symmetry(Symmetry&&) = delete;
  Symmetry& operator=(Symmetry&&) = delete;
  virtual ~Symmetry() = default;

  /// How many ids are interchangeable, 1 .. Permutation::degree_max.
  [[nodiscard]] virtual std::uint32_t degree() const = 0;
  /// Ids of different blocks are not interchangeable: servers and clients, say. 0 .. degree - 1, not
  /// descending with the id.
  [[nodiscard]] virtual std::uint32_t block(std::uint32_t /*id*/) const { return 0; }
  [[nodiscard]] virtual std::unique_ptr<Renamer> renamer() const = 0;
};

}  // namespace plimsoll::checker
