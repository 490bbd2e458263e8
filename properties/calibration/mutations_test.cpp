// Every property of the calibration models can fail: a mutation of the protocol breaks it, by a shortest
// trace that replays, of a length that does not depend on the visited set or the number of workers.
#include <boost/test/unit_test.hpp>

#include "checker/trace/replay.hpp"
#include "model/calibration/mail_raft.hpp"
#include "model/calibration/two_phase_commit.hpp"
#include "properties/calibration/measured.hpp"

namespace plimsoll::properties::calibration {
namespace {

using checker::SearchResult;
using checker::Verdict;
using checker::VisitedMode;
using model::calibration::MailRaft;
using model::calibration::MailRaftMutation;
using model::calibration::TwoPhaseCommit;
using model::calibration::TwoPhaseCommitMutation;
using Mailing = checker::PodSystem<MailRaft>;
using Committing = checker::PodSystem<TwoPhaseCommit>;

constexpr Run some_runs[] = {{VisitedMode::exact, 1}, {VisitedMode::exact, 4}, {VisitedMode::fingerprint, 2}};

void replays(const checker::System& system, const checker::Behaviour& behaviour,
             const std::string& property) {
  checker::Trace trace;
  trace.property = property;
  trace.behaviour = behaviour;
  const auto replayed = checker::replay(system, trace);
  BOOST_REQUIRE(replayed.has_value());
  BOOST_TEST(!replayed->divergence.has_value());
}

/// `property` alone is violated, after `steps` steps; the story is the same in every run.
void breaks(const checker::System& system, const std::string& property, std::size_t steps) {
  std::vector<checker::Behaviour> stories;
  for (const Run& run : some_runs) {
    const SearchResult result = search(system, run);
    BOOST_TEST((result.verdict == Verdict::violated));
    for (const checker::PropertyOutcome& outcome : result.properties) {
      const std::string& id = system.properties()[outcome.property].id;
      BOOST_TEST((outcome.verdict == Verdict::violated) == (id == property), id);
      if (id == property) {
        BOOST_REQUIRE(outcome.path.has_value());
        stories.push_back(describe(system, *outcome.path));
        BOOST_TEST(stories.back().steps() == steps);
        BOOST_TEST((stories.back() == stories.front()));
      }
    }
  }
  BOOST_REQUIRE(!stories.empty());
  replays(system, stories.front(), property);
}

/// The witness `property` is never seen, and everything else holds.
void witness_is_missed(const checker::System& system, const std::string& property) {
  const SearchResult result = search(system, {VisitedMode::exact, 1});
  BOOST_TEST((result.stop == checker::Stop::exhausted));
  for (const checker::PropertyOutcome& outcome : result.properties) {
    const std::string& id = system.properties()[outcome.property].id;
    BOOST_TEST((outcome.verdict == Verdict::violated) == (id == property), id);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mutations_test)

BOOST_AUTO_TEST_CASE(consistency) {
  breaks(Committing{TwoPhaseCommit(3, TwoPhaseCommitMutation::commits_on_first_prepared)}, "consistency", 5);
}
BOOST_AUTO_TEST_CASE(all_commit) {
  witness_is_missed(Committing{TwoPhaseCommit(3, TwoPhaseCommitMutation::never_commits)}, "all-commit");
}
BOOST_AUTO_TEST_CASE(election_safety) {
  breaks(Mailing{MailRaft({3, 1, 1, false, 1}, MailRaftMutation::votes_again)}, "election-safety", 7);
}
BOOST_AUTO_TEST_CASE(log_matching) {
  breaks(Mailing{MailRaft({3, 2, 2, false, 1}, MailRaftMutation::ignores_previous_entry)}, "log-matching",
         14);
}
BOOST_AUTO_TEST_CASE(state_machine_safety) {
  breaks(Mailing{MailRaft({3, 2, 1, false, 1}, MailRaftMutation::ignores_log_in_vote)},
         "state-machine-safety", 17);
}
BOOST_AUTO_TEST_CASE(some_entry_committed) {
  witness_is_missed(Mailing{MailRaft({3, 1, 1, true, 1}, MailRaftMutation::never_commits)},
                    "some-entry-committed");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::calibration
