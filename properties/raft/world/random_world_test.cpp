// Raft in random clusters under random schedules: every property holds, and what breaks one is kept as a
// trace. RC_PARAMS="max_success=N seed=S" asks for more clusters (N / 10 of each kind), or for those of a
// seed.
#include <rapidcheck.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "checker/search/search.hpp"
#include "checker/trace/minimise.hpp"
#include "checker/trace/replay.hpp"
#include "impl/base/assert.hpp"
#include "properties/raft/world/random_cluster.hpp"
#include "properties/raft/world/system.hpp"

namespace plimsoll::properties::raft {
namespace {

using checker::Schedule;
using checker::Verdict;

struct Case {
  scenario::Scenario scenario;
  std::unique_ptr<checker::System> system;
};

Case case_of(const RandomCluster& cluster, const std::vector<std::string>& defects = {}) {
  auto scenario = scenario::parse_scenario(scenario_text(cluster), "random-cluster.yaml", {{}, defects});
  if (!scenario) {
    BOOST_FAIL(scenario.error().to_string());
  }
  auto system = system_entry().build(*scenario, scenario->defects);
  if (!system) {
    BOOST_FAIL(system.error().to_string() << "\n" << scenario->source_text);
  }
  return {std::move(*scenario), std::move(*system)};
}

checker::SearchOptions options_of(Schedule schedule, std::uint64_t seed) {
  checker::SearchOptions options;
  options.schedule = schedule;
  options.seed = seed;
  options.runs = 1;
  options.walk_steps_max = 1'500;
  return options;
}

const checker::PropertyOutcome* violation(const checker::SearchResult& result) {
  for (const checker::PropertyOutcome& outcome : result.properties) {
    if (outcome.verdict == Verdict::violated) {
      return &outcome;
    }
  }
  return nullptr;
}

/// Re-executed steps at most: seconds.
constexpr std::size_t minimise_steps = 30'000;

/// The violation as a trace that replays alone, shortened.
checker::Trace trace_of(const Case& found, const checker::PropertyOutcome& outcome) {
  const std::size_t executions = minimise_steps;
  const checker::Path path =
      checker::minimise(*found.system, outcome.path.value(), outcome.property, executions, minimise_steps);
  checker::Trace trace = checker::trace_of(found.scenario);
  trace.property = found.system->properties()[outcome.property].id;
  trace.shown = checker::Shown::violated;
  trace.engine = "walk";
  trace.visited = "none";
  trace.version = PLIMSOLL_VERSION;
  trace.behaviour = checker::describe(*found.system, path);
  return trace;
}

/// Where failing cases are written: $PLIMSOLL_TRACE_DIR, or traces-of-failures in the current directory.
std::string write(const checker::Trace& trace, std::uint64_t seed) {
  const char* const chosen = std::getenv("PLIMSOLL_TRACE_DIR");
  const std::filesystem::path directory = chosen != nullptr ? chosen : "traces-of-failures";
  std::filesystem::create_directories(directory);
  const auto path = directory / (trace.property + "-" + std::to_string(seed) + ".itf.json");
  std::ofstream(path, std::ios::binary | std::ios::trunc) << checker::write_itf(trace);
  return std::filesystem::absolute(path).string();
}

/// What runs have met, to be sure that they looked where it matters.
struct Sightings {
  std::set<std::string> fired;  ///< groups of actions, without the server
  std::set<std::string> engaged;
  std::uint64_t steps = 0;

