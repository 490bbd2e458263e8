// Hashes of content: of interned bytes once, and of a state as the sum of what its slots contribute.
//
// Bytes are hashed by XXH3 with 128 bits (stable format since xxHash 0.8). A state's fingerprint is the
// wrapping sum over slots i of contribution(i, content of slot i): changing a few slots changes the sum by a
// few terms, so a successor's fingerprint costs what changed and not what the state is wide. Each
// contribution passes through a full 64x64 to 128 bit multiplication keyed by the slot number, so equal
// contents in different slots contribute unrelated terms. Two different states collide with a probability of
// about 2^-64; `omission_probability` is the birthday bound that follows.
#pragma once

#include <cstdint>
#include <string_view>

#include "checker/system/slots.hpp"

namespace plimsoll::checker {

struct ContentHash {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend bool operator==(const ContentHash&, const ContentHash&) = default;
};

/// Cost: a few nanoseconds and a nanosecond for each ten bytes.
[[nodiscard]] ContentHash hash_bytes(std::string_view bytes);

/// Multiplies to 128 bits and folds: every output bit depends on every input bit.
[[nodiscard]] constexpr std::uint64_t fold_multiply(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

/// Finaliser of splitmix64 (Steele, Lea, Flood, OOPSLA 2014): a bijection on 64 bits.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebULL;
  return bits ^ (bits >> 31U);
}

/// What slot number `slot` adds to a fingerprint when it holds an interned value.
[[nodiscard]] constexpr std::uint64_t contribution(std::uint32_t slot, const ContentHash& content) {
  const std::uint64_t key = mix(slot + 0x9e3779b97f4a7c15ULL);
  return fold_multiply(content.low ^ key, content.high ^ ~key);
}
/// What slot number `slot` adds to a fingerprint when it holds a plain number.
[[nodiscard]] constexpr std::uint64_t contribution(std::uint32_t slot, Slot number) {
  return mix((static_cast<std::uint64_t>(slot + 1) << 32U | number) * 0x9e3779b97f4a7c15ULL);
}

/// The reserved fingerprint 0 (an empty table entry) is mapped away.
[[nodiscard]] constexpr Fingerprint finish_fingerprint(std::uint64_t sum) {
  return sum == 0 ? 1 : sum;
}

/// Upper bound of the probability that any two of `states` distinct states share one of 2^bits fingerprints.
[[nodiscard]] double omission_probability(std::uint64_t states, unsigned bits);

}  // namespace plimsoll::checker
