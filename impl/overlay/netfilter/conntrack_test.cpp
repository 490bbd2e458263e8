#include <map>
#include <vector>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/overlay/netfilter/test_bed.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

constexpr std::uint16_t syn = tcp_flag::syn;
constexpr std::uint16_t ack = tcp_flag::ack;
constexpr std::uint16_t fin = tcp_flag::fin;
constexpr std::uint16_t rst = tcp_flag::rst;

/// A node that only tracks.
class Tracker {
 public:
  Conntrack conntrack = {};
  ConntrackConfig config = {};

  CtInfo see(const Ipv4Packet& packet) {
    Tracked tracked;
    track(conntrack, config, packet, tracked);
    BOOST_REQUIRE(confirm(conntrack, tracked));
    return tracked.info;
  }
  TcpState state(const Ipv4Packet& packet) {
    const Conntrack::Found found = conntrack.find(tuple_of(packet).value());
    return found ? found.flow->tcp.state : TcpState::none;
  }
};

Ipv4Packet from_client(std::uint16_t flags) {
  return tcp("10.0.0.1", 1000, "10.0.0.2", 80, flags);
}
Ipv4Packet from_server(std::uint16_t flags) {
  return tcp("10.0.0.2", 80, "10.0.0.1", 1000, flags);
}

struct Segment {
  bool by_client;
  std::uint16_t flags;
  CtInfo info;
  TcpState after;  ///< none: there is no flow
};
void play(Tracker& tracker, const std::vector<Segment>& segments) {
  int number = 0;
  for (const Segment& segment : segments) {
    const Ipv4Packet packet = segment.by_client ? from_client(segment.flags) : from_server(segment.flags);
    BOOST_TEST_CONTEXT("segment " << number++) {
      BOOST_TEST((tracker.see(packet) == segment.info));
      BOOST_TEST((tracker.state(packet) == segment.after));
    }
  }
}

