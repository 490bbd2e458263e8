#include "impl/base/mac.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <type_traits>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

namespace plimsoll::base {
namespace {

static_assert(std::is_trivially_copyable_v<Mac> && sizeof(Mac) == 6);
static_assert(Mac::locally_administered(1) == Mac({0x02, 0, 0, 0, 0, 1}));
static_assert(Mac::locally_administered(0x3fffffffffff) == Mac({0xfe, 0xff, 0xff, 0xff, 0xff, 0xff}));

}  // namespace

BOOST_AUTO_TEST_SUITE(mac_test)

BOOST_AUTO_TEST_CASE(text_round_trips) {
  BOOST_TEST(to_text(Mac({0x0a, 0x58, 0x0a, 0x01, 0x00, 0x07})) == "0a:58:0a:01:00:07");
  BOOST_TEST(to_text(Mac::parse("0A:58:0a:01:00:fF").value()) == "0a:58:0a:01:00:ff");
  BOOST_TEST(rc::check("every address", [] {
    Mac::Bytes bytes{};
    for (std::uint8_t& byte : bytes) {
      byte = *rc::gen::arbitrary<std::uint8_t>();
    }
    RC_ASSERT(Mac::parse(to_text(Mac(bytes))).value() == Mac(bytes));
  }));
}

BOOST_AUTO_TEST_CASE(other_notations_are_refused) {
  for (const std::string text :
       {"", "0a:58:0a:01:00", "0a:58:0a:01:00:07:", "0a-58-0a-01-00-07", "0a580a010007", "0a:58:0a:01:0:007",
        "0a:58:0a:01:00:0g", "-a:58:0a:01:00:07", "0a:58:0a:01:00:+7", " 0a:58:0a:01:00:7"}) {
    const auto parsed = Mac::parse(text);
    BOOST_TEST_REQUIRE(!parsed.has_value(), text);
    BOOST_TEST(parsed.error() ==
               "\"" + text +
                   "\" is not a MAC address: expected six pairs of hexadecimal digits, such as "
                   "0a:58:0a:01:00:07");
  }
}

BOOST_AUTO_TEST_CASE(locally_administered_addresses_are_unicast_and_distinct) {
  std::set<Mac> seen;
  for (unsigned bit = 0; bit < 46; ++bit) {
    const Mac address = Mac::locally_administered(std::uint64_t{1} << bit);
    BOOST_TEST(address.is_locally_administered());
    BOOST_TEST(!address.is_group());
    seen.insert(address);
  }
  BOOST_TEST(seen.size() == 46U);
  BOOST_TEST(!Mac({0x00, 0x16, 0x3e, 0, 0, 1}).is_locally_administered());
  BOOST_TEST(Mac({0xff, 0xff, 0xff, 0xff, 0xff, 0xff}).is_group());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::base
