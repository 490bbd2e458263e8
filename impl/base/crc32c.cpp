#include "impl/base/crc32c.hpp"

#include <array>

namespace plimsoll::base {
namespace {

constexpr std::uint32_t polynomial = 0x82f63b78U;  ///< reflected
using Table = std::array<std::uint32_t, 256>;

/// tables[k][b]: what byte b does to the checksum of the k bytes behind it.
constexpr std::array<Table, 8> make_tables() {
  std::array<Table, 8> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? polynomial : 0U);
    }
    tables[0][byte] = crc;
  }
  for (std::size_t behind = 1; behind < tables.size(); ++behind) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t crc = tables[behind - 1][byte];
      tables[behind][byte] = (crc >> 8U) ^ tables[0][crc & 0xffU];
    }
  }
  return tables;
}
constexpr std::array<Table, 8> tables = make_tables();

std::uint32_t byte_at(BytesView bytes, std::size_t position) {
  return static_cast<unsigned char>(bytes[position]);
}

std::uint32_t word_at(BytesView bytes, std::size_t position) {
  return byte_at(bytes, position) | byte_at(bytes, position + 1) << 8U | byte_at(bytes, position + 2) << 16U |
         byte_at(bytes, position + 3) << 24U;
}

}  // namespace

std::uint32_t crc32c(std::uint32_t crc, BytesView bytes) {
  std::uint32_t now = ~crc;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    const std::uint32_t low = now ^ word_at(bytes, 0);
    const std::uint32_t high = word_at(bytes, 4);
    now = tables[7][low & 0xffU] ^ tables[6][low >> 8U & 0xffU] ^ tables[5][low >> 16U & 0xffU] ^
          tables[4][low >> 24U] ^ tables[3][high & 0xffU] ^ tables[2][high >> 8U & 0xffU] ^
          tables[1][high >> 16U & 0xffU] ^ tables[0][high >> 24U];
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    now = (now >> 8U) ^ tables[0][(now ^ byte_at(bytes, i)) & 0xffU];
  }
  return ~now;
}

}  // namespace plimsoll::base
