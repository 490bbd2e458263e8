#include "properties/service/rules/random_rules.hpp"

#include <algorithm>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <vector>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/overlay/netfilter/save_format.hpp"

namespace plimsoll::properties::rules {
namespace {

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
  // iptables refuses matches for ports without the protocol that has them.
  for (const netfilter::Match& match : rule.matches) {
    if (std::holds_alternative<netfilter::MultiportMatch>(match)) {
      rule.protocol = {*one_of<std::uint8_t>({6, 17}), false};
    }
  }
  for (const netfilter::Match& match : rule.matches) {
    if (std::holds_alternative<netfilter::TcpMatch>(match)) {
      rule.protocol = {6, false};
    } else if (std::holds_alternative<netfilter::UdpMatch>(match)) {
      rule.protocol = {17, false};
    }
  }
  std::erase_if(rule.matches, [&](const netfilter::Match& match) {
    return rule.protocol.number == 17 ? std::holds_alternative<netfilter::TcpMatch>(match)
                                      : std::holds_alternative<netfilter::UdpMatch>(match);
  });
  rule.target = any_target(chain);
  return rule;
}

}  // namespace

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

BOOST_AUTO_TEST_SUITE(random_rules_test)

BOOST_AUTO_TEST_CASE(are_such_as_the_kernel_takes) {
  std::size_t several = 0;
  BOOST_TEST(rc::check([&several] {
    const netfilter::Ruleset ruleset = any_ruleset();
    const netfilter::Table& table = ruleset.tables.front();
    const auto fault = netfilter::fault_of(table);
    if (fault) {
      throw std::runtime_error(netfilter::print(ruleset) + fault->why);
    }
    several += std::ranges::count_if(table.chains,
                                     [](const netfilter::Chain& chain) { return chain.rules.size() > 1; }) > 1
                   ? 1U
                   : 0U;
  }));
  BOOST_TEST(several > 10U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::rules
