#include "model/calibration/mail_raft.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "model/calibration/mail_raft_slots.hpp"

namespace plimsoll::model::calibration {
namespace {

using System = checker::PodSystem<MailRaft>;
using Slots = std::vector<checker::Slot>;
using mail_raft_slots::Append;
using mail_raft_slots::Layout;
using mail_raft_slots::Server;

/// The labels enabled in `state`, and with `wanted` the target of that one.
std::vector<std::string> labels(const System& system, const Slots& state, const std::string& wanted = "",
                                Slots* target = nullptr) {
  checker::Successors out(system.width());
  system.worker()->successors(state, system.fingerprint(state), out);
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < out.size(); ++i) {
    BOOST_TEST(out[i].fingerprint == system.fingerprint(out.state(i)));
    lines.push_back(to_line(system.describe(state, out[i].action)));
    if (lines.back() == wanted) {
      target->assign(out.state(i).begin(), out.state(i).end());
    }
  }
  return lines;
}

Slots after(const System& system, Slots state, const std::vector<std::string>& steps) {
  for (const std::string& step : steps) {
    Slots target;
    labels(system, state, step, &target);
    BOOST_REQUIRE_MESSAGE(!target.empty(), "not enabled: " << step);
    state = target;
  }
  return state;
}

bool enabled(const System& system, const Slots& state, const std::string& label) {
  const std::vector<std::string> lines = labels(system, state);
  return std::find(lines.begin(), lines.end(), label) != lines.end();
}

const std::vector<std::string> elect_server_0 = {
    "timeout(server: server-0)", "bump(server: server-1, term: 1)", "vote(server: server-1, for: server-0)",
    "become-leader(server: server-0)"};
const std::vector<std::string> replicate_to_server_1 = {
    "client(server: server-0)", "send-append(server: server-0, to: server-1, previous: 0)",
    "handle-append(server: server-1, from: server-0)"};

}  // namespace

BOOST_AUTO_TEST_SUITE(mail_raft_test)

BOOST_AUTO_TEST_CASE(logs_are_two_bits_for_each_entry) {
  using namespace mail_raft_slots;
  BOOST_TEST(log_length(0) == 0U);
  const checker::Slot log = log_with(log_with(log_with(0, 0, 1), 1, 2), 2, 3);
  BOOST_TEST(log_length(log) == 3U);
  BOOST_TEST(log_length(log_with(0, 0, 1)) == 1U);
  BOOST_TEST(last_entry(log) == 3U);
  BOOST_TEST(last_entry(0) == 0U);
  for (checker::Slot index = 0; index <= 4; ++index) {
    BOOST_TEST(log_entry(log, index) == (index <= 3 ? index : 0U));
  }
  BOOST_TEST(log_with(log, 1, 3) == (1U | 3U << 2U));
}

BOOST_AUTO_TEST_CASE(fields_of_a_slot_do_not_touch_each_other) {
  Server server;
  server.set_term(3);
  server.set_role(2);
  server.set_voted(5);
  server.set_commit(3);
  server.set_log(63);
  mail_raft_slots::Ballot ballot;
  for (const checker::Slot term : {1U, 2U, 3U}) {
    server.set_acknowledged(term, term + 1);
    ballot.set_request(term, 13 + term);
    ballot.set_vote(term, term + 2);
  }
  for (const checker::Slot term : {1U, 2U, 3U}) {
    BOOST_TEST(server.acknowledged(term) == term + 1);
    BOOST_TEST(ballot.request(term) == 13 + term);
    BOOST_TEST(ballot.vote(term) == term + 2);
  }
  BOOST_TEST((server.term() == 3 && server.role() == 2 && server.voted() == 5 && server.commit() == 3));
  BOOST_TEST(server.log() == 63U);
  const Append message = {3, 2, 1, 3, 2};
  BOOST_TEST(Append::unpack(message.pack()).pack() == message.pack());
  BOOST_TEST(message.pack() < 1U << Append::bits);
}

