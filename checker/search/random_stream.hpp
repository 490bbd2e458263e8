// Random numbers that are the same with every compiler and library.
#pragma once

#include <cstdint>

#include "checker/system/content_hash.hpp"

namespace plimsoll::checker {

/// One of 2^64 streams for each seed, independent for all practical purposes.
///
/// Algorithm: splitmix64 of Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (OOPSLA
/// 2014): a counter with a fixed odd step, each value finalised. Streams start at hashed places of its cycle
/// of 2^64 numbers. below() is without bias, after Lemire, "Fast Random Integer Generation in an Interval"
/// (ACM TOMACS 29, 2019).
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::uint64_t stream)
      : state_(mix(mix(seed + step) ^ (stream * 0xd1342543de82ef95ULL + 1))) {}

  std::uint64_t next() { return mix(state_ += step); }

  /// Uniform in 0 .. bound - 1. Requires: bound > 0.
  std::uint64_t below(std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    Wide product = static_cast<Wide>(next()) * bound;
    if (static_cast<std::uint64_t>(product) < bound) {
      // Of the 2^64 numbers so many have to be refused that the rest is a multiple of `bound`.
      const std::uint64_t refused = (0 - bound) % bound;
      while (static_cast<std::uint64_t>(product) < refused) {
        product = static_cast<Wide>(next()) * bound;
      }
    }
    return static_cast<std::uint64_t>(product >> 64U);
  }

 private:
  static constexpr std::uint64_t step = 0x9e3779b97f4a7c15ULL;
  std::uint64_t state_;
};

}  // namespace plimsoll::checker
