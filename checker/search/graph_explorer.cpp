#include "checker/search/graph_explorer.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

#include "checker/search/tally.hpp"
#include "checker/system/crew.hpp"

namespace plimsoll::checker {
namespace {

/// Levels smaller than this are expanded by one worker: starting threads would cost more.
constexpr std::uint64_t parallel_states_min = 2048;

}  // namespace

GraphExplorer::GraphExplorer(const System& system, const SearchOptions& options, PropertyMask wanted)
    : system_(system), options_(options), numbers_(options.visited, system.width(), options.workers) {
  shared_.system = &system;
  shared_.options = &options;
  shared_.wanted = wanted;
  shared_.numbers = &numbers_;
  shared_.graph = &graph_;
  shared_.level = &level_;
  shared_.numbers_memory_bytes = numbers_.memory_bytes();
  for (unsigned i = 0; i < options.workers; ++i) {
    workers_.push_back(std::make_unique<GraphWorker>(shared_));
  }
}

std::optional<Stop> GraphExplorer::explore() {
  try {
    return run_levels();
  } catch (const std::bad_alloc&) {
    level_.blocks.clear();
    return Stop::memory;
  }
}

std::optional<Stop> GraphExplorer::run_levels() {
  workers_[0]->seed();
  workers_[0]->hand_over(level_);
  level_size_ = place_level(0);
  while (true) {
    note_progress();
    if (shared_.out_of_memory) {
      return Stop::memory;
    }
    if (shared_.stop) {
      return std::nullopt;
    }
    if (level_size_ == 0) {
      return Stop::exhausted;
    }
    if (numbers_.size() >= options_.limits.states_max) {
      file_last_level();
      return Stop::states;
    }
    if (depth_ >= options_.limits.depth_max) {
      file_last_level();
      return Stop::depth;
    }
    expand_level();
    // A level that was cut short is not filed: the graph has whole levels only.
    if (!shared_.stop) {
      const std::uint64_t next_size = place_level(graph_.size() + level_size_);
      file_level();
      level_size_ = next_size;
    }
  }
}

void GraphExplorer::expand_level() {
  shared_.next_block = 0;
  shared_.rendezvous.enter(useful_workers());
  run_crew(
      useful_workers(), [this](unsigned i) { workers_[i]->expand(); },
      [this](unsigned /*i*/) { shared_.rendezvous.leave(); });
  level_.blocks.clear();
  for (const auto& worker : workers_) {
    worker->hand_over(level_);
  }
}

unsigned GraphExplorer::useful_workers() const {
  return level_size_ < parallel_states_min ? 1 : options_.workers;
}

/// Gives the states of the level that waits their places in the graph, from `first` on; says how many they
/// are.
std::uint64_t GraphExplorer::place_level(std::uint64_t first) {
  std::vector<std::pair<Fingerprint, std::uint32_t>> order;
  order.reserve(level_.size());
  for (const WaitingLevel::Block& block : level_.blocks) {
    for (const WaitingState& state : block.states) {
      order.emplace_back(state.fingerprint, state.number);
    }
  }
  std::ranges::sort(order);
  memory_peak_ = std::max(memory_peak_, shared_.memory_bytes() + order.size() * sizeof(order[0]));
  places_.grow(numbers_.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    places_[order[i].second] = static_cast<StateNumber>(first + i);
  }
  return order.size();
}

/// Files the level that was expanded last. Requires: the states it leads to have their places.
void GraphExplorer::file_level() {
  const std::uint64_t first = graph_.size();
  std::vector<const GraphWorker::Record*> records(level_size_, nullptr);
  for (const auto& worker : workers_) {
    for (const GraphWorker::Record& record : worker->records()) {
      records[places_[record.state.number] - first] = &record;
    }
  }
  for (const GraphWorker::Record* record : records) {
    PLIMSOLL_ASSERT(record != nullptr);
    graph_.add_state({record->enabled, record->state.holds, record->state.engaged, record->is_terminal},
                     record->degree);
  }
  graph_.end_level();
  shared_.graph_memory_bytes = graph_.memory_bytes() + places_.memory_bytes();
  memory_peak_ =
      std::max(memory_peak_, shared_.memory_bytes() + records.size() * sizeof(const GraphWorker::Record*));
  const auto file = [this](unsigned i) { workers_[i]->file(places_); };
  run_crew(useful_workers(), file, file);
}

/// Files the level that waits as it is: nothing is known of what comes after it.
void GraphExplorer::file_last_level() {
  const std::uint64_t first = graph_.size();
  std::vector<const WaitingState*> states(level_size_, nullptr);
  for (const WaitingLevel::Block& block : level_.blocks) {
    for (const WaitingState& state : block.states) {
      states[places_[state.number] - first] = &state;
    }
  }
  for (const WaitingState* state : states) {
    graph_.add_state({0, state->holds, state->engaged, false}, 0);
  }
  graph_.end_level();
}

void GraphExplorer::note_progress() {
  frontier_now_ = level_size_;
  frontier_max_ = std::max(frontier_max_, level_size_);
  depth_ += level_size_ > 0 ? 1 : 0;
  memory_peak_ = std::max(memory_peak_, shared_.memory_bytes());
}

Progress GraphExplorer::progress() const {
  Progress progress;
  progress.distinct = numbers_.size();
  for (const auto& worker : workers_) {
    progress.generated += worker->generated();
  }
  progress.frontier = frontier_now_;
  progress.depth = depth_;
  progress.memory_bytes = shared_.memory_bytes();
  return progress;
}

PropertyMask GraphExplorer::engaged() const {
  PropertyMask engaged = 0;
  for (const auto& worker : workers_) {
    engaged |= worker->engaged();
  }
  return engaged;
}

std::uint64_t GraphExplorer::pruned() const {
  std::uint64_t sum = 0;
  for (const auto& worker : workers_) {
    sum += worker->pruned();
  }
  return sum;
}

void GraphExplorer::note_memory(std::uint64_t extra_bytes) {
  memory_peak_ = std::max(memory_peak_, shared_.memory_bytes() + extra_bytes);
}

void GraphExplorer::report(SearchResult& result) const {
  const Progress counted = progress();
  result.distinct = counted.distinct;
  result.generated = counted.generated;
  result.depth = depth_;
  result.frontier_max = frontier_max_;
  result.memory_bytes = std::max(memory_peak_, counted.memory_bytes);
  result.visited_memory_bytes = numbers_.memory_bytes();
  result.omission_probability = numbers_.omission_probability();
  tally(system_, workers_, result);
  result.workers = options_.workers;
  result.visited = options_.visited;
}

std::vector<StateNumber> GraphExplorer::places_of(const Successors& batch) {
  std::vector<std::uint32_t> numbers;
  std::vector<std::uint8_t> is_new;
  StateNumbers::Scratch scratch = numbers_.scratch();
  const bool has_room = numbers_.reserve(batch.size()) ||
                        (numbers_.grow(batch.size(), std::numeric_limits<std::uint64_t>::max()) &&
                         numbers_.reserve(batch.size()));
  PLIMSOLL_ASSERT(has_room);
  numbers_.number(batch, numbers, is_new, scratch);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    PLIMSOLL_ASSERT_KNOWN(is_new[i] == 0, "the system's successors are not a function of the state");
    numbers[i] = places_[numbers[i]];
  }
  return numbers;
}

}  // namespace plimsoll::checker
