// Every property of the calibration models can fail: a mutation of the protocol breaks it, by a shortest
// trace that replays, of a length that does not depend on the visited set or the number of workers. Liveness
// is in liveness_test.cpp.
#include <boost/test/unit_test.hpp>

#include "checker/trace/replay.hpp"
#include "model/calibration/alternating_bit.hpp"
#include "model/calibration/backlog.hpp"
#include "model/calibration/dining_philosophers.hpp"
#include "model/calibration/fairness_strengths.hpp"
#include "model/calibration/mail_raft.hpp"
#include "model/calibration/peterson.hpp"
#include "model/calibration/two_phase_commit.hpp"
#include "properties/calibration/measured.hpp"

namespace plimsoll::properties::calibration {
namespace {

using checker::SearchResult;
using checker::Verdict;
using checker::VisitedMode;
using model::calibration::AlternatingBit;
using model::calibration::AlternatingBitMutation;
using model::calibration::Backlog;
using model::calibration::BacklogMutation;
using model::calibration::DiningPhilosophers;
using model::calibration::DiningPhilosophersMutation;
using model::calibration::FairnessChoice;
using model::calibration::FairnessStrengths;
using model::calibration::FairnessStrengthsMutation;
using model::calibration::MailRaft;
using model::calibration::MailRaftMutation;
using model::calibration::Peterson;
using model::calibration::PetersonMutation;
using model::calibration::TwoPhaseCommit;
using model::calibration::TwoPhaseCommitMutation;
using Alternating = checker::PodSystem<AlternatingBit>;
using Committing = checker::PodSystem<TwoPhaseCommit>;
using Dining = checker::PodSystem<DiningPhilosophers>;
using Excluding = checker::PodSystem<Peterson>;
using Mailing = checker::PodSystem<MailRaft>;

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

BOOST_AUTO_TEST_CASE(mutual_exclusion) {
  breaks(Excluding{Peterson(2, PetersonMutation::announces_late)}, "mutual-exclusion", 12);
  breaks(Excluding{Peterson(3, PetersonMutation::announces_late)}, "mutual-exclusion", 21);
}
BOOST_AUTO_TEST_CASE(peterson_without_precedence_deadlocks) {
  breaks(Excluding{Peterson(2, PetersonMutation::ignores_precedence)}, "deadlock-free", 7);
  breaks(Excluding{Peterson(3, PetersonMutation::ignores_precedence)}, "deadlock-free", 10);
}
BOOST_AUTO_TEST_CASE(somebody_enters) {
  witness_is_missed(Excluding{Peterson(3, PetersonMutation::never_enters)}, "somebody-enters");
}

BOOST_AUTO_TEST_CASE(philosophers_who_take_the_left_fork_first_deadlock_after_as_many_steps_as_they_are) {
  for (std::uint32_t n = 2; n <= DiningPhilosophers::philosophers_max; ++n) {
    breaks(Dining{DiningPhilosophers(n, DiningPhilosophers::Order::left_first, FairnessChoice::none)},
           "deadlock-free", n);
  }
}
BOOST_AUTO_TEST_CASE(neighbours_never_eat_together) {
  breaks(Dining{DiningPhilosophers(5, DiningPhilosophers::Order::one_right_handed, FairnessChoice::none,
                                   DiningPhilosophersMutation::takes_held_forks)},
         "neighbours-never-eat-together", 4);
}
BOOST_AUTO_TEST_CASE(somebody_eats) {
  witness_is_missed(Dining{DiningPhilosophers(3, DiningPhilosophers::Order::one_right_handed,
                                              FairnessChoice::none, DiningPhilosophersMutation::gives_up)},
                    "somebody-eats");
}

BOOST_AUTO_TEST_CASE(in_order_exactly_once) {
  breaks(
      Alternating{AlternatingBit({2, 0, FairnessChoice::none}, AlternatingBitMutation::delivers_every_frame)},
      "in-order-exactly-once", 5);
  breaks(Alternating{AlternatingBit({1, 0, FairnessChoice::none},
                                    AlternatingBitMutation::takes_any_acknowledgement)},
         "in-order-exactly-once", 9);
}
BOOST_AUTO_TEST_CASE(everything_acknowledged) {
  witness_is_missed(
      Alternating{AlternatingBit({2, 0, FairnessChoice::none}, AlternatingBitMutation::never_delivers)},
      "everything-acknowledged");
}

BOOST_AUTO_TEST_CASE(small_models_deadlock) {
  breaks(checker::PodSystem<FairnessStrengths>{FairnessStrengths(FairnessChoice::strong,
                                                                 FairnessStrengthsMutation::door_jams)},
         "deadlock-free", 3);
  breaks(checker::PodSystem<Backlog>{Backlog(3, false, BacklogMutation::closes)}, "deadlock-free", 2);
}
/// At the highest level every transition is pruned: no deadlock.
BOOST_AUTO_TEST_CASE(what_is_cut_off_by_a_bound_is_no_deadlock) {
  const checker::PodSystem<Backlog> system{Backlog(3, false, BacklogMutation::only_arrives)};
  const SearchResult result = search(system, {VisitedMode::exact, 1});
  BOOST_TEST((result.verdict == Verdict::holds));
  BOOST_TEST(result.distinct == 4U);
  BOOST_TEST(result.pruned == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::calibration
