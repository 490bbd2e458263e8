#include "impl/base/ipv6.hpp"

#include <arpa/inet.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

namespace plimsoll::base {
namespace {

static_assert(std::is_trivially_copyable_v<Ipv6> && sizeof(Ipv6) == 16);
static_assert(Ipv6(0, 0).previous() == Ipv6(~0ULL, ~0ULL));
static_assert(Ipv6(~0ULL, ~0ULL).next() == Ipv6());
static_assert(Ipv6(0, ~0ULL).next() == Ipv6(1, 0));
static_assert(Ipv6(1, 0).previous() == Ipv6(0, ~0ULL));
static_assert(Ipv6(Ipv6(1, 2).bytes()) == Ipv6(1, 2));

/// What glibc makes of the text; the oracle of this file.
std::optional<Ipv6> parsed_by_glibc(const std::string& text) {
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) {
    return std::nullopt;
  }
  return Ipv6(bytes);
}

std::string printed_by_glibc(const Ipv6& address) {
  const auto bytes = address.bytes();
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  return inet_ntop(AF_INET6, bytes.data(), buffer.data(), buffer.size());
}

/// glibc writes ::1.2.3.4 where RFC 5952 has ::102:304.
bool is_ipv4_compatible(const Ipv6& address) {
  return address.high() == 0 && address.low() >> 32 == 0;
}

/// Addresses with many zero groups, where the text has choices.
Ipv6 sparse_address() {
  const std::uint32_t pattern = *rc::gen::arbitrary<std::uint32_t>();
  std::array<std::uint8_t, 16> bytes{};
  for (unsigned i = 0; i < 16; ++i) {
    const std::uint32_t choice = pattern >> 2 * i & 3U;
    bytes[i] = static_cast<std::uint8_t>(choice < 2 ? 0 : choice == 2 ? 0x0f : 0xff);
  }
  return Ipv6(bytes);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ipv6_test)

BOOST_AUTO_TEST_CASE(canonical_text_follows_rfc_5952) {
  const std::vector<std::array<std::string, 2>> table = {
      {"::", "::"},
      {"::1", "::1"},
      {"2001:0db8::0001", "2001:db8::1"},
      {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"2001:DB8::A", "2001:db8::a"},
      {"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"},
      {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
      {"::ffff:10.1.0.7", "::ffff:10.1.0.7"},
      {"::ffff:a01:7", "::ffff:10.1.0.7"},
      {"::ffff:0.0.0.0", "::ffff:0.0.0.0"},
      {"::1.2.3.4", "::102:304"},
      {"64:ff9b::1.2.3.4", "64:ff9b::102:304"},
  };
  for (const auto& [text, canonical] : table) {
    const auto parsed = Ipv6::parse(text);
    BOOST_TEST_REQUIRE(parsed.has_value(), text);
    BOOST_TEST(to_text(*parsed) == canonical);
  }
}

BOOST_AUTO_TEST_CASE(refusals_are_sentences_that_name_the_fault) {
  const std::vector<std::array<std::string, 2>> table = {
      {"", "it has 0 groups, not 8"},
      {"1:2:3", "it has 3 groups, not 8"},
      {"1:2:3:4:5:6:7:8:9", "there are more than eight groups"},
      {"1:2:3:4:5:6:7:1.2.3.4", "there are more than eight groups"},
      {"1::2::3", "\"::\" may appear only once"},
      {":::", "\"::\" may appear only once"},
      {"1:2:3:4::5:6:7:8", "\"::\" must stand for at least one group of eight"},
      {":1", "\"\" is not a group of one to four hexadecimal digits"},
      {"1:2:3:4:5:6:7:", "it ends in a single colon"},
      {"::1:", "it ends in a single colon"},
      {"::00001", "\"00001\" is not a group of one to four hexadecimal digits"},
      {"::-1", "\"-1\" is not a group of one to four hexadecimal digits"},
      {"::0x1", "\"0x1\" is not a group of one to four hexadecimal digits"},
      {"fe80::1%eth0", "\"1%eth0\" is not a group of one to four hexadecimal digits"},
      {"::1.2.3",
       "\"1.2.3\" is not an IPv4 address: expected four numbers separated by dots, such as 10.1.0.7"},
      {"1.2.3.4::", "\"1.2.3.4\" is not a group of one to four hexadecimal digits"},
  };
  for (const auto& [text, why] : table) {
    const auto parsed = Ipv6::parse(text);
    BOOST_TEST_REQUIRE(!parsed.has_value(), text);
    BOOST_TEST(parsed.error() == "\"" + text + "\" is not an IPv6 address: " + why);
    BOOST_TEST(!parsed_by_glibc(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(written_text_agrees_with_glibc) {
  BOOST_TEST(rc::check("addresses with runs of zeros", [] {
    const Ipv6 address = sparse_address();
    RC_ASSERT(Ipv6::parse(to_text(address)).value() == address);
    RC_ASSERT((is_ipv4_compatible(address) || to_text(address) == printed_by_glibc(address)));
  }));
  BOOST_TEST(rc::check("any addresses", [] {
    const std::uint64_t high = *rc::gen::arbitrary<std::uint64_t>();
    const std::uint64_t low = *rc::gen::arbitrary<std::uint64_t>();
    const Ipv6 address(high, low);
    RC_ASSERT(Ipv6::parse(to_text(address)).value() == address);
    RC_ASSERT((is_ipv4_compatible(address) || to_text(address) == printed_by_glibc(address)));
  }));
}

BOOST_AUTO_TEST_CASE(every_pattern_of_zero_groups_agrees_with_glibc) {
  for (unsigned pattern = 0; pattern < 256; ++pattern) {
    std::array<std::uint8_t, 16> bytes{};
    for (unsigned group = 0; group < 8; ++group) {
      bytes[2 * group + 1] = static_cast<std::uint8_t>((pattern >> group & 1U) * 0xa);
    }
    const Ipv6 address(bytes);
    BOOST_TEST(Ipv6::parse(to_text(address)).value().bytes() == bytes, boost::test_tools::per_element());
    // glibc has another text for two of these four; the table above says ours.
    if (!is_ipv4_compatible(address)) {
      BOOST_TEST(to_text(address) == printed_by_glibc(address));
    }
  }
}

BOOST_AUTO_TEST_CASE(read_text_agrees_with_glibc) {
  BOOST_TEST(rc::check("short texts of colons, digits and dots", [] {
    const std::string text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("::::01fF.")));
    const auto parsed = Ipv6::parse(text);
    const std::optional<Ipv6> expected = parsed_by_glibc(text);
    RC_ASSERT(parsed.has_value() == expected.has_value());
    RC_ASSERT((!expected || *parsed == *expected));
  }));
}

BOOST_AUTO_TEST_CASE(sequences_of_likely_pieces_agree_with_glibc) {
  const std::vector<std::string> pieces = {"", ":", "::", "1", "ab:", "12345", "1.2.3.4", "0:0:0:", ":1:2"};
  int accepted = 0;
  for (const std::string& a : pieces) {
    for (const std::string& b : pieces) {
      for (const std::string& c : pieces) {
        for (const std::string& d : pieces) {
          for (const std::string& e : pieces) {
            const std::string text = a + b + c + d + e;
            const auto parsed = Ipv6::parse(text);
            const std::optional<Ipv6> expected = parsed_by_glibc(text);
            BOOST_TEST_REQUIRE(parsed.has_value() == expected.has_value(), text);
            BOOST_TEST_REQUIRE((!expected || *parsed == *expected), text);
            accepted += parsed.has_value() ? 1 : 0;
          }
        }
      }
    }
  }
  BOOST_TEST(accepted > 1000);
}

BOOST_AUTO_TEST_CASE(mutated_addresses_agree_with_glibc) {
  BOOST_TEST(rc::check("one character replaced", [] {
    std::string text = to_text(sparse_address());
    const std::size_t at = *rc::gen::inRange<std::size_t>(0, text.size());
    text[at] = *rc::gen::elementOf(std::string("0a:.%g "));
    RC_ASSERT(Ipv6::parse(text).has_value() == parsed_by_glibc(text).has_value());
  }));
}

BOOST_AUTO_TEST_CASE(order_is_the_order_of_the_bytes) {
  BOOST_TEST(rc::check("less as bytes", [] {
    const Ipv6 a = sparse_address();
    const Ipv6 b = sparse_address();
    RC_ASSERT((a < b) == (a.bytes() < b.bytes()));
  }));
}

BOOST_AUTO_TEST_CASE(plus_is_addition_bit_by_bit) {
  BOOST_TEST(rc::check("against a ripple-carry adder", [] {
    const Ipv6 start = sparse_address();
    const std::uint64_t count = *rc::gen::arbitrary<std::uint64_t>();
    const unsigned shift = *rc::gen::inRange(0U, 129U);
    auto sum = start.bytes();
    unsigned carry = 0;
    for (unsigned bit = 0; bit < 128; ++bit) {
      const unsigned place = 15 - bit / 8;
      const unsigned own = sum[place] >> bit % 8 & 1U;
      const bool is_covered = bit >= shift && bit - shift < 64;
      const unsigned added = is_covered ? static_cast<unsigned>(count >> (bit - shift) & 1U) : 0;
      const unsigned total = own + added + carry;
      sum[place] = static_cast<std::uint8_t>((sum[place] & ~(1U << bit % 8)) | (total & 1U) << bit % 8);
      carry = total >> 1;
    }
    RC_ASSERT(start.plus(count, shift) == Ipv6(sum));
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::base
