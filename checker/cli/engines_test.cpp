#include "checker/cli/engines.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <memory>

#include "checker/cli/prepare.hpp"
#include "checker/trace/judge.hpp"
#include "checker/trace/water_jugs.hpp"
#include "model/calibration/two_phase_commit.hpp"

namespace plimsoll::cli {
namespace {

using checker::Engine;
using checker::SearchOptions;
using checker::SearchResult;
using checker::Verdict;
using checker::VisitedMode;
using model::calibration::TwoPhaseCommit;
using model::calibration::TwoPhaseCommitMutation;

scenario::Scenario scenario_with(const std::string& hints) {
  const auto scenario = scenario::parse_scenario(
      "apiVersion: plimsoll/v1\nkind: Scenario\nmetadata: {name: x}\nsystem: s\nengine: {" + hints + "}\n",
      "x.yaml");
  BOOST_REQUIRE(scenario.has_value());
  return *scenario;
}

/// The plan in words, or the complaint.
std::string plan_of(const std::string& hints, const EngineChoice& wanted, bool has_symmetry = true) {
  const checker::PodSystem<TwoPhaseCommit> symmetric(TwoPhaseCommit(2));
  const auto jugs = checker::make_water_jugs();
  const checker::System& system = has_symmetry ? static_cast<const checker::System&>(symmetric) : *jugs;
  const auto plan = plan_search(scenario_with(hints), system, wanted);
  if (!plan) {
    return plan.error().to_string();
  }
  return std::string(to_text(plan->engine)) + " " + std::string(to_text(plan->visited)) +
         (plan->symmetry ? " symmetry" : "");
}

/// The system of a calibration scenario that comes with Plimsoll.
std::unique_ptr<checker::System> system_of(const std::string& name,
                                           const std::vector<std::string>& set = {}) {
  scenario::Overrides overrides;
  overrides.set = set;
  const auto scenario = scenario::load_scenario(
      std::string(PLIMSOLL_SOURCE_DIR) + "/model/scenarios/calibration/" + name + ".yaml", overrides);
  BOOST_REQUIRE(scenario.has_value());
  auto system = build_system(*scenario);
  BOOST_REQUIRE(system.has_value());
  return std::move(*system);
}

/// Is it a behaviour of `system` that shows of the property what a counterexample or witness must?
bool shows(const checker::System& system, const checker::Path& path, std::size_t property) {
  const auto worker = system.worker();
  checker::Judge judge(system, *worker, property);
  for (std::size_t i = 0; i < path.actions.size(); ++i) {
    checker::Successors out(system.width());
    const checker::Fingerprint fingerprint = system.fingerprint(path.states[i]);
    out.begin(fingerprint);
    worker->successors(path.states[i], fingerprint, out);
    bool found = false;
    for (std::size_t k = 0; k < out.size(); ++k) {
      const checker::StateView to = out.state(k);
      found = found || (out[k].action == path.actions[i] &&
                        std::equal(to.begin(), to.end(), path.states[i + 1].begin()));
    }
    if (!found) {
      return false;
    }
  }
  return judge.shows(path.states.back());
}

std::map<std::string, Verdict> verdicts(const checker::System& system, const SearchResult& result) {
  std::map<std::string, Verdict> by_id;
  for (const checker::PropertyOutcome& outcome : result.properties) {
    by_id[system.properties()[outcome.property].id] = outcome.verdict;
  }
  return by_id;
}

const std::vector<SearchPlan> safety_plans = {
    {Engine::bfs, VisitedMode::exact, false},    {Engine::bfs, VisitedMode::fingerprint, true},
    {Engine::dfs, VisitedMode::exact, true},     {Engine::dfs, VisitedMode::fingerprint, false},
    {Engine::dfs, VisitedMode::bitstate, false}, {Engine::dfs, VisitedMode::bitstate, true},
    {Engine::walk, VisitedMode::exact, false},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(engines_test)

BOOST_AUTO_TEST_CASE(the_command_line_comes_before_the_scenario) {
  BOOST_TEST(plan_of("", {}) == "bfs exact");
  BOOST_TEST(plan_of("engine: dfs, visited: bitstate, symmetry: true", {}) == "dfs bitstate symmetry");
  BOOST_TEST(plan_of("visited: fingerprint", {Engine::dfs, {}, {}}) == "dfs fingerprint");
  BOOST_TEST(plan_of("engine: dfs, visited: bitstate", {Engine::bfs, {}, {}}) == "bfs exact");
  BOOST_TEST(plan_of("visited: fingerprint, symmetry: true", {Engine::walk, {}, {}}) == "walk exact");
  BOOST_TEST(plan_of("visited: fingerprint", {{}, VisitedMode::exact, true}) == "bfs exact symmetry");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_together_is_refused) {
  const std::string place = "x.yaml:1:1: ";
  BOOST_TEST(
      plan_of("visited: bitstate", {}) ==
      place +
          "visited: bitstate needs engine: dfs (on the command line --engine dfs), found bfs: it keeps "
          "no parents, so that no other search could tell the way to a violation");
  BOOST_TEST(
      plan_of("", {Engine::walk, VisitedMode::exact, {}}) ==
      "--visited:1:1: engine: walk keeps no set of visited states: expected no choice of one, found exact");
  BOOST_TEST(
      plan_of("", {Engine::walk, {}, true}) ==
      "--symmetry:1:1: engine: walk keeps no set of visited states, which is all that symmetry could reduce");
  BOOST_TEST(plan_of("", {{}, {}, true}, false) ==
             "--symmetry:1:1: system 's' has no symmetry that is known");
  BOOST_TEST(plan_of("por: true, engine: dfs", {}) ==
             place + "partial order reduction needs engine: bfs, found dfs");
  BOOST_TEST(plan_of("por: true, symmetry: true", {}) ==
             place + "partial order reduction does not go together with symmetry");
  BOOST_TEST(plan_of("por: true", {}) ==
             place + "system 's' is no world of processes, of which it is known who can influence whom");
  BOOST_TEST(plan_of("por: true", {Engine::walk, {}, {}}) == "walk exact");
}

BOOST_AUTO_TEST_CASE(every_plan_shows_a_violation_that_is_there) {
  const checker::PodSystem<TwoPhaseCommit> system(
      TwoPhaseCommit(3, TwoPhaseCommitMutation::commits_on_first_prepared));
  for (const SearchPlan& plan : safety_plans) {
    for (const unsigned workers : {1U, 2U}) {
      SearchOptions options;
      options.workers = workers;
      const SearchResult result = search(system, plan, options);
      BOOST_TEST((result.verdict == Verdict::violated));
      BOOST_REQUIRE(result.properties.at(0).path.has_value());
      BOOST_TEST(shows(system, *result.properties[0].path, 0));
      // Nothing is left but: prepare, hear of it, commit, be told, and another one aborts.
      BOOST_TEST(result.properties[0].path->actions.size() == 5U);
    }
  }
}

BOOST_AUTO_TEST_CASE(all_violations_are_collected) {
  const checker::PodSystem<TwoPhaseCommit> system(TwoPhaseCommit(3, TwoPhaseCommitMutation::never_commits));
  for (const SearchPlan& plan : safety_plans) {
    SearchOptions options;
    options.all = true;
    const SearchResult result = search(system, plan, options);
    const bool is_exhaustive = plan.engine != Engine::walk && plan.visited != VisitedMode::bitstate;
    const auto found = verdicts(system, result);
    BOOST_TEST((found.at("consistency") == (is_exhaustive ? Verdict::holds : Verdict::inconclusive)));
    BOOST_TEST((found.at("all-commit") == (is_exhaustive ? Verdict::violated : Verdict::inconclusive)));
  }
}

BOOST_AUTO_TEST_CASE(liveness_is_decided_after_safety) {
  const auto philosophers = system_of("dining-philosophers-starvation");
  for (const VisitedMode visited : {VisitedMode::exact, VisitedMode::fingerprint}) {
    for (const Engine engine : {Engine::bfs, Engine::dfs}) {
      SearchOptions options;
      options.all = true;
      const SearchResult result = search(*philosophers, {engine, visited, false}, options);
      const auto found = verdicts(*philosophers, result);
      BOOST_TEST((found.at("deadlock-free") == Verdict::holds));
      BOOST_TEST((found.at("starvation-free-1") == Verdict::violated));
      BOOST_TEST((result.verdict == Verdict::violated));
      for (const checker::PropertyOutcome& outcome : result.properties) {
        if (outcome.verdict == Verdict::violated) {
          BOOST_REQUIRE(outcome.path.has_value());
          BOOST_TEST(outcome.path->loop.has_value());
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(engines_that_are_not_exhaustive_leave_liveness_open) {
  const auto philosophers = system_of("dining-philosophers");
  for (const SearchPlan& plan : {SearchPlan{Engine::walk, VisitedMode::exact, false},
                                 SearchPlan{Engine::dfs, VisitedMode::bitstate, false}}) {
    SearchOptions options;
    options.runs = 10;
    const SearchResult result = search(*philosophers, plan, options);
    BOOST_TEST((verdicts(*philosophers, result).at("starvation-free-1") == Verdict::inconclusive));
    BOOST_TEST((result.verdict == Verdict::inconclusive));
  }
}

BOOST_AUTO_TEST_CASE(a_bound_never_makes_liveness_hold) {
  const auto backlog = system_of("backlog");
  const SearchResult result = search(*backlog, {}, {});
  BOOST_TEST((result.verdict == Verdict::inconclusive));
  BOOST_TEST((verdicts(*backlog, result).at("backlog-empties") == Verdict::inconclusive));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::cli
