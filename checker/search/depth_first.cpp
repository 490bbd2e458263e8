// Depth-first search: every state is expanded once, by the worker that found it new or one it was given to,
// so what is counted does not depend on their number; which violation comes first does.
//
// Algorithm: a stack for each worker and one visited set for all, after Laarman, van de Pol and Weber,
// "Boosting Multi-Core Reachability Performance with Shared Hash Tables" (FMCAD 2010); a worker that runs dry
// is given the bottom of another's stack, after Rao and Kumar, "Parallel Depth First Search" (IJPP 16, 1987).
// Deviates from the textbook: all successors are inserted in one batch when a state is expanded, and not each
// when its turn comes, so stacks hold siblings too, and a state may be reached by a shorter path than the
// first in order.
#include <new>
#include <optional>
#include <utility>

#include "checker/search/depth_worker.hpp"
#include "checker/search/retrace.hpp"
#include "checker/search/supervisor.hpp"
#include "checker/search/tally.hpp"
#include "checker/system/crew.hpp"

namespace plimsoll::checker {
namespace {

void explore(SharedDepthFirst& shared) {
  try {
    shared.workers[0]->seed();
  } catch (const std::bad_alloc&) {
    shared.run_out_of_memory();
  }
  run_crew(
      static_cast<unsigned>(shared.workers.size()), [&shared](unsigned i) { shared.workers[i]->run(); },
      [&shared](unsigned /*i*/) {
        shared.pool.withdraw();
        shared.rendezvous.leave();
      });
}

Stop stop_of(SharedDepthFirst& shared, const Supervisor& supervisor) {
  if (const std::optional<Stop> reason = shared.reason()) {
    return *reason;
  }
  if (shared.out_of_memory) {
    return Stop::memory;
  }
  if (const std::optional<Stop> reason = supervisor.reason()) {
    return *reason;
  }
  return shared.is_cut ? Stop::depth : Stop::exhausted;
}

std::vector<PropertyOutcome> outcomes_of(const SharedDepthFirst& shared) {
  const System& system = *shared.system;
  std::vector<PropertyOutcome> outcomes = open_outcomes(system);
  const std::unique_ptr<Worker> worker = system.worker();
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!shared.findings[i]) {
      continue;
    }
    const PropertyKind kind = system.properties()[i].kind;
    outcomes[i].verdict = verdict_of_news(kind);
    outcomes[i].path = retrace(system, *worker, *shared.findings[i],
                               kind == PropertyKind::step ? std::optional(i) : std::nullopt);
    PLIMSOLL_ASSERT_KNOWN(outcomes[i].path.has_value(),
                          "a path does not re-execute: successors are not a function of the state");
  }
  return outcomes;
}

void count(const SharedDepthFirst& shared, SearchResult& result) {
  const Progress progress = shared.progress();
  result.distinct = progress.distinct;
  result.generated = progress.generated;
  result.depth = progress.depth;
  result.memory_bytes = shared.memory_peak();
  tally(*shared.system, shared.workers, result);
  for (const auto& worker : shared.workers) {
    result.frontier_max += worker->stack_states_max();
  }
  result.visited_memory_bytes = shared.visited->memory_bytes();
  result.parents_memory_bytes = shared.visited->parents_memory_bytes();
  result.omission_probability = shared.visited->omission_probability();
}

}  // namespace

SearchResult search_depth_first(const System& system, const SearchOptions& options) {
  PLIMSOLL_ASSERT(options.workers >= 1 && options.workers <= 256);
  PLIMSOLL_ASSERT(system.properties().size() <= 64);
  const auto visited = make_visited_set(
      options.visited, system.width(), [&system](StateView state) { return system.fingerprint(state); },
      options.workers, options.bitstate_bytes);
  SharedDepthFirst shared(system, options, *visited);
  SearchResult result;
  {
    const Supervisor supervisor(options, shared.stop, [&shared] { return shared.progress(); });
    explore(shared);
    result.stop = stop_of(shared, supervisor);
    result.seconds = supervisor.seconds();
  }
  PropertyMask engaged = 0;
  for (const auto& worker : shared.workers) {
    engaged |= worker->engaged();
  }
  count(shared, result);
  const bool is_complete = result.stop == Stop::exhausted && options.visited != VisitedMode::bitstate;
  conclude(system, options, outcomes_of(shared), engaged, is_complete, result);
  result.workers = options.workers;
  result.visited = options.visited;
  result.engine = Engine::dfs;
  return result;
}

}  // namespace plimsoll::checker
