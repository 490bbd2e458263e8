#include "impl/ipam/host_local/ranges.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

namespace plimsoll::ipam {
namespace {

using base::Ipv4;
using base::Ipv6;
using base::Prefix;

template <class Address>
Prefix<Address> prefix_of(const std::string& text) {
  return Prefix<Address>::parse(text).value();
}

/// Every address from `first` to `last`, which are close.
template <class Address>
std::vector<Address> addresses(const Address& first, const Address& last) {
  std::vector<Address> all = {first};
  while (all.back() != last) {
    all.push_back(all.back().next());
  }
  return all;
}

/// The addresses of a subnet, a few more on both sides, and "absent".
template <class Address>
std::vector<std::optional<Address>> likely_addresses(const Prefix<Address>& subnet) {
  std::vector<std::optional<Address>> likely = {std::nullopt};
  for (const Address& address : addresses(subnet.first().previous(), subnet.last().next())) {
    likely.emplace_back(address);
  }
  return likely;
}

/// The obvious model of IPAM-3: all addresses in a list, gateways crossed out, the list turned to where the
/// walk begins.
template <class Address>
std::vector<Address> candidates_by_listing(const RangeSet<Address>& set,
                                           const std::optional<Address>& last_reserved) {
  std::vector<Address> listed;
  std::vector<bool> is_gateway;
  std::size_t begin = 0;
  for (const Range<Address>& range : set.ranges()) {
    for (const Address& address : addresses(range.start, range.end)) {
      listed.push_back(address);
      is_gateway.push_back(address == range.gateway);
      begin = address == last_reserved ? listed.size() : begin;
    }
  }
  std::vector<Address> candidates;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    const std::size_t at = (begin + i) % listed.size();
    if (!is_gateway[at]) {
      candidates.push_back(listed[at]);
    }
  }
  return candidates;
}

template <class Address>
std::vector<Address> candidates_of(const RangeSet<Address>& set,
                                   const std::optional<Address>& last_reserved) {
  return next_candidates(set, last_reserved, 1000);
}

/// Whether these fields have a canonical form, said as a list of addresses.
template <class Address>
bool is_valid_by_listing(const Range<Address>& expected) {
  const std::vector<Address> subnet = addresses(expected.subnet.first(), expected.subnet.last());
  const auto start = std::find(subnet.begin(), subnet.end(), expected.start);
  return start != subnet.end() && std::find(start, subnet.end(), expected.end) != subnet.end();
}

/// Every start, end, gateway and last reserved address in and around a subnet.
template <class Address>
void check_exhaustively(const Prefix<Address>& subnet, const Address& default_end) {
  const std::vector<std::optional<Address>> likely = likely_addresses(subnet);
  const Address second = subnet.first().next();
  std::size_t valid = 0;
  for (const auto& start : likely) {
    for (const auto& end : likely) {
      for (const auto& gateway : likely) {
        const auto range = make_range(RangeFields<Address>{subnet, start, end, gateway});
        const Range<Address> expected{subnet, start.value_or(second), end.value_or(default_end),
                                      gateway.value_or(second)};
        BOOST_TEST_REQUIRE(range.has_value() == is_valid_by_listing(expected));
        if (!range) {
          continue;
        }
        ++valid;
        BOOST_TEST_REQUIRE((*range == expected));
        const RangeSet<Address> set = RangeSet<Address>::make({*range}).value();
        for (const auto& last_reserved : likely) {
          BOOST_TEST_REQUIRE(
              (candidates_of(set, last_reserved) == candidates_by_listing(set, last_reserved)));
        }
      }
    }
  }
  BOOST_TEST(valid > 0U);
}

RangeSet<Ipv4> three_ranges() {
  const auto subnet = prefix_of<Ipv4>("10.1.5.0/24");
  const auto first = make_range<Ipv4>({subnet, Ipv4(10, 1, 5, 8), Ipv4(10, 1, 5, 10), {}}).value();
  const auto second = make_range<Ipv4>({subnet, Ipv4(10, 1, 5, 2), Ipv4(10, 1, 5, 2), {}}).value();
  const auto third = make_range<Ipv4>({prefix_of<Ipv4>("10.9.0.0/30"), {}, {}, {}}).value();
  return RangeSet<Ipv4>::make({first, second, third}).value();
}

std::string refusal(const RangeText& text) {
  const auto set = make_range_set(std::vector{text});
  return set ? "" : set.error().field + ": " + set.error().sentence;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ranges_test)

BOOST_AUTO_TEST_CASE(ipam_1_defaults) {
  const auto v4 = make_range<Ipv4>({prefix_of<Ipv4>("10.1.5.0/24")}).value();
  BOOST_TEST(to_text(v4.start) == "10.1.5.1");
  BOOST_TEST(to_text(v4.end) == "10.1.5.254");
  BOOST_TEST(to_text(v4.gateway) == "10.1.5.1");
  const auto v6 = make_range<Ipv6>({prefix_of<Ipv6>("fd00:10:5::/64")}).value();
  BOOST_TEST(to_text(v6.start) == "fd00:10:5::1");
  BOOST_TEST(to_text(v6.end) == "fd00:10:5:0:ffff:ffff:ffff:ffff");
  BOOST_TEST(to_text(v6.gateway) == "fd00:10:5::1");
}

BOOST_AUTO_TEST_CASE(ipam_1_smallest_subnets) {
  BOOST_TEST((candidates_of(
                  RangeSet<Ipv4>::make({make_range<Ipv4>({prefix_of<Ipv4>("10.1.5.0/30")}).value()}).value(),
                  {}) == std::vector{Ipv4(10, 1, 5, 2)}));
  BOOST_TEST((
      candidates_of(RangeSet<Ipv6>::make({make_range<Ipv6>({prefix_of<Ipv6>("fd00::/126")}).value()}).value(),
                    {}) == std::vector{Ipv6(0xfd00ULL << 48, 2), Ipv6(0xfd00ULL << 48, 3)}));
  for (const std::string text : {"10.1.5.0/31", "10.1.5.0/32"}) {
    BOOST_TEST(refusal({text}) == "subnet: subnet " + text +
                                      " is too small to allocate from: its prefix may have at most 30 bits");
  }
  for (const std::string text : {"fd00::/127", "fd00::/128"}) {
    BOOST_TEST(refusal({text}) == "subnet: subnet " + text +
                                      " is too small to allocate from: its prefix may have at most 126 bits");
  }
}

BOOST_AUTO_TEST_CASE(ipam_1_refusals) {
  BOOST_TEST(refusal({"10.1.5.7/24"}) ==
             "subnet: subnet \"10.1.5.7/24\" has host bits set: did you mean 10.1.5.0/24?");
  BOOST_TEST(make_range<Ipv4>({Prefix<Ipv4>(Ipv4(10, 1, 5, 7), 24)}).error().sentence ==
             "subnet 10.1.5.7/24 has host bits set: did you mean 10.1.5.0/24?");
  BOOST_TEST(refusal({"10.1.5.0/24", "10.1.6.9"}) ==
             "rangeStart: rangeStart 10.1.6.9 is not in the subnet 10.1.5.0/24");
  BOOST_TEST(refusal({"10.1.5.0/24", {}, "10.1.4.9"}) ==
             "rangeEnd: rangeEnd 10.1.4.9 is not in the subnet 10.1.5.0/24");
  BOOST_TEST(refusal({"10.1.5.0/24", "10.1.5.9", "10.1.5.8"}) ==
             "rangeStart: rangeStart 10.1.5.9 makes the range 10.1.5.9-10.1.5.8 empty");
  BOOST_TEST(refusal({"10.1.5.0/24", {}, "10.1.5.0"}) ==
             "rangeEnd: rangeEnd 10.1.5.0 makes the range 10.1.5.1-10.1.5.0 empty");
  BOOST_TEST(refusal({"10.1.5.0/24", "10.1.5.255"}) ==
             "rangeStart: rangeStart 10.1.5.255 makes the range 10.1.5.255-10.1.5.254 empty");
  BOOST_TEST(refusal({"10.1.5.0/24", {}, {}, "fd00::1"})
                 .starts_with("gateway: gateway \"fd00::1\" is not an IPv4 address"));
  BOOST_TEST(refusal({"fd00::/64", "10.1.5.1"})
                 .starts_with("rangeStart: rangeStart \"10.1.5.1\" is not an IPv6 address"));
  BOOST_TEST(refusal({"fd00::/64", {}, "fd01::1"}) ==
             "rangeEnd: rangeEnd fd01::1 is not in the subnet fd00::/64");
  BOOST_TEST(refusal({"somewhere"}).starts_with("subnet: subnet \"somewhere\" is not an IPv4 prefix"));
}

BOOST_AUTO_TEST_CASE(every_small_range_agrees_with_a_list_of_its_addresses) {
  check_exhaustively(prefix_of<Ipv4>("10.1.5.8/30"), Ipv4(10, 1, 5, 10));
  check_exhaustively(prefix_of<Ipv4>("10.1.5.8/29"), Ipv4(10, 1, 5, 14));
  check_exhaustively(prefix_of<Ipv6>("fd00::8/126"), Ipv6(0xfd00ULL << 48, 11));
  check_exhaustively(prefix_of<Ipv6>("fd00::8/125"), Ipv6(0xfd00ULL << 48, 15));
}

BOOST_AUTO_TEST_CASE(ranges_at_the_end_of_the_address_space_work) {
  check_exhaustively(prefix_of<Ipv4>("255.255.255.252/30"), Ipv4(255, 255, 255, 254));
  check_exhaustively(prefix_of<Ipv4>("0.0.0.0/30"), Ipv4(0, 0, 0, 2));
  check_exhaustively(Prefix<Ipv6>(Ipv6(~0ULL, ~3ULL), 126), Ipv6(~0ULL, ~0ULL));
}

BOOST_AUTO_TEST_CASE(ipam_3_the_walk_goes_through_the_ranges_in_order) {
  const RangeSet<Ipv4> set = three_ranges();
  const std::vector<Ipv4> from_start = {Ipv4(10, 1, 5, 8), Ipv4(10, 1, 5, 9), Ipv4(10, 1, 5, 10),
                                        Ipv4(10, 1, 5, 2), Ipv4(10, 9, 0, 2)};
  BOOST_TEST((candidates_of(set, {}) == from_start));
  const std::vector<Ipv4> after_9 = {Ipv4(10, 1, 5, 10), Ipv4(10, 1, 5, 2), Ipv4(10, 9, 0, 2),
                                     Ipv4(10, 1, 5, 8), Ipv4(10, 1, 5, 9)};
  BOOST_TEST((candidates_of<Ipv4>(set, Ipv4(10, 1, 5, 9)) == after_9));
  BOOST_TEST((candidates_of<Ipv4>(set, Ipv4(10, 9, 0, 2)) == from_start));
  // An address that was reserved before the configuration changed starts the walk from the beginning.
  BOOST_TEST((candidates_of<Ipv4>(set, Ipv4(10, 1, 5, 77)) == from_start));
  BOOST_TEST((next_candidates<Ipv4>(set, Ipv4(10, 1, 5, 9), 2) == std::vector{after_9[0], after_9[1]}));
  BOOST_TEST(next_candidates<Ipv4>(set, {}, 0).empty());
}

BOOST_AUTO_TEST_CASE(ipam_3_generated_sets_agree_with_a_list_of_their_addresses) {
  BOOST_TEST(rc::check("several ranges", [] {
    const auto subnet = prefix_of<Ipv4>("10.1.5.0/27");
    const std::size_t count = *rc::gen::inRange<std::size_t>(1, 6);
    std::vector<Range<Ipv4>> ranges;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t start = *rc::gen::inRange<std::uint32_t>(0, 32);
      const std::uint32_t length = *rc::gen::inRange<std::uint32_t>(0, 6);
      const std::uint32_t gateway = *rc::gen::inRange<std::uint32_t>(0, 32);
      const auto range =
          make_range<Ipv4>({subnet, subnet.first().plus(start), subnet.first().plus(start + length),
                            subnet.first().plus(gateway)});
      auto widened = ranges;
      if (range) {
        widened.push_back(*range);
      }
      // Ranges that would overlap earlier ones are left out: what remains is always a set.
      if (!widened.empty() && RangeSet<Ipv4>::make(widened)) {
        ranges = widened;
      }
    }
    RC_PRE(!ranges.empty());
    const RangeSet<Ipv4> set = RangeSet<Ipv4>::make(ranges).value();
    const std::uint32_t last = *rc::gen::inRange<std::uint32_t>(0, 33);
    const std::optional<Ipv4> last_reserved =
        last == 32 ? std::nullopt : std::optional(subnet.first().plus(last));
    RC_ASSERT(candidates_of(set, last_reserved) == candidates_by_listing(set, last_reserved));
    for (const Ipv4& address : candidates_of(set, last_reserved)) {
      RC_ASSERT(set.is_allocatable(address));
    }
  }));
}

