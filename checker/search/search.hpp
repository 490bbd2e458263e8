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

/// How the states are gone through.
enum class Engine : std::uint8_t {
  bfs,   ///< breadth-first: exhaustive, shortest counterexamples
  dfs,   ///< depth-first: exhaustive, with less memory and longer counterexamples
  walk,  ///< random walks: never `holds`
};
[[nodiscard]] std::string_view to_text(Engine engine);

/// Why a search ended.
enum class Stop : std::uint8_t {
  exhausted,    ///< every reachable state within the bounds was seen
  violated,     ///< a violation was found and no more was asked for
  time,         ///< --time
  memory,       ///< --memory, or the visited set could not grow
  states,       ///< --states, at the end of a level
  depth,        ///< --depth, at the end of a level
  interrupted,  ///< SIGINT or SIGTERM
  runs,         ///< as many random walks as were asked for
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
  bool all = false;             ///< go on after a violation: one counterexample for each violated property
  std::uint64_t seed = 0;       ///< of random walks
  std::uint64_t runs = 10'000;  ///< random walks
  std::uint32_t walk_steps_max = 1'000;                    ///< steps of one random walk
  std::uint64_t bitstate_bytes = std::uint64_t{1} << 27U;  ///< size of a bitstate set: 16 .. 2^40
  const std::atomic<bool>* interrupted = nullptr;
  /// Called about ten times a second from a thread of its own.
  std::function<void(const Progress&)> progress;
};

/// A concrete behaviour: states[0] is initial and actions[i] leads from states[i] to states[i + 1]. With
/// `loop` it is a lasso: the last state equals states[loop] (loop < states.size() - 1), and what lies between
/// is repeated for ever. The counterexample of a liveness property is a lasso, or ends in a state without
/// successors.
struct Path {
  std::vector<std::vector<Slot>> states;
  std::vector<Action> actions;
  std::optional<std::size_t> loop = std::nullopt;
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
  Engine engine = Engine::bfs;

  [[nodiscard]] double bytes_per_state() const {
    return distinct == 0 ? 0 : static_cast<double>(visited_memory_bytes) / static_cast<double>(distinct);
  }
};

/// Explores `system` breadth-first. Counts, verdicts and traces are the same for any number of workers;
/// counterexamples are shortest. Cost: time in proportion to the transitions; memory in proportion to the
/// distinct states and the widest level.
[[nodiscard]] SearchResult search_breadth_first(const System& system, const SearchOptions& options);

/// Explores `system` depth-first. Exhaustive, with the same counts of states for any number of workers; which
/// counterexample is found first, and its length, depend on the run: minimise() shortens it. `depth` is the
/// longest path that was followed, in states; a depth limit cuts paths, and makes the answer inconclusive if
/// it did. With a bitstate set states may be missed, and nothing `holds`.
[[nodiscard]] SearchResult search_depth_first(const System& system, const SearchOptions& options);

/// Follows `options.runs` random walks of at most `options.walk_steps_max` steps, each choosing uniformly
/// among the transitions of its state. Walk number n draws from a generator seeded with (seed, n), so what is
/// found, the violation of the lowest walk, is the same for any number of workers. Nothing ever `holds` but a
/// witness that was seen. `distinct` is a lower bound.
[[nodiscard]] SearchResult search_random_walks(const System& system, const SearchOptions& options);

/// Decides the selected liveness properties (only them) on the graph of all reachable states, exactly and
/// under the System's fairness constraints: strongly connected components, after Emerson and Lei (1987) for
/// strong fairness. A counterexample is a lasso or a path that ends. If any transition was pruned, or a limit
/// was reached, nothing `holds`; a violation found nevertheless is real. Same verdicts and traces for any
/// number of workers. Cost: the graph is kept in memory, about 40 bytes a state and 6 a transition.
[[nodiscard]] SearchResult check_liveness(const System& system, const SearchOptions& options);

}  // namespace plimsoll::checker
