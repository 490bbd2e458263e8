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

namespace {

using namespace plimsoll;
using namespace plimsoll::properties::rules;

template <class Value>
rc::Gen<Value> one_of(std::initializer_list<Value> values) {
  return rc::gen::elementOf(std::vector<Value>(values));
}
bool seldom() {
  return *rc::gen::inRange(0, 4) == 0;
}
base::Ipv4 any_address() {
  return *one_of<base::Ipv4>({base::Ipv4(10, 96, 0, 1), base::Ipv4(10, 244, 1, 1), base::Ipv4(10, 244, 2, 1),
                              base::Ipv4(192, 0, 2, 1)});
}
std::uint16_t any_port() {
  return *one_of<std::uint16_t>({80, 443, 30000});
}

netfilter::AddressMatch address_match() {
  const auto mask = *one_of<std::uint32_t>({0, 0, 0xffffffffU, 0xffff0000U, 0xff000000U});
  return {base::Ipv4(any_address().value() & mask), base::Ipv4(mask), mask != 0 && seldom()};
}
netfilter::PortMatch port_match() {
  const std::uint16_t first = any_port();
  return seldom() ? netfilter::PortMatch{}
                  : netfilter::PortMatch{{first, seldom() ? std::uint16_t{40000} : first}, seldom()};
}

netfilter::Match any_match() {
  switch (*rc::gen::inRange(0, 9)) {
    case 0:
      return netfilter::TcpMatch{port_match(), port_match(), 0, 0, false, 0, false};
    case 1:
      return netfilter::UdpMatch{port_match(), port_match()};
    case 2:
      return netfilter::MarkMatch{*one_of({0U, 1U, 3U}), *one_of({1U, 3U}), seldom()};
    case 3:
      return netfilter::MultiportMatch{
          *one_of({netfilter::MultiportMatch::Side::source, netfilter::MultiportMatch::Side::destination,
                   netfilter::MultiportMatch::Side::either}),
          {{any_port(), 40000}, {80, 80}},
          seldom()};
    case 4:
      return netfilter::StatisticMatch{netfilter::StatisticMatch::Mode::random,
                                       *one_of({0U, 0x40000000U, netfilter::StatisticMatch::certain}), 1, 0,
                                       seldom()};
    case 5: {
      netfilter::ConntrackMatch match;
      match.as_state = seldom();
      match.states = *rc::gen::inRange<std::uint8_t>(1, match.as_state ? 32 : 128);
      match.states_negated = seldom();
      return match;
    }
    case 6:
      return netfilter::AddrtypeMatch{
          *one_of<std::uint16_t>({0, 4}), seldom(), *one_of<std::uint16_t>({0, 2}), seldom(), false, false};
    case 7: {
      netfilter::RecentMatch match;
      match.operation =
          *one_of({netfilter::RecentMatch::Operation::rcheck, netfilter::RecentMatch::Operation::set});
      match.list = "remembered";
      return match;
    }
    default:
      return netfilter::Comment{"words"};
  }
}

netfilter::Target any_target(std::uint32_t chain) {
  const std::uint32_t kind = *rc::gen::inRange(0U, chain < 3 ? 10U : 7U);
  switch (kind) {
    case 0:
      return netfilter::Verdict::drop;
    case 1:
      return netfilter::Verdict::return_;
    case 2:
      return netfilter::Verdict::accept;
    case 3:
      return netfilter::Reject{};
    case 4:
      return netfilter::Continue{};
    case 5:
    case 6:
      return netfilter::SetMark{*one_of({1U, 2U}), *one_of({1U, 3U})};
    default:
      return netfilter::Jump{"C" + std::to_string(chain + 1), seldom()};
  }
}

netfilter::Rule any_rule(std::uint32_t chain) {
  netfilter::Rule rule;
  rule.source = address_match();
  rule.destination = address_match();
  rule.in = seldom() ? netfilter::DeviceMatch{*one_of<std::string>({"eth0", "veth+"}), seldom()}
                     : netfilter::DeviceMatch{};
  rule.protocol = {*one_of<std::uint8_t>({0, 0, 6, 17}), false};
  rule.protocol.negated = rule.protocol.number != 0 && seldom();
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
    rule.matches.push_back(any_match());
  }
  const bool asks_for_ports = std::ranges::any_of(rule.matches, [](const netfilter::Match& match) {
    return std::holds_alternative<netfilter::MultiportMatch>(match);
  });
  if (asks_for_ports) {
    rule.protocol = {*one_of<std::uint8_t>({6, 17}), false};  // without which iptables refuses the match
  }
  rule.target = any_target(chain);
  return rule;
}

/// FORWARD of table filter, and four chains each of which jumps to the next one at most.
netfilter::Ruleset any_ruleset() {
  netfilter::Ruleset ruleset{{netfilter::new_table(netfilter::TableName::filter)}};
  netfilter::Table& table = ruleset.tables.front();
  for (std::uint32_t chain = 0; chain <= 3; ++chain) {
    const std::string name = "C" + std::to_string(chain);
    table.chains.push_back({name, {}, {}, {}});
    for (int i = *rc::gen::inRange(0, 5); i > 0; --i) {
      table.chains.back().rules.push_back(any_rule(chain));
    }
  }
  netfilter::Chain& forward = *table.find("FORWARD");
  forward.policy = *one_of({netfilter::Verdict::accept, netfilter::Verdict::drop});
  netfilter::Rule jump;
  jump.target = netfilter::Jump{"C0", false};
  forward.rules = {jump};
  return ruleset;
}

PacketValues any_values(const Devices& devices) {
  PacketValues packet;
  packet.src = any_address();
  packet.dst = any_address();
  packet.protocol = *one_of<std::uint8_t>({1, 6, 17});
  if (packet.protocol != 1) {
    packet.src_port = any_port();
    packet.dst_port = any_port();
  }
  packet.mark = *rc::gen::inRange(0U, 4U);
  packet.in = *rc::gen::inRange<std::uint8_t>(1, static_cast<std::uint8_t>(devices.names.size() + 1));
  packet.out = 1;
  packet.src_type = *one_of({netfilter::AddressType::unicast, netfilter::AddressType::local});
  packet.dst_type = packet.dst == packet.src
                        ? packet.src_type
                        : *one_of({netfilter::AddressType::unicast, netfilter::AddressType::local});
  packet.state = static_cast<FlowState>(*rc::gen::inRange(0, 5));
  packet.dst_nat = packet.state == FlowState::new_ && seldom();
  return packet;
}

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
