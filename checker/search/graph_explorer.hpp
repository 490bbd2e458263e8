// From a System to its StateGraph: breadth-first, one level after another, by as many threads as asked for.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "checker/search/graph_worker.hpp"

namespace plimsoll::checker {

/// Explores once, then answers questions about the graph.
///
/// Thread-safety: progress() from any thread; everything else from one.
class GraphExplorer {
 public:
  /// `system` and `options` must outlive it.
  /// @param wanted  Properties to be evaluated at every state.
  GraphExplorer(const System& system, const SearchOptions& options, PropertyMask wanted);

  /// Explores until all was seen or something ends it: exhausted, states, depth, memory, or, if `stop()` was
  /// set from outside, nothing. After `exhausted`, `states` and `depth` the graph is whole up to its last
  /// level; after `states` and `depth` the states of the last level have no transitions and do not count as
  /// terminal.
  [[nodiscard]] std::optional<Stop> explore();

  [[nodiscard]] const StateGraph& graph() const { return graph_; }
  [[nodiscard]] std::atomic<bool>& stop() { return shared_.stop; }
  [[nodiscard]] Progress progress() const;
  [[nodiscard]] PropertyMask engaged() const;
  [[nodiscard]] std::uint64_t pruned() const;
  [[nodiscard]] std::uint64_t memory_bytes() const { return shared_.memory_bytes(); }
  /// Tells that `extra_bytes` were in use besides memory_bytes().
  void note_memory(std::uint64_t extra_bytes);
  /// Fills in what was counted; not the verdicts.
  void report(SearchResult& result) const;

  /// A worker to re-execute with, while no exploration runs.
  [[nodiscard]] Worker& worker() { return workers_.front()->system_worker(); }
  /// The numbers in the graph of the states in `batch`. Requires: they are in the graph, which is whole.
  [[nodiscard]] std::vector<StateNumber> places_of(const Successors& batch);

 private:
  [[nodiscard]] std::optional<Stop> run_levels();
  void expand_level();
  [[nodiscard]] std::uint64_t place_level(std::uint64_t first);
  void file_level();
  void file_last_level();
  [[nodiscard]] unsigned useful_workers() const;
  void note_progress();

  const System& system_;
  const SearchOptions& options_;
  StateNumbers numbers_;
  StateGraph graph_;
  SharedExploration shared_;
  std::vector<std::unique_ptr<GraphWorker>> workers_;
  WaitingLevel level_;
  ReservedArray<StateNumber> places_;  ///< by number of discovery
  std::uint64_t level_size_ = 0;       ///< states of the level that waits or is expanded
  std::uint64_t frontier_max_ = 0;
  std::uint64_t memory_peak_ = 0;
  std::atomic<std::uint32_t> depth_{0};
  std::atomic<std::uint64_t> frontier_now_{0};
};

}  // namespace plimsoll::checker
