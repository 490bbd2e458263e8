// What ends a depth-first search early, and that it is then never said to hold; a grid large enough for
// several workers and growing tables.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <limits>
#include <vector>

#include "checker/search/search.hpp"
#include "checker/search/test_bed.hpp"

namespace plimsoll::checker {
namespace {

constexpr VisitedMode modes[] = {VisitedMode::exact, VisitedMode::fingerprint, VisitedMode::bitstate};

/// 888 million states: no test sees the end of it.
const GridSystem& endless() {
  static const GridSystem system(6, 30);
  return system;
}

SearchOptions options_of(VisitedMode mode, unsigned workers) {
  SearchOptions options;
  options.visited = mode;
  options.workers = workers;
  options.bitstate_bytes = std::uint64_t{1} << 23U;
  return options;
}

void check_inconclusive(const SearchResult& result, Stop stop) {
  BOOST_TEST((result.stop == stop), "stopped for " << to_text(result.stop));
  BOOST_TEST((result.verdict == Verdict::inconclusive));
  for (const PropertyOutcome& outcome : result.properties) {
    BOOST_TEST((outcome.verdict == Verdict::inconclusive));
    BOOST_TEST(!outcome.path.has_value());
  }
  BOOST_TEST(result.distinct > 0U);
}

BOOST_AUTO_TEST_SUITE(depth_limits_test)

BOOST_AUTO_TEST_CASE(a_grid_has_the_numbers_of_its_closed_form) {
  // 160,000 states, which tables grow for while the workers run.
  const GridSystem system(4, 19);
  for (const VisitedMode mode : modes) {
    for (const unsigned workers : {1U, 2U, 4U}) {
      SearchOptions options = options_of(mode, workers);
      options.bitstate_bytes = std::uint64_t{1} << 26U;
      const SearchResult result = search_depth_first(system, options);
      BOOST_TEST_CONTEXT(to_text(mode) << ", " << workers << " workers") {
        BOOST_TEST((result.stop == Stop::exhausted));
        BOOST_TEST(result.distinct == system.distinct());
        BOOST_TEST(result.generated == system.generated());
        // All paths to a state are of one length.
        BOOST_TEST(result.depth == system.depth());
        BOOST_TEST(result.fired == std::vector<std::uint64_t>(4, (system.generated() - 1) / 4));
        const bool is_lossy = mode == VisitedMode::bitstate;
        const Verdict held = is_lossy ? Verdict::inconclusive : Verdict::holds;
        BOOST_TEST((result.properties.at(0).verdict == held));
        // Nothing witnesses it and everything was seen.
        BOOST_TEST((result.properties.at(1).verdict == (is_lossy ? held : Verdict::violated)));
        BOOST_TEST((result.properties.at(2).verdict == held));
        BOOST_TEST(result.memory_bytes >= result.visited_memory_bytes + result.parents_memory_bytes);
        BOOST_TEST((result.omission_probability == 0) == (mode == VisitedMode::exact));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_number_of_states_ends_it_between_expansions) {
  for (const VisitedMode mode : modes) {
    for (const unsigned workers : {1U, 3U}) {
      SearchOptions options = options_of(mode, workers);
      options.limits.states_max = 5000;
      const SearchResult result = search_depth_first(endless(), options);
      check_inconclusive(result, Stop::states);
      // Each worker may be in the middle of an expansion, which finds six states at most.
      BOOST_TEST(result.distinct >= 5000U);
      BOOST_TEST(result.distinct < 5000U + 6 * workers);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_depth_cuts_paths) {
  for (const VisitedMode mode : modes) {
    SearchOptions options = options_of(mode, 2);
    options.limits.depth_max = 5;
    const SearchResult result = search_depth_first(endless(), options);
    check_inconclusive(result, Stop::depth);
    BOOST_TEST(result.depth == 5U);
    BOOST_TEST(result.distinct == 210U);
  }
}

BOOST_AUTO_TEST_CASE(a_depth_that_cuts_nothing_is_no_limit) {
  const GridSystem system(2, 6);
  SearchOptions options;
  options.limits.depth_max = system.depth();
  BOOST_TEST((search_depth_first(system, options).stop == Stop::exhausted));
  options.limits.depth_max = system.depth() - 1;
  const SearchResult cut = search_depth_first(system, options);
  check_inconclusive(cut, Stop::depth);
  BOOST_TEST(cut.distinct == system.distinct() - 1);
}

BOOST_AUTO_TEST_CASE(time_ends_it) {
  for (const VisitedMode mode : modes) {
    SearchOptions options = options_of(mode, 2);
    options.limits.seconds_max = 0.2;
    const SearchResult result = search_depth_first(endless(), options);
    check_inconclusive(result, Stop::time);
    BOOST_TEST(result.seconds >= 0.2);
  }
}

BOOST_AUTO_TEST_CASE(memory_ends_it_and_is_kept) {
  for (const VisitedMode mode : {VisitedMode::exact, VisitedMode::fingerprint}) {
    for (const unsigned workers : {1U, 4U}) {
      SearchOptions options = options_of(mode, workers);
      options.limits.memory_bytes_max = 24U << 20U;
      const SearchResult result = search_depth_first(endless(), options);
      check_inconclusive(result, Stop::memory);
      BOOST_TEST(result.distinct > 10000U);
      BOOST_TEST(result.memory_bytes < 25U << 20U, to_text(mode) << " took " << result.memory_bytes);
    }
  }
}

BOOST_AUTO_TEST_CASE(too_little_memory_for_anything_is_said) {
  for (const VisitedMode mode : modes) {
    SearchOptions options = options_of(mode, 1);
    options.limits.memory_bytes_max = 1000;
    check_inconclusive(search_depth_first(endless(), options), Stop::memory);
  }
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_it) {
  for (const unsigned workers : {1U, 4U}) {
    std::atomic<bool> interrupted{false};
    std::atomic<std::uint64_t> reports{0};
    std::atomic<std::uint64_t> reported_states{0};
    SearchOptions options = options_of(VisitedMode::fingerprint, workers);
    options.interrupted = &interrupted;
    options.progress = [&](const Progress& progress) {
      reported_states.store(progress.distinct);
      interrupted.store(reports.fetch_add(1) >= 1);
    };
    const SearchResult result = search_depth_first(endless(), options);
    check_inconclusive(result, Stop::interrupted);
    BOOST_TEST(reported_states.load() > 0U);
    BOOST_TEST(result.distinct >= reported_states.load());
  }
}

BOOST_AUTO_TEST_CASE(a_violation_before_a_limit_is_still_a_violation) {
  const GridSystem system(6, 30, 3);
  SearchOptions options;
  options.all = true;
  options.limits.states_max = 5000;
  const SearchResult result = search_depth_first(system, options);
  BOOST_TEST((result.stop == Stop::states));
  BOOST_TEST((result.verdict == Verdict::violated));
  BOOST_TEST((result.properties.at(0).verdict == Verdict::violated));
  BOOST_REQUIRE(result.properties[0].path.has_value());
  BOOST_TEST(result.properties[0].path->states.size() == 4U);
  BOOST_TEST((result.properties.at(1).verdict == Verdict::inconclusive));
  BOOST_TEST((result.properties.at(2).verdict == Verdict::inconclusive));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
