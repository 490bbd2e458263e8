// Programs with an index do what the list of rules does.
#include <map>
#include <string>
#include <vector>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/overlay/netfilter/naive_walk.hpp"
#include "impl/overlay/netfilter/test_bed.hpp"
#include "impl/overlay/packet/test_bed.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

std::string address(Dice& dice) {
  return "10.96.0." + std::to_string(dice.below(4));
}
std::string port(Dice& dice) {
  return std::to_string(80 + dice.below(3));
}

/// One match, most of them such that rules form runs.
std::string random_match(Dice& dice) {
  switch (dice.below(12)) {
    case 6:
      return " -s 10.0.0." + std::to_string(dice.below(3));
    case 7:
      return " -m mark --mark " + std::to_string(dice.below(4)) + "/0x3";
    case 8:
      return " -m statistic --mode nth --every 3 --packet " + std::to_string(dice.below(3));
    case 9:
      return " -m recent --" + std::string(dice.below(2) == 0 ? "set" : "rcheck") + " --name L";
    case 10:
      return " -m statistic --mode random --probability 0.5";
    case 11:
      return " -m addrtype --dst-type LOCAL";
    default:
      return "";
  }
}

std::string random_target(Dice& dice, std::uint32_t chain, std::uint32_t chains) {
  const std::uint32_t deeper = chain + 1 + (chain + 1 < chains ? dice.below(chains - chain - 1) : 0);
  switch (dice.below(8)) {
    case 0:
      return " -j DROP";
    case 1:
      return " -j RETURN";
    case 2:
      return " -j MARK --set-xmark " + std::to_string(dice.below(4)) + "/" + std::to_string(dice.below(4));
    case 3:
      return " -j ACCEPT";
    case 4:
      return "";
    case 5:
      return deeper < chains ? " -g C" + std::to_string(deeper) : " -j MARK --or-mark 8";
    default:
      return deeper < chains ? " -j C" + std::to_string(deeper) : " -j MARK --xor-mark 4";
  }
}

/// Rules in the order of a file. Destination, protocol and port come first, as in kube-proxy's, or behind a
/// match with a memory.
std::string random_rule(Dice& dice, std::uint32_t chain, std::uint32_t chains, std::uint32_t style) {
  std::string rule = chain == 0 ? "-A FORWARD" : "-A C" + std::to_string(chain);
  rule += dice.one_in(6) ? random_match(dice) : "";
  const bool with_address = style != 1 && !dice.one_in(8);
  const bool with_port = style != 2 && !dice.one_in(8);
  rule += with_address ? (dice.one_in(8) ? " ! -d " : " -d ") + address(dice) : "";
  if (with_port) {
    const std::string protocol = dice.below(2) == 0 ? "udp" : "tcp";
    rule +=
        " -p " + protocol + " -m " + protocol + (dice.one_in(10) ? " ! --dport " : " --dport ") + port(dice);
  }
  return rule + random_match(dice) + random_target(dice, chain, chains) + "\n";
}

std::string random_rules(Dice& dice) {
  const std::uint32_t chains = 1 + dice.below(4);
  std::string text = "*mangle\n";
  for (std::uint32_t chain = 1; chain < chains; ++chain) {
    text += ":C" + std::to_string(chain) + " - [0:0]\n";
  }
  for (std::uint32_t chain = 0; chain < chains; ++chain) {
    const std::uint32_t style = dice.below(4);
    for (std::uint32_t left = dice.below(14); left > 0; --left) {
      text += random_rule(dice, chain, chains, style);
    }
  }
  return text + "COMMIT\n";
}

Ipv4Packet random_packet_at(Dice& dice) {
  const std::string src = "10.0.0." + std::to_string(dice.below(4));
  const std::string dst = address(dice);
  const auto dst_port = static_cast<std::uint16_t>(80 + dice.below(4));
  switch (dice.below(6)) {
    case 4:
      return icmp(src, dst, 8, 0);
    case 5: {
      Ipv4Packet fragment = udp(src, 0, dst, 0);
      fragment.fragment_offset = 8;
      return fragment;
    }
    default:
      return dice.below(2) == 0 ? udp(src, 1000, dst, dst_port) : tcp(src, 1000, dst, dst_port, 2);
  }
}

/// Whether the program does with this packet what the list of rules does; lists, counters and questions too.
bool agree(HookNode& fast, HookNode& slow, const Ipv4Packet& packet, std::uint32_t mark,
           std::map<Decision, int>& seen) {
  Ipv4Packet one = packet;
  Ipv4Packet two = packet;
  Metadata one_data{mark, {}};
  Metadata two_data{mark, {}};
  Environment fast_around = fast.environment();
  Environment slow_around = slow.environment();
  AtHook fast_at{one, one_data, Hook::forward, HookNode::cni0, HookNode::eth0, 0, 0};
  AtHook slow_at{two, two_data, Hook::forward, HookNode::cni0, HookNode::eth0, 0, 0};
  const Walked walked = evaluate(fast.program, TableName::mangle, fast_around, fast_at);
  const NaiveWalk::Result expected =
      NaiveWalk(*slow.ruleset.find(TableName::mangle), slow_around, slow_at).run();
  ++seen[walked.decision];
  const RuleRef rule = walked.rule == Walked::by_policy ? RuleRef{} : fast.program.locate(walked.rule);
  return walked.decision == expected.decision && rule == expected.rule && one_data == two_data &&
         fast.state == slow.state && fast.choices.asked.size() == slow.choices.asked.size();
}

