// What the proofs formulate a second time agrees with the first formulation, the one that runs.
#include <algorithm>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/ipam/flannel/network_config.hpp"
#include "impl/ipam/flannel/subnets.hpp"
#include "impl/ipam/host_local/ranges.hpp"
#include "properties/ipam/proofs/symbolic_range.hpp"

namespace plimsoll::properties::ipam {
namespace {

using base::Ipv4;
using base::Ipv4Prefix;
using plimsoll::ipam::make_range;
using plimsoll::ipam::NetworkConfig;
using plimsoll::ipam::Range;
using plimsoll::ipam::RangeFields;

struct Numbers {
  std::uint32_t network = 0;
  std::uint32_t network_length = 0;
  std::uint32_t subnet_len = 0;
  std::uint32_t subnet_min = 0;
  std::uint32_t subnet_max = 0;
};

/// Mostly nearly legal; never with a 0 where that means absent.
Numbers drawn_numbers() {
  Numbers n;
  n.network_length = *rc::gen::weightedOneOf<std::uint32_t>(
      {{9, rc::gen::inRange<std::uint32_t>(1, 29)}, {1, rc::gen::inRange<std::uint32_t>(29, 33)}});
  n.subnet_len = *rc::gen::inRange<std::uint32_t>(n.network_length, 34);
  const auto any = *rc::gen::arbitrary<std::uint32_t>();
  n.network =
      base::masked(any, n.network_length) | *rc::gen::weightedElement<std::uint32_t>({{9, 0}, {1, 1}});
  const auto limit = [&] {
    const auto inside = *rc::gen::arbitrary<std::uint32_t>();
    const std::uint32_t offset = inside & ~base::masked(~std::uint32_t{0}, n.network_length);
    const std::uint32_t bits = *rc::gen::weightedElement<std::uint32_t>({{9, 0}, {1, 3}});
    const std::uint32_t outside = *rc::gen::weightedElement<std::uint32_t>({{9, 0}, {1, 1U << 31}});
    const std::uint32_t on_boundary = base::masked(offset, std::min<std::uint32_t>(n.subnet_len, 32));
    return std::max<std::uint32_t>(1, ((n.network + on_boundary) | bits) ^ outside);
  };
  n.subnet_min = limit();
  n.subnet_max = limit();
  if (*rc::gen::weightedElement<bool>({{4, true}, {1, false}}) && n.subnet_min > n.subnet_max) {
    std::swap(n.subnet_min, n.subnet_max);
  }
  return n;
}

tl::expected<NetworkConfig, plimsoll::ipam::ConfigError> configured(const Numbers& n) {
  plimsoll::ipam::NetworkConfigFields fields;
  fields.network = prefix_text(n.network, n.network_length);
  fields.subnet_len = n.subnet_len;
  fields.subnet_min = address_text(n.subnet_min);
  fields.subnet_max = address_text(n.subnet_max);
  return make_network_config(fields);
}

SymbolicCarving carving_of(Terms& terms, const Numbers& n) {
  const auto word = [&](std::uint32_t number) { return terms.constant(number, address_bits); };
  return {word(n.network), word(n.network_length), word(n.subnet_len), word(n.subnet_min),
          word(n.subnet_max)};
}

/// A set of one or two ranges in disjoint subnets.
std::vector<Range<Ipv4>> drawn_ranges() {
  std::vector<Range<Ipv4>> ranges;
  const std::uint32_t count = *rc::gen::inRange<std::uint32_t>(1, 3);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t subnet = Ipv4(10, 1, 0, 0).value() + 16 * i;
    const std::uint32_t start = *rc::gen::inRange<std::uint32_t>(0, 16);
    const std::uint32_t end = *rc::gen::inRange<std::uint32_t>(start, 16);
    const std::uint32_t gateway = *rc::gen::inRange<std::uint32_t>(0, 20);
    ranges.push_back(
        {Ipv4Prefix(Ipv4(subnet), 28), Ipv4(subnet + start), Ipv4(subnet + end), Ipv4(subnet + gateway)});
  }
  return ranges;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(second_formulations_test)

BOOST_AUTO_TEST_CASE(fln_c1_legal_is_what_make_network_config_accepts) {
  BOOST_TEST(rc::check("nearly legal configurations", [] {
    const Numbers n = drawn_numbers();
    Terms terms;
    const SymbolicCarving carving = carving_of(terms, n);
    const bool is_accepted = configured(n).has_value();
    RC_ASSERT(terms.known_value(is_legal(carving)) == std::optional(is_accepted));
    RC_CLASSIFY(is_accepted, "accepted");
  }));
}

BOOST_AUTO_TEST_CASE(fln_c1_defaults_are_those_of_make_network_config) {
  for (std::uint32_t length = 1; length <= 28; ++length) {
    plimsoll::ipam::NetworkConfigFields fields;
    fields.network = prefix_text(std::uint32_t{1} << 31, length);
    const NetworkConfig config = make_network_config(fields).value();
    Terms terms;
    SymbolicCarving c = carving_of(terms, {std::uint32_t{1} << 31, length, 0, 0, 0});
    c.subnet_len = plimsoll::ipam::carving::default_subnet_len(c.network_length);
    BOOST_TEST(terms.known_value(c.subnet_len).value() == config.subnet_len);
    BOOST_TEST(terms.known_value(plimsoll::ipam::carving::default_subnet_min(c)).value() ==
               config.subnet_min.value());
    BOOST_TEST(terms.known_value(plimsoll::ipam::carving::default_subnet_max(c)).value() ==
               config.subnet_max.value());
  }
}

BOOST_AUTO_TEST_CASE(fln_2_subnets_are_those_that_are_leased) {
  BOOST_TEST(rc::check("a subnet at an index", [] {
    const std::uint32_t length = *rc::gen::inRange<std::uint32_t>(1, 29);
    const std::uint32_t subnet_len = *rc::gen::inRange<std::uint32_t>(length + 2, 31);
    const auto any = *rc::gen::arbitrary<std::uint32_t>();
    plimsoll::ipam::NetworkConfigFields fields;
    fields.network = prefix_text(base::masked(any, length), length);
    fields.subnet_len = subnet_len;
    const NetworkConfig config = make_network_config(fields).value();
    Terms terms;
    const SymbolicCarving c = carving_of(terms, {config.network.address().value(), length, subnet_len,
                                                 config.subnet_min.value(), config.subnet_max.value()});
    const std::uint64_t count = leasable_subnet_count(config);
    RC_ASSERT(terms.known_value(plimsoll::ipam::carving::leasable_count(c)).value() == count);
    const auto index = *rc::gen::inRange<std::uint64_t>(0, count);
    const SymbolicPrefix subnet = leasable_subnet(c, terms.constant(index, address_bits));
    const Ipv4Prefix leased = plimsoll::ipam::leasable_subnet(config, index);
    RC_ASSERT(terms.known_value(subnet.address).value() == leased.address().value());
    RC_ASSERT(terms.known_value(subnet.first()).value() == leased.first().value());
    RC_ASSERT(terms.known_value(subnet.last()).value() == leased.last().value());
  }));
}

BOOST_AUTO_TEST_CASE(ipam_1_default_ranges_are_those_of_make_range) {
  for (std::uint32_t length = 0; length <= range_subnet_len_max; ++length) {
    const std::uint32_t address = base::masked<std::uint32_t>(0xac1fffff, length);
    const Range<Ipv4> range = make_range(RangeFields<Ipv4>{Ipv4Prefix(Ipv4(address), length)}).value();
    BOOST_TEST(default_gateway(address, length) == range.gateway.value());
    BOOST_TEST(default_gateway(address, length) == range.start.value());
    BOOST_TEST(default_end(address, length) == range.end.value());
  }
}

BOOST_AUTO_TEST_CASE(ipam_1_legal_is_what_make_range_accepts) {
  Terms terms;
  const auto word = [&](std::uint32_t number) { return terms.constant(number, address_bits); };
  for (const std::uint32_t length : {27U, 28U, 30U, 31U}) {
    for (std::uint32_t start = 0; start < 20; ++start) {
      for (std::uint32_t end = 0; end < 20; ++end) {
        for (const std::uint32_t subnet : {8U, 10U, 16U}) {
          const RangeFields<Ipv4> fields{Ipv4Prefix(Ipv4(subnet), length), Ipv4(start), Ipv4(end), {}};
          const SymbolicRange range{{word(subnet), word(length)}, word(start), word(end), word(0)};
          BOOST_TEST_REQUIRE(terms.known_value(is_legal(range)).value() == make_range(fields).has_value());
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(ipam_3_the_next_address_is_that_of_range_iter) {
  BOOST_TEST(rc::check("walks over ranges", [] {
    const std::vector<Range<Ipv4>> ranges = drawn_ranges();
    const auto set = plimsoll::ipam::RangeSet<Ipv4>::make(ranges).value();
    const std::size_t rounds = *rc::gen::inRange<std::size_t>(0, 40);
    const std::vector<Ipv4> candidates = next_candidates(set, std::optional<Ipv4>(), rounds);
    std::vector<Ipv4> walked;
    std::size_t at = 0;
    std::uint32_t current = ranges.front().start.value();
    do {
      if (walked.size() < rounds && Ipv4(current) != ranges[at].gateway) {
        walked.emplace_back(current);
      }
      const std::size_t next = (at + 1) % ranges.size();
      const bool is_done = current == ranges[at].end.value();
      current = next_in_walk(current, ranges[at].end.value(), ranges[next].start.value());
      at = is_done ? next : at;
    } while (at != 0 || current != ranges.front().start.value());
    RC_ASSERT(walked == candidates);
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::ipam
