// What must happen in the end in worlds of an agreed log, and that it does not with bad timing, or with a
// documented bug. (Mutants are in store_mutants_test.cpp.)
#include "properties/store/world/liveness.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "checker/search/lasso_judge.hpp"
#include "checker/search/search.hpp"
#include "properties/store/world/loaded_scenario.hpp"

namespace plimsoll::properties::store {
namespace {

using checker::SearchResult;
using checker::System;
using checker::Verdict;

SearchResult check(const System& system, checker::VisitedMode visited = checker::VisitedMode::fingerprint,
                   unsigned workers = 2) {
  checker::SearchOptions options;
  options.visited = visited;
  options.workers = workers;
  options.all = true;
  return checker::check_liveness(system, options);
}

void believe(const System& system, const SearchResult& result) {
  for (const checker::PropertyOutcome& outcome : result.properties) {
    if (outcome.verdict == Verdict::violated) {
      const auto objection = checker::judge_lasso(system, *system.worker(), outcome.property, *outcome.path);
      BOOST_TEST(!objection.has_value(), objection.value_or(""));
    }
  }
}

void is_violated(const System& system) {
  const SearchResult result = check(system);
  BOOST_TEST((result.verdict == Verdict::violated));
  believe(system, result);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_liveness_test)

BOOST_AUTO_TEST_CASE(they_hold_and_say_something) {
  const std::pair<const char*, std::uint64_t> all[] = {{"lease-liveness", 146'915},
                                                       {"watch-liveness", 164'006}};
  for (const auto& [scenario, distinct] : all) {
    BOOST_TEST_CONTEXT(scenario) {
      const LoadedScenario loaded = load(scenario);
      const SearchResult result = check(*loaded.system);
      BOOST_TEST((result.verdict == Verdict::holds));
      BOOST_TEST(result.distinct == distinct);
      for (const checker::PropertyOutcome& outcome : result.properties) {
        const bool is_asked = outcome.verdict == Verdict::holds;
        BOOST_TEST((!is_asked || outcome.engaged));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(with_bad_timing_leases_may_stay) {
  is_violated(*load("lease-liveness", {{"parameters.timing=any"}, {}}).system);
}

/// E9: what was removed at the compacted revision is never told.
BOOST_AUTO_TEST_CASE(an_event_that_is_compacted_away_is_missed_for_ever) {
  is_violated(*load("watch-liveness", {{}, {"E9"}}).system);
}

BOOST_AUTO_TEST_CASE(they_are_made_only_where_a_scenario_names_them) {
  const auto has = [](const char* scenario, const std::string& id) {
    const LoadedScenario loaded = load(scenario);
    return std::ranges::any_of(loaded.system->properties(),
                               [&](const checker::Property& property) { return property.id == id; });
  };
  BOOST_TEST(has("lease-liveness", "expired-leases-are-revoked"));
  BOOST_TEST(!has("lease-liveness", "watchers-are-brought-up"));
  BOOST_TEST(!has("restarts", "expired-leases-are-revoked"));
  BOOST_TEST(has("histories", "linearizable"));
  BOOST_TEST(!has("restarts", "linearizable"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::store
