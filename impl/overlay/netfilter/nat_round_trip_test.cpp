// What NAT does is undone on the way back, whatever the rules are.
#include <set>
#include <string>
#include <vector>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/overlay/netfilter/test_bed.hpp"
#include "impl/overlay/packet/build.hpp"
#include "impl/overlay/packet/parse.hpp"
#include "impl/overlay/packet/rewrite.hpp"
#include "impl/overlay/packet/test_bed.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

std::string random_nat_rule(Dice& dice) {
  const std::string inside = "10.244.1." + std::to_string(dice.below(3));
  const std::string outside = "8.8.8." + std::to_string(dice.below(3));
  switch (dice.below(7)) {
    case 0:
      return "-A PREROUTING -d " + outside + " -p udp -j DNAT --to-destination 10.244.2.1:8080\n";
    case 1:
      return "-A PREROUTING -d " + outside + " -j DNAT --to-destination 10.244.2.1-10.244.2.3\n";
    case 2:
      return "-A POSTROUTING -s " + inside + " -j MASQUERADE\n";
    case 3:
      return "-A POSTROUTING -p tcp -j SNAT --to-source 1.1.1.1:2000-2001\n";
    case 4:
      return "-A POSTROUTING -j SNAT --to-source 1.1.1.1-1.1.1.2 --random-fully\n";
    case 5:
      return "-A PREROUTING -p tcp -j DNAT --to-destination :99\n";
    default:
      return "-A POSTROUTING -d " + outside + " -j ACCEPT\n";
  }
}

Ipv4Packet random_request(Dice& dice) {
  const std::string src = "10.244.1." + std::to_string(dice.below(3));
  const std::string dst = "8.8.8." + std::to_string(dice.below(3));
  const auto src_port = static_cast<std::uint16_t>(5000 + dice.below(2));
  const auto dst_port = static_cast<std::uint16_t>(80 + dice.below(2));
  switch (dice.below(3)) {
    case 0:
      return udp(src, src_port, dst, dst_port);
    case 1:
      return tcp(src, src_port, dst, dst_port, tcp_flag::syn);
    default:
      return icmp(src, dst, 8, 0, src_port);
  }
}

Ipv4Packet answer_with_flags(const Ipv4Packet& packet) {
  Ipv4Packet answer = answer_to(packet);
  answer.tcp_flags = packet.is_tcp() ? std::uint16_t{tcp_flag::syn | tcp_flag::ack} : std::uint16_t{0};
  return answer;
}

bool checksums_are_right(const Ipv4Packet& packet) {
  return parse_ip(build(packet)).has_value();
}

/// How often what matters came up.
struct Seen {
  int translated = 0;
  int other_port = 0;
  int refused = 0;
};

/// One flow there and back, with an error about it.
void check_flow(HookNode& node, const Ipv4Packet& sent, std::set<Tuple>& outside, Seen& seen) {
  constexpr DeviceId in = HookNode::cni0;
  constexpr DeviceId out = HookNode::eth0;
  const bool is_new = !node.state.conntrack.find(tuple_of(sent).value());
  const auto there = node.forward(sent, in, out);
  if (!there.accepted()) {
    RC_ASSERT(there.result.drop == HookDrop::confirm);  // all ports are in use
    ++seen.refused;
    return;
  }
  seen.translated += endpoints_of(there.packet) != endpoints_of(sent) ? 1 : 0;
  seen.other_port += there.packet.src_port != sent.src_port ? 1 : 0;
  RC_ASSERT(checksums_are_right(there.packet));
  RC_ASSERT(outside.insert(tuple_of(there.packet).value()).second == is_new);
  const auto error = node.forward(error_about(there.packet, "9.9.9.9", 3, 1), out, in);
  RC_ASSERT(error.accepted());
  RC_ASSERT(error.packet.dst == sent.src);
  RC_ASSERT(endpoints_of(error.packet.quote()->packet) == endpoints_of(sent));
  RC_ASSERT(error.packet.quote()->packet.icmp_id == sent.icmp_id);
  RC_ASSERT(checksums_are_right(error.packet));
  const auto back = node.forward(answer_with_flags(there.packet), out, in);
  RC_ASSERT(back.accepted());
  RC_ASSERT(back.packet == answer_with_flags(sent));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(nat_round_trip_test)

BOOST_AUTO_TEST_CASE(answers_and_errors_find_their_way_back) {
  Seen seen;
  const bool holds =
      rc::check("round trips", [&seen](const std::vector<std::uint32_t>& rolls, std::uint32_t seed) {
        std::vector<std::uint32_t> many = rolls;
        for (std::uint32_t at = 0; at < 800; ++at) {
          seed = seed * 1664525U + 1013904223U;
          many.push_back(seed >> 8U);
        }
        Dice dice(many);
        std::string rules = "*nat\n";
        for (std::uint32_t left = dice.below(6); left > 0; --left) {
          rules += random_nat_rule(dice);
        }
        HookNode node(rules + "COMMIT\n");
        for (int answers = 0; answers < 500; ++answers) {
          node.choices.answers.push_back(dice.roll() % 50);  // few, so that ports collide
        }
        std::set<Tuple> outside;
        for (int flows = 0; flows < 40; ++flows) {
          check_flow(node, random_request(dice), outside, seen);
        }
      });
  BOOST_TEST(holds);
  BOOST_TEST(seen.translated > 100);
  BOOST_TEST(seen.other_port > 100);
  BOOST_TEST(seen.refused > 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay::netfilter
