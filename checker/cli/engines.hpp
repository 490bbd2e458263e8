// How a scenario is searched: which engine with which set of states, and one after another the engines that
// its properties need.
#pragma once

#include <cstdint>
#include <optional>

#include <tl/expected.hpp>

#include "checker/scenario/scenario.hpp"
#include "checker/search/search.hpp"

namespace plimsoll::cli {

/// The choice of engine. What is absent is left to the next in line: command line, scenario, default.
struct EngineChoice {
  std::optional<checker::Engine> engine;
  std::optional<checker::VisitedMode> visited;
  std::optional<bool> symmetry;
};

/// A choice that is complete and fits together.
struct SearchPlan {
  checker::Engine engine = checker::Engine::bfs;
  checker::VisitedMode visited = checker::VisitedMode::exact;
  bool symmetry = false;
};

/// `wanted` by the command line, completed by the scenario's hints and the defaults. Errors, at the option or
/// at the scenario: bitstate without the depth-first engine, a set of states or symmetry for random walks,
/// symmetry of a system that has none, partial order reduction.
[[nodiscard]] tl::expected<SearchPlan, scenario::Error> plan_search(const scenario::Scenario& scenario,
                                                                    const checker::System& system,
                                                                    const EngineChoice& wanted);

/// Searches as planned and answers for every property in `options.selected`: safety by the plan's engine, on
/// representatives if with symmetry; liveness afterwards by a pass of its own over the whole system, unless
/// the first pass has said enough (a violation without `options.all`, no time or memory left, an engine that
/// is not exhaustive). Paths are concrete; those that are not known to be shortest have been minimised.
[[nodiscard]] checker::SearchResult search(const checker::System& system, const SearchPlan& plan,
                                           checker::SearchOptions options);

}  // namespace plimsoll::cli
