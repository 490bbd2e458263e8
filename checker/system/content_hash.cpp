#include "checker/system/content_hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cmath>

namespace plimsoll::checker {

ContentHash hash_bytes(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

double omission_probability(std::uint64_t states, unsigned bits) {
  const auto count = static_cast<double>(states);
  return std::min(1.0, std::ldexp(count * count, -static_cast<int>(bits) - 1));
}

}  // namespace plimsoll::checker
