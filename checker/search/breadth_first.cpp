// The coordinator of breadth-first search: one level after another, judged at its end, so that what is
// reported does not depend on which worker came first.
#include <algorithm>
#include <new>
#include <optional>

#include "checker/search/level_worker.hpp"
#include "checker/search/search.hpp"
#include "checker/search/supervisor.hpp"
#include "checker/search/tally.hpp"
#include "checker/search/trail.hpp"
#include "checker/system/crew.hpp"

namespace plimsoll::checker {
namespace {

/// Levels smaller than this are expanded by one worker: starting threads would cost more.
constexpr std::uint64_t parallel_states_min = 2048;

class BreadthFirst {
 public:
  BreadthFirst(const System& system, const SearchOptions& options)
      : system_(system),
        options_(options),
        visited_(make_visited_set(
            options.visited, system.width(), [&system](StateView state) { return system.fingerprint(state); },
            options.workers)),
        level_states_(system.width()),
        outcomes_(open_outcomes(system)) {
    shared_.system = &system;
    shared_.options = &options;
    shared_.visited = visited_.get();
    shared_.level_states = &level_states_;
    shared_.visited_memory_bytes = visited_->memory_bytes() + visited_->parents_memory_bytes();
    shared_.plan = plan_of(system, options.selected);
    for (unsigned i = 0; i < options.workers; ++i) {
      workers_.push_back(std::make_unique<LevelWorker>(shared_));
    }
    supervisor_.emplace(options, shared_.stop, [this] { return progress(); });
  }

  SearchResult run() {
    SearchResult result;
    result.stop = explore_within_memory();
    settle(result);
    return result;
  }

 private:
  Stop explore_within_memory() {
    try {
      return explore();
    } catch (const std::bad_alloc&) {
      level_states_.clear();
      return Stop::memory;
    }
  }

  Stop explore() {
    workers_[0]->seed();
    workers_[0]->hand_over(level_states_);
    while (true) {
      note_progress();
      if (const std::optional<Stop> stop = judge_level()) {
        return *stop;
      }
      if (level_states_.size() == 0) {
        return Stop::exhausted;
      }
      if (distinct() >= options_.limits.states_max) {
        return Stop::states;
      }
      if (depth_ >= options_.limits.depth_max) {
        return Stop::depth;
      }
      rearrange();
      expand_level();
      level_states_.clear();
      for (const auto& worker : workers_) {
        worker->hand_over(level_states_);
      }
      ++shared_.level;
    }
  }

  /// What only a resting set can do, between levels.
  void rearrange() {
    const std::uint64_t limit = options_.limits.memory_bytes_max;
    const std::uint64_t others = shared_.memory_bytes() - shared_.visited_memory_bytes.load();
    const std::uint64_t held = visited_->rearrange(limit > others ? limit - others : 0);
    shared_.note_memory(held > 0 ? others + held : 0);
    shared_.visited_memory_bytes = visited_->memory_bytes() + visited_->parents_memory_bytes();
  }

  void expand_level() {
    shared_.next_block = 0;
    const unsigned count = level_states_.size() < parallel_states_min ? 1 : options_.workers;
    shared_.rendezvous.enter(count);
    run_crew(
        count, [this](unsigned i) { workers_[i]->run(); },
        [this](unsigned /*i*/) { shared_.rendezvous.leave(); });
  }

  /// Settles properties by the level's findings; says whether the search is over.
  std::optional<Stop> judge_level() {
    bool violated = false;
    // A level that was cut short may have missed a lesser finding, but what it found is true.
    for (std::size_t i = 0; i < outcomes_.size(); ++i) {
      std::optional<Finding> least;
      for (const auto& worker : workers_) {
        std::optional<Finding>& finding = worker->findings()[i];
        if (finding && (!least || *finding < *least)) {
          least = finding;
        }
        finding.reset();
      }
      if (!least || (violated && !options_.all)) {
        continue;
      }
      violated |= settle_property(i, *least);
    }
    depth_ = std::max(depth_, level_states_.size() > 0 ? shared_.level + 1 : depth_);
    if (violated && (!options_.all || shared_.plan.empty())) {
      return Stop::violated;
    }
    if (shared_.out_of_memory) {
      return Stop::memory;
    }
    return supervisor_->reason();
  }

