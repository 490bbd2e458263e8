#include "impl/ipam/flannel/subnets.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

namespace plimsoll::ipam {
namespace {

using base::Ipv4;
using base::Ipv4Prefix;

NetworkConfig config_of(const std::string& network, unsigned subnet_len = 0) {
  NetworkConfigFields fields;
  fields.network = network;
  fields.subnet_len = subnet_len;
  return make_network_config(fields).value();
}

/// What FLN-2 (c) says, one candidate and one lease after the other.
std::vector<Ipv4Prefix> free_subnets_by_definition(const NetworkConfig& config,
                                                   const std::vector<Ipv4Prefix>& taken, std::size_t limit) {
  std::vector<Ipv4Prefix> found;
  const std::uint64_t step = std::uint64_t{1} << (32 - config.subnet_len);
  for (std::uint64_t at = config.subnet_min.value(); at <= config.subnet_max.value() && found.size() < limit;
       at += step) {
    bool is_free = true;
    for (const Ipv4Prefix& lease : taken) {
      is_free = is_free && (lease.last().value() < at || lease.first().value() > at + step - 1);
    }
    if (is_free) {
      found.emplace_back(Ipv4(static_cast<std::uint32_t>(at)), config.subnet_len);
    }
  }
  return found;
}

/// A prefix in or near 10.1.0.0/20.
Ipv4Prefix generated_lease() {
  const std::uint32_t offset = *rc::gen::inRange<std::uint32_t>(0, 1U << 13);
  const unsigned length = *rc::gen::inRange(16U, 33U);
  return Ipv4Prefix(Ipv4(10, 1, 0, 0).plus(offset).plus(~std::uint64_t{0} << 9), length).network();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(subnets_test)

BOOST_AUTO_TEST_CASE(leasable_subnets_run_from_min_to_max) {
  const NetworkConfig config = config_of("10.1.0.0/16");
  BOOST_TEST(leasable_subnet_count(config) == 255U);
  BOOST_TEST(to_text(leasable_subnet(config, 0)) == "10.1.1.0/24");
  BOOST_TEST(to_text(leasable_subnet(config, 254)) == "10.1.255.0/24");
  BOOST_TEST(leasable_subnet_count(config_of("10.1.0.0/28")) == 3U);
  BOOST_TEST(leasable_subnet_count(config_of("128.0.0.0/1", 30)) == (1ULL << 29) - 1);
}

BOOST_AUTO_TEST_CASE(at_most_one_hundred_are_collected) {
  const NetworkConfig config = config_of("10.1.0.0/16");
  const std::vector<Ipv4Prefix> free = free_subnets(config, {});
  BOOST_TEST_REQUIRE(free.size() == 100U);
  BOOST_TEST(to_text(free.front()) == "10.1.1.0/24");
  BOOST_TEST(to_text(free.back()) == "10.1.100.0/24");
  BOOST_TEST(free_subnets(config, {}, 1000).size() == 255U);
  BOOST_TEST(free_subnets(config, {}, 0).empty());
}

BOOST_AUTO_TEST_CASE(a_full_network_has_none) {
  const NetworkConfig config = config_of("10.1.0.0/28");
  std::vector<Ipv4Prefix> taken;
  for (std::uint64_t left = 3; left > 0; --left) {
    BOOST_TEST(free_subnets(config, taken).size() == left);
    taken.push_back(free_subnets(config, taken).back());
  }
  BOOST_TEST(free_subnets(config, taken).empty());
  BOOST_TEST(free_subnets(config, std::vector{Ipv4Prefix()}).empty());
}

BOOST_AUTO_TEST_CASE(a_huge_network_with_huge_leases_ends_at_once) {
  const NetworkConfig config = config_of("128.0.0.0/1", 30);
  const std::vector<Ipv4Prefix> lower = {{Ipv4(128, 0, 0, 0), 2}};
  BOOST_TEST(to_text(free_subnets(config, lower).front()) == "192.0.0.0/30");
  const std::vector<Ipv4Prefix> all_but_last = {
      {Ipv4(128, 0, 0, 0), 2}, {Ipv4(192, 0, 0, 0), 3}, {Ipv4(224, 0, 0, 0), 4}, {Ipv4(240, 0, 0, 0), 5}};
  BOOST_TEST(to_text(free_subnets(config, all_but_last).front()) == "248.0.0.0/30");
  const std::vector<Ipv4Prefix> upper = {{Ipv4(128, 0, 0, 0), 1}};
  BOOST_TEST(free_subnets(config, upper).empty());
}

BOOST_AUTO_TEST_CASE(every_set_of_leases_of_a_small_network_agrees_with_the_definition) {
  const NetworkConfig config = config_of("10.1.0.0/28");
  std::vector<Ipv4Prefix> prefixes;
  for (unsigned length = 26; length <= 32; ++length) {
    const std::uint64_t count = Ipv4Prefix(Ipv4(10, 1, 0, 0), 26).subnet_count(length);
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(count, 20); ++i) {
      prefixes.push_back(Ipv4Prefix(Ipv4(10, 1, 0, 0), 26).subnet(i, length));
    }
  }
  for (const Ipv4Prefix& a : prefixes) {
    for (const Ipv4Prefix& b : prefixes) {
      const std::vector<Ipv4Prefix> taken = {a, b};
      BOOST_TEST_REQUIRE((free_subnets(config, taken) == free_subnets_by_definition(config, taken, 100)));
    }
  }
}

BOOST_AUTO_TEST_CASE(generated_leases_agree_with_the_definition) {
  BOOST_TEST(rc::check("free subnets", [] {
    const unsigned subnet_len = *rc::gen::inRange(22U, 29U);
    const std::size_t count = *rc::gen::inRange<std::size_t>(0, 30);
    const std::size_t limit = *rc::gen::inRange<std::size_t>(0, 110);
    const NetworkConfig config = config_of("10.1.0.0/20", subnet_len);
    std::vector<Ipv4Prefix> taken;
    for (std::size_t i = 0; i < count; ++i) {
      taken.push_back(generated_lease());
    }
    RC_ASSERT(free_subnets(config, taken, limit) == free_subnets_by_definition(config, taken, limit));
  }));
}

BOOST_AUTO_TEST_CASE(compatible_means_same_length_and_between_the_limits) {
  NetworkConfigFields fields;
  fields.network = "10.1.0.0/16";
  fields.subnet_min = "10.1.4.0";
  fields.subnet_max = "10.1.6.0";
  const NetworkConfig config = make_network_config(fields).value();
  for (unsigned third = 0; third < 256; ++third) {
    const Ipv4 address = Ipv4(10, 1, 0, 0).plus(third, 8);
    BOOST_TEST(is_compatible(config, {address, 24}) == (third >= 4 && third <= 6));
    BOOST_TEST(!is_compatible(config, {address, 25}));
    BOOST_TEST(!is_compatible(config, {address, 23}));
  }
  BOOST_TEST(!is_compatible(config, {Ipv4(10, 2, 5, 0), 24}));
  BOOST_TEST(!is_compatible(config, {}));
}

BOOST_AUTO_TEST_CASE(lease_keys_round_trip) {
  BOOST_TEST(lease_key({Ipv4(10, 5, 1, 0), 24}) == "10.5.1.0-24");
  BOOST_TEST(rc::check("every subnet", [] {
    const Ipv4Prefix subnet = generated_lease();
    RC_ASSERT(parse_lease_key(lease_key(subnet)).value() == subnet);
  }));
}

BOOST_AUTO_TEST_CASE(lease_keys_are_read_strictly) {
  const auto refusal = [](const std::string& text) { return parse_lease_key(text).error(); };
  BOOST_TEST(refusal("10.5.1.0-24&fd00:0:0:1:0:0:0:0-64") ==
             "\"10.5.1.0-24&fd00:0:0:1:0:0:0:0-64\" is not a lease key: dual-stack leases are outside this "
             "component, "
             "which leases IPv4 subnets only");
  for (const std::string text : {"", "10.5.1.0", "10.5.1.0/24", "config", "10.5.1.0-24/x"}) {
    BOOST_TEST(refusal(text) ==
               "\"" + text + "\" is not a lease key: expected ADDRESS-LENGTH, such as 10.5.1.0-24");
  }
  for (const std::string text :
       {"10.5.1.7-24", "10.5.1.0-", "10.5.1.0-33", "10.5.1.0-024", "-24", "10.5.1-24", "10.5.1.0--1"}) {
    BOOST_TEST(refusal(text).starts_with("\"" + text + "\" is not a lease key: \""), refusal(text));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::ipam
