// Rulesets and packets for random tests, to be drawn inside of rc::check(): few values, so that rules and
// packets meet.
#pragma once

#include "properties/service/rules/symbolic_packet.hpp"

namespace plimsoll::properties::rules {

/// FORWARD of table filter, and four chains each of which jumps to the next one at most.
[[nodiscard]] netfilter::Ruleset any_ruleset();
[[nodiscard]] PacketValues any_values(const Devices& devices);

}  // namespace plimsoll::properties::rules