Tuple random_tuple(std::uint32_t roll) {
  return {base::Ipv4(roll % 3), base::Ipv4(roll / 3 % 3), static_cast<std::uint16_t>(roll / 9 % 3),
          static_cast<std::uint16_t>(roll / 27 % 3), protocol::udp};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(conntrack_test)

BOOST_AUTO_TEST_CASE(a_udp_flow_is_established_by_its_answer) {
  Tracker tracker;
  const Ipv4Packet request = udp("10.0.0.1", 1000, "10.0.0.2", 53);
  BOOST_TEST((tracker.see(request) == CtInfo::new_));
  BOOST_TEST((tracker.see(request) == CtInfo::new_));
  BOOST_TEST((tracker.see(answer_to(request)) == CtInfo::established_reply));
  BOOST_TEST((tracker.see(request) == CtInfo::established));
  BOOST_TEST(tracker.conntrack.size() == 1U);
  BOOST_TEST(tracker.conntrack.forget(tuple_of(request).value()));
  BOOST_TEST((tracker.see(request) == CtInfo::new_));
}

BOOST_AUTO_TEST_CASE(icmp_answers_belong_to_questions) {
  Tracker tracker;
  const Ipv4Packet ping = icmp("10.0.0.1", "10.0.0.2", 8, 0, 7);
  BOOST_TEST((tracker.see(answer_to(ping)) == CtInfo::invalid));
  BOOST_TEST((tracker.see(ping) == CtInfo::new_));
  BOOST_TEST((tracker.see(answer_to(ping)) == CtInfo::established_reply));
  BOOST_TEST((tracker.see(icmp("10.0.0.2", "10.0.0.1", 0, 0, 8)) == CtInfo::invalid));
  BOOST_TEST((tracker.see(icmp("10.0.0.1", "10.0.0.2", 9, 0)) == CtInfo::invalid));
}

BOOST_AUTO_TEST_CASE(icmp_errors_are_related_to_what_they_quote) {
  Tracker tracker;
  const Ipv4Packet request = udp("10.0.0.1", 1000, "10.0.0.2", 53);
  BOOST_TEST((tracker.see(error_about(request, "10.9.9.9", 11, 0)) == CtInfo::invalid));
  BOOST_TEST((tracker.see(request) == CtInfo::new_));
  BOOST_TEST((tracker.see(error_about(request, "10.9.9.9", 11, 0)) == CtInfo::related_reply));
  BOOST_TEST((tracker.see(error_about(answer_to(request), "10.9.9.9", 3, 1)) == CtInfo::related));
  Ipv4Packet astray = error_about(request, "10.9.9.9", 11, 0);
  astray.dst = ip("10.0.0.77");
  BOOST_TEST((tracker.see(astray) == CtInfo::invalid));
}

BOOST_AUTO_TEST_CASE(later_fragments_have_no_flow) {
  Tracker tracker;
  Ipv4Packet fragment = udp("10.0.0.1", 0, "10.0.0.2", 0);
  fragment.fragment_offset = 8;
  BOOST_TEST((tracker.see(fragment) == CtInfo::invalid));
}

BOOST_AUTO_TEST_CASE(a_tcp_connection_is_followed_to_its_end) {
  using enum TcpState;
  Tracker tracker;
  play(tracker, {{true, syn, CtInfo::new_, syn_sent},
                 {false, syn | ack, CtInfo::established_reply, syn_recv},
                 {true, ack, CtInfo::established, established},
                 {false, ack, CtInfo::established_reply, established},
                 {true, fin | ack, CtInfo::established, fin_wait},
                 {false, ack, CtInfo::established_reply, close_wait},
                 {false, fin | ack, CtInfo::established_reply, last_ack},
                 {true, ack, CtInfo::established, time_wait},
                 // Used again: the old entry goes, the SYN is looked up anew.
                 {true, syn, CtInfo::new_, syn_sent}});
  BOOST_TEST(tracker.conntrack.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_one_direction_shows_is_not_enough) {
  using enum TcpState;
  // Fact: a relay that sees SYN and then the ACK, but never the SYN-ACK, takes the ACK for invalid.
  Tracker half;
  play(half, {{true, syn, CtInfo::new_, syn_sent}, {true, ack, CtInfo::invalid, syn_sent}});
  // Nor can a connection begin with an answer.
  Tracker answer;
  play(answer, {{false, syn | ack, CtInfo::invalid, none},
                {false, rst, CtInfo::invalid, none},
                {false, fin | ack, CtInfo::invalid, none}});
}

BOOST_AUTO_TEST_CASE(connections_are_picked_up_in_the_middle_if_allowed) {
  using enum TcpState;
  Tracker loose;
  play(loose, {{true, ack, CtInfo::new_, established}, {false, ack, CtInfo::established_reply, established}});
  Tracker strict;
  strict.config.tcp_loose = false;
  play(strict, {{true, ack, CtInfo::invalid, none}, {true, syn, CtInfo::new_, syn_sent}});
}

BOOST_AUTO_TEST_CASE(a_reset_as_the_only_answer_ends_the_flow) {
  using enum TcpState;
  Tracker tracker;
  play(tracker, {{true, syn, CtInfo::new_, syn_sent},
                 {false, rst | ack, CtInfo::established_reply, none},
                 {true, syn, CtInfo::new_, syn_sent}});
}

BOOST_AUTO_TEST_CASE(flags_that_make_no_sense_are_invalid) {
  Tracker tracker;
  for (const int flags : {0, syn | rst, syn | fin, syn | fin | ack, +fin, +tcp_flag::urg}) {
    BOOST_TEST((tracker.see(from_client(static_cast<std::uint16_t>(flags))) == CtInfo::invalid), flags);
  }
  BOOST_TEST((tracker.see(from_client(syn | tcp_flag::psh | tcp_flag::ece | tcp_flag::cwr)) == CtInfo::new_));
}

BOOST_AUTO_TEST_CASE(an_ignored_syn_brings_the_node_back_into_step) {
  using enum TcpState;
  Tracker tracker;
  play(tracker, {{true, syn, CtInfo::new_, syn_sent},
                 {false, syn | ack, CtInfo::established_reply, syn_recv},
                 {true, ack, CtInfo::established, established},
                 {true, syn, CtInfo::established, established}});
  Ipv4Packet answer = from_server(syn | ack);
  answer.tcp_ack = 1;
  BOOST_TEST((tracker.see(answer) == CtInfo::established_reply));
  BOOST_TEST((tracker.state(answer) == syn_recv));
}

BOOST_AUTO_TEST_CASE(who_talks_to_itself_has_one_tuple) {
  Tracker tracker;
  const Ipv4Packet packet = udp("127.0.0.1", 53, "127.0.0.1", 53);
  BOOST_TEST((tracker.see(packet) == CtInfo::new_));
  BOOST_TEST(tracker.conntrack.size() == 1U);
  BOOST_TEST((tracker.see(packet) == CtInfo::new_));
  BOOST_TEST(tracker.conntrack.forget(tuple_of(packet).value()));
  BOOST_TEST(tracker.conntrack.size() == 0U);
}

BOOST_AUTO_TEST_CASE(flooded_copies_confirm_once) {
  Conntrack conntrack;
  Tracked one;
  track(conntrack, {}, udp("10.0.0.1", 1000, "10.0.0.2", 53), one);
  Tracked two = one;
  BOOST_TEST(confirm(conntrack, one));
  BOOST_TEST(confirm(conntrack, two));
  Tracked other;
  track(conntrack, {}, udp("10.0.0.9", 1000, "10.0.0.2", 53), other);
  other.flow.reply = one.flow.reply;  // as if NAT had found no free port
  BOOST_TEST(!confirm(conntrack, other));
  BOOST_TEST(conntrack.size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_table_is_a_map_with_two_keys) {
  const bool holds =
      rc::check("as a map", [](const std::vector<std::pair<std::uint32_t, std::uint32_t>>& steps) {
        Conntrack table;
        std::map<Tuple, Flow> oracle;
        const auto taken = [&](const Tuple& tuple) {
          for (const auto& [original, flow] : oracle) {
            if (original == tuple || flow.reply == tuple) {
              return true;
            }
          }
          return false;
        };
        for (const auto& [roll, kind] : steps) {
          Flow flow;
          flow.original = random_tuple(roll);
          flow.reply = random_tuple(roll / 81);
          flow.src_nat_done = true;
          if (kind % 3 == 0) {
            const bool present = oracle.erase(flow.original) == 1;
            RC_ASSERT(table.forget(flow.original) == present);
          } else {
            const bool fits = !taken(flow.original) && !taken(flow.reply);
            RC_ASSERT(table.insert(flow) == fits);
            flow.confirmed = true;
            if (fits) {
              oracle.emplace(flow.original, flow);
            }
          }
          RC_ASSERT(table.size() == oracle.size());
          for (const auto& [original, known] : oracle) {
            RC_ASSERT(*table.find(original).flow == known);
            RC_ASSERT(*table.find(known.reply).flow == known);
            RC_ASSERT(table.any_of_source(original, [&](const Flow& other) { return other == known; }));
          }
          RC_ASSERT(static_cast<bool>(table.find(random_tuple(kind))) == taken(random_tuple(kind)));
        }
        RC_ASSERT(base::from_bytes<Conntrack>(base::to_bytes(table)) == table);
      });
  BOOST_TEST(holds);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay::netfilter
