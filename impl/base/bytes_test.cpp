#include "impl/base/bytes.hpp"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace plimsoll::base {
namespace {

std::string hex(BytesView bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    text.push_back(digits[value >> 4U]);
    text.push_back(digits[value & 0xfU]);
  }
  return text;
}

std::string unsigned_hex(std::uint64_t value) {
  ByteWriter out;
  out.put_unsigned(value);
  return hex(out.bytes());
}

std::string signed_hex(std::int64_t value) {
  ByteWriter out;
  out.put_signed(value);
  return hex(out.bytes());
}

BOOST_AUTO_TEST_SUITE(bytes_test)

BOOST_AUTO_TEST_CASE(unsigned_numbers_are_leb128) {
  BOOST_TEST(unsigned_hex(0) == "00");
  BOOST_TEST(unsigned_hex(1) == "01");
  BOOST_TEST(unsigned_hex(127) == "7f");
  BOOST_TEST(unsigned_hex(128) == "8001");
  BOOST_TEST(unsigned_hex(300) == "ac02");
  BOOST_TEST(unsigned_hex(624485) == "e58e26");  // the example of the DWARF 4 standard, section 7.6
  BOOST_TEST(unsigned_hex(std::numeric_limits<std::uint64_t>::max()) == "ffffffffffffffffff01");
}

BOOST_AUTO_TEST_CASE(signed_numbers_are_zigzag_mapped) {
  BOOST_TEST(signed_hex(0) == "00");
  BOOST_TEST(signed_hex(-1) == "01");
  BOOST_TEST(signed_hex(1) == "02");
  BOOST_TEST(signed_hex(-2) == "03");
  BOOST_TEST(signed_hex(std::numeric_limits<std::int64_t>::max()) == "feffffffffffffffff01");
  BOOST_TEST(signed_hex(std::numeric_limits<std::int64_t>::min()) == "ffffffffffffffffff01");
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  BOOST_TEST(rc::check("numbers and texts come back in order, and nothing is left", [] {
    const auto plain = *rc::gen::arbitrary<std::vector<std::uint64_t>>();
    const auto with_sign = *rc::gen::arbitrary<std::vector<std::int64_t>>();
    const auto texts = *rc::gen::arbitrary<std::vector<std::string>>();
    // Arbitrary numbers of RapidCheck are small at small sizes; shifts reach every length.
    const unsigned shift = *rc::gen::inRange(0U, 64U);
    ByteWriter out;
    for (const std::uint64_t value : plain) {
      out.put_unsigned(value << shift);
    }
    for (const std::int64_t value : with_sign) {
      out.put_signed(value);
    }
    for (const std::string& text : texts) {
      out.put_text(text);
    }
    ByteReader in(out.bytes());
    for (const std::uint64_t value : plain) {
      RC_ASSERT(in.get_unsigned() == value << shift);
    }
    for (const std::int64_t value : with_sign) {
      RC_ASSERT(in.get_signed() == value);
    }
    for (const std::string& text : texts) {
      RC_ASSERT(in.get_text() == text);
    }
    RC_ASSERT(in.at_end());
  }));
}

BOOST_AUTO_TEST_CASE(every_length_boundary_comes_back) {
  for (unsigned bit = 0; bit < 64; ++bit) {
    for (const std::int64_t delta : {-1, 0, 1}) {
      const std::uint64_t value = (std::uint64_t{1} << bit) + static_cast<std::uint64_t>(delta);
      ByteWriter out;
      out.put_unsigned(value);
      out.put_signed(static_cast<std::int64_t>(value));
      ByteReader in(out.bytes());
      BOOST_TEST(in.get_unsigned() == value);
      BOOST_TEST(in.get_signed() == static_cast<std::int64_t>(value));
      BOOST_TEST(in.at_end());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::base
