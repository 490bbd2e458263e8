// The calibration models under symmetry: what they declare is true, the orbits are counted exactly, and every
// verdict and length of a trace is that of the plain search.
#include "checker/system/symmetry.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

#include "checker/reduce/check_symmetry.hpp"
#include "checker/reduce/concretise.hpp"
#include "checker/reduce/symmetric_system.hpp"
#include "checker/reduce/test_bed.hpp"
#include "checker/trace/replay.hpp"
#include "model/calibration/mail_raft.hpp"
#include "model/calibration/two_phase_commit.hpp"
#include "properties/calibration/measured.hpp"

namespace plimsoll::properties::calibration {
namespace {

using checker::SearchResult;
using checker::SymmetricSystem;
using checker::Verdict;
using checker::VisitedMode;
using model::calibration::MailRaft;
using model::calibration::MailRaftMutation;
using model::calibration::TwoPhaseCommit;
using model::calibration::TwoPhaseCommitMutation;
using Mailing = checker::PodSystem<MailRaft>;
using Committing = checker::PodSystem<TwoPhaseCommit>;
using checker::State;

constexpr std::uint64_t all_states = ~std::uint64_t{0};

/// Takes whole orbits away until nothing is left. What is wrong with a renaming that leads out of the
/// reachable states, or is not one-to-one, shows too.
std::uint64_t count_orbits(const checker::System& system) {
  const auto renamer = system.symmetry()->renamer();
  const std::vector<State> states = reachable(system);
  std::set<State> left(states.begin(), states.end());
  std::uint64_t orbits = 0;
  for (; !left.empty(); ++orbits) {
    const State state = *left.begin();
    std::set<State> orbit;
    for (const checker::Permutation permutation : checker::permutations(system.symmetry()->degree())) {
      orbit.insert(renamed(*renamer, state, permutation));
    }
    for (const State& member : orbit) {
      BOOST_REQUIRE(left.erase(member) == 1U);
    }
  }
  return orbits;
}

void orbits(const checker::System& raw, std::uint64_t expected, std::span<const Run> runs) {
  const SymmetricSystem reduced(raw);
  for (const Run& run : runs) {
    BOOST_TEST_CONTEXT(checker::to_text(run.visited) << ", workers " << run.workers) {
      const SearchResult result = search(reduced, run);
      BOOST_TEST((result.verdict == Verdict::holds));
      BOOST_TEST((result.stop == checker::Stop::exhausted));
      BOOST_TEST(result.distinct == expected);
    }
  }
}

void replays(const checker::System& raw, const std::string& property, const checker::Behaviour& behaviour) {
  checker::Trace trace;
  trace.property = property;
  trace.behaviour = behaviour;
  const auto replayed = checker::replay(raw, trace);
  BOOST_REQUIRE(replayed.has_value());
  BOOST_TEST(!replayed->divergence.has_value());
}

/// The same verdict on every property; traces as long as without symmetry, the same in every run, and once
/// concrete they are behaviours that show what they claim.
void agrees(const checker::System& raw) {
  const SymmetricSystem reduced(raw);
  const SearchResult plain = search(raw, {VisitedMode::exact, 1});
  std::vector<checker::Behaviour> stories(plain.properties.size());
  for (const Run& run : every_run) {
    const SearchResult found = search(reduced, run);
    BOOST_TEST((found.verdict == plain.verdict));
    BOOST_TEST((found.stop == plain.stop));
    BOOST_TEST(found.depth == plain.depth);
    BOOST_REQUIRE(found.properties.size() == plain.properties.size());
    for (std::size_t i = 0; i < plain.properties.size(); ++i) {
      const checker::PropertyOutcome& outcome = found.properties[i];
      BOOST_TEST((outcome.verdict == plain.properties[i].verdict));
      BOOST_REQUIRE(outcome.path.has_value() == plain.properties[i].path.has_value());
      if (!outcome.path) {
        continue;
      }
      const checker::Path concrete = concretise(reduced, *outcome.path, i);
      BOOST_TEST(concrete.states.size() == plain.properties[i].path->states.size());
      BOOST_TEST(is_behaviour(raw, concrete));
      const checker::Behaviour story = describe(raw, concrete);
      if (stories[i].states.empty()) {
        stories[i] = story;
      }
      BOOST_TEST((story == stories[i]));
      if (outcome.verdict == Verdict::violated) {
        replays(raw, raw.properties()[i].id, story);
      }
    }
  }
}

constexpr Run two_runs[] = {{VisitedMode::exact, 2}, {VisitedMode::fingerprint, 1}};

}  // namespace

BOOST_AUTO_TEST_SUITE(symmetry_test)

BOOST_AUTO_TEST_CASE(resource_managers_are_interchangeable) {
  using enum TwoPhaseCommitMutation;
  for (const auto mutation : {none, commits_on_first_prepared, never_commits}) {
    const Committing system{TwoPhaseCommit(3, mutation)};
    BOOST_TEST(check_symmetry(system, all_states).value_or("") == "");
  }
  const Committing largest{TwoPhaseCommit(16)};
  BOOST_TEST(check_symmetry(largest, 30).value_or("") == "");
}

BOOST_AUTO_TEST_CASE(servers_are_interchangeable) {
  using enum MailRaftMutation;
  for (const auto mutation :
       {none, votes_again, ignores_previous_entry, ignores_log_in_vote, never_commits}) {
    const Mailing system{MailRaft({3, 2, 1, true, 2}, mutation)};
    BOOST_TEST(check_symmetry(system, 1500).value_or("") == "");
  }
  const Mailing largest{MailRaft({5, 3, 3, true, 9})};
  BOOST_TEST(check_symmetry(largest, 50).value_or("") == "");
}

/// What Rumur counts for 8 managers, too.
BOOST_AUTO_TEST_CASE(orbits_of_two_phase_commit) {
  const Committing three{TwoPhaseCommit(3)};
  const Committing five{TwoPhaseCommit(5)};
  BOOST_TEST(count_orbits(three) == 80U);
  BOOST_TEST(count_orbits(five) == 314U);
  orbits(three, 80, every_run);
  orbits(five, 314, every_run);
  orbits(Committing{TwoPhaseCommit(8)}, 1'461, every_run);
  orbits(Committing{TwoPhaseCommit(16)}, 21'335, two_runs);
}

BOOST_AUTO_TEST_CASE(orbits_of_mail_raft) {
  const Mailing without_restarts{MailRaft({3, 1, 1, false, 1})};
  const Mailing all_mailboxes{MailRaft({3, 1, 1, true, 9})};
  const Mailing two_servers{MailRaft({2, 2, 2, true, 2})};
  BOOST_TEST(count_orbits(without_restarts) == 445U);
  BOOST_TEST(count_orbits(all_mailboxes) == 2'242U);
  BOOST_TEST(count_orbits(two_servers) == 4'885U);
  orbits(without_restarts, 445, every_run);
  orbits(all_mailboxes, 2'242, every_run);
  orbits(two_servers, 4'885, every_run);
}

/// Burnside's lemma, with the renamings that fix a state counted over all 925,061 states: a swap fixes 251, a
/// rotation 5. So (925,061 + 3 * 251 + 2 * 5) / 6; Rumur's heuristic keeps 157,848.
BOOST_AUTO_TEST_CASE(orbits_of_the_largest_mail_raft) {
  orbits(Mailing{MailRaft({3, 2, 1, true, 1})}, 154'304, two_runs);
}

BOOST_AUTO_TEST_CASE(verdicts_of_two_phase_commit) {
  using enum TwoPhaseCommitMutation;
  for (const auto mutation : {none, commits_on_first_prepared, never_commits}) {
    agrees(Committing{TwoPhaseCommit(1, mutation)});
    agrees(Committing{TwoPhaseCommit(4, mutation)});
  }
}

BOOST_AUTO_TEST_CASE(verdicts_of_mail_raft) {
  using enum MailRaftMutation;
  agrees(Mailing{MailRaft({3, 1, 1, true, 9})});
  agrees(Mailing{MailRaft({4, 1, 1, false, 1})});
  agrees(Mailing{MailRaft({3, 1, 1, false, 1}, votes_again)});
  agrees(Mailing{MailRaft({3, 2, 2, false, 1}, ignores_previous_entry)});
  agrees(Mailing{MailRaft({3, 2, 1, false, 1}, ignores_log_in_vote)});
  agrees(Mailing{MailRaft({3, 1, 1, true, 1}, never_commits)});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::calibration