BOOST_AUTO_TEST_CASE(ipam_3_an_exhausted_iterator_stays_exhausted) {
  const RangeSet<Ipv4> set = three_ranges();
  RangeIter<Ipv4> iter(set, Ipv4(10, 1, 5, 9));
  for (int i = 0; i < 5; ++i) {
    BOOST_TEST(iter.next().has_value());
  }
  BOOST_TEST(!iter.next().has_value());
  BOOST_TEST(!iter.next().has_value());
  RangeIter<Ipv4> other(set, std::nullopt);
  BOOST_TEST((other.next()->range == &set.ranges().front()));
}

BOOST_AUTO_TEST_CASE(ipam_3_a_range_of_its_gateway_only_has_nothing_to_give) {
  const Ipv4 gateway(10, 1, 5, 1);
  const auto range = make_range<Ipv4>({prefix_of<Ipv4>("10.1.5.0/24"), gateway, gateway, gateway}).value();
  const RangeSet<Ipv4> set = RangeSet<Ipv4>::make({range}).value();
  BOOST_TEST(candidates_of(set, {}).empty());
  BOOST_TEST(candidates_of<Ipv4>(set, gateway).empty());
  BOOST_TEST(set.contains(gateway));
  BOOST_TEST(!set.is_allocatable(gateway));
}

