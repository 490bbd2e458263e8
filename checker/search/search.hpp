// What every search takes and yields: options, limits, verdicts with their evidence, and numbers.
//
// Honesty: a verdict `holds` is given only after the whole bounded state space was seen. A limit, a signal, a
// table that may not grow: `inconclusive`, with what was covered.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/system/system.hpp"
#include "checker/visited/visited_set.hpp"

namespace plimsoll::checker {

enum class Verdict : std::uint8_t { holds, violated, inconclusive };
[[nodiscard]] std::string_view to_text(Verdict verdict);

/// Why a search ended.
enum class Stop : std::uint8_t {
  exhausted,    ///< every reachable state within the bounds was seen
  violated,     ///< a violation was found and no more was asked for
  time,         ///< --time
  memory,       ///< --memory, or the visited set could not grow
  states,       ///< --states, at the end of a level
  depth,        ///< --depth, at the end of a level
  interrupted,  ///< SIGINT or SIGTERM
};
[[nodiscard]] std::string_view to_text(Stop stop);

/// Command-line limits: reaching one makes the answer inconclusive. (Bounds are part of the scenario, and of
/// the System.)
struct Limits {
  double seconds_max = std::numeric_limits<double>::infinity();
  std::uint64_t memory_bytes_max = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t states_max = std::numeric_limits<std::uint64_t>::max();  ///< distinct
  std::uint32_t depth_max = level_max;  ///< states on the longest shortest path
};

struct Progress {
  double seconds = 0;
  std::uint64_t distinct = 0;
  std::uint64_t generated = 0;
  std::uint64_t frontier = 0;  ///< states of the level being expanded
  std::uint32_t depth = 0;
  std::uint64_t memory_bytes = 0;
};

struct SearchOptions {
  VisitedMode visited = VisitedMode::exact;
  unsigned workers = 1;  ///< 1 .. 256
  Limits limits;
  PropertyMask selected = ~PropertyMask{0};  ///< properties to be checked
  bool all = false;  ///< go on after a violation: one counterexample for each violated property
  const std::atomic<bool>* interrupted = nullptr;
  /// Called about ten times a second from a thread of its own.
  std::function<void(const Progress&)> progress;
};

/// A concrete behaviour: states[0] is initial and actions[i] leads from states[i] to states[i + 1].
struct Path {
  std::vector<std::vector<Slot>> states;
  std::vector<Action> actions;
};

struct PropertyOutcome {
  std::size_t property = 0;  ///< index into System::properties()
  Verdict verdict = Verdict::inconclusive;
  std::optional<Path> path;  ///< the counterexample; for a witness that was seen, the witness
  bool engaged = false;      ///< false: only ever held because its antecedent did not
};

struct SearchResult {
  Verdict verdict = Verdict::inconclusive;
  Stop stop = Stop::exhausted;
  std::vector<PropertyOutcome> properties;  ///< those selected, in the System's order
  std::uint64_t distinct = 0;
  std::uint64_t generated = 0;  ///< transitions, initial states included
  std::uint64_t pruned = 0;     ///< transitions that lead outside the bounds
  std::uint32_t depth = 0;      ///< states on the longest shortest path, the initial one included
  std::uint64_t frontier_max = 0;
  double seconds = 0;
  std::uint64_t memory_bytes = 0;          ///< peak of everything that --memory covers
  std::uint64_t visited_memory_bytes = 0;  ///< at completion, without parents
  std::uint64_t parents_memory_bytes = 0;
  double omission_probability = 0;
  std::vector<std::uint64_t> fired;  ///< transitions by Action::group
  SystemStatistics system;
  unsigned workers = 1;
  VisitedMode visited = VisitedMode::exact;

  [[nodiscard]] double bytes_per_state() const {
    return distinct == 0 ? 0 : static_cast<double>(visited_memory_bytes) / static_cast<double>(distinct);
  }
};

/// Explores `system` breadth-first. Counts, verdicts and traces are the same for any number of workers;
/// counterexamples are shortest. Cost: time in proportion to the transitions; memory in proportion to the
/// distinct states and the widest level.
[[nodiscard]] SearchResult search_breadth_first(const System& system, const SearchOptions& options);

}  // namespace plimsoll::checker
