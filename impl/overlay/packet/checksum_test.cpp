#include "impl/overlay/packet/checksum.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/overlay/packet/test_bed.hpp"

namespace plimsoll::overlay {
namespace {

/// Section 4 of RFC 1071 in reverse: add word by word, every carry at once, as a textbook has it.
std::uint16_t naive_checksum(std::string bytes) {
  bytes.resize(bytes.size() + bytes.size() % 2, '\0');
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    sum += static_cast<std::uint8_t>(bytes[i]) * 256U + static_cast<std::uint8_t>(bytes[i + 1]);
    sum = sum % 0x10000U + sum / 0x10000U;
  }
  return static_cast<std::uint16_t>(0xffffU - sum);
}

void set_word(std::string& bytes, std::size_t word, std::uint16_t value) {
  bytes[2 * word] = static_cast<char>(value >> 8U);
  bytes[2 * word + 1] = static_cast<char>(value & 0xffU);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(checksum_test)

BOOST_AUTO_TEST_CASE(the_example_of_rfc_1071_section_3) {
  BOOST_TEST(checksum_of(from_hex("0001f203f4f5f6f7")) == std::uint16_t{0xffff - 0xddf2});
}

BOOST_AUTO_TEST_CASE(the_example_of_rfc_1624_section_4) {
  BOOST_TEST(updated_checksum(0xdd2f, 0x5555, 0x3285) == 0x0000);
}

BOOST_AUTO_TEST_CASE(an_odd_byte_is_the_first_of_a_pair) {
  BOOST_TEST(checksum_of(from_hex("01")) == 0xfeff);
  BOOST_TEST(checksum_of(from_hex("00000001")) == 0xfffe);
  BOOST_TEST(checksum_of("") == 0xffff);
}

BOOST_AUTO_TEST_CASE(a_header_with_its_checksum_sums_to_nothing) {
  BOOST_TEST(checksum_of(from_hex("45000056000700004011226dac100001ac100002")) == 0x0000);
  BOOST_TEST(checksum_of(from_hex("45000056000700004011"
                                  "0000"
                                  "ac100001ac100002")) == 0x226d);
}

BOOST_AUTO_TEST_CASE(sums_are_those_of_the_textbook) {
  BOOST_TEST(rc::check(
      "all bytes", [](const std::string& bytes) { RC_ASSERT(checksum_of(bytes) == naive_checksum(bytes)); }));
}

BOOST_AUTO_TEST_CASE(an_update_equals_the_sum_made_anew) {
  BOOST_TEST(rc::check("all words but zeros", [](std::vector<std::uint16_t> words, std::uint16_t after) {
    words.push_back(0x4500);  // something that is not 0 and stays
    std::string bytes(2 * words.size(), '\0');
    for (std::size_t i = 0; i < words.size(); ++i) {
      set_word(bytes, i, words[i]);
    }
    const std::uint16_t before_sum = checksum_of(bytes);
    set_word(bytes, 0, after);
    const std::uint16_t constant = words.size() == 1 ? 0x4500 : words[0];
    RC_PRE(words.size() > 1);
    RC_ASSERT(updated_checksum(before_sum, constant, after) == checksum_of(bytes));
  }));
}

BOOST_AUTO_TEST_CASE(an_address_is_two_words) {
  BOOST_TEST(rc::check("all addresses", [](std::uint32_t before, std::uint32_t after, std::uint16_t rest) {
    RC_PRE(rest != 0);
    const auto sum = [&](std::uint32_t address) {
      return ChecksumSum().add(base::Ipv4(address)).add(rest).checksum();
    };
    RC_ASSERT(updated_checksum(sum(before), base::Ipv4(before), base::Ipv4(after)) == sum(after));
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay
