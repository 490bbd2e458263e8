// The engines count what independent checkers counted, with every visited set and number of workers.
#include <boost/test/unit_test.hpp>
#include <span>

#include "properties/calibration/measured.hpp"

namespace plimsoll::properties::calibration {
namespace {

using checker::VisitedMode;

struct Counts {
  std::uint64_t distinct;
  std::uint64_t generated;
  std::uint32_t depth;
};

/// Two runs suffice where one takes seconds.
constexpr Run few_runs[] = {{VisitedMode::exact, 2}, {VisitedMode::fingerprint, 1}};

void counts(const std::string& name, const std::vector<std::string>& set, const Counts& expected,
            std::span<const Run> runs) {
  const auto system = build(load(name, set));
  BOOST_REQUIRE(system.has_value());
  for (const Run& run : runs) {
    BOOST_TEST_CONTEXT(name << ", " << checker::to_text(run.visited) << ", workers " << run.workers) {
      const checker::SearchResult result = search(**system, run);
      BOOST_TEST((result.verdict == checker::Verdict::holds));
      BOOST_TEST((result.stop == checker::Stop::exhausted));
      BOOST_TEST(result.distinct == expected.distinct);
      BOOST_TEST(result.generated == expected.generated);
      BOOST_TEST(result.depth == expected.depth);
      BOOST_TEST(result.pruned == 0U);
    }
  }
}

void two_phase_commit(const std::string& rms, const Counts& expected, std::span<const Run> runs) {
  counts("two-phase-commit", {"parameters.rms=" + rms}, expected, runs);
}

void mail_raft(const std::vector<std::string>& set, const Counts& expected, std::span<const Run> runs) {
  counts("mail-raft", set, expected, runs);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(counts_test)

/// Distinct states as TLC and Stateright count them; for 8 also SPIN and Rumur. Transitions and depths are
/// our own, pinned.
BOOST_AUTO_TEST_CASE(two_phase_commit_3) {
  two_phase_commit("3", {288, 1'146, 11}, every_run);
}
BOOST_AUTO_TEST_CASE(two_phase_commit_5) {
  two_phase_commit("5", {8'832, 58'146, 17}, every_run);
}
BOOST_AUTO_TEST_CASE(two_phase_commit_7) {
  two_phase_commit("7", {296'448, 2'744'706, 23}, every_run);
}
BOOST_AUTO_TEST_CASE(two_phase_commit_8) {
  two_phase_commit("8", {1'745'408, 18'507'778, 26}, few_runs);
}

/// Distinct states and depth as TLC counts them, the last distinct ones also SPIN, Rumur and Stateright;
/// transitions are our own, pinned.
BOOST_AUTO_TEST_CASE(mail_raft_without_restarts) {
  mail_raft({"parameters.t=1", "parameters.rst=0"}, {2'624, 7'498, 16}, every_run);
}
BOOST_AUTO_TEST_CASE(mail_raft_with_all_mailboxes) {
  mail_raft({"parameters.t=1", "parameters.mb=9"}, {13'275, 60'022, 18}, every_run);
}
BOOST_AUTO_TEST_CASE(mail_raft_with_two_entries) {
  mail_raft({"parameters.t=1", "parameters.l=2", "parameters.mb=2"}, {124'599, 616'654, 23}, every_run);
}
BOOST_AUTO_TEST_CASE(mail_raft_with_two_terms) {
  mail_raft({}, {925'061, 3'118'747, 28}, few_runs);
}

/// Counted by a direct transcription of the module to Python, whose states are its nine variables as tuples.
BOOST_AUTO_TEST_CASE(mail_raft_of_other_sizes) {
  mail_raft({"parameters.n=1", "parameters.t=3", "parameters.l=3"}, {115, 193, 13}, every_run);
  mail_raft({"parameters.n=2", "parameters.l=2", "parameters.mb=2"}, {9'765, 29'923, 24}, every_run);
  mail_raft({"parameters.n=2", "parameters.t=3"}, {19'089, 50'591, 27}, every_run);
  mail_raft({"parameters.n=4", "parameters.t=1", "parameters.rst=0"}, {17'198, 50'849, 22}, every_run);
  mail_raft({"parameters.t=1", "parameters.l=3", "parameters.rst=0"}, {72'770, 241'246, 26}, every_run);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::calibration
