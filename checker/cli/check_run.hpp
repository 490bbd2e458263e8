// One scenario searched and judged: the core of `plimsoll check`, without its printing and its files.
#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "checker/cli/engines.hpp"
#include "checker/cli/exit_code.hpp"
#include "checker/scenario/scenario.hpp"
#include "checker/search/search.hpp"
#include "checker/trace/trace.hpp"

namespace plimsoll::cli {

/// What was found about one property. The behaviour outlives the system it was found in.
struct PropertyReport {
  std::string id;
  checker::PropertyKind kind = checker::PropertyKind::always;
  std::string statement;
  checker::Verdict verdict = checker::Verdict::inconclusive;
  std::optional<checker::Behaviour> behaviour;  ///< the counterexample, or the witness
  bool is_vacuous = false;                      ///< an implication whose antecedent never held
  std::string trace_file;                       ///< where the behaviour was written; empty if it was not
  std::optional<checker::WalkFound> found = std::nullopt;  ///< of random walks
};

/// Everything that is said about one scenario, on paper, in JSON and in JUnit.
struct ScenarioReport {
  scenario::Scenario scenario;
  scenario::Expectation expected;
  bool passed = false;
  std::string reason;  ///< why it did not pass, one sentence
  std::vector<PropertyReport> properties;
  checker::SearchResult search;                       ///< without the paths
  std::vector<std::string> action_groups;             ///< names for search.fired
  std::vector<checker::FairnessConstraint> fairness;  ///< assumed, if a liveness property was selected
  bool symmetry = false;
  bool stale = false;
  bool partial_order = false;
  std::uint64_t seed = 0;

  [[nodiscard]] checker::Verdict verdict() const { return search.verdict; }
  [[nodiscard]] ExitCode exit_code() const;
  /// Kinds of action that never fired.
  [[nodiscard]] std::vector<std::string> silent_actions() const;
};

struct RunSettings {
  checker::SearchOptions search;  ///< `selected` is set from the scenario, `visited` from the plan
  SearchPlan plan;
};

/// Searches `system`, built from `scenario`, and judges what was found by what was expected. Memory that runs
/// out is a result: inconclusive. Errors: properties that the system does not have.
[[nodiscard]] tl::expected<ScenarioReport, scenario::Error> run_scenario(const scenario::Scenario& scenario,
                                                                         const checker::System& system,
                                                                         const RunSettings& settings);

/// The same report for a scenario that was not searched, since `stop` came first: all inconclusive.
[[nodiscard]] tl::expected<ScenarioReport, scenario::Error> leave_scenario(const scenario::Scenario& scenario,
                                                                           const checker::System& system,
                                                                           const RunSettings& settings,
                                                                           checker::Stop stop);

/// The trace of property number `property` of the report. Requires: it has a behaviour.
[[nodiscard]] checker::Trace trace_of(const ScenarioReport& report, const PropertyReport& property);

}  // namespace plimsoll::cli
