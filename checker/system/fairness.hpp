// Which infinite paths count when liveness is judged.
//
// Paths are maximal: they go on for ever or end in a state without successors. Something happens as long as
// anything can; what is promised beyond that is said by constraints, each about a set of transitions (that of
// Worker::fairness_of). As in TLA+, where fairness speaks of <A>_v, a transition that changes nothing neither
// enables nor satisfies a constraint (Lamport, "Specifying Systems", 2002, chapter 8).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plimsoll::checker {

enum class Fairness : std::uint8_t {
  weak,    ///< what is enabled from some point on without interruption is taken again and again
  strong,  ///< what is enabled again and again is taken again and again
};
[[nodiscard]] std::string_view to_text(Fairness fairness);

struct FairnessConstraint {
  std::string name;  ///< of the set of transitions, for people: "node-1/flanneld", "channel delivers"
  Fairness strength = Fairness::weak;
  friend bool operator==(const FairnessConstraint&, const FairnessConstraint&) = default;
};

/// A set of constraints by their number in System::fairness().
using FairnessMask = std::uint64_t;
[[nodiscard]] constexpr FairnessMask fairness_bit(std::size_t constraint) {
  return FairnessMask{1} << constraint;
}

}  // namespace plimsoll::checker
