// Symmetry of states whose slots move as they are: each slot holds one value, belongs to no, one or two ids
// (a shared store, a server's part, a channel from one to another), and goes under new names to the slot of
// the renamed ids, its value renamed too.
//
// This is the shape of interned states: a value is renamed by decoding its bytes, renaming the ids in it and
// interning the result. That is far dearer than a step, but values are few, so each (slot, value,
// permutation) is renamed once for each thread and remembered, along with what it adds to the fingerprint,
// and so is what a value adds to the signature of each id: sums, so that a successor's signatures cost what
// changed. States that are bit fields rename faster than any table answers and derive from Symmetry
// themselves.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "checker/system/symmetry.hpp"

namespace plimsoll::checker {

/// What a slot is: its kind says how to read its value, and with the ids it belongs to it names the slot.
struct SlotPlace {
  static constexpr std::uint32_t nobody = ~std::uint32_t{0};
  std::uint32_t kind = 0;         ///< 0 .. kind_max
  std::uint32_t first = nobody;   ///< the id it belongs to
  std::uint32_t second = nobody;  ///< the other id, of a channel: only with `first`
  friend bool operator==(const SlotPlace&, const SlotPlace&) = default;
};

/// Values are ids of interned ones, or other small numbers: renamers keep tables by value.
///
/// Thread-safety: as Symmetry; the virtual members below may be called from any number of threads.
class SlotwiseSymmetry : public Symmetry {
 public:
  static constexpr std::uint32_t kind_max = 0xffff;

  /// @param places  One for each slot of a state, all different; with a place every renaming of it is there.
  SlotwiseSymmetry(std::uint32_t degree, std::vector<SlotPlace> places)
      : SlotwiseSymmetry(std::vector<std::uint32_t>(degree, 0), std::move(places)) {}
  /// @param blocks  Symmetry::block() of each id.
  SlotwiseSymmetry(std::vector<std::uint32_t> blocks, std::vector<SlotPlace> places);

  [[nodiscard]] std::uint32_t degree() const override { return degree_; }
  [[nodiscard]] std::uint32_t block(std::uint32_t id) const override { return blocks_[id]; }
  [[nodiscard]] std::unique_ptr<Renamer> renamer() const override;

  /// The value with the ids in it renamed.
  [[nodiscard]] virtual Slot rename_value(std::uint32_t kind, Slot value, Permutation permutation) const = 0;
  /// A hash of what the value says, seen from `id`: made of its content, in which `id` reads as "this one"
  /// and the other ids as "another". So mention(renamed value, name of id) == mention(value, id).
  [[nodiscard]] virtual std::uint64_t mention(std::uint32_t kind, Slot value, std::uint32_t id) const = 0;

  /// What the value adds to System::fingerprint() in this slot: a fingerprint is the finished sum of these.
  [[nodiscard]] virtual std::uint64_t contribution(std::uint32_t slot, Slot value) const = 0;

 private:
  class SlotwiseRenamer;
  [[nodiscard]] std::size_t index(const SlotPlace& place) const;
  [[nodiscard]] std::uint32_t target(std::uint32_t slot, Permutation permutation) const;

  std::uint32_t degree_;
  std::vector<std::uint32_t> blocks_;
  std::vector<SlotPlace> places_;
  std::vector<std::uint32_t> slot_at_;  ///< by index(place)
};

}  // namespace plimsoll::checker
