// How much memory takes what a worker of a world remembers: counted once, when it is remembered.
#pragma once

#include "checker/world/digest.hpp"
#include "checker/world/stepper.hpp"

namespace plimsoll::checker {

/// What the allocator adds to a block, with what it rounds up to.
inline constexpr std::uint64_t block_bytes = 16;

[[nodiscard]] inline std::uint64_t bytes_of(const MailboxDigest& digest) {
  return sizeof(digest) + 2 * block_bytes + digest.deliveries.capacity() * sizeof(MailboxDigest::Delivery);
}
[[nodiscard]] inline std::uint64_t bytes_of(const ControlDigest& digest) {
  return sizeof(digest) + 2 * block_bytes + digest.firings.capacity() * sizeof(ControlDigest::Firing);
}

}  // namespace plimsoll::checker
