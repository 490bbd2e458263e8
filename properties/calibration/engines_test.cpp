// Depth-first search counts what breadth-first search and independent checkers counted, with every visited
// set and number of workers; random walks see no more than there is.
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "properties/calibration/measured.hpp"

namespace plimsoll::properties::calibration {
namespace {

using checker::SearchOptions;
using checker::SearchResult;
using checker::Stop;
using checker::Verdict;
using checker::VisitedMode;

void depth_first(const std::string& name, const std::vector<std::string>& set, std::uint64_t distinct,
                 std::uint64_t generated) {
  const auto system = build(load(name, set));
  BOOST_REQUIRE(system.has_value());
  for (const VisitedMode visited : {VisitedMode::exact, VisitedMode::fingerprint, VisitedMode::bitstate}) {
    for (const unsigned workers : {1U, 2U, 4U}) {
      SearchOptions options;
      options.visited = visited;
      options.workers = workers;
      // So large that nothing is omitted: thousands of bits for each state.
      options.bitstate_bytes = std::uint64_t{1} << 27U;
      const SearchResult result = checker::search_depth_first(**system, options);
      BOOST_TEST_CONTEXT(name << ", " << checker::to_text(visited) << ", workers " << workers) {
        const Verdict expected = visited == VisitedMode::bitstate ? Verdict::inconclusive : Verdict::holds;
        BOOST_TEST((result.verdict == expected));
        BOOST_TEST((result.stop == Stop::exhausted));
        BOOST_TEST(result.distinct == distinct);
        BOOST_TEST(result.generated == generated);
      }
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(engines_test)

BOOST_AUTO_TEST_CASE(two_phase_commit) {
  depth_first("two-phase-commit", {"parameters.rms=3"}, 288, 1'146);
  depth_first("two-phase-commit", {"parameters.rms=5"}, 8'832, 58'146);
  depth_first("two-phase-commit", {"parameters.rms=7"}, 296'448, 2'744'706);
}

BOOST_AUTO_TEST_CASE(mail_raft) {
  depth_first("mail-raft", {"parameters.t=1", "parameters.rst=0"}, 2'624, 7'498);
  depth_first("mail-raft", {"parameters.t=1", "parameters.mb=9"}, 13'275, 60'022);
  depth_first("mail-raft", {"parameters.t=1", "parameters.l=2", "parameters.mb=2"}, 124'599, 616'654);
}

BOOST_AUTO_TEST_CASE(a_small_bitstate_set_covers_less_and_says_how_full_it_is) {
  const auto system = build(load("two-phase-commit", {"parameters.rms=7"}));
  BOOST_REQUIRE(system.has_value());
  SearchOptions options;
  options.visited = VisitedMode::bitstate;
  options.bitstate_bytes = std::uint64_t{1} << 17U;  // three and a half bits a state
  const SearchResult result = checker::search_depth_first(**system, options);
  BOOST_TEST((result.verdict == Verdict::inconclusive));
  BOOST_TEST(result.distinct > 150'000U);
  BOOST_TEST(result.distinct < 290'000U);
  BOOST_TEST(result.omission_probability > 0.1);
  BOOST_TEST(result.omission_probability < 0.3);
}

BOOST_AUTO_TEST_CASE(random_walks_see_no_more_than_there_is) {
  const auto system = build(load("two-phase-commit", {"parameters.rms=3"}));
  BOOST_REQUIRE(system.has_value());
  SearchOptions options;
  options.runs = 5'000;
  options.workers = 2;
  const SearchResult result = checker::search_random_walks(**system, options);
  BOOST_TEST((result.verdict == Verdict::inconclusive));
  BOOST_TEST((result.stop == Stop::runs));
  BOOST_TEST(result.distinct > 200U);
  BOOST_TEST(result.distinct <= 288U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::calibration