BOOST_AUTO_TEST_CASE(every_ordered_pair_has_a_mailbox_of_its_own) {
  for (std::uint32_t servers = 1; servers <= MailRaft::servers_max; ++servers) {
    const Layout layout{servers};
    std::vector<std::uint32_t> seen;
    for (std::uint32_t i = 0; i < servers; ++i) {
      for (std::uint32_t j = 0; j < servers; ++j) {
        if (i != j) {
          seen.push_back(layout.mailbox(i, j));
          BOOST_TEST(layout.mail_slot(seen.back()) < layout.width());
        }
      }
    }
    std::sort(seen.begin(), seen.end());
    BOOST_TEST((std::adjacent_find(seen.begin(), seen.end()) == seen.end()));
    BOOST_TEST((seen.empty() ? 0 : seen.back() + 1) == layout.mailboxes());
  }
}

BOOST_AUTO_TEST_CASE(an_entry_is_replicated_and_committed) {
  const System system{MailRaft({3, 1, 1, true, 1})};
  Slots state = after(system, system.spec().initial().front(), elect_server_0);
  BOOST_TEST(!system.spec().holds(3, state));
  state = after(system, state, replicate_to_server_1);
  BOOST_TEST(!enabled(system, state, "client(server: server-0)"));
  state = after(system, state, {"commit(server: server-0, index: 1)"});
  BOOST_TEST(system.spec().holds(3, state));
  const checker::Datum datum = system.describe(state);
  BOOST_TEST(to_line(*datum.member("server-0")) ==
             "{term: 1, role: leader, voted-for: server-0, log: [1], commit: 1, said: [{request: {length: 0, "
             "last-term: 0}, vote: server-0, acknowledged: none}]}");
  BOOST_TEST(to_line(*datum.member("server-1")) ==
             "{term: 1, role: follower, voted-for: server-0, log: [1], commit: 0, said: [{request: none, "
             "vote: server-0, acknowledged: 1}]}");
}

BOOST_AUTO_TEST_CASE(mail_is_bounded_and_may_be_lost) {
  const System system{MailRaft({3, 1, 1, true, 1})};
  const Slots elected = after(system, system.spec().initial().front(), elect_server_0);
  const std::string to_1 = "send-append(server: server-0, to: server-1, previous: 0)";
  const std::string to_2 = "send-append(server: server-0, to: server-2, previous: 0)";
  const Slots sent = after(system, elected, {to_1});
  BOOST_TEST(!enabled(system, sent, to_1));
  BOOST_TEST(!enabled(system, sent, to_2));
  BOOST_TEST(after(system, sent, {"drop-append(server: server-0, to: server-1)"}) == elected);
  BOOST_TEST(to_line(*system.describe(sent).member("mail")->member("server-0 to server-1")) ==
             "{term: 1, previous: 0, previous-term: 0, entry: none, commit: 0}");
  const System roomy{MailRaft({3, 1, 1, true, 2})};
  BOOST_TEST(enabled(roomy, sent, to_2));
}

BOOST_AUTO_TEST_CASE(a_restart_forgets_role_and_commit_index) {
  const System system{MailRaft({3, 1, 1, true, 1})};
  Slots state = after(system, system.spec().initial().front(), elect_server_0);
  state = after(system, state, replicate_to_server_1);
  state = after(system, state, {"commit(server: server-0, index: 1)", "restart(server: server-0)"});
  const Server server{state[0]};
  BOOST_TEST(server.role() == MailRaft::follower);
  BOOST_TEST(server.commit() == 0U);
  BOOST_TEST(server.log() == 1U);
  BOOST_TEST(server.voted() == 1U);
  BOOST_TEST(!enabled(system, state, "restart(server: server-0)"));
}

BOOST_AUTO_TEST_CASE(nobody_votes_for_a_log_behind_its_own) {
  const System system{MailRaft({3, 2, 1, false, 1})};
  Slots state = after(system, system.spec().initial().front(), elect_server_0);
  state = after(system, state, replicate_to_server_1);
  state = after(system, state,
                {"bump(server: server-2, term: 1)", "timeout(server: server-2)",
                 "bump(server: server-0, term: 2)", "bump(server: server-1, term: 2)"});
  BOOST_TEST(!enabled(system, state, "vote(server: server-0, for: server-2)"));
  BOOST_TEST(!enabled(system, state, "vote(server: server-1, for: server-2)"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::model::calibration
