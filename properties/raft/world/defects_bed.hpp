// For tests: a row of the table of defects, found again.
#pragma once

#include <limits>
#include <string>

#include "checker/reduce/concretise.hpp"
#include "checker/reduce/symmetric_system.hpp"
#include "checker/trace/minimise.hpp"
#include "checker/trace/replay.hpp"
#include "properties/raft/world/defects.hpp"
#include "properties/raft/world/loaded_scenario.hpp"

namespace plimsoll::properties::raft {

using checker::SearchResult;
using checker::Verdict;
using checker::VisitedMode;

inline std::string file_of(const std::string& scenario) {
  return "model/scenarios/raft/" + scenario + ".yaml";
}
inline std::string id_of(const ShownDefect& row) {
  return std::string(plimsoll::raft::defect_stories.at(static_cast<std::size_t>(row.defect)).id);
}

/// What a row says of a search: all but what the search was.
struct Found {
  SearchResult result;
  std::uint64_t states = 0;
};

/// In the raw system.
inline void make_concrete(const checker::SymmetricSystem& symmetric, SearchResult& result) {
  for (checker::PropertyOutcome& outcome : result.properties) {
    if (outcome.path) {
      outcome.path = concretise(symmetric, *outcome.path, outcome.property);
    }
  }
}

inline void shorten(const checker::System& system, SearchResult& result) {
  constexpr std::size_t steps_max = 1'000'000;
  for (checker::PropertyOutcome& outcome : result.properties) {
    if (outcome.path && outcome.verdict == Verdict::violated) {
      outcome.path = minimise(system, *std::move(outcome.path), outcome.property,
                              std::numeric_limits<std::size_t>::max(), steps_max);
    }
  }
}

inline Found search(const LoadedScenario& loaded, FoundBy engine) {
  checker::SearchOptions options;
  options.visited = VisitedMode::fingerprint;
  options.workers = 2;
  if (loaded.scenario.properties) {
    options.selected = 0;
    for (const std::string& id : *loaded.scenario.properties) {
      options.selected |= checker::property_bit(loaded.property(id));
    }
  }
  Found found;
  switch (engine) {
    case FoundBy::breadth_first:
      found.result = search_breadth_first(*loaded.system, options);
      found.states = found.result.distinct;
      break;
    case FoundBy::depth_first:
      options.workers = 1;
      found.result = search_depth_first(*loaded.system, options);
      found.states = found.result.distinct;
      shorten(*loaded.system, found.result);
      break;
    case FoundBy::symmetry: {
      const checker::SymmetricSystem symmetric(*loaded.system);
      found.result = search_breadth_first(symmetric, options);
      found.states = found.result.distinct;
      make_concrete(symmetric, found.result);
      break;
    }
    case FoundBy::liveness:
      found.result = check_liveness(*loaded.system, options);
      found.states = found.result.distinct;
      break;
    case FoundBy::walks:
      options.schedule = checker::Schedule::mixture;
      options.workers = 1;
      found.result = search_random_walks(*loaded.system, options);
      found.states = found.result.generated;
      shorten(*loaded.system, found.result);
      break;
  }
  return found;
}

/// Searches as the row says. Empty if it ends with the property, the length and the number of states that the
/// row says, with a trace that replays, and as the scenario expects; otherwise what is different.
inline std::string difference(const ShownDefect& row) {
  const LoadedScenario loaded = load(file_of(row.scenario), {{}, {id_of(row)}});
  const auto expected = scenario::expectation(loaded.scenario);
  if (!expected || expected->property != row.property ||
      expected->length.value_or(row.length) != row.length) {
    return "the scenario expects something else";
  }
  const Found found = search(loaded, row.engine);
  if (found.result.verdict != Verdict::violated) {
    return "nothing is violated";
  }
  const checker::Trace trace = loaded.trace_of(found.result);
  if (trace.property != row.property || trace.behaviour.steps() != row.length || found.states != row.states) {
    return trace.property + " after " + std::to_string(trace.behaviour.steps()) + " steps, with " +
           std::to_string(found.states) + " states";
  }
  const auto replayed = checker::replay(*loaded.system, trace);
  return replayed && !replayed->divergence ? "" : "the trace does not replay";
}

}  // namespace plimsoll::properties::raft
