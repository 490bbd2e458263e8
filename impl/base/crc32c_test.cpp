#include "impl/base/crc32c.hpp"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>
#include <string>

namespace plimsoll::base {
namespace {

/// One bit at a time, as the definition has it.
std::uint32_t by_division(BytesView bytes) {
  std::uint32_t crc = 0xffffffffU;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      const bool low = (crc & 1U) != 0;
      crc >>= 1U;
      crc ^= low ? 0x82f63b78U : 0U;
    }
  }
  return ~crc;
}

BOOST_AUTO_TEST_SUITE(crc32c_test)

// RFC 3720, B.4; the last one is the check value of every catalogue of checksums.
BOOST_AUTO_TEST_CASE(published_vectors) {
  BOOST_TEST(crc32c(0, "") == 0U);
  BOOST_TEST(crc32c(0, Bytes(32, '\0')) == 0x8a9136aaU);
  BOOST_TEST(crc32c(0, Bytes(32, '\xff')) == 0x62a8ab43U);
  Bytes ascending;
  for (char byte = 0; byte < 32; ++byte) {
    ascending.push_back(byte);
  }
  BOOST_TEST(crc32c(0, ascending) == 0x46dd794eU);
  BOOST_TEST(crc32c(0, Bytes(ascending.rbegin(), ascending.rend())) == 0x113fdb5cU);
  BOOST_TEST(crc32c(0, "123456789") == 0xe3069283U);
}

BOOST_AUTO_TEST_CASE(any_bytes_in_any_two_pieces_are_divided_as_defined) {
  BOOST_TEST(rc::check("crc32c", [](const std::string& head, const std::string& tail) {
    RC_ASSERT(crc32c(crc32c(0, head), tail) == by_division(head + tail));
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::base