BOOST_AUTO_TEST_CASE(sets_know_their_addresses) {
  const RangeSet<Ipv4> set = three_ranges();
  BOOST_TEST((set.range_for(Ipv4(10, 1, 5, 2)) == &set.ranges()[1]));
  BOOST_TEST((set.range_for(Ipv4(10, 1, 5, 3)) == nullptr));
  BOOST_TEST(set.is_allocatable(Ipv4(10, 1, 5, 10)));
  BOOST_TEST(!set.is_allocatable(Ipv4(10, 9, 0, 1)));
  BOOST_TEST(!set.is_allocatable(Ipv4(10, 9, 0, 3)));
  const auto beside =
      make_range<Ipv4>({prefix_of<Ipv4>("10.1.5.0/24"), Ipv4(10, 1, 5, 3), Ipv4(10, 1, 5, 7), {}});
  const auto across =
      make_range<Ipv4>({prefix_of<Ipv4>("10.1.5.0/24"), Ipv4(10, 1, 5, 3), Ipv4(10, 1, 5, 99), {}});
  BOOST_TEST(!set.overlaps(RangeSet<Ipv4>::make({beside.value()}).value()));
  BOOST_TEST(set.overlaps(RangeSet<Ipv4>::make({across.value()}).value()));
}

BOOST_AUTO_TEST_CASE(ipam_1_ranges_of_a_set_are_of_one_family_and_disjoint) {
  const auto error_of = [](const std::vector<RangeText>& texts) {
    return make_range_set(texts).error().sentence;
  };
  BOOST_TEST(error_of({}) == "a range set needs at least one range");
  BOOST_TEST(error_of({{"10.1.5.0/24"}, {"fd00::/64"}}) ==
             "a range set has one address family: IPv4 and IPv6 subnets cannot be mixed");
  BOOST_TEST(error_of({{"10.1.5.0/24", {}, "10.1.5.9"}, {"10.1.5.0/24", "10.1.5.9"}}) ==
             "the ranges 10.1.5.1-10.1.5.9 and 10.1.5.9-10.1.5.254 of one set overlap");
  BOOST_TEST(error_of({{"10.1.5.0/24"}, {"10.1.5.128/25", "10.1.5.130", "10.1.5.131"}}) ==
             "the ranges 10.1.5.1-10.1.5.254 and 10.1.5.130-10.1.5.131 of one set overlap");
  const std::vector<RangeText> v4 = {{"10.1.5.0/24", {}, "10.1.5.9"}, {"10.1.5.0/24", "10.1.5.10"}};
  BOOST_TEST(std::get<RangeSet<Ipv4>>(make_range_set(v4).value()).ranges().size() == 2U);
  const std::vector<RangeText> v6 = {{"fd00::/64", "fd00::5"}, {"fd01::/126", {}, {}, "fd00::1"}};
  BOOST_TEST(to_text(std::get<RangeSet<Ipv6>>(make_range_set(v6).value()).ranges()[1].gateway) == "fd00::1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::ipam
