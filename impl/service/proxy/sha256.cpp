#include "impl/service/proxy/sha256.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace plimsoll::service {

namespace {

constexpr std::size_t block_bytes = 64;
using Block = std::array<std::uint8_t, block_bytes>;
using Hash = std::array<std::uint32_t, 8>;

/// Section 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes.
constexpr std::array<std::uint32_t, 64> constants = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/// Section 5.3.3: the same of the square roots of the first eight primes.
constexpr Hash initial = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                          0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/// Section 6.2.2, step 1.
std::array<std::uint32_t, 64> schedule(const Block& block) {
  std::array<std::uint32_t, 64> words{};
  for (std::size_t i = 0; i < 16; ++i) {
    words[i] = std::uint32_t{block[4 * i]} << 24 | std::uint32_t{block[4 * i + 1]} << 16 |
               std::uint32_t{block[4 * i + 2]} << 8 | std::uint32_t{block[4 * i + 3]};
  }
  for (std::size_t i = 16; i < 64; ++i) {
    const std::uint32_t a = words[i - 15];
    const std::uint32_t b = words[i - 2];
    const std::uint32_t sigma0 = std::rotr(a, 7) ^ std::rotr(a, 18) ^ (a >> 3U);
    const std::uint32_t sigma1 = std::rotr(b, 17) ^ std::rotr(b, 19) ^ (b >> 10U);
    words[i] = words[i - 16] + sigma0 + words[i - 7] + sigma1;
  }
  return words;
}

/// Section 6.2.2, steps 2 to 4. The eight working variables a..h are w[0]..w[7].
void mix(Hash& hash, const Block& block) {
  const auto words = schedule(block);
  Hash w = hash;
  for (std::size_t i = 0; i < 64; ++i) {
    const std::uint32_t sum1 = std::rotr(w[4], 6) ^ std::rotr(w[4], 11) ^ std::rotr(w[4], 25);
    const std::uint32_t choice = (w[4] & w[5]) ^ (~w[4] & w[6]);
    const std::uint32_t t1 = w[7] + sum1 + choice + constants[i] + words[i];
    const std::uint32_t sum0 = std::rotr(w[0], 2) ^ std::rotr(w[0], 13) ^ std::rotr(w[0], 22);
    const std::uint32_t majority = (w[0] & w[1]) ^ (w[0] & w[2]) ^ (w[1] & w[2]);
    w = {t1 + sum0 + majority, w[0], w[1], w[2], w[3] + t1, w[4], w[5], w[6]};
  }
  for (std::size_t i = 0; i < hash.size(); ++i) {
    hash[i] += w[i];
  }
}

}  // namespace

std::array<std::uint8_t, 32> sha256(std::string_view message) {
  Hash hash = initial;
  Block block{};
  const std::uint64_t bits = std::uint64_t{message.size()} * 8;
  for (; message.size() >= block_bytes; message.remove_prefix(block_bytes)) {
    std::memcpy(block.data(), message.data(), block_bytes);
    mix(hash, block);
  }
  // The padding: a one bit, zeros, and the length in bits, in one block more or in two.
  block.fill(0);
  std::copy(message.begin(), message.end(), block.begin());
  block[message.size()] = 0x80;
  if (message.size() >= block_bytes - 8) {
    mix(hash, block);
    block.fill(0);
  }
  for (std::size_t i = 0; i < 8; ++i) {
    block[block_bytes - 1 - i] = static_cast<std::uint8_t>(bits >> (8 * i));
  }
  mix(hash, block);
  std::array<std::uint8_t, 32> digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<std::uint8_t>(hash[i / 4] >> (24 - 8 * (i % 4)));
  }
  return digest;
}

}  // namespace plimsoll::service
