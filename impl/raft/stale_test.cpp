// Which messages a running server will ignore whenever they come (RaftProcess::is_stale).
#include <boost/test/unit_test.hpp>

#include "impl/raft/process.hpp"

namespace plimsoll::raft {
namespace {

using Type = MessageType;

/// Of a message of `term` to a server in term 2.
bool is_stale(Type type, Term term, Role role, Config raft = {}) {
  RaftProcess::Config config;
  config.raft = raft;
  Memory memory;
  memory.node.raft.term = 2;
  memory.node.raft.role = role;
  PlainMessage message;
  message.type = type;
  message.term = term;
  return RaftProcess::is_stale(config, memory, message);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stale_test)

BOOST_AUTO_TEST_CASE(what_is_of_an_earlier_term_is_ignored) {
  for (const Role role : {Role::follower, Role::candidate, Role::leader, Role::pre_candidate}) {
    for (const Type type : {Type::vote, Type::vote_resp, Type::pre_vote_resp, Type::app, Type::app_resp,
                            Type::heartbeat, Type::heartbeat_resp, Type::snap}) {
      BOOST_TEST_CONTEXT(base::enumerator_text(type) << " to a " << base::enumerator_text(role)) {
        BOOST_TEST(is_stale(type, 1, role));
        BOOST_TEST(!is_stale(type, 3, role));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_answered_is_not_ignored) {
  Config pre_vote;
  pre_vote.pre_vote = true;
  Config check_quorum;
  check_quorum.check_quorum = true;
  for (const Type type : {Type::app, Type::heartbeat}) {
    BOOST_TEST(!is_stale(type, 1, Role::follower, pre_vote));
    BOOST_TEST(!is_stale(type, 1, Role::follower, check_quorum));
  }
  BOOST_TEST(!is_stale(Type::pre_vote, 1, Role::follower));
  BOOST_TEST(!is_stale(Type::vote, 2, Role::follower));
}

BOOST_AUTO_TEST_CASE(answers_are_for_who_runs_for_an_office_or_holds_it) {
  BOOST_TEST(!is_stale(Type::vote_resp, 2, Role::candidate));
  BOOST_TEST(is_stale(Type::vote_resp, 2, Role::leader));
  BOOST_TEST(is_stale(Type::vote_resp, 2, Role::follower));
  for (const Type type : {Type::app_resp, Type::heartbeat_resp}) {
    BOOST_TEST(!is_stale(type, 2, Role::leader));
    BOOST_TEST(!is_stale(type, 2, Role::candidate));
    BOOST_TEST(is_stale(type, 2, Role::follower));
    BOOST_TEST(is_stale(type, 2, Role::pre_candidate));
  }
  // An answer to a pre-vote may be of the term in which the next one is held.
  BOOST_TEST(!is_stale(Type::pre_vote_resp, 2, Role::follower));
}

BOOST_AUTO_TEST_CASE(what_has_no_term_is_good_in_any) {
  BOOST_TEST(!is_stale(Type::prop, 0, Role::follower));
  BOOST_TEST(!is_stale(Type::read_index, 0, Role::leader));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::raft
