// How a scenario is searched: which engine with which set of states, and one after another the engines that
// its properties need.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "checker/scenario/scenario.hpp"
#include "checker/search/search.hpp"

namespace plimsoll::cli {

/// The choice of engine. What is absent is left to the next in line: command line, scenario, default.
struct EngineChoice {
  std::optional<checker::Engine> engine;
  std::optional<checker::VisitedMode> visited;
  std::optional<bool> symmetry;
  std::optional<bool> stale = std::nullopt;
  std::optional<bool> partial_order = std::nullopt;
  std::string only_of_walks = {};  ///< an option that was given and says something of random walks; or empty
};

/// A choice that is complete and fits together.
struct SearchPlan {
  checker::Engine engine = checker::Engine::bfs;
  checker::VisitedMode visited = checker::VisitedMode::exact;
  bool symmetry = false;
  bool stale = false;          ///< messages that will be ignored are all alike
  bool partial_order = false;  ///< steps that have nothing to do with others' are not interleaved with them
  /// Steps that shortening one path may execute altogether: about a second of a model, some of a world.
  std::uint64_t minimise_steps_max = 1'000'000;
};

/// `wanted` by the command line, completed by the scenario's hints and the defaults. Errors, at the option or
/// at the scenario: bitstate without the depth-first engine, a set of states or a reduction for random walks,
/// options of random walks for another engine, symmetry of a system that has none or whose first states are
/// not as symmetric as it says, the same of stale messages; partial-order reduction of what is no world, with
/// another engine than breadth-first or together with another reduction.
[[nodiscard]] tl::expected<SearchPlan, scenario::Error> plan_search(const scenario::Scenario& scenario,
                                                                    const checker::System& system,
                                                                    const EngineChoice& wanted);

/// Searches as planned and answers for every property in `options.selected`: safety by the plan's engine, on
/// representatives if with a reduction; liveness afterwards by a pass of its own over the whole system,
/// unless the first pass has said enough (a violation without `options.all`, no time or memory left, an
/// engine that is not exhaustive). Paths are concrete; those that are not known to be shortest have been
/// minimised.
[[nodiscard]] checker::SearchResult search(const checker::System& system, const SearchPlan& plan,
                                           checker::SearchOptions options);

}  // namespace plimsoll::cli
