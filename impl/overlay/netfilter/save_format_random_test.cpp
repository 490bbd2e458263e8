// Rules of any parts are read as they were printed.
#include <string>
#include <vector>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/overlay/netfilter/save_format.hpp"
#include "impl/overlay/packet/test_bed.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

AddressMatch address(Dice& dice) {
  const base::Ipv4 mask =
      dice.one_in(6) ? base::Ipv4(0xff00ff00U) : base::Ipv4(0xffffffffU).masked(dice.below(33));
  return {base::Ipv4(dice.roll() & mask.value()), mask, dice.one_in(3)};
}
PortMatch ports(Dice& dice) {
  const auto first = dice.word();
  const auto last = static_cast<std::uint16_t>(first + dice.below(0x10000U - first));
  return {{first, dice.below(2) == 0 ? first : last}, dice.one_in(3)};
}
DeviceMatch device(Dice& dice) {
  return {"eth" + std::to_string(dice.below(3)) + (dice.one_in(2) ? "+" : ""), dice.one_in(2)};
}
std::string words(Dice& dice) {
  std::string text;
  for (std::uint32_t left = dice.below(12); left > 0; --left) {
    text += static_cast<char>(' ' + dice.below(95));
  }
  return text;
}
/// `count` bits, at least one of them set.
std::uint16_t bits(Dice& dice, unsigned count) {
  return static_cast<std::uint16_t>(1U + dice.below((1U << count) - 1));
}

Match transport(Dice& dice, Rule& rule) {
  rule.protocol.negated = false;
  switch (dice.below(4)) {
    case 0:
      rule.protocol.number = protocol::tcp;
      return TcpMatch{ports(dice), ports(dice), static_cast<std::uint8_t>(dice.below(64)),
                      0,           false,       static_cast<std::uint8_t>(dice.below(9)),
                      false};
    case 1:
      rule.protocol.number = protocol::udp;
      return UdpMatch{ports(dice), ports(dice)};
    case 2: {
      rule.protocol.number = protocol::udp;
      MultiportMatch match;
      match.side = static_cast<MultiportMatch::Side>(dice.below(3));
      for (std::uint32_t left = 1 + dice.below(7); left > 0; --left) {
        match.ports.push_back(ports(dice).range);
      }
      match.negated = dice.one_in(2);
      return match;
    }
    default: {
      rule.protocol.number = protocol::icmp;
      const auto code = static_cast<std::uint8_t>(dice.below(16));
      return IcmpMatch{static_cast<std::uint8_t>(dice.below(255)), code, code, dice.one_in(2)};
    }
  }
}

Match memory(Dice& dice) {
  StatisticMatch statistic;
  RecentMatch recent;
  switch (dice.below(3)) {
    case 0:
      statistic.probability = dice.roll() % (StatisticMatch::certain + 1);
      statistic.negated = dice.one_in(2);
      return statistic;
    case 1:
      statistic.mode = StatisticMatch::Mode::nth;
      statistic.every = 1 + dice.below(100);
      statistic.packet = dice.below(statistic.every);
      return statistic;
    default:
      recent.operation = static_cast<RecentMatch::Operation>(dice.below(4));
      recent.list = "L" + std::to_string(dice.below(9));
      recent.mask = dice.address();
      recent.by_destination = dice.one_in(2);
      recent.seconds = 1 + dice.below(100);
      recent.hit_count = dice.below(3);
      recent.reap = dice.one_in(2);
      recent.same_ttl = dice.one_in(2);
      recent.negated = dice.one_in(2);
      return recent;
  }
}

ConntrackMatch conntrack(Dice& dice) {
  ConntrackMatch match;
  match.states = static_cast<std::uint8_t>(bits(dice, 7));
  match.states_negated = dice.one_in(2);
  match.protocol = {protocol::tcp, dice.one_in(2)};
  match.original_destination = address(dice);
  match.reply_source = address(dice);
  match.original_destination_port = ports(dice);
  match.statuses = static_cast<std::uint8_t>(bits(dice, 5));
  match.direction = static_cast<ConntrackMatch::Direction>(dice.below(3));
  return match;
}

