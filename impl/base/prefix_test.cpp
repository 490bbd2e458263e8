#include "impl/base/prefix.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

namespace plimsoll::base {
namespace {

static_assert(std::is_trivially_copyable_v<Ipv4Prefix> && sizeof(Ipv4Prefix) == 8);
static_assert(Ipv4Prefix(Ipv4(10, 1, 0, 0), 16).subnet(5, 24) == Ipv4Prefix(Ipv4(10, 1, 5, 0), 24));
static_assert(Ipv4Prefix().address_count() == std::uint64_t{1} << 32);
static_assert(Ipv6Prefix().address_count() == ~std::uint64_t{0});

unsigned bit_of(const Ipv4& address, unsigned index) {
  return address.value() >> (31 - index) & 1U;
}
unsigned bit_of(const Ipv6& address, unsigned index) {
  return static_cast<unsigned>(address.bytes()[index / 8] >> (7 - index % 8) & 1);
}

/// The definition of a prefix, one bit after the other; the oracle of this file.
template <class Address>
bool agree_in_leading_bits(const Address& a, const Address& b, unsigned count) {
  for (unsigned i = 0; i < count; ++i) {
    if (bit_of(a, i) != bit_of(b, i)) {
      return false;
    }
  }
  return true;
}

/// An address close to `other`: equal up to a generated bit, which is flipped (or nothing is).
Ipv4 near(const Ipv4& other) {
  const unsigned bit = *rc::gen::inRange(0U, 33U);
  return bit == 32 ? other : Ipv4(other.value() ^ 1U << bit);
}
Ipv6 near(const Ipv6& other) {
  const unsigned bit = *rc::gen::inRange(0U, 129U);
  auto bytes = other.bytes();
  if (bit < 128) {
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ 1U << bit % 8);
  }
  return Ipv6(bytes);
}

Ipv4 any_address(Ipv4 /*family*/) {
  return Ipv4(*rc::gen::arbitrary<std::uint32_t>());
}
Ipv6 any_address(Ipv6 /*family*/) {
  const std::uint64_t high = *rc::gen::arbitrary<std::uint64_t>();
  const std::uint64_t low = *rc::gen::arbitrary<std::uint64_t>();
  return Ipv6(high, low);
}

template <class Address>
void check_against_the_bits() {
  const Address address = any_address(Address());
  const Address other = near(address);
  for (unsigned length = 0; length <= Address::width_bits; ++length) {
    const Prefix<Address> prefix(address, length);
    RC_ASSERT(prefix.contains(other) == agree_in_leading_bits(address, other, length));
    RC_ASSERT(agree_in_leading_bits(prefix.first(), address, length));
    RC_ASSERT(agree_in_leading_bits(prefix.last(), address, length));
    for (unsigned i = length; i < Address::width_bits; ++i) {
      RC_ASSERT(bit_of(prefix.first(), i) == 0U);
      RC_ASSERT(bit_of(prefix.last(), i) == 1U);
    }
    RC_ASSERT(!prefix.network().has_host_bits());
    RC_ASSERT(prefix.has_host_bits() == (prefix.network() != prefix));
    RC_ASSERT(Prefix<Address>::parse(to_text(prefix.network())).value() == prefix.network());
    RC_ASSERT(Prefix<Address>::parse_interface(to_text(prefix)).value() == prefix);
    RC_ASSERT(Prefix<Address>::parse(to_text(prefix)).has_value() == !prefix.has_host_bits());
  }
}

template <class Address>
void check_pairs_against_the_bits() {
  const Address a = any_address(Address());
  const Address b = near(a);
  const unsigned a_length = *rc::gen::inRange(0U, Address::width_bits + 1);
  for (unsigned b_length = 0; b_length <= Address::width_bits; ++b_length) {
    const Prefix<Address> p(a, a_length);
    const Prefix<Address> q(b, b_length);
    RC_ASSERT(p.contains(q) == (b_length >= a_length && agree_in_leading_bits(a, b, a_length)));
    RC_ASSERT(p.overlaps(q) == agree_in_leading_bits(a, b, std::min(a_length, b_length)));
    RC_ASSERT(p.overlaps(q) == q.overlaps(p));
    RC_ASSERT(p.overlaps(q) == (p.first() <= q.last() && q.first() <= p.last()));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(prefix_test)

BOOST_AUTO_TEST_CASE(refusals_are_sentences_that_name_the_fault) {
  const std::string shape = "expected ADDRESS/LENGTH, such as 10.1.0.0/16";
  const std::vector<std::array<std::string, 2>> table = {
      {"10.1.0.1/16", "\"10.1.0.1/16\" has host bits set: did you mean 10.1.0.0/16?"},
      {"10.1.0.0", "\"10.1.0.0\" is not an IPv4 prefix: " + shape},
      {"", "\"\" is not an IPv4 prefix: " + shape},
      {"10.1.0.0/33",
       "\"10.1.0.0/33\" is not an IPv4 prefix: the length \"33\" is not a number from 0 to 32"},
      {"10.1.0.0/016",
       "\"10.1.0.0/016\" is not an IPv4 prefix: the length \"016\" is not a number from 0 to 32"},
      {"10.1.0.0/", "\"10.1.0.0/\" is not an IPv4 prefix: the length \"\" is not a number from 0 to 32"},
      {"10.1.0.0/-1",
       "\"10.1.0.0/-1\" is not an IPv4 prefix: the length \"-1\" is not a number from 0 to 32"},
      {"10.1.0.0/16/1",
       "\"10.1.0.0/16/1\" is not an IPv4 prefix: the length \"16/1\" is not a number from 0 to 32"},
      {"10.1/16",
       "\"10.1/16\" is not an IPv4 prefix: \"10.1\" is not an IPv4 address: expected four numbers separated "
       "by dots, "
       "such as 10.1.0.7"},
  };
  for (const auto& [text, sentence] : table) {
    const auto parsed = Ipv4Prefix::parse(text);
    BOOST_TEST_REQUIRE(!parsed.has_value(), text);
    BOOST_TEST(parsed.error() == sentence);
  }
  BOOST_TEST(Ipv6Prefix::parse("fd00:10::1/64").error() ==
             "\"fd00:10::1/64\" has host bits set: did you mean fd00:10::/64?");
  BOOST_TEST(Ipv6Prefix::parse("::/129").error() ==
             "\"::/129\" is not an IPv6 prefix: the length \"129\" is not a number from 0 to 128");
}

BOOST_AUTO_TEST_CASE(an_interface_keeps_its_host_bits) {
  const Ipv4Prefix interface = Ipv4Prefix::parse_interface("10.1.2.3/16").value();
  BOOST_TEST((interface.address() == Ipv4(10, 1, 2, 3)));
  BOOST_TEST(to_text(interface) == "10.1.2.3/16");
  BOOST_TEST(to_text(interface.network()) == "10.1.0.0/16");
  BOOST_TEST(to_text(Ipv6Prefix::parse_interface("fd00::7/64").value().network()) == "fd00::/64");
}

BOOST_AUTO_TEST_CASE(every_length_agrees_with_the_definition) {
  BOOST_TEST(rc::check("IPv4", [] { check_against_the_bits<Ipv4>(); }));
  BOOST_TEST(rc::check("IPv6", [] { check_against_the_bits<Ipv6>(); }));
  BOOST_TEST(rc::check("IPv4 pairs", [] { check_pairs_against_the_bits<Ipv4>(); }));
  BOOST_TEST(rc::check("IPv6 pairs", [] { check_pairs_against_the_bits<Ipv6>(); }));
}

BOOST_AUTO_TEST_CASE(subnets_tile_their_prefix) {
  const Ipv4Prefix v4(Ipv4(255, 255, 255, 0), 24);
  const Ipv6Prefix v6(Ipv6(~0ULL, ~0ULL), 120);
  for (unsigned length = 0; length <= 8; ++length) {
    Ipv4 expected_v4 = v4.first();
    Ipv6 expected_v6 = v6.first();
    const std::uint64_t count = v4.subnet_count(24 + length);
    BOOST_TEST(count == 1ULL << length);
    BOOST_TEST(count == v6.subnet_count(120 + length));
    for (std::uint64_t i = 0; i < count; ++i) {
      BOOST_TEST((v4.subnet(i, 24 + length).first() == expected_v4));
      BOOST_TEST((v6.subnet(i, 120 + length).first() == expected_v6));
      expected_v4 = v4.subnet(i, 24 + length).last().next();
      expected_v6 = v6.subnet(i, 120 + length).last().next();
    }
    BOOST_TEST((expected_v4 == v4.last().next()));
    BOOST_TEST((expected_v6 == v6.last().next()));
  }
}

BOOST_AUTO_TEST_CASE(the_largest_prefixes_work) {
  BOOST_TEST((Ipv4Prefix().subnet(255, 8) == Ipv4Prefix(Ipv4(255, 0, 0, 0), 8)));
  BOOST_TEST((Ipv4Prefix().subnet(0, 0) == Ipv4Prefix()));
  BOOST_TEST((Ipv6Prefix().subnet(3, 2) == Ipv6Prefix(Ipv6(0xc000000000000000ULL, 0), 2)));
  BOOST_TEST(Ipv6Prefix(Ipv6(1, 0), 64).subnet_count(127) == std::uint64_t{1} << 63);
  BOOST_TEST(Ipv6Prefix(Ipv6(1, 0), 64).subnet_count(128) == ~std::uint64_t{0});
}

BOOST_AUTO_TEST_CASE(order_is_by_address_then_larger_first) {
  BOOST_TEST((Ipv4Prefix(Ipv4(10, 0, 0, 0), 8) < Ipv4Prefix(Ipv4(10, 0, 0, 0), 16)));
  BOOST_TEST((Ipv4Prefix(Ipv4(10, 0, 0, 0), 16) < Ipv4Prefix(Ipv4(10, 1, 0, 0), 8)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::base
