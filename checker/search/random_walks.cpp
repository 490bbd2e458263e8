// Random walks: soon somewhere in spaces too large for a search, and reproducible. What is reported is what
// the walks would find one after another: a violation ends the walks with higher numbers, those with lower
// ones are finished first.
//
// Uniform choice among the transitions of each state is the plainest schedule; West, "Protocol Validation by
// Random State Exploration" (PSTV 1986) shows how far it goes. The others are in priorities.hpp and
// swarm.hpp.
#include <memory>
#include <optional>
#include <utility>

#include "checker/search/supervisor.hpp"
#include "checker/search/tally.hpp"
#include "checker/search/walk_worker.hpp"
#include "checker/system/crew.hpp"

namespace plimsoll::checker {
namespace {

void explore(SharedWalks& shared) {
  do {
    // Nobody waits for a worker, so nothing has to be done without one.
    run_crew(
        static_cast<unsigned>(shared.workers.size()), [&shared](unsigned i) { shared.workers[i]->run(); },
        [](unsigned /*i*/) {});
  } while (shared.renew());
}

Stop stop_of(const SharedWalks& shared, const Supervisor& supervisor) {
  if (shared.last_walk != SharedWalks::none) {
    return Stop::violated;
  }
  if (shared.out_of_memory) {
    return Stop::memory;
  }
  if (shared.is_full) {
    return Stop::states;
  }
  return supervisor.reason().value_or(Stop::runs);
}

/// In the System that the caller knows, for the states of another one mean nothing to him.
class Retracer {
 public:
  Retracer(const System& system, const SearchOptions& options)
      : worker_(system.worker()), initial_(system.width()) {
    system.initial(initial_);
    walker_.emplace(system, *worker_, initial_, options);
  }
  Path path_to(const WalkFinding& finding) { return retrace_walk(*walker_, finding.walk, finding.steps); }

 private:
  std::unique_ptr<Worker> worker_;
  Successors initial_;
  std::optional<Walker> walker_;
};

std::vector<PropertyOutcome> outcomes_of(const SharedWalks& shared, const System& system) {
  Retracer retracer(system, *shared.options);
  std::vector<PropertyOutcome> outcomes = open_outcomes(system);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    // What walks found beyond the last that counts depends on how far they came.
    if (shared.findings[i] && shared.findings[i]->walk <= shared.last_walk) {
      const WalkFinding& finding = *shared.findings[i];
      outcomes[i].verdict = verdict_of_news(system.properties()[i].kind);
      outcomes[i].path = retracer.path_to(finding);
      outcomes[i].found =
          WalkFound{finding.walk, finding.steps, schedule_of(shared.options->schedule, finding.walk)};
    }
  }
  return outcomes;
}

void count(const SharedWalks& shared, SearchResult& result) {
  const Progress progress = shared.progress();
  result.distinct = progress.distinct;
  result.generated = progress.generated;
  result.depth = progress.depth;
  result.memory_bytes = shared.memory_peak();
  tally(*shared.system, shared.workers, result);
  result.walks = shared.workers[0]->walker().summary();
  for (const auto& worker : shared.workers) {
    result.walks->walks += worker->walks();
  }
  result.visited_memory_bytes = shared.seen.memory_bytes();
}

}  // namespace

SearchResult search_random_walks(const System& system, const SearchOptions& options) {
  PLIMSOLL_ASSERT(options.workers >= 1 && options.workers <= 256);
  PLIMSOLL_ASSERT(system.properties().size() <= 64);
  PLIMSOLL_ASSERT(options.limits.depth_max >= 1);
  PLIMSOLL_ASSERT(options.bug_depth >= 1 && options.bug_depth <= bug_depth_max);
  SharedWalks shared(system, options);
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
  conclude(system, options, outcomes_of(shared, system), engaged, false, result);
  result.workers = options.workers;
  result.visited = options.visited;
  result.engine = Engine::walk;
  return result;
}

}  // namespace plimsoll::checker
