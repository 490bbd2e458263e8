// The invariants of the lease rules are inductive, each guard is what they stand on, and the two readers of
// the rules agree: the explicit engine over plain values, the solver over terms.
#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "checker/search/search.hpp"
#include "checker/system/spec_system.hpp"
#include "model/ipam/lease_and_address_invariants.hpp"
#include "model/ipam/plain_lease_facts.hpp"
#include "properties/ipam/proofs/lease_system.hpp"
#include "properties/ipam/proofs/targets.hpp"
#include "properties/ipam/proofs/test_bed.hpp"

namespace plimsoll::properties::ipam {
namespace {

using model::ipam::LeaseAction;
using model::ipam::LeaseAndAddressSpec;
using model::ipam::LeaseAndAddressState;
using model::ipam::MissingGuard;
using model::ipam::NodeIndex;
using model::ipam::PlainLeaseFacts;

constexpr LeaseSize size = {3, 2};

std::vector<base::Ipv4Prefix> prefixes() {
  return {base::Ipv4Prefix(base::Ipv4(10, 1, 0, 0), 24), base::Ipv4Prefix(base::Ipv4(10, 1, 0, 0), 25),
          base::Ipv4Prefix(base::Ipv4(10, 1, 0, 128), 25)};
}

/// Any facts, reachable or not.
LeaseAndAddressState drawn_state() {
  LeaseAndAddressState state;
  for (const base::Ipv4Prefix& subnet : prefixes()) {
    const auto owner = *rc::gen::inRange<std::uint8_t>(0, 3);
    if (owner < size.nodes) {
      state.leases.emplace(subnet, NodeIndex{owner});
    }
  }
  for (std::size_t i = 0; i < size.nodes; ++i) {
    const auto held = *rc::gen::inRange<std::size_t>(0, 4);
    state.holding.push_back(held < size.subnets ? std::optional(prefixes()[held]) : std::nullopt);
  }
  state.addresses.resize(size.nodes);
  return state;
}

/// The same facts as constants, in the order of SymbolicLeaseFacts::variables().
symbolic::Words words_of(Terms& terms, const LeaseAndAddressState& state) {
  symbolic::Words words;
  const std::vector<symbolic::Variable> variables = SymbolicLeaseFacts::variables(size);
  const auto add = [&](std::uint64_t value) {
    words.push_back(terms.constant(value, variables[words.size()].width));
  };
  for (const base::Ipv4Prefix& subnet : prefixes()) {
    add(subnet.address().value());
    add(subnet.length());
  }
  for (const base::Ipv4Prefix& subnet : prefixes()) {
    const auto lease = state.leases.find(subnet);
    add(lease != state.leases.end() ? 1 : 0);
    add(lease != state.leases.end() ? lease->second.value : 0);
  }
  for (const auto& held : state.holding) {
    add(held ? 1 : 0);
    std::uint64_t number = 0;
    while (held && prefixes()[number] != *held) {
      ++number;
    }
    add(number);
    add(0);
    add(0);
  }
  return words;
}

/// Whether all that the rules can ask has the same answer.
bool are_same(Terms& terms, const SymbolicLeaseFacts& facts, const LeaseAndAddressState& state) {
  const PlainLeaseFacts<const LeaseAndAddressState> plain(state);
  bool same = true;
  const auto compare = [&](const Bool& truth, bool expected) {
    same = same && terms.known_value(truth) == std::optional(expected);
  };
  for (std::uint8_t node = 0; node < size.nodes; ++node) {
    compare(facts.holds_nothing(Word(node)), plain.holds_nothing({node}));
    for (std::uint32_t i = 0; i < size.subnets; ++i) {
      compare(facts.is_leased(facts.subnet(Word(i))), plain.is_leased(prefixes()[i]));
      compare(facts.is_leased_to(facts.subnet(Word(i)), Word(node)),
              plain.is_leased_to(prefixes()[i], {node}));
      compare(facts.is_held_by(facts.subnet(Word(i)), Word(node)), plain.is_held_by(prefixes()[i], {node}));
    }
  }
  compare(model::ipam::live_leases_are_disjoint(facts), live_leases_are_disjoint(state));
  compare(model::ipam::every_holder_owns_its_subnet(facts), every_holder_owns_its_subnet(state));
  compare(model::ipam::held_subnets_are_disjoint(facts), held_subnets_are_disjoint(state));
  return same;
}

/// Steps of the explicit engine's shortest violation of the claim; nothing: it holds.
std::optional<std::size_t> explicit_steps(MissingGuard missing, const std::string& claim) {
  checker::SpecSystem<LeaseAndAddressSpec> system(LeaseAndAddressSpec({2, prefixes(), 1, {}}, missing));
  if (claim == "live-leases-are-disjoint") {
    system.always(claim, "", [](const auto& state) { return live_leases_are_disjoint(state); });
  } else if (claim == "every-holder-owns-its-subnet") {
    system.always(claim, "", [](const auto& state) { return every_holder_owns_its_subnet(state); });
  } else {
    system.always(claim, "", [](const auto& state) { return held_subnets_are_disjoint(state); });
  }
  const checker::SearchResult result = search_breadth_first(system, {});
  const auto& path = result.properties.front().path;
  return path ? std::optional(path->actions.size()) : std::nullopt;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lease_proofs_test)

BOOST_AUTO_TEST_CASE(each_invariant_is_inductive_and_can_be_broken) {
  for (const symbolic::Claim& claim : lease_proofs().claims) {
    BOOST_TEST(complaint_about(lease_proofs(), claim.id) == "");
    // The argument that the small size is enough is about single steps.
    BOOST_TEST(try_claim(lease_proofs(), claim.id).method.starts_with("induction with k = 1"));
    BOOST_TEST(!explicit_steps(MissingGuard::none, claim.id).has_value());
  }
}

BOOST_AUTO_TEST_CASE(f1_is_told_as_a_story) {
  const symbolic::ClaimResult result = try_claim(lease_proofs(), "held-subnets-are-disjoint", "F1");
  BOOST_REQUIRE(result.counterexample.size() == 9U);
  const std::vector<std::string> words = {
      "1. grant: ", "2. take: ",  "3. drop: ", "4. lapse: ",   "5. grant: ",
      "6. take: ",  "7. renew: ", "8. take: ", "then leases: "};
  for (std::size_t i = 0; i < words.size(); ++i) {
    BOOST_TEST(result.counterexample[i].starts_with(words[i]), result.counterexample[i]);
  }
  BOOST_TEST(result.counterexample[0].starts_with("1. grant: 10.1."));
}

BOOST_AUTO_TEST_CASE(shortest_stories_are_as_long_as_the_explicit_engines) {
  const std::vector<std::tuple<std::string, MissingGuard, std::string>> table = {
      {"overlap-by-equality", MissingGuard::grant_overlaps_no_lease, "live-leases-are-disjoint"},
      {"lapse-while-held", MissingGuard::lapse_of_a_subnet_not_held, "every-holder-owns-its-subnet"},
      {"take-unowned", MissingGuard::take_of_an_own_lease, "held-subnets-are-disjoint"},
  };
  for (const auto& [variant, missing, claim] : table) {
    const symbolic::ClaimResult result = try_claim(lease_proofs(), claim, variant);
    // The last line says what is then so.
    BOOST_TEST(explicit_steps(missing, claim).value() + 1 == result.counterexample.size());
  }
  // There a node may write back any lease, and needs not have had it: four steps, not eight.
  BOOST_TEST(explicit_steps(MissingGuard::renew_of_an_own_lease, "held-subnets-are-disjoint").value() == 4U);
}

// Without it, induction would be about a system that never does anything.
BOOST_AUTO_TEST_CASE(two_nodes_come_to_hold_subnets) {
  const symbolic::TransitionSystem system = lease_system(size, MissingGuard::none);
  const auto nobody = [](std::span<const Word> state) {
    const SymbolicLeaseFacts facts(size, state);
    return facts.holds_nothing(Word(0)) || facts.holds_nothing(Word(1));
  };
  const symbolic::Induction found = find_violation(system, nobody, 6, {});
  BOOST_TEST((found.answer == symbolic::Answer::violated));
  BOOST_TEST(found.depth == 4U);
  // After a step, so that the lapse of a lease and the end of its use come before it.
  const auto nobody_again = [](std::span<const Word> state) {
    const SymbolicLeaseFacts facts(size, state);
    const NumberedSubnet subnet = facts.subnet(Word(0));
    return !(facts.was_last_taken_by(subnet, Word(0)) && facts.is_held_by(subnet, Word(1)));
  };
  BOOST_TEST(find_violation(system, nobody_again, 8, {}).depth == 6U);
}

BOOST_AUTO_TEST_CASE(both_readers_of_the_rules_agree_on_any_facts) {
  BOOST_TEST(rc::check("facts, guards and effects", [] {
    const LeaseAndAddressState state = drawn_state();
    const auto missing = static_cast<MissingGuard>(*rc::gen::inRange(0, 6));
    const auto action = static_cast<LeaseAction>(*rc::gen::inRange(0, 5));
    const auto node = *rc::gen::inRange<std::uint8_t>(0, size.nodes);
    const auto subnet = *rc::gen::inRange<std::uint32_t>(0, size.subnets);
    Terms terms;
    SymbolicLeaseFacts facts(size, words_of(terms, state));
    RC_ASSERT(are_same(terms, facts, state));
    const PlainLeaseFacts<const LeaseAndAddressState> plain(state);
    const bool is_enabled =
        model::ipam::is_enabled(action, plain, NodeIndex{node}, prefixes()[subnet], missing);
    RC_ASSERT(terms.known_value(model::ipam::is_enabled(action, facts, Word(node), facts.subnet(Word(subnet)),
                                                        missing)) == std::optional(is_enabled));
    LeaseAndAddressState after = state;
    PlainLeaseFacts<LeaseAndAddressState> changed(after);
    model::ipam::perform(action, changed, NodeIndex{node}, prefixes()[subnet]);
    model::ipam::perform(action, facts, Word(node), facts.subnet(Word(subnet)));
    RC_ASSERT(are_same(terms, facts, after));
    RC_CLASSIFY(is_enabled, "enabled");
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::ipam