/// A nat table with so many services of one endpoint, as kube-proxy writes it.
std::string services(std::uint32_t count) {
  std::string chains;
  std::string rules;
  for (std::uint32_t service = 0; service < count; ++service) {
    const std::string name = "S" + std::to_string(service);
    chains += ":" + name + " - [0:0]\n";
    rules += "-A KUBE-SERVICES -d " + to_text(ip("10.96.0.0").plus(service)) +
             "/32 -p tcp -m comment --comment \"default/web cluster IP\" -m tcp --dport 80 -j " + name +
             "\n-A " + name + " -p tcp -m tcp -j DNAT --to-destination 10.244.1.2:8080\n";
  }
  return "*nat\n:KUBE-SERVICES - [0:0]\n:KUBE-NODEPORTS - [0:0]\n" + chains +
         "-A PREROUTING -j KUBE-SERVICES\n" + rules +
         "-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS\nCOMMIT\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(program_test)

BOOST_AUTO_TEST_CASE(a_program_does_what_the_list_does) {
  std::map<Decision, int> seen;
  const bool holds = rc::check("as the list of rules", [&](std::uint32_t seed) {
    for (int rulesets = 0; rulesets < 5; ++rulesets) {
      std::vector<std::uint32_t> rolls;
      for (int at = 0; at < 800; ++at) {
        seed = seed * 1664525U + 1013904223U;
        rolls.push_back(seed >> 8U);
      }
      Dice dice(rolls);
      const std::string rules = random_rules(dice);
      HookNode fast(rules, dice.below(4) != 0);
      HookNode slow(rules);
      fast.choices.answers = slow.choices.answers = {1, 0, 0, 1, 1, 0, 1};
      for (int packets = 0; packets < 12; ++packets) {
        const Ipv4Packet packet = random_packet_at(dice);
        const std::uint32_t mark = dice.below(4);
        RC_ASSERT(agree(fast, slow, packet, mark, seen));
      }
    }
  });
  BOOST_TEST(holds);
  BOOST_TEST(seen[Decision::accept] > 100);
  BOOST_TEST(seen[Decision::drop] > 100);
}

BOOST_AUTO_TEST_CASE(services_are_found_among_many) {
  HookNode node(services(300));
  for (const std::uint32_t service : {0U, 1U, 150U, 299U}) {
    Ipv4Packet packet = tcp("10.244.1.9", 1000, "10.96.0.0", 80, tcp_flag::syn);
    packet.dst = ip("10.96.0.0").plus(service);
    Metadata metadata;
    Environment environment = node.environment();
    AtHook at{packet, metadata, Hook::prerouting, HookNode::cni0, 0, 0, 0};
    const Walked walked = evaluate(node.program, TableName::nat, environment, at);
    BOOST_TEST((walked.decision == Decision::nat));
    BOOST_TEST(node.program.locate(walked.rule).chain == "S" + std::to_string(service));
    packet.dst_port = 81;
    BOOST_TEST((evaluate(node.program, TableName::nat, environment, at).decision == Decision::accept));
  }
}

BOOST_AUTO_TEST_CASE(jumps_may_be_nested_deeper_than_the_walk_has_room_for) {
  std::string chains = "*filter\n";
  std::string rules = "-A FORWARD -j C0\n-A FORWARD -j DROP\n";
  for (int chain = 0; chain < 40; ++chain) {
    chains += ":C" + std::to_string(chain) + " - [0:0]\n";
    rules += chain < 39 ? "-A C" + std::to_string(chain) + " -j C" + std::to_string(chain + 1) + "\n" : "";
    rules += "-A C" + std::to_string(chain) + " -j MARK --set-mark " + std::to_string(chain + 1) + "\n";
  }
  HookNode node(chains + rules + "COMMIT\n");
  Ipv4Packet packet = udp("10.0.0.1", 1, "10.0.0.2", 2);
  Metadata metadata;
  BOOST_TEST((node.at(Hook::forward, packet, metadata, 3, 2).decision == Decision::drop));
  BOOST_TEST(metadata.mark == 1U);
}

BOOST_AUTO_TEST_CASE(tracking_is_on_if_something_needs_it) {
  BOOST_TEST(!HookNode("").program.tracks());
  BOOST_TEST(!HookNode("*filter\n-A FORWARD -j DROP\nCOMMIT\n").program.tracks());
  BOOST_TEST(HookNode("*nat\nCOMMIT\n").program.tracks());
  BOOST_TEST(HookNode("*filter\n-A FORWARD -m state --state NEW -j DROP\nCOMMIT\n").program.tracks());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay::netfilter
