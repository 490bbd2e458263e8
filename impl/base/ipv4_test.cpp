#include "impl/base/ipv4.hpp"

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

static_assert(std::is_trivially_copyable_v<Ipv4> && sizeof(Ipv4) == 4);
static_assert(Ipv4(10, 1, 0, 7).value() == 0x0a010007);
static_assert(Ipv4(10, 1, 2, 3).masked(16) == Ipv4(10, 1, 0, 0));
static_assert(Ipv4(10, 1, 2, 3).filled(16) == Ipv4(10, 1, 255, 255));
static_assert(Ipv4(255, 255, 255, 255).next() == Ipv4());
static_assert(Ipv4().previous() == Ipv4(255, 255, 255, 255));

/// What glibc makes of the text; the oracle of this file.
std::optional<Ipv4> parsed_by_glibc(const std::string& text) {
  in_addr address{};
  if (inet_pton(AF_INET, text.c_str(), &address) != 1) {
    return std::nullopt;
  }
  return Ipv4(ntohl(address.s_addr));
}

std::string printed_by_glibc(Ipv4 address) {
  const in_addr raw{htonl(address.value())};
  std::array<char, INET_ADDRSTRLEN> buffer{};
  return inet_ntop(AF_INET, &raw, buffer.data(), buffer.size());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ipv4_test)

BOOST_AUTO_TEST_CASE(refusals_are_sentences_that_name_the_fault) {
  const std::string four = "expected four numbers separated by dots, such as 10.1.0.7";
  const std::vector<std::array<std::string, 2>> table = {
      {"", "\"\" is not an IPv4 address: " + four},
      {"10.1.0", "\"10.1.0\" is not an IPv4 address: " + four},
      {"10.1.0.7.9", "\"10.1.0.7.9\" is not an IPv4 address: " + four},
      {"10.1.0.256", "\"10.1.0.256\" is not an IPv4 address: \"256\" is not a number from 0 to 255"},
      {"10.1..7", "\"10.1..7\" is not an IPv4 address: \"\" is not a number from 0 to 255"},
      {"10.1.0.-1", "\"10.1.0.-1\" is not an IPv4 address: \"-1\" is not a number from 0 to 255"},
      {"10.1.0.+1", "\"10.1.0.+1\" is not an IPv4 address: \"+1\" is not a number from 0 to 255"},
      {"10.1.0.7 ", "\"10.1.0.7 \" is not an IPv4 address: \"7 \" is not a number from 0 to 255"},
      {"10.01.0.7", "\"10.01.0.7\" is not an IPv4 address: the octet \"01\" has a leading zero"},
      {"10.0x1.0.7", "\"10.0x1.0.7\" is not an IPv4 address: \"0x1\" is not a number from 0 to 255"},
      {"1.2.3.99999999999999999999",
       "\"1.2.3.99999999999999999999\" is not an IPv4 address: \"99999999999999999999\" is not a number from "
       "0 to 255"},
  };
  for (const auto& [text, sentence] : table) {
    const auto parsed = Ipv4::parse(text);
    BOOST_TEST_REQUIRE(!parsed.has_value());
    BOOST_TEST(parsed.error() == sentence);
    BOOST_TEST(!parsed_by_glibc(text).has_value());
  }
}

BOOST_AUTO_TEST_CASE(text_with_a_zero_byte_is_refused) {
  BOOST_TEST(!Ipv4::parse(std::string_view("10.1.0.7\0", 9)).has_value());
}

BOOST_AUTO_TEST_CASE(text_agrees_with_glibc_both_ways) {
  BOOST_TEST(rc::check("every address", [] {
    const Ipv4 address(*rc::gen::arbitrary<std::uint32_t>());
    RC_ASSERT(to_text(address) == printed_by_glibc(address));
    RC_ASSERT(Ipv4::parse(to_text(address)).value() == address);
  }));
  BOOST_TEST(rc::check("texts that look like addresses", [] {
    const std::string text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("0012.59.")));
    const auto parsed = Ipv4::parse(text);
    const std::optional<Ipv4> expected = parsed_by_glibc(text);
    RC_ASSERT(parsed.has_value() == expected.has_value());
    RC_ASSERT((!expected || *parsed == *expected));
  }));
}

BOOST_AUTO_TEST_CASE(quads_of_likely_octets_agree_with_glibc) {
  const std::vector<std::string> octets = {"", "0", "00", "7", "07", "10", "255", "256", "1000", "a", " 1"};
  int accepted = 0;
  for (const std::string& a : octets) {
    for (const std::string& b : octets) {
      for (const std::string& c : octets) {
        for (const std::string& d : octets) {
          const std::string text = a + "." + b + "." + c + "." + d;
          const auto parsed = Ipv4::parse(text);
          const std::optional<Ipv4> expected = parsed_by_glibc(text);
          BOOST_TEST_REQUIRE(parsed.has_value() == expected.has_value(), text);
          BOOST_TEST_REQUIRE((!expected || *parsed == *expected), text);
          accepted += parsed.has_value() ? 1 : 0;
        }
      }
    }
  }
  BOOST_TEST(accepted == 4 * 4 * 4 * 4);
}

BOOST_AUTO_TEST_CASE(order_is_the_order_of_the_octets) {
  BOOST_TEST((Ipv4(9, 255, 255, 255) < Ipv4(10, 0, 0, 0)));
  BOOST_TEST((Ipv4(127, 255, 255, 255) < Ipv4(128, 0, 0, 0)));
}

BOOST_AUTO_TEST_CASE(plus_wraps_at_the_end_of_the_space) {
  BOOST_TEST((Ipv4(10, 1, 0, 0).plus(5, 8) == Ipv4(10, 1, 5, 0)));
  BOOST_TEST((Ipv4(255, 255, 255, 0).plus(1, 8) == Ipv4()));
  BOOST_TEST((Ipv4(10, 1, 0, 0).plus(3, 32) == Ipv4(10, 1, 0, 0)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::base
