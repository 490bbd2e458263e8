// A state is a vector of 32-bit slots, and an engine knows nothing else about it.
//
// A slot is either a plain number or the id of an interned value; only the System that made it knows which.
// Ids are a run's private matter: whatever outlives the run, or must not depend on the number of workers,
// goes by content (content_hash.hpp).
#pragma once

#include <cstdint>
#include <span>

namespace plimsoll::checker {

using Slot = std::uint32_t;
using StateView = std::span<const Slot>;

/// 64 well-mixed bits of a state's content, never 0. The same in every run, on every worker and machine.
using Fingerprint = std::uint64_t;

/// A set of slots: bit (slot modulo 64). With more than 64 slots a bit stands for several, so a mask may name
/// too much, never too little.
using SlotMask = std::uint64_t;

/// A set of what properties look at, in the terms of one System: slots, unless it tells finer things apart
/// (System::aspects). As with slots a bit may stand for several.
using AspectMask = std::uint64_t;

[[nodiscard]] constexpr SlotMask slot_bit(std::uint32_t slot) {
  return SlotMask{1} << (slot & 63U);
}

}  // namespace plimsoll::checker
