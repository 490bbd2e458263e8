#include "properties/service/rules/coverage.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/overlay/netfilter/save_format.hpp"
#include "properties/service/rules/encode.hpp"
#include "properties/service/rules/probe.hpp"
#include "properties/service/rules/proxy_bed.hpp"
#include "properties/service/rules/random_rules.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::properties::rules;
using netfilter::Hook;
using netfilter::TableName;
using Place = std::pair<std::string, std::uint32_t>;

netfilter::Ruleset restored(const std::string& text) {
  netfilter::Ruleset ruleset;
  const auto done = netfilter::restore(ruleset, text, {});
  BOOST_REQUIRE_MESSAGE(done.has_value(), (done ? "" : to_text(done.error())));
  return ruleset;
}

std::string told(const Coverage& coverage) {
  std::string text;
  for (const DeadRule& dead : coverage.dead) {
    text += dead.text + " (" + std::to_string(static_cast<int>(dead.why)) + "; " + dead.instead + ")\n";
  }
  return text;
}

/// Each rule asked about on its own, with all others in the formula.
std::set<Place> dead_one_by_one(const netfilter::Ruleset& ruleset) {
  const Devices devices = devices_of(ruleset);
  const netfilter::Table& table = ruleset.tables.front();
  std::set<Place> dead;
  for (const netfilter::Chain& chain : table.chains) {
    for (std::uint32_t number = 1; number <= chain.rules.size(); ++number) {
      dead.emplace(chain.name, number);
    }
  }
  for (const Hook hook : netfilter::hooks_of(table.name)) {
    symbolic::Terms terms;
    Constants constants(terms, Constants::As::numbers);
    const SymbolicPacket any = any_packet(terms);
    const EncodedWalk walk = encode(terms, {table, hook, any, devices, constants, {}, true});
    symbolic::Solver solver(terms, {});
    solver.require(is_possible(any, hook, devices));
    for (const Visit& visit : walk.visits) {
      solver.push();
      solver.require(visit.matches);
      if (solver.check() == symbolic::Solver::Satisfiable::yes) {
        dead.erase({visit.rule.chain, visit.rule.number});
      }
      solver.pop();
    }
  }
  return dead;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(coverage_test)

BOOST_AUTO_TEST_CASE(finds_the_rules_that_are_dead_and_no_others) {
  std::size_t deads = 0;
  const bool holds = rc::check([&deads] {
    const netfilter::Ruleset ruleset = any_ruleset();
    const Coverage coverage = coverage_of(ruleset);
    std::set<Place> found;
    for (const DeadRule& dead : coverage.dead) {
      found.emplace(dead.rule.chain, dead.rule.number);
    }
    deads += found.size();
    if (!coverage.open.empty() || found != dead_one_by_one(ruleset)) {
      throw std::runtime_error(netfilter::print(ruleset) + "dead:\n" + told(coverage));
    }
    const Devices devices = devices_of(ruleset);
    const PacketValues packet = any_values(devices);
    for (const Outcome& outcome :
         Probe(ruleset, devices).outcomes(TableName::filter, Hook::forward, packet)) {
      if (found.contains({outcome.rule.chain, outcome.rule.number})) {
        throw std::runtime_error(netfilter::print(ruleset) + to_text(packet, devices) + " " +
                                 to_text(outcome));
      }
    }
  });
  BOOST_TEST(holds);
  BOOST_TEST(deads > 0U);
}

BOOST_AUTO_TEST_CASE(says_why_a_rule_is_dead) {
  const Coverage coverage = coverage_of(
      restored("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:UNUSED - [0:0]\n"
               "-A FORWARD -s 10.244.0.0/16 -j ACCEPT\n"
               "-A FORWARD -s 10.244.3.0/24 -d 10.96.0.1/32 -p tcp -m tcp --dport 80 -j DROP\n"
               "-A FORWARD -p tcp -m tcp --dport 80 -o eth0 -j DROP\n"
               "-A INPUT -m mark --mark 0x2/0x1 -j DROP\n"
               "-A OUTPUT -d 10.96.0.1/32 -j REJECT\n"
               "-A OUTPUT -d 10.96.0.1/32 -p udp -m udp --dport 53 -j REJECT\n"
               "-A UNUSED -j DROP\nCOMMIT\n"));
  BOOST_TEST(coverage.rules == 7U);
  BOOST_TEST_REQUIRE(coverage.dead.size() == 4U, told(coverage));
  BOOST_TEST((coverage.dead[0].why == Dead::contradictory));
  BOOST_TEST(coverage.dead[0].text == "-A INPUT -m mark --mark 0x2/0x1 -j DROP");
  BOOST_TEST((coverage.dead[1].why == Dead::shadowed));
  BOOST_TEST(coverage.dead[1].rule.number == 2U);
  BOOST_TEST(coverage.dead[1].instead.ends_with("by rule 1 of chain FORWARD in table filter"));
  BOOST_TEST((coverage.dead[2].why == Dead::shadowed));
  BOOST_TEST(coverage.dead[2].instead.find("is refused") != std::string::npos);
  BOOST_TEST((coverage.dead[3].why == Dead::no_way));
}

BOOST_AUTO_TEST_CASE(a_rule_that_is_not_known_hides_none) {
  const Coverage coverage =
      coverage_of(restored("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                           "-A FORWARD -m quota --quota 1 -j DROP\n-A FORWARD -j TEE --gateway 10.0.0.1\n"
                           "-A FORWARD -s 10.0.0.0/8 -j DROP\nCOMMIT\n"));
  BOOST_TEST(coverage.dead.empty(), told(coverage));
}

BOOST_AUTO_TEST_CASE(services_of_one_shape_are_asked_about_once) {
  service::ClusterBed bed;
  const auto add = [&](std::uint8_t number) {
    bed.add("s" + std::to_string(number), service::ClusterBed::service(number),
            {service::ClusterBed::endpoint(1, number), service::ClusterBed::endpoint(2, number)});
  };
  add(1);
  const Coverage one = coverage_of(written(bed, usual()));
  for (std::uint8_t number = 2; number < 40; ++number) {
    add(number);
  }
  const Coverage many = coverage_of(written(bed, usual()));
  BOOST_TEST(many.dead.size() == one.dead.size(), told(many));
  BOOST_TEST(many.shapes == one.shapes);
  BOOST_TEST(many.questions == one.questions);
}

BOOST_AUTO_TEST_CASE(of_kube_proxys_rules) {
  const Coverage coverage = coverage_of(written(all_kinds(), usual()));
  BOOST_TEST(told(coverage) == "");
}

BOOST_AUTO_TEST_SUITE_END()
