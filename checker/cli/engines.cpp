#include "checker/cli/engines.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "checker/reduce/check_quotient.hpp"
#include "checker/reduce/check_symmetry.hpp"
#include "checker/reduce/concretise.hpp"
#include "checker/reduce/symmetric_system.hpp"
#include "checker/trace/minimise.hpp"
#include "checker/world/partial_order.hpp"

namespace plimsoll::cli {
namespace {

using checker::Engine;
using checker::PropertyMask;
using checker::PropertyOutcome;
using checker::SearchOptions;
using checker::SearchResult;
using checker::Stop;
using checker::Verdict;
using checker::VisitedMode;

/// A wrong declaration mostly shows in the first states; tests look at more of them.
constexpr std::uint64_t states_checked = 100;

Engine engine_of(scenario::EngineKind kind) {
  switch (kind) {
    case scenario::EngineKind::bfs:
      return Engine::bfs;
    case scenario::EngineKind::dfs:
      return Engine::dfs;
    case scenario::EngineKind::walk:
      break;
  }
  return Engine::walk;
}

VisitedMode visited_of(scenario::VisitedKind kind) {
  switch (kind) {
    case scenario::VisitedKind::exact:
      return VisitedMode::exact;
    case scenario::VisitedKind::fingerprint:
      return VisitedMode::fingerprint;
    case scenario::VisitedKind::bitstate:
      break;
  }
  return VisitedMode::bitstate;
}

PropertyMask liveness_of(const checker::System& system) {
  PropertyMask mask = 0;
  for (std::size_t i = 0; i < system.properties().size(); ++i) {
    mask |= is_liveness(system.properties()[i].kind) ? checker::property_bit(i) : 0;
  }
  return mask;
}

SearchResult run_engine(const checker::System& system, Engine engine, const SearchOptions& options) {
  switch (engine) {
    case Engine::bfs:
      return search_breadth_first(system, options);
    case Engine::dfs:
      return search_depth_first(system, options);
    case Engine::walk:
      break;
  }
  return search_random_walks(system, options);
}

SearchResult search_safety(const checker::System& system, const SearchPlan& plan,
                           const SearchOptions& options) {
  // Each reduction is of what the one before left; paths are made concrete the other way round.
  const checker::System* explored = &system;
  std::vector<const checker::Quotient*> reductions;
  const auto reduce = [&](const checker::Quotient& reduced) {
    reductions.insert(reductions.begin(), &reduced);
    explored = &reduced;
  };
  if (plan.stale) {
    reduce(*system.without_stale());
  }
  std::optional<checker::SymmetricSystem> symmetric;
  if (plan.symmetry) {
    reduce(symmetric.emplace(*explored));
  }
  std::optional<checker::PartialOrder> ample;
  if (plan.partial_order) {
    explored = &ample.emplace(dynamic_cast<const checker::WorldSystem&>(system), options.selected);
  }
  SearchResult result = run_engine(*explored, plan.engine, options);
  for (PropertyOutcome& outcome : result.properties) {
    for (const checker::Quotient* const reduced : reductions) {
      if (outcome.path) {
        outcome.path = concretise(*reduced, *outcome.path, outcome.property);
      }
    }
  }
  if (plan.engine == Engine::bfs && !plan.partial_order) {
    return result;
  }
  for (PropertyOutcome& outcome : result.properties) {
    if (outcome.path) {
      outcome.path = minimise(system, std::move(*outcome.path), outcome.property,
                              std::numeric_limits<std::size_t>::max(), plan.minimise_steps_max);
    }
  }
  return result;
}

/// Is there a reason to go on with liveness?
bool is_worth_while(const SearchResult& safety, const SearchPlan& plan, const SearchOptions& options) {
  if (plan.engine == Engine::walk || plan.visited == VisitedMode::bitstate) {
    return false;
  }
  switch (safety.stop) {
    case Stop::violated:
      return options.all;
    case Stop::time:
    case Stop::memory:
    case Stop::interrupted:
      return false;
    default:
      return safety.verdict != Verdict::violated || options.all;
  }
}

/// The second pass explored the same states: what it has to add is what it found.
void add_liveness(SearchResult& result, SearchResult&& liveness) {
  for (PropertyOutcome& outcome : liveness.properties) {
    const auto place = std::ranges::find(result.properties, outcome.property, &PropertyOutcome::property);
    if (place != result.properties.end()) {
      *place = std::move(outcome);
    }
  }
  result.verdict = Verdict::holds;
  for (const PropertyOutcome& outcome : result.properties) {
    if (outcome.verdict == Verdict::violated) {
      result.verdict = Verdict::violated;
    } else if (outcome.verdict == Verdict::inconclusive && result.verdict == Verdict::holds) {
      result.verdict = Verdict::inconclusive;
    }
  }
  if (result.stop == Stop::exhausted) {
    result.stop = liveness.stop;
  }
  result.seconds += liveness.seconds;
  result.memory_bytes = std::max(result.memory_bytes, liveness.memory_bytes);
}

/// Why the plan cannot be reduced as it says, at whoever asked for it; nothing if it can.
std::optional<scenario::Error> refuse_reductions(const scenario::Scenario& scenario,
                                                 const checker::System& system, const EngineChoice& wanted,
                                                 const SearchPlan& plan) {
  const auto error = [&](bool is_option, const char* option, std::string why) {
    return scenario::Error{{is_option ? option : scenario.file, 1, 1}, std::move(why)};
  };
  const auto refuse_stale = [&](std::string why) { return error(true, "--stale", std::move(why)); };
  const auto refuse_symmetry = [&](std::string why) {
    return error(wanted.symmetry.has_value(), "--symmetry", std::move(why));
  };
  const std::string name = "system " + scenario::quote(scenario.system);
  const std::string no_set = "engine: walk keeps no set of visited states, which is all that ";
  if (plan.engine == Engine::walk && plan.symmetry) {
    return refuse_symmetry(no_set + "symmetry could reduce");
  }
  if (plan.engine == Engine::walk && plan.stale) {
    return refuse_stale(no_set + "this could reduce");
  }
  if (plan.stale && system.without_stale() == nullptr) {
    return refuse_stale(name + " does not say which messages are ignored whenever they come");
  }
  if (plan.stale) {
    if (const auto broken = check_quotient(*system.without_stale(), states_checked)) {
      return refuse_stale(name + " ignores other messages than it says: " + *broken);
    }
  }
  if (plan.symmetry && system.symmetry() == nullptr) {
    const std::string why = system.why_no_symmetry();
    return refuse_symmetry(name + " has no symmetry that is known" + (why.empty() ? "" : ": " + why));
  }
  if (plan.symmetry) {
    if (const auto broken = check_symmetry(system, states_checked)) {
      return refuse_symmetry(name + " is not as symmetric as it says: " + *broken);
    }
  }
  return std::nullopt;
}

/// The same of partial-order reduction.
std::optional<scenario::Error> refuse_partial_order(const scenario::Scenario& scenario,
                                                    const checker::System& system, const EngineChoice& wanted,
                                                    const SearchPlan& plan) {
  if (!plan.partial_order) {
    return std::nullopt;
  }
  const auto refuse = [&](std::string why) {
    return scenario::Error{{wanted.partial_order ? "--por" : scenario.file, 1, 1}, std::move(why)};
  };
  if (plan.engine != Engine::bfs) {
    return refuse("partial order reduction needs engine: bfs, found " + std::string(to_text(plan.engine)));
  }
  if (plan.symmetry || plan.stale) {
    return refuse("partial order reduction does not go together with " +
                  std::string(plan.symmetry ? "symmetry" : "stale messages made alike"));
  }
  if (dynamic_cast<const checker::WorldSystem*>(&system) == nullptr) {
    return refuse("system " + scenario::quote(scenario.system) +
                  " is no world of processes, of which it is known who can influence whom");
  }
  return std::nullopt;
}

}  // namespace

tl::expected<SearchPlan, scenario::Error> plan_search(const scenario::Scenario& scenario,
                                                      const checker::System& system,
                                                      const EngineChoice& wanted) {
  // Whoever asked for it is told: the option, or else the scenario, which says nothing of it further down.
  const auto refuse = [&scenario](bool is_option, const char* option, std::string why) {
    return tl::unexpected(scenario::Error{{is_option ? option : scenario.file, 1, 1}, std::move(why)});
  };
  const scenario::EngineHints& hints = scenario.engine;
  SearchPlan plan;
  plan.engine = wanted.engine.value_or(hints.engine ? engine_of(*hints.engine) : Engine::bfs);
  // A hint for another engine than the one that was asked for on the command line is no order.
  const bool hints_fit = !wanted.engine || !hints.engine || *wanted.engine == engine_of(*hints.engine);
  std::optional<VisitedMode> visited = wanted.visited;
  if (!visited && hints.visited && hints_fit && !(wanted.engine && plan.engine == Engine::walk)) {
    visited = visited_of(*hints.visited);
  }
  plan.visited = visited.value_or(VisitedMode::exact);
  plan.symmetry = wanted.symmetry.value_or(hints.symmetry.value_or(false) && plan.engine != Engine::walk);
  plan.stale = wanted.stale.value_or(false);
  const bool other_engine = wanted.engine && plan.engine != Engine::bfs;
  plan.partial_order = wanted.partial_order.value_or(hints.partial_order.value_or(false) && !other_engine);
  if (plan.visited == VisitedMode::bitstate && plan.engine != Engine::dfs) {
    return refuse(wanted.visited.has_value(), "--visited",
                  "visited: bitstate needs engine: dfs (on the command line --engine dfs), found " +
                      std::string(to_text(plan.engine)) +
                      ": it keeps no parents, so that no other search could tell the way to a violation");
  }
  if (plan.engine == Engine::walk && visited) {
    return refuse(wanted.visited.has_value(), "--visited",
                  "engine: walk keeps no set of visited states: expected no choice of one, found " +
                      std::string(to_text(*visited)));
  }
  if (plan.engine != Engine::walk && !wanted.only_of_walks.empty()) {
    return refuse(
        true, wanted.only_of_walks.c_str(),
        "it is about random walks: expected --engine walk, found " + std::string(to_text(plan.engine)));
  }
  if (const auto refusal = refuse_reductions(scenario, system, wanted, plan)) {
    return tl::unexpected(*refusal);
  }
  if (const auto refusal = refuse_partial_order(scenario, system, wanted, plan)) {
    return tl::unexpected(*refusal);
  }
  return plan;
}

SearchResult search(const checker::System& system, const SearchPlan& plan, SearchOptions options) {
  options.visited = plan.visited;
  const std::size_t count = system.properties().size();
  options.selected &= count < 64 ? checker::property_bit(count) - 1 : ~PropertyMask{0};
  const PropertyMask liveness = options.selected & liveness_of(system);
  if (liveness != 0 && liveness == options.selected && plan.engine != Engine::walk &&
      plan.visited != VisitedMode::bitstate) {
    return check_liveness(system, options);
  }
  SearchResult result = search_safety(system, plan, options);
  if (liveness == 0 || !is_worth_while(result, plan, options)) {
    return result;
  }
  options.selected = liveness;
  options.limits.seconds_max -= std::min(result.seconds, options.limits.seconds_max);
  add_liveness(result, check_liveness(system, options));
  return result;
}

}  // namespace plimsoll::cli
