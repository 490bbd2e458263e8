// What ends a search early, and that it is then never said to hold; a grid large enough for several workers
// and growing tables.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "checker/search/search.hpp"
#include "checker/search/test_bed.hpp"

namespace plimsoll::checker {
namespace {

constexpr VisitedMode modes[] = {VisitedMode::exact, VisitedMode::fingerprint};

/// 888 million states: no test sees the end of it.
const GridSystem& endless() {
  static const GridSystem system(6, 30);
  return system;
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

BOOST_AUTO_TEST_SUITE(limits_test)

BOOST_AUTO_TEST_CASE(a_grid_has_the_numbers_of_its_closed_form) {
  // Levels of up to 5,500 of 160,000 states: several workers, and tables that grow while they run.
  const GridSystem system(4, 19);
  for (const VisitedMode mode : modes) {
    for (const unsigned workers : {1U, 2U, 4U}) {
      SearchOptions options;
      options.visited = mode;
      options.workers = workers;
      const SearchResult result = search_breadth_first(system, options);
      BOOST_TEST_CONTEXT(to_text(mode) << ", " << workers << " workers") {
        BOOST_TEST((result.stop == Stop::exhausted));
        BOOST_TEST(result.distinct == system.distinct());
        BOOST_TEST(result.generated == system.generated());
        BOOST_TEST(result.depth == system.depth());
        BOOST_TEST(result.fired == std::vector<std::uint64_t>(4, (system.generated() - 1) / 4));
        BOOST_TEST((result.properties.at(0).verdict == Verdict::holds));
        BOOST_TEST(result.properties.at(0).engaged);
        // Nothing witnesses it and everything was seen.
        BOOST_TEST((result.properties.at(1).verdict == Verdict::violated));
        BOOST_TEST(!result.properties.at(1).path.has_value());
        BOOST_TEST((result.properties.at(2).verdict == Verdict::holds));
        BOOST_TEST((result.verdict == Verdict::violated));
        BOOST_TEST(result.visited_memory_bytes > result.distinct * 8);
        BOOST_TEST(result.memory_bytes >= result.visited_memory_bytes + result.parents_memory_bytes);
        BOOST_TEST((result.omission_probability == 0) == (mode == VisitedMode::exact));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_trace_does_not_depend_on_the_workers) {
  const GridSystem system(4, 19, 40);
  std::vector<std::vector<Slot>> first;
  for (const VisitedMode mode : modes) {
    for (const unsigned workers : {1U, 2U, 4U}) {
      SearchOptions options;
      options.visited = mode;
      options.workers = workers;
      const SearchResult result = search_breadth_first(system, options);
      BOOST_TEST((result.stop == Stop::violated));
      BOOST_REQUIRE(result.properties.at(0).path.has_value());
      const Path& path = *result.properties[0].path;
      BOOST_TEST(path.states.size() == 41U);
      BOOST_TEST(path.actions.size() == 40U);
      BOOST_TEST(result.depth == 41U);
      if (first.empty()) {
        first = path.states;
      }
      BOOST_TEST((path.states == first));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_number_of_states_ends_it_at_a_level) {
  for (const VisitedMode mode : modes) {
    SearchOptions options;
    options.visited = mode;
    options.limits.states_max = 5000;
    options.workers = 2;
    const SearchResult result = search_breadth_first(endless(), options);
    check_inconclusive(result, Stop::states);
    // Whole levels of the grid: 1, 6, 21, 56 ... sum up to binomial(n + 6, 6); 5,005 is the first of these
    // from 5,000 on.
    BOOST_TEST(result.distinct == 5005U);
    BOOST_TEST(result.depth == 10U);
  }
}

BOOST_AUTO_TEST_CASE(the_depth_ends_it_at_a_level) {
  SearchOptions options;
  options.limits.depth_max = 5;
  const SearchResult result = search_breadth_first(endless(), options);
  check_inconclusive(result, Stop::depth);
  BOOST_TEST(result.depth == 5U);
  BOOST_TEST(result.distinct == 210U);
}

BOOST_AUTO_TEST_CASE(time_ends_it_within_a_level) {
  for (const VisitedMode mode : modes) {
    SearchOptions options;
    options.visited = mode;
    options.workers = 2;
    options.limits.seconds_max = 0.3;
    const SearchResult result = search_breadth_first(endless(), options);
    check_inconclusive(result, Stop::time);
    BOOST_TEST(result.seconds >= 0.3);
  }
}

BOOST_AUTO_TEST_CASE(memory_ends_it_and_is_kept) {
  for (const VisitedMode mode : modes) {
    for (const unsigned workers : {1U, 4U}) {
      SearchOptions options;
      options.visited = mode;
      options.workers = workers;
      options.limits.memory_bytes_max = 24U << 20U;
      const SearchResult result = search_breadth_first(endless(), options);
      check_inconclusive(result, Stop::memory);
      BOOST_TEST(result.distinct > 10000U);
      // Each worker may fill a block of the next level before it looks again.
      BOOST_TEST(result.memory_bytes < 26U << 20U, to_text(mode) << " took " << result.memory_bytes);
    }
  }
}

BOOST_AUTO_TEST_CASE(too_little_memory_for_anything_is_said) {
  SearchOptions options;
  options.limits.memory_bytes_max = 1000;
  const SearchResult result = search_breadth_first(endless(), options);
  check_inconclusive(result, Stop::memory);
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_it) {
  for (const unsigned workers : {1U, 2U}) {
    std::atomic<bool> interrupted{false};
    std::atomic<std::uint64_t> reports{0};
    std::atomic<std::uint64_t> reported_states{0};
    SearchOptions options;
    options.workers = workers;
    options.interrupted = &interrupted;
    options.progress = [&](const Progress& progress) {
      reported_states.store(progress.distinct);
      interrupted.store(reports.fetch_add(1) >= 1);
    };
    const SearchResult result = search_breadth_first(endless(), options);
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
  const SearchResult result = search_breadth_first(system, options);
  BOOST_TEST((result.stop == Stop::states));
  BOOST_TEST((result.verdict == Verdict::violated));
  BOOST_TEST((result.properties.at(0).verdict == Verdict::violated));
  BOOST_REQUIRE(result.properties[0].path.has_value());
  BOOST_TEST(result.properties[0].path->states.size() == 4U);
  // A witness not seen so far may still come; a deadlock too.
  BOOST_TEST((result.properties.at(1).verdict == Verdict::inconclusive));
  BOOST_TEST((result.properties.at(2).verdict == Verdict::inconclusive));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
