#include "checker/cli/check_run.hpp"

#include <algorithm>
#include <new>
#include <system_error>

#include "checker/cli/prepare.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::cli {
namespace {

using checker::Verdict;

std::string verdicts_differ(const scenario::Expectation& expected, Verdict found) {
  return "expected " + std::string(to_text(expected.verdict)) + ", found " + std::string(to_text(found));
}

const PropertyReport* first_violated(const ScenarioReport& report) {
  const auto found = std::ranges::find(report.properties, Verdict::violated, &PropertyReport::verdict);
  return found == report.properties.end() ? nullptr : &*found;
}

/// Why a run that should have violated something is not as expected; empty if it is.
std::string judge_violation(const ScenarioReport& report) {
  const scenario::Expectation& expected = report.expected;
  const PropertyReport* violated = first_violated(report);
  if (expected.property) {
    const auto named = std::ranges::find(report.properties, *expected.property, &PropertyReport::id);
    if (named != report.properties.end() && named->verdict == Verdict::violated) {
      violated = &*named;
    } else {
      const std::string found =
          violated == nullptr ? to_text(report.verdict()).data() : violated->id + " violated";
      return "expected " + *expected.property + " to be violated, found " + found;
    }
  }
  if (violated == nullptr) {
    return verdicts_differ(expected, report.verdict());
  }
  // Only breadth-first are traces shortest, without partial order reduction, and only on the graph of all
  // states are lassos the same in each run.
  const bool is_shortest = report.search.engine == checker::Engine::bfs && !report.partial_order;
  if (!is_shortest && !is_liveness(violated->kind)) {
    return "";
  }
  if (expected.length && !violated->behaviour) {
    return "expected a trace of " + std::to_string(*expected.length) + " steps, found none";
  }
  if (expected.length && violated->behaviour->steps() != *expected.length) {
    return "expected a trace of " + std::to_string(*expected.length) + " steps, found " +
           std::to_string(violated->behaviour->steps());
  }
  return "";
}

void judge(ScenarioReport& report) {
  const Verdict found = report.verdict();
  if (report.expected.verdict == scenario::Verdict::violated) {
    report.reason = judge_violation(report);
  } else if (to_text(report.expected.verdict) != to_text(found)) {
    report.reason = verdicts_differ(report.expected, found);
    if (const PropertyReport* violated = first_violated(report)) {
      report.reason += " (" + violated->id + ")";
    }
  }
  report.passed = report.reason.empty();
}

ScenarioReport report_of(const scenario::Scenario& scenario, const checker::System& system,
                         const RunSettings& settings, checker::SearchResult result) {
  ScenarioReport report;
  report.scenario = scenario;
  report.expected = expected_of(scenario);
  report.action_groups = system.action_groups();
  report.seed = settings.search.seed;
  report.symmetry = settings.plan.symmetry;
  report.stale = settings.plan.stale;
  report.partial_order = settings.plan.partial_order;
  for (checker::PropertyOutcome& outcome : result.properties) {
    const checker::Property& property = system.properties()[outcome.property];
    PropertyReport found{property.id, property.kind, property.statement, outcome.verdict, std::nullopt, false,
                         "",          outcome.found};
    // Of liveness nothing is known before it is decided.
    const bool is_open = is_liveness(property.kind) && outcome.verdict == Verdict::inconclusive;
    found.is_vacuous = property.implication && !outcome.engaged && !is_open;
    if (outcome.path) {
      found.behaviour = describe(system, *outcome.path);
      outcome.path.reset();
    }
    if (is_liveness(property.kind)) {
      report.fairness = system.fairness();
    }
    report.properties.push_back(std::move(found));
  }
  report.search = std::move(result);
  report.search.fired.resize(report.action_groups.size());
  judge(report);
  return report;
}

/// What is known without a search.
checker::SearchResult nothing_found(const checker::System& system, const SearchPlan& plan,
                                    const checker::SearchOptions& options, checker::Stop stop) {
  checker::SearchResult result;
  result.stop = stop;
  result.workers = options.workers;
  result.visited = plan.visited;
  result.engine = plan.engine;
  for (std::size_t i = 0; i < system.properties().size(); ++i) {
    if ((options.selected & checker::property_bit(i)) != 0) {
      result.properties.push_back({i, Verdict::inconclusive, std::nullopt, true});
    }
  }
  return result;
}

tl::expected<ScenarioReport, scenario::Error> run(const scenario::Scenario& scenario,
                                                  const checker::System& system, const RunSettings& settings,
                                                  std::optional<checker::Stop> stop) {
  const auto selected = selected_properties(scenario, system);
  if (!selected) {
    return tl::unexpected(selected.error());
  }
  checker::SearchOptions options = settings.search;
  options.selected = *selected;
  checker::SearchResult result;
  try {
    result =
        stop ? nothing_found(system, settings.plan, options, *stop) : search(system, settings.plan, options);
  } catch (const std::bad_alloc&) {
    result = nothing_found(system, settings.plan, options, checker::Stop::memory);
  } catch (const std::system_error& error) {
    // A thread could not be started: there was no room for its stack.
    if (error.code() != std::errc::resource_unavailable_try_again) {
      throw;
    }
    result = nothing_found(system, settings.plan, options, checker::Stop::memory);
  }
  return report_of(scenario, system, settings, std::move(result));
}

}  // namespace

ExitCode ScenarioReport::exit_code() const {
  if (passed) {
    return ExitCode::as_expected;
  }
  return verdict() == Verdict::inconclusive ? ExitCode::inconclusive : ExitCode::unexpected;
}

std::vector<std::string> ScenarioReport::silent_actions() const {
  std::vector<std::string> silent;
  for (std::size_t i = 0; i < action_groups.size(); ++i) {
    if (search.fired[i] == 0) {
      silent.push_back(action_groups[i]);
    }
  }
  return silent;
}

tl::expected<ScenarioReport, scenario::Error> run_scenario(const scenario::Scenario& scenario,
                                                           const checker::System& system,
                                                           const RunSettings& settings) {
  return run(scenario, system, settings, std::nullopt);
}

tl::expected<ScenarioReport, scenario::Error> leave_scenario(const scenario::Scenario& scenario,
                                                             const checker::System& system,
                                                             const RunSettings& settings,
                                                             checker::Stop stop) {
  return run(scenario, system, settings, stop);
}

checker::Trace trace_of(const ScenarioReport& report, const PropertyReport& property) {
  PLIMSOLL_ASSERT(property.behaviour.has_value());
  checker::Trace trace = checker::trace_of(report.scenario);
  trace.property = property.id;
  trace.shown = property.verdict == Verdict::violated ? checker::Shown::violated : checker::Shown::witness;
  trace.engine = is_liveness(property.kind) ? "liveness" : to_text(report.search.engine);
  trace.visited = to_text(report.search.visited);
  trace.version = PLIMSOLL_VERSION;
  trace.behaviour = *property.behaviour;
  return trace;
}

}  // namespace plimsoll::cli
