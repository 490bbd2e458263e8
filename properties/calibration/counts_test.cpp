// The engines count what independent checkers counted, with every visited set and number of workers.
//
// Models without published counts are counted by a naive search of a second formulation, or by a formula.
#include <array>
#include <boost/test/unit_test.hpp>
#include <span>

#include "properties/calibration/measured.hpp"
#include "properties/calibration/second_formulations.hpp"

namespace plimsoll::properties::calibration {
namespace {

using checker::VisitedMode;
using Settings = std::vector<std::string>;

/// Two runs suffice where one takes seconds.
constexpr Run few_runs[] = {{VisitedMode::exact, 2}, {VisitedMode::fingerprint, 1}};

/// @param pruned  Transitions that lead outside the bounds.
void counts(const std::string& name, const Settings& set, const Counts& expected, std::span<const Run> runs,
            std::uint64_t pruned = 0) {
  const auto system = build(load(name, set));
  BOOST_REQUIRE(system.has_value());
  for (const Run& run : runs) {
    BOOST_TEST_CONTEXT(name << ", " << checker::to_text(run.visited) << ", workers " << run.workers) {
      const checker::SearchResult result = search(**system, run, true);
      BOOST_TEST((result.stop == checker::Stop::exhausted));
      BOOST_TEST(result.distinct == expected.distinct);
      BOOST_TEST(result.generated == expected.generated);
      BOOST_TEST(result.depth == expected.depth);
      BOOST_TEST(result.pruned == pruned);
      const bool deadlocks = std::ranges::count(set, "parameters.variant=left-first") > 0;
      BOOST_TEST((result.verdict == (deadlocks ? checker::Verdict::violated : checker::Verdict::holds)));
    }
  }
}

void two_phase_commit(const std::string& rms, const Counts& expected, std::span<const Run> runs) {
  counts("two-phase-commit", {"parameters.rms=" + rms}, expected, runs);
}

void mail_raft(const Settings& set, const Counts& expected, std::span<const Run> runs) {
  counts("mail-raft", set, expected, runs);
}

std::string number(const char* parameter, std::uint64_t value) {
  return std::string("parameters.") + parameter + "=" + std::to_string(value);
}

/// A row for each situation of a philosopher, a column for each of the one to the right.
using Matrix = std::array<std::array<std::uint64_t, 4>, 4>;
Matrix product(const Matrix& a, const Matrix& b) {
  Matrix c{};
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      for (std::size_t k = 0; k < 4; ++k) {
        c[i][j] += a[i][k] * b[k][j];
      }
    }
  }
  return c;
}
/// Ways to seat n philosophers so that no fork has two holders. Situations: hungry, thinking, one fork, both.
std::uint64_t seatings(std::uint32_t n, bool last_is_right_handed) {
  const std::array<std::uint64_t, 4> anybody = {1, 1, 1, 1};
  const std::array<std::uint64_t, 4> nobody_with_left_fork = {1, 1, 0, 0};
  const std::array<std::uint64_t, 4> nobody_with_both = {1, 1, 1, 0};
  const Matrix left_left = {anybody, anybody, anybody, nobody_with_left_fork};
  const Matrix left_right = {anybody, anybody, anybody, nobody_with_both};
  const Matrix right_left = {anybody, anybody, nobody_with_left_fork, nobody_with_left_fork};
  Matrix around = last_is_right_handed ? product(left_right, right_left) : product(left_left, left_left);
  for (std::uint32_t i = 2; i < n; ++i) {
    around = product(left_left, around);
  }
  return around[0][0] + around[1][1] + around[2][2] + around[3][3];
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

/// Distinct states of three and four processes as BEEM lists them (peterson.1, peterson.4).
BOOST_AUTO_TEST_CASE(peterson_2_and_3) {
  constexpr Counts two = {196, 372, 21};
  constexpr Counts three = {12'498, 33'370, 54};
  BOOST_TEST((peterson_naively(2) == two));
  BOOST_TEST((peterson_naively(3) == three));
  counts("peterson", {"parameters.n=2"}, two, every_run);
  counts("peterson", {"parameters.n=3"}, three, every_run);
}
BOOST_AUTO_TEST_CASE(peterson_4) {
  counts("peterson", {"parameters.n=4"}, {1'119'560, 3'864'897, 104}, few_runs);
}

BOOST_AUTO_TEST_CASE(dining_philosophers_that_may_deadlock) {
  constexpr Counts expected[] = {{13, 23, 7},          {45, 112, 10},       {161, 533, 13},
                                 {573, 2'366, 16},     {2'041, 10'111, 19}, {7'269, 42'008, 22},
                                 {25'889, 170'985, 25}};
  for (std::uint32_t n = 2; n <= 8; ++n) {
    BOOST_TEST(seatings(n, false) == expected[n - 2].distinct);
    if (n <= 5) {
      BOOST_TEST((dining_philosophers_naively(static_cast<int>(n), false) == expected[n - 2]));
    }
    counts("dining-philosophers", {number("n", n), "parameters.variant=left-first"}, expected[n - 2],
           every_run);
  }
}
BOOST_AUTO_TEST_CASE(dining_philosophers_in_one_order) {
  constexpr Counts expected[] = {{12, 21, 7},          {42, 104, 10},      {150, 494, 13},
                                 {534, 2'196, 16},     {1'902, 9'390, 19}, {6'774, 39'032, 22},
                                 {24'126, 158'930, 25}};
  for (std::uint32_t n = 2; n <= 8; ++n) {
    BOOST_TEST(seatings(n, true) == expected[n - 2].distinct);
    if (n <= 5) {
      BOOST_TEST((dining_philosophers_naively(static_cast<int>(n), true) == expected[n - 2]));
    }
    counts("dining-philosophers", {number("n", n)}, expected[n - 2], every_run);
  }
}

BOOST_AUTO_TEST_CASE(alternating_bit) {
  struct Case {
    std::uint32_t capacity = 0;
    std::uint32_t duplicates = 0;
    Counts counts;
  };
  const Case cases[] = {{1, 0, {96, 313, 34}},      {1, 3, {96, 313, 34}},      {2, 0, {270, 1'135, 36}},
                        {2, 1, {540, 2'449, 36}},   {2, 3, {1'080, 5'077, 38}}, {3, 0, {576, 2'689, 38}},
                        {3, 2, {1'728, 9'217, 38}}, {4, 0, {1'050, 5'191, 40}}, {4, 3, {4'200, 24'541, 40}}};
  for (const Case& row : cases) {
    BOOST_TEST((alternating_bit_naively(row.capacity, static_cast<int>(row.duplicates)) == row.counts));
    counts("alternating-bit", {number("capacity", row.capacity), number("duplicates", row.duplicates)},
           row.counts, every_run);
  }
}

/// Two independent parts each; the transitions are those of either part beside every state of the other.
BOOST_AUTO_TEST_CASE(small_models_by_formula) {
  counts("fairness-strengths", {}, {8, 1 + 4 + 4 + 2 + 4, 5}, every_run);
  for (const std::uint32_t n : {2U, 3U, 40U, 1'000U}) {
    counts("lighthouse", {number("warmth", n)}, {2 * (n + 1), 1 + 2 * n + 2 * (n + 1), n + 2}, every_run);
    const Counts without = {2 * (n + 1), 1 + 2 * n + 2 * n + 2 * (n + 1), n + 2};
    counts("backlog", {number("bound", n)}, without, every_run, 2);
    const Counts with = {without.distinct, without.generated + 2 * (n - 1), without.depth};
    counts("backlog-cancels", {number("bound", n)}, with, every_run, 2);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::calibration