  bool settle_property(std::size_t i, const Finding& finding) {
    const PropertyKind kind = system_.properties()[i].kind;
    shared_.plan.drop(i);
    // The verdict comes last: none is given without its evidence, for which memory may be wanting.
    outcomes_[i].path = reconstruct(system_, *visited_, finding,
                                    kind == PropertyKind::step ? std::optional(i) : std::nullopt);
    outcomes_[i].verdict = verdict_of_news(kind);
    return outcomes_[i].verdict == Verdict::violated;
  }

  [[nodiscard]] std::uint64_t distinct() const {
    std::uint64_t sum = 0;
    for (const auto& worker : workers_) {
      sum += worker->distinct();
    }
    return sum;
  }
  [[nodiscard]] std::uint64_t generated() const {
    std::uint64_t sum = 0;
    for (const auto& worker : workers_) {
      sum += worker->generated();
    }
    return sum;
  }
  /// For the supervisor's thread.
  [[nodiscard]] Progress progress() const {
    Progress progress;
    progress.distinct = distinct();
    progress.generated = generated();
    progress.frontier = frontier_now_;
    progress.depth = level_now_;
    progress.memory_bytes = shared_.memory_bytes();
    return progress;
  }

  /// What only the coordinator may read is published for the supervisor.
  void note_progress() {
    frontier_now_ = level_states_.size();
    frontier_max_ = std::max(frontier_max_, level_states_.size());
    level_now_ = shared_.level + 1;
    memory_peak_ = std::max(memory_peak_, shared_.memory_bytes());
  }

  void settle(SearchResult& result) {
    PropertyMask engaged = 0;
    for (const auto& worker : workers_) {
      engaged |= worker->engaged();
    }
    tally(system_, workers_, result);
    conclude(system_, options_, std::move(outcomes_), engaged, result.stop == Stop::exhausted, result);
    result.distinct = distinct();
    result.generated = generated();
    result.depth = depth_;
    result.frontier_max = frontier_max_;
    result.seconds = supervisor_->seconds();
    result.memory_bytes = std::max(memory_peak_, shared_.memory_bytes());
    result.visited_memory_bytes = visited_->memory_bytes();
    result.parents_memory_bytes = visited_->parents_memory_bytes();
    result.omission_probability = visited_->omission_probability();
    result.workers = options_.workers;
    result.visited = options_.visited;
  }

  const System& system_;
  const SearchOptions& options_;
  std::unique_ptr<VisitedSet> visited_;
  SharedSearch shared_;
  Frontier level_states_;
  std::vector<std::unique_ptr<LevelWorker>> workers_;
  std::vector<PropertyOutcome> outcomes_;
  std::atomic<std::uint64_t> frontier_now_{0};
  std::atomic<std::uint32_t> level_now_{0};
  std::uint64_t frontier_max_ = 0;
  std::uint64_t memory_peak_ = 0;
  std::uint32_t depth_ = 0;
  std::optional<Supervisor> supervisor_;  ///< last: its thread looks at the others
};

}  // namespace

SearchResult search_breadth_first(const System& system, const SearchOptions& options) {
  PLIMSOLL_ASSERT(options.workers >= 1 && options.workers <= 256);
  PLIMSOLL_ASSERT(system.properties().size() <= 64);
  PLIMSOLL_ASSERT_KNOWN(options.visited != VisitedMode::bitstate,
                        "levels and traces need parents, and a bitstate set keeps none");
  return BreadthFirst(system, options).run();
}

}  // namespace plimsoll::checker
