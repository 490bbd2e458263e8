// The formulas of a walk say what the reference evaluation does: on random tables, the exits that a solver
// finds for a random packet are the outcomes of evaluate() under every answer of chance.
#include "properties/service/rules/encode.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/overlay/netfilter/save_format.hpp"
#include "properties/service/rules/probe.hpp"
#include "properties/service/rules/random_rules.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::properties::rules;

/// An outcome without the parts that formulas name otherwise.
using Brief = std::tuple<netfilter::Decision, std::string, std::uint32_t, std::uint32_t>;

std::set<Brief> by_formula(const netfilter::Ruleset& ruleset, const Devices& devices,
                           const PacketValues& packet) {
  symbolic::Terms terms;
  Constants constants(terms, Constants::As::numbers);
  const SymbolicPacket any = any_packet(terms);
  const EncodedWalk walk =
      encode(terms, {ruleset.tables.front(), netfilter::Hook::forward, any, devices, constants, {}, false});
  symbolic::Solver solver(terms, {});
  solver.require(is_possible(any, netfilter::Hook::forward, devices) && equals(any, packet));
  std::set<Brief> found;
  for (const Exit& exit : walk.exits) {
    solver.push();
    solver.require(exit.when);
    // A rule in a chain that is met twice may see one packet with several marks.
    while (solver.check() == symbolic::Solver::Satisfiable::yes) {
      const auto mark = static_cast<std::uint32_t>(solver.value(exit.mark));
      found.insert({exit.decision, exit.rule.chain, exit.rule.number, mark});
      solver.require(exit.mark != mark);
    }
    solver.pop();
  }
  return found;
}

std::set<Brief> by_walking(const netfilter::Ruleset& ruleset, const Devices& devices,
                           const PacketValues& packet) {
  std::set<Brief> found;
  for (const Outcome& outcome :
       Probe(ruleset, devices).outcomes(netfilter::TableName::filter, netfilter::Hook::forward, packet)) {
    found.insert({outcome.decision, outcome.rule.chain, outcome.rule.number, outcome.mark});
  }
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(encode_test)

BOOST_AUTO_TEST_CASE(formulas_say_what_evaluation_does) {
  std::size_t several = 0;
  const bool holds = rc::check([&several] {
    const netfilter::Ruleset ruleset = any_ruleset();
    const Devices devices = devices_of(ruleset);
    const PacketValues packet = any_values(devices);
    const std::set<Brief> walked = by_walking(ruleset, devices, packet);
    const std::set<Brief> encoded = by_formula(ruleset, devices, packet);
    several += walked.size() > 1 ? 1U : 0U;
    // What chance gives to the walk it gives to the formulas. The other way round, formulas do not know that
    // one list remembers one thing.
    const auto story = [&] {
      std::string text = netfilter::print(ruleset) + to_text(packet, devices);
      for (const auto* const outcomes : {&walked, &encoded}) {
        text += outcomes == &walked ? "\nwalked:" : "\nencoded:";
        for (const auto& [decision, chain, number, mark] : *outcomes) {
          text += " " + std::to_string(static_cast<int>(decision)) + " by " + chain + " " +
                  std::to_string(number) + " mark " + std::to_string(mark) + ";";
        }
      }
      return text;
    };
    if (!std::ranges::includes(encoded, walked)) {
      throw std::runtime_error(story());
    }
    const bool remembers =
        std::ranges::any_of(ruleset.tables.front().chains, [](const netfilter::Chain& chain) {
          return std::ranges::any_of(chain.rules, [](const netfilter::Rule& rule) {
            return std::ranges::any_of(rule.matches, [](const netfilter::Match& match) {
              return std::holds_alternative<netfilter::RecentMatch>(match);
            });
          });
        });
    if (!remembers && encoded != walked) {
      throw std::runtime_error(story());
    }
  });
  BOOST_TEST(holds);
  BOOST_TEST(several > 0U);
}

BOOST_AUTO_TEST_CASE(a_rule_that_is_not_known_has_no_verdict) {
  netfilter::Ruleset ruleset{{netfilter::new_table(netfilter::TableName::filter)}};
  netfilter::Rule rule;
  rule.destination = {base::Ipv4(10, 96, 0, 1), base::Ipv4(0xffffffffU), false};
  rule.matches = {netfilter::UnsupportedMatch{"quota", "--quota 1"}};
  rule.target = netfilter::Verdict::drop;
  ruleset.tables.front().find("FORWARD")->rules = {rule};
  const Devices devices = devices_of(ruleset);
  PacketValues packet;
  packet.in = 1;
  packet.out = 1;
  packet.dst = base::Ipv4(10, 96, 0, 1);
  BOOST_TEST((by_formula(ruleset, devices, packet) ==
              std::set<Brief>{{netfilter::Decision::unknown, "FORWARD", 1, 0}}));
  packet.dst = base::Ipv4(10, 96, 0, 2);
  BOOST_TEST((by_formula(ruleset, devices, packet) ==
              std::set<Brief>{{netfilter::Decision::accept, "FORWARD", 0, 0}}));
}

BOOST_AUTO_TEST_SUITE_END()