  void add(const Case& run, const checker::SearchResult& result) {
    steps += result.generated;
    const std::vector<std::string>& groups = run.system->action_groups();
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (result.fired[i] > 0) {
        fired.insert(groups[i].substr(0, groups[i].find(" of server-")));
      }
    }
    for (const checker::PropertyOutcome& outcome : result.properties) {
      if (outcome.engaged || outcome.verdict == Verdict::holds) {
        engaged.insert(run.system->properties()[outcome.property].id);
      }
    }
  }
};

/// Walks once in a cluster for each of `count` seeds; a violation is kept and fails the test.
void walk_all(const RandomWish& wish, Schedule schedule, int count, std::uint64_t first,
              Sightings& sightings) {
  for (int i = 0; i < count; ++i) {
    const std::uint64_t seed = first + static_cast<std::uint64_t>(i);
    const base::AssertContext context("a walk in the random cluster of seed " + std::to_string(seed));
    const Case run = case_of(random_cluster(seed, wish));
    const checker::SearchResult result =
        checker::search_random_walks(*run.system, options_of(schedule, seed));
    sightings.add(run, result);
    if (const checker::PropertyOutcome* const outcome = violation(result)) {
      const checker::Trace trace = trace_of(run, *outcome);
      BOOST_FAIL(trace.property << " is violated in the cluster of seed " << seed << " after "
                                << outcome->found->steps << " steps, " << trace.behaviour.steps()
                                << " of which matter: `plimsoll replay " << write(trace, seed) << "`");
    }
  }
}

int clusters_of_a_kind() {
  return rc::detail::configuration().testParams.maxSuccess / 10;
}
/// RapidCheck's, which is another one in each run unless RC_PARAMS says so.
std::uint64_t first_seed() {
  return rc::detail::configuration().testParams.seed >> 1U;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(random_world_test)

BOOST_AUTO_TEST_CASE(clusters_are_functions_of_their_seeds) {
  std::set<std::string> texts;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const std::string text = scenario_text(random_cluster(seed));
    BOOST_TEST(text == scenario_text(random_cluster(seed)));
    texts.insert(text);
    BOOST_TEST(case_of(random_cluster(seed)).system->width() > 0U);
  }
  BOOST_TEST(texts.size() == 200U);
}

BOOST_AUTO_TEST_CASE(every_property_holds_of_random_clusters) {
  Sightings sightings;
  std::uint64_t seed = first_seed();
  BOOST_TEST_MESSAGE("clusters from seed " << seed);
  for (const core::StorageWrites writes :
       {core::StorageWrites::atomic, core::StorageWrites::separate, core::StorageWrites::asynchronous}) {
    for (const Schedule schedule : {Schedule::uniform, Schedule::pct, Schedule::swarm}) {
      // Most of what is of interest takes a leader, which swarms let last.
      const int count = clusters_of_a_kind() / (schedule == Schedule::swarm ? 1 : 4);
      walk_all({writes, false}, schedule, count, seed, sightings);
      seed += 1'000'000;
    }
  }
  for (const char* const group : {"restart", "fire election-timeout", "fire heartbeat", "fire check-quorum",
                                  "fire write", "fire append", "fire apply", "fire proposal",
                                  "fire conf-change", "fire transfer", "fire read", "fire compaction"}) {
    const bool is_seen = std::ranges::any_of(
        sightings.fired, [&](const std::string& name) { return name.starts_with(group); });
    BOOST_TEST(is_seen, group << " was never seen");
  }
  for (const char* const property :
       {"election-safety", "leader-append-only", "log-matching", "leader-completeness",
        "state-machine-safety", "one-vote-a-term", "quorum-intersection", "linearizable-read-index",
        "some-leader", "some-commit"}) {
    BOOST_TEST(sightings.engaged.contains(property), property << " was never put to the test");
  }
  BOOST_TEST_MESSAGE(sightings.steps << " steps");
}

BOOST_AUTO_TEST_CASE(random_walks_refine_the_spec) {
  Sightings sightings;
  walk_all({std::nullopt, true}, Schedule::swarm, clusters_of_a_kind() / 4, first_seed() + 500'000,
           sightings);
  BOOST_TEST(sightings.engaged.contains("refines-raft-spec"));
}

/// Each is found in the clusters of few seeds, and its trace replays.
BOOST_AUTO_TEST_CASE(known_bugs_are_found) {
  for (const char* const defect : {"R4", "R18"}) {
    bool is_found = false;
    for (std::uint64_t seed = 0; seed < 300 && !is_found; ++seed) {
      const Case run = case_of(random_cluster(seed, {std::nullopt, false}), {defect});
      const checker::SearchResult result =
          checker::search_random_walks(*run.system, options_of(Schedule::swarm, seed));
      const checker::PropertyOutcome* const outcome = violation(result);
      if (outcome == nullptr) {
        continue;
      }
      is_found = true;
      const checker::Trace trace = trace_of(run, *outcome);
      BOOST_TEST(trace.behaviour.steps() <= outcome->found->steps);
      BOOST_TEST(trace.defects == std::vector<std::string>{defect}, boost::test_tools::per_element());
      const auto replayed = checker::replay(*run.system, trace);
      BOOST_REQUIRE(replayed.has_value());
      BOOST_TEST(!replayed->divergence.has_value());
      BOOST_TEST_MESSAGE(defect << ": " << trace.property << " with seed " << seed << ", "
                                << outcome->found->steps << " steps, shortened to "
                                << trace.behaviour.steps());
    }
    BOOST_TEST(is_found, defect << " was not found");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
