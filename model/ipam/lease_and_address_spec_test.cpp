// Everything the spec can reach within small bounds, by the most naive search there is.
#include "model/ipam/lease_and_address_spec.hpp"

#include <boost/test/unit_test.hpp>
#include <deque>
#include <set>
#include <string>

#include "checker/system/spec_system.hpp"
#include "model/ipam/lease_and_address_invariants.hpp"

namespace plimsoll::model::ipam {
namespace {

static_assert(checker::Explorable<LeaseAndAddressSpec>);

using State = LeaseAndAddressState;
using Bounds = LeaseAndAddressSpec::Bounds;

base::Ipv4Prefix prefix(const char* text) {
  return base::Ipv4Prefix::parse(text).value();
}

/// Two halves and the whole of a /24: a lease of the whole excludes both halves.
Bounds halves_and_whole() {
  return {2, {prefix("10.1.0.0/24"), prefix("10.1.0.0/25"), prefix("10.1.0.128/25")}, 2, {"x", "y"}};
}

struct Explored {
  std::set<State> states;
  std::set<std::string> broken;    ///< invariants that do not hold in some reachable state or step
  std::vector<std::size_t> fired;  ///< by index of the action's alternative
};

void judge(const State& state, std::set<std::string>& broken) {
  const auto claim = [&](const char* name, bool holds) {
    if (!holds) {
      broken.insert(name);
    }
  };
  claim("live leases are disjoint", live_leases_are_disjoint(state));
  claim("every holder owns its subnet", every_holder_owns_its_subnet(state));
  claim("held subnets are disjoint", held_subnets_are_disjoint(state));
  claim("no address is used twice", no_address_is_used_twice(state));
  claim("addresses are within the held subnet", addresses_are_within_the_held_subnet(state));
}

Explored explore(const Bounds& bounds, MissingGuard missing = MissingGuard::none) {
  const LeaseAndAddressSpec spec(bounds, missing);
  Explored explored;
  explored.fired.resize(std::variant_size_v<LeaseAndAddressSpec::Action>);
  std::deque<State> frontier;
  const auto visit = [&](const State& state) {
    if (explored.states.insert(state).second) {
      judge(state, explored.broken);
      frontier.push_back(state);
    }
  };
  for (const State& state : spec.initial()) {
    visit(state);
  }
  while (!frontier.empty()) {
    const State state = std::move(frontier.front());
    frontier.pop_front();
    spec.next(state, [&](const LeaseAndAddressSpec::Action& action, const State& after) {
      ++explored.fired[action.index()];
      if (!containers_keep_their_addresses(state, after)) {
        explored.broken.insert("containers keep their addresses");
      }
      visit(after);
    });
  }
  return explored;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lease_and_address_spec_test)

// A node that owns k subnets is in one of 1 + 7k conditions: it holds nothing, or one of the k with any of
// the seven ways to give two addresses to two containers (none; one to one of them, 2 * 2; both, 2). No
// lease: 1 state. One lease, of three subnets and to two owners: 3 * 2 * 8. Both halves: to one owner 2 * 15,
// to two owners 2 * 8 * 8. In all 207.
BOOST_AUTO_TEST_CASE(all_invariants_hold_in_the_207_states_of_two_nodes) {
  const Explored explored = explore(halves_and_whole());
  BOOST_TEST(explored.states.size() == 207U);
  BOOST_TEST(explored.broken == std::set<std::string>{}, boost::test_tools::per_element());
  for (const std::size_t count : explored.fired) {
    BOOST_TEST(count > 0U);
  }
}

// As above, with 1 + 2k conditions for a node and three disjoint subnets, each leased to one of three nodes
// or to none: 3! times the coefficient of x^3 in (1 + 2x)^3 e^(4x), that is 688.
BOOST_AUTO_TEST_CASE(all_invariants_hold_in_the_688_states_of_three_nodes) {
  const Explored explored =
      explore({3, {prefix("10.1.0.0/30"), prefix("10.1.0.4/30"), prefix("10.1.0.8/30")}, 9, {"x"}});
  BOOST_TEST(explored.states.size() == 688U);
  BOOST_TEST(explored.broken == std::set<std::string>{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(states_and_actions_are_their_canonical_bytes) {
  const LeaseAndAddressSpec spec(halves_and_whole());
  for (const State& state : explore(halves_and_whole()).states) {
    const base::Bytes bytes = base::to_bytes(state);
    base::ByteReader reader(bytes);
    BOOST_TEST((base::decode<State>(reader) == state));
    spec.next(state, [](const LeaseAndAddressSpec::Action& action, const State& /*after*/) {
      const base::Bytes action_bytes = base::to_bytes(action);
      base::ByteReader action_reader(action_bytes);
      BOOST_TEST((base::decode<LeaseAndAddressSpec::Action>(action_reader) == action));
    });
  }
}

BOOST_AUTO_TEST_CASE(a_full_cluster_is_reached) {
  const Explored explored = explore(halves_and_whole());
  State full;
  full.leases = {{prefix("10.1.0.0/25"), {1}}, {prefix("10.1.0.128/25"), {0}}};
  full.holding = {prefix("10.1.0.128/25"), prefix("10.1.0.0/25")};
  full.addresses = {{{"x", base::Ipv4(10, 1, 0, 130)}, {"y", base::Ipv4(10, 1, 0, 131)}},
                    {{"x", base::Ipv4(10, 1, 0, 3)}, {"y", base::Ipv4(10, 1, 0, 2)}}};
  BOOST_TEST(explored.states.contains(full));
}

BOOST_AUTO_TEST_CASE(each_guard_is_what_an_invariant_stands_on) {
  const std::vector<std::pair<MissingGuard, std::string>> mutants = {
      {MissingGuard::grant_overlaps_no_lease, "live leases are disjoint"},
      {MissingGuard::grant_overlaps_no_lease, "held subnets are disjoint"},
      {MissingGuard::renew_of_an_own_lease, "held subnets are disjoint"},
      {MissingGuard::lapse_of_a_subnet_not_held, "every holder owns its subnet"},
      {MissingGuard::take_of_an_own_lease, "every holder owns its subnet"},
      {MissingGuard::take_by_a_node_that_holds_nothing, "addresses are within the held subnet"},
      {MissingGuard::drop_without_addresses_in_use, "addresses are within the held subnet"},
      {MissingGuard::assign_within_the_held_subnet, "addresses are within the held subnet"},
      {MissingGuard::assign_of_a_free_address, "no address is used twice"},
      {MissingGuard::assign_of_an_address_that_may_be_given, "addresses are within the held subnet"},
      {MissingGuard::assign_to_a_container_without_address, "containers keep their addresses"},
  };
  for (const auto& [missing, invariant] : mutants) {
    const Explored explored = explore(halves_and_whole(), missing);
    BOOST_TEST(explored.broken.contains(invariant),
               invariant << " without guard " << static_cast<int>(missing));
  }
}

BOOST_AUTO_TEST_CASE(ipam_1_network_gateway_and_broadcast_are_never_given) {
  const base::Ipv4Prefix subnet = prefix("10.1.0.128/29");
  std::set<base::Ipv4> given;
  for (std::uint8_t last = 120; last < 145; ++last) {
    if (may_be_given(subnet, base::Ipv4(10, 1, 0, last))) {
      given.insert(base::Ipv4(10, 1, 0, last));
    }
  }
  BOOST_TEST(given.size() == 5U);
  BOOST_TEST((*given.begin() == base::Ipv4(10, 1, 0, 130) && *given.rbegin() == base::Ipv4(10, 1, 0, 134)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::model::ipam
