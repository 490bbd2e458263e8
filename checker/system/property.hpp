// What a System promises, as engines see it: an id, a kind, the slots it looks at.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "checker/system/slots.hpp"

namespace plimsoll::checker {

enum class PropertyKind : std::uint8_t {
  always,             ///< p holds in every reachable state
  sometimes,          ///< p holds in some reachable state: a witness against vacuity
  step,               ///< p holds of every reachable transition
  deadlock_free,      ///< every reachable state has a successor or is a rightful end
  eventually,         ///< on every fair path p holds at some state
  always_eventually,  ///< on every fair path p holds again and again
  eventually_always,  ///< on every fair path p holds from some state on
  leads_to,           ///< on every fair path each p is followed by a q
};
[[nodiscard]] std::string_view to_text(PropertyKind kind);
[[nodiscard]] constexpr bool is_liveness(PropertyKind kind) {
  return kind >= PropertyKind::eventually;
}

struct Property {
  std::string id;  ///< kebab-case: "unique-pod-ip"
  PropertyKind kind = PropertyKind::always;
  std::string statement;          ///< what must hold, one sentence
  SlotMask reads = ~SlotMask{0};  ///< slots its evaluation may depend on
  bool implication = false;       ///< has an antecedent, whose never holding is reported as vacuity
};

/// A set of properties by their number; a System has at most 64.
using PropertyMask = std::uint64_t;
[[nodiscard]] constexpr PropertyMask property_bit(std::size_t property) {
  return PropertyMask{1} << property;
}

/// What was found about the properties asked for.
struct Evaluation {
  PropertyMask holds = 0;    ///< the predicate is true here
  PropertyMask engaged = 0;  ///< true and not only because an antecedent is false
};

}  // namespace plimsoll::checker
