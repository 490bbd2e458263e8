// How a set that all workers fill grows while they run: who finds no room asks for a rest, and the last to
// arrive makes some.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#include "checker/search/rendezvous.hpp"

namespace plimsoll::checker {

/// Makes room in `set` for `count` states. False: there is no memory, be it the limit's or the machine's.
/// Requires: all workers are at rest.
template <class Set>
[[nodiscard]] bool grow_at_rest(Set& set, std::size_t count, std::uint64_t memory_bytes_max) noexcept {
  // A later worker may find that an earlier one's growth was enough for it too.
  if (set.reserve(count)) {
    set.retract(count);
    return true;
  }
  try {
    return set.grow(count, memory_bytes_max);
  } catch (const std::bad_alloc&) {
    return false;
  }
}

/// Promises the room of `set` for `count` states to the calling worker, which must be active in `rendezvous`;
/// rests with the others if one of them needs growth. False: there is no room.
/// @param grow  Calls grow_at_rest() and sets `out_of_memory` if that fails. May not throw.
template <class Set, class Grow>
[[nodiscard]] bool reserve_together(Set& set, std::size_t count, Rendezvous& rendezvous,
                                    const std::atomic<bool>& out_of_memory, const Grow& grow) {
  while (true) {
    if (rendezvous.requested()) {
      rendezvous.pause(grow);
    }
    if (out_of_memory.load(std::memory_order_relaxed)) {
      return false;
    }
    if (set.reserve(count)) {
      return true;
    }
    rendezvous.pause(grow);
  }
}

}  // namespace plimsoll::checker