Match other(Dice& dice) {
  switch (dice.below(6)) {
    case 0:
      return Comment{words(dice)};
    case 1:
      return MarkMatch{dice.roll(), dice.roll(), dice.one_in(2)};
    case 2:
      return conntrack(dice);
    case 3:
      return AddrtypeMatch{bits(dice, 12), dice.one_in(2), bits(dice, 12),
                           dice.one_in(2), dice.one_in(2), false};
    case 4:
      return PhysdevMatch{device(dice), device(dice), static_cast<PhysdevMatch::Ask>(dice.below(3)),
                          static_cast<PhysdevMatch::Ask>(dice.below(3)), PhysdevMatch::Ask::yes};
    default:
      return SetMatch{"S", std::vector<SetMatch::Side>(1 + dice.below(6), SetMatch::Side::destination),
                      dice.one_in(2)};
  }
}

Target target(Dice& dice) {
  switch (dice.below(6)) {
    case 0:
      return static_cast<Verdict>(dice.below(3));
    case 1:
      return Jump{"C", dice.one_in(2)};
    case 2:
      return SetMark{dice.roll(), dice.roll()};
    case 3:
      return Notrack{};
    case 4:
      return Log{"LOG", "--log-level 4"};
    default:
      return Continue{};
  }
}

Rule random_rule(Dice& dice) {
  Rule rule;
  rule.source = dice.one_in(3) ? AddressMatch{} : address(dice);
  rule.destination = dice.one_in(3) ? AddressMatch{} : address(dice);
  rule.in = dice.one_in(2) ? device(dice) : DeviceMatch{};
  rule.protocol = {static_cast<std::uint8_t>(1 + dice.below(255)), dice.one_in(3)};
  rule.fragment = static_cast<FragmentMatch>(dice.below(3));
  if (dice.one_in(2)) {
    rule.matches.push_back(transport(dice, rule));
  }
  for (std::uint32_t left = dice.below(4); left > 0; --left) {
    rule.matches.push_back(dice.one_in(3) ? memory(dice) : other(dice));
  }
  rule.target = target(dice);
  rule.counters = {dice.roll(), dice.roll()};
  return rule;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(save_format_random_test)

BOOST_AUTO_TEST_CASE(what_is_printed_is_read_as_it_was) {
  const bool holds = rc::check("parse(print(x)) == x", [](std::uint32_t seed) {
    std::vector<std::uint32_t> rolls;
    for (int at = 0; at < 500; ++at) {
      seed = seed * 1664525U + 1013904223U;
      rolls.push_back(seed >> 4U);
    }
    Dice dice(rolls);
    Ruleset ruleset;
    ruleset.tables.push_back(new_table(TableName::raw));
    Table& table = ruleset.tables.front();
    table.chains.push_back({"C", std::nullopt, {}, {}});
    for (std::uint32_t left = 1 + dice.below(6); left > 0; --left) {
      table.chains.front().rules.push_back(random_rule(dice));
    }
    const std::string text = print(ruleset, true);
    const auto read = parse(text);
    if (!read || *read != ruleset) {
      RC_LOG() << text << (read ? print(*read, true) : to_text(read.error()));
    }
    RC_ASSERT(read.has_value());
    RC_ASSERT((*read == ruleset));
  });
  BOOST_TEST(holds);
}

BOOST_AUTO_TEST_CASE(any_bytes_are_read_or_refused) {
  const bool holds = rc::check("no crash", [](std::uint32_t seed) {
    // Lines put together of real words: hardly any is right, most are nearly so.
    const std::vector<std::string> real = {
        "*filter",     "COMMIT",  "-A",         "INPUT",  ":C",  "-",      "[0:0]",     "\\n",
        "!",           "-s",      "10.0.0.0/8", "-p",     "tcp", "-m",     "conntrack", "--ctstate",
        "NEW,",        "--dport", "80:",        "\"",     "-j",  "ACCEPT", "C",         "multiport",
        "--ports",     ",1",      "recent",     "--reap", "-D",  "-I",     "1",         "set",
        "--match-set", "*",       ":",          "[",      "\\",  "-X"};
    std::string text = "*filter\n";
    for (int words_left = 40; words_left > 0; --words_left) {
      seed = seed * 1664525U + 1013904223U;
      const std::string& word = real[(seed >> 8U) % real.size()];
      text += word == "\\n" ? "\n" : word + " ";
    }
    const auto read = parse(text);
    RC_ASSERT((read.has_value() || (read.error().line >= 1 && read.error().column >= 1)));
  });
  BOOST_TEST(holds);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay::netfilter
