// What must happen in the end in worlds of system raft, and how each property is broken: by a defect, by bad
// timing, and by an environment that is not fair.
#include "properties/raft/world/liveness.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

#include "checker/search/lasso_judge.hpp"
#include "properties/ipam/unfair.hpp"
#include "properties/raft/world/loaded_scenario.hpp"

namespace plimsoll::properties::raft {
namespace {

using checker::PropertyOutcome;
using checker::SearchOptions;
using checker::SearchResult;
using checker::System;
using checker::Verdict;
using checker::VisitedMode;

std::string file_of(const std::string& scenario) {
  return "model/scenarios/raft/" + scenario + ".yaml";
}

/// Checks every liveness property that the system has.
SearchResult check(const System& system, VisitedMode visited = VisitedMode::fingerprint,
                   unsigned workers = 2) {
  SearchOptions options;
  options.visited = visited;
  options.workers = workers;
  options.all = true;
  return checker::check_liveness(system, options);
}

/// The counterexample of the property, believed by the judge; nothing if it holds.
std::optional<checker::Path> violation(const System& system, const SearchResult& result,
                                       const std::string& id) {
  for (const PropertyOutcome& outcome : result.properties) {
    if (system.properties()[outcome.property].id != id || outcome.verdict != Verdict::violated) {
      continue;
    }
    BOOST_REQUIRE(outcome.path.has_value());
    const auto objection = checker::judge_lasso(system, *system.worker(), outcome.property, *outcome.path);
    BOOST_TEST(!objection.has_value(), objection.value_or(""));
    return outcome.path;
  }
  return std::nullopt;
}

std::set<std::string> violated(const System& system, const SearchResult& result) {
  std::set<std::string> ids;
  for (const checker::Property& property : system.properties()) {
    if (violation(system, result, property.id)) {
      ids.insert(property.id);
    }
  }
  return ids;
}

struct Counts {
  const char* scenario;
  std::uint64_t distinct;
  std::uint64_t generated;
};
constexpr std::array all_scenarios = {
    Counts{"full-window", 2'417, 6'297},          Counts{"probing", 143, 215},
    Counts{"delegated-snapshot", 1'313, 2'847},   Counts{"unknowing-voter", 12'786, 49'186},
    Counts{"longer-log-lower-term", 335, 583},    Counts{"pre-vote-rollout", 2'198, 5'047},
    Counts{"leader-gone", 12'211, 45'325},        Counts{"calm", 83'869, 270'457},
    Counts{"automatic-leave", 175'655, 1'042'292}};

void holds_with(const Counts& expected, VisitedMode visited, unsigned workers) {
  BOOST_TEST_CONTEXT(expected.scenario << ", " << to_text(visited) << ", workers " << workers) {
    const LoadedScenario loaded = load(file_of(expected.scenario));
    const SearchResult result = check(*loaded.system, visited, workers);
    BOOST_TEST((result.verdict == Verdict::holds));
    BOOST_TEST(result.distinct == expected.distinct);
    BOOST_TEST(result.generated == expected.generated);
    BOOST_TEST(result.pruned == 0U);
    BOOST_TEST(result.properties.size() == loaded.scenario.properties->size());
    for (const PropertyOutcome& outcome : result.properties) {
      BOOST_TEST(outcome.engaged, loaded.system->properties()[outcome.property].id);
    }
  }
}

struct Broken {
  const char* scenario;
  const char* defect;
  const char* property;
};
constexpr std::array all_broken = {
    Broken{"unknowing-voter", "R7", "a-leader-stays"},
    Broken{"longer-log-lower-term", "R8", "a-leader-stays"},
    Broken{"pre-vote-rollout", "R9", "followers-are-replicated-to"},
    Broken{"leader-gone", "R10", "a-leader-stays"},
    Broken{"full-window", "R14", "proposals-commit"},
    Broken{"probing", "R15", "followers-are-replicated-to"},
    Broken{"delegated-snapshot", "R16", "followers-are-replicated-to"},
    Broken{"full-window", "R21", "proposals-commit"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(liveness_test)

BOOST_AUTO_TEST_CASE(all_hold_and_say_something) {
  for (const Counts& expected : all_scenarios) {
    holds_with(expected, VisitedMode::fingerprint, 2);
  }
}

BOOST_AUTO_TEST_CASE(the_counts_are_the_same_however_they_are_decided) {
  for (const Counts& expected : all_scenarios) {
    if (expected.distinct < 20'000) {
      holds_with(expected, VisitedMode::exact, 1);
      holds_with(expected, VisitedMode::exact, 2);
      holds_with(expected, VisitedMode::fingerprint, 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(each_defect_goes_wrong_for_ever) {
  for (const Broken& one : all_broken) {
    BOOST_TEST_CONTEXT(one.defect << " in " << one.scenario) {
      const LoadedScenario loaded = load(file_of(one.scenario), {{}, {one.defect}});
      BOOST_TEST(scenario::expectation(loaded.scenario)->property.value() == one.property);
      const auto path = violation(*loaded.system, check(*loaded.system), one.property);
      BOOST_REQUIRE(path.has_value());
      // The timers run on, and bring nothing about.
      BOOST_TEST(path->loop.has_value());
    }
  }
}

/// R14 needs a message that is lost, R21 a limit on bytes.
BOOST_AUTO_TEST_CASE(two_ways_to_fill_a_window_are_told_apart) {
  const scenario::Overrides nothing_lost{{"faults.drop=0"}, {"R14"}};
  BOOST_TEST((check(*load(file_of("full-window"), nothing_lost).system).verdict == Verdict::holds));
  const scenario::Overrides bytes{{"parameters.max-inflight-bytes=1"}, {}};
  BOOST_TEST((check(*load(file_of("full-window"), bytes).system).verdict == Verdict::holds));
}

BOOST_AUTO_TEST_CASE(with_bad_timing_none_holds) {
  const std::vector<std::string> bad = {"parameters.timing=any", "faults.election-timeout=1"};
  const LoadedScenario loaded = load(file_of("automatic-leave"), {bad, {}});
  const std::set<std::string> all = {"a-leader-stays", "proposals-commit", "joint-configurations-are-left",
                                     "followers-are-replicated-to"};
  BOOST_TEST(violated(*loaded.system, check(*loaded.system)) == all, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(without_fairness_none_holds) {
  const LoadedScenario loaded = load(file_of("pre-vote-rollout"));
  const ipam::Unfair unfair(*loaded.system);
  const std::set<std::string> ids = violated(unfair, check(unfair));
  BOOST_TEST(ids.contains("a-leader-stays"));
  BOOST_TEST(ids.contains("followers-are-replicated-to"));
}

BOOST_AUTO_TEST_CASE(nobody_is_blamed_where_too_many_are_down) {
  const std::vector<std::string> dead = {"parameters.supervised=false", "faults.crash=1"};
  const LoadedScenario loaded = load(file_of("probing"), {dead, {}});
  BOOST_TEST((check(*loaded.system).verdict == Verdict::holds));
}

BOOST_AUTO_TEST_CASE(a_healthy_leader_is_deposed_by_who_does_not_ask_first) {
  const LoadedScenario good = load(file_of("rejoining"));
  BOOST_TEST((good.search(VisitedMode::fingerprint, 2).verdict == Verdict::holds));
  const LoadedScenario in_the_end = load(file_of("rejoining"), {{"properties=[a-leader-stays]"}, {}});
  BOOST_TEST((check(*in_the_end.system).verdict == Verdict::holds));
  const LoadedScenario bad = load(file_of("rejoining"), {{}, {"R11"}});
  const SearchResult result = bad.search(VisitedMode::fingerprint, 2);
  BOOST_TEST((result.verdict == Verdict::violated));
  BOOST_TEST(bad.trace_of(result).property == "undisturbed-leader");
}

BOOST_AUTO_TEST_CASE(they_are_made_only_where_a_scenario_names_them) {
  const auto count = [](const LoadedScenario& loaded) {
    std::size_t found = 0;
    for (const checker::Property& property : loaded.system->properties()) {
      for (const checker::Property& known : liveness_property_list()) {
        found += property.id == known.id ? 1 : 0;
      }
    }
    return found;
  };
  BOOST_TEST(count(load(file_of("divergence"))) == 0U);
  BOOST_TEST(count(load(file_of("calm"))) == 3U);
  BOOST_TEST(count(load(file_of("rejoining"))) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
