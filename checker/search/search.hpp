// What every search takes and yields: options, limits, verdicts with their evidence, and numbers.
//
// Honesty: a verdict `holds` is given only after the whole bounded state space was seen. A limit, a signal, a
// table that may not grow: `inconclusive`, with what was covered.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
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

/// How a random walk chooses among the transitions of each state.
enum class Schedule : std::uint8_t {
  uniform,  ///< each with the same probability
  pct,      ///< by random priorities of actors that change at few random moments: priorities.hpp
  swarm,    ///< uniformly, with a random half of the action groups switched off in each walk: swarm.hpp
  mixture,  ///< walks 0, 3, 6 ... uniform, the next ones pct, and the others swarm
};
[[nodiscard]] std::string_view to_text(Schedule schedule);

/// Why a search ended.
enum class Stop : std::uint8_t {
  exhausted,    ///< every reachable state within the bounds was seen
  violated,     ///< a violation was found and no more was asked for
  time,         ///< --time
  memory,       ///< --memory, or the visited set could not grow
  states,       ///< --states, breadth-first at the end of a level
  depth,        ///< --depth, breadth-first at the end of a level
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
  std::uint32_t depth_max = level_max;  ///< states of a path; breadth-first, of a shortest one
};

struct Progress {
  double seconds = 0;
  std::uint64_t distinct = 0;
  std::uint64_t generated = 0;
  std::uint64_t frontier = 0;  ///< states of the level being expanded, or on the stacks
  std::uint32_t depth = 0;
  std::uint64_t memory_bytes = 0;
};

/// More moments at which priorities change than anybody has had a use for.
inline constexpr std::uint32_t bug_depth_max = 32;

struct SearchOptions {
  VisitedMode visited = VisitedMode::exact;
  unsigned workers = 1;  ///< 1 .. 256; fewer do the work if the machine has no thread for them
  Limits limits;
  PropertyMask selected = ~PropertyMask{0};  ///< properties to be checked
  bool all = false;             ///< go on after a violation: one counterexample for each violated property
  std::uint64_t seed = 0;       ///< of random walks
  std::uint64_t runs = 10'000;  ///< random walks
  std::uint32_t walk_steps_max = 1'000;                    ///< steps of one random walk
  Schedule schedule = Schedule::uniform;                   ///< of random walks
  std::uint32_t bug_depth = 3;                             ///< of pct: 1 .. bug_depth_max
  std::uint64_t bitstate_bytes = std::uint64_t{1} << 27U;  ///< size of a bitstate set: 16 .. 2^40
  /// Builds the system anew. In a world walks leave values behind that no other walk will meet: where they
  /// take too much, the walks go on in a new one. Empty: they do not.
  std::function<std::unique_ptr<System>()> renewed;
  std::uint64_t renewed_from_bytes = std::uint64_t{1} << 29U;
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
  /// What matters is that nothing can happen after the last state: a liveness property is violated by the
  /// end.
  bool ends = false;
};

/// The random walk that showed something, and after how many steps.
struct WalkFound {
  std::uint64_t walk = 0;
  std::uint32_t steps = 0;
  Schedule schedule = Schedule::uniform;  ///< of this walk: no mixture
};

struct PropertyOutcome {
  std::size_t property = 0;  ///< index into System::properties()
  Verdict verdict = Verdict::inconclusive;
  std::optional<Path> path;  ///< the counterexample; for a witness that was seen, the witness
  bool engaged = false;      ///< false: only ever held because its antecedent did not
  std::optional<WalkFound> found = std::nullopt;  ///< of random walks, where `path` comes from
};

/// What random walks were made, and what pct promises of them.
struct WalkSummary {
  std::uint64_t walks = 0;  ///< begun
  std::uint32_t steps_max = 0;
  Schedule schedule = Schedule::uniform;
  std::uint32_t bug_depth = 0;
  std::uint32_t actors = 0;
  std::uint32_t horizons = 0;  ///< Priorities draws one of so many
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
  double omission_probability = 0;   ///< as the visited set defines it
  std::vector<std::uint64_t> fired;  ///< transitions by Action::group
  SystemStatistics system;
  unsigned workers = 1;
  VisitedMode visited = VisitedMode::exact;
  Engine engine = Engine::bfs;
  std::optional<WalkSummary> walks;

  [[nodiscard]] double bytes_per_state() const {
    return distinct == 0 ? 0 : static_cast<double>(visited_memory_bytes) / static_cast<double>(distinct);
  }
};

/// Explores `system` breadth-first. Counts, verdicts and traces are the same for any number of workers;
/// counterexamples are shortest. Cost: time in proportion to the transitions; memory in proportion to the
/// distinct states and the widest level. Throws std::bad_alloc if there is no memory to begin with.
[[nodiscard]] SearchResult search_breadth_first(const System& system, const SearchOptions& options);

/// Explores `system` depth-first. Exhaustive: without a limit, the counts of states and transitions are the
/// same for any number of workers, and those of search_breadth_first(). Which counterexample is found first,
/// and its length, depend on the run: minimise() shortens it. `depth` is the longest path that was followed,
/// in states, and `frontier_max` the sum of what the workers' stacks held at most; both depend on the run.
///
/// States on `limits.depth_max` are judged, and their transitions are, but these are not followed; if there
/// were any the answer is inconclusive (Stop::depth), even if all they lead to was seen elsewhere.
/// `limits.states_max` is looked at before each expansion. With a bitstate set states may be missed: nothing
/// `holds` but a witness, even after Stop::exhausted. Cost: time in proportion to the transitions; memory in
/// proportion to the distinct states, except with a bitstate set, and to the longest path times the
/// transitions of a state. Throws std::bad_alloc if there is no memory to begin with.
[[nodiscard]] SearchResult search_depth_first(const System& system, const SearchOptions& options);

/// Follows `options.runs` random walks. Each starts in an initial state, chosen uniformly, and takes
/// transitions, chosen by `options.schedule`, until there are none, or walk_steps_max steps were taken, or it
/// has limits.depth_max states. What is judged is the states it visits and the transitions it takes. Walk
/// number n draws from a generator seeded with (seed, n), and the violation that is reported is that of the
/// lowest walk, the first in it: the same for any number of workers. With `options.all` each property has
/// that of its own lowest walk. Nothing ever `holds` but a witness that was seen.
///
/// What walks are made is not changed by `options.renewed`; it bounds what is kept in memory, but for what
/// one walk takes by itself.
///
/// `generated` counts the steps and one for each walk, `depth` the states of the longest. `distinct` is a
/// lower bound: it is counted with a bitstate set of 16 MiB, too full to be of use after some ten million
/// states. The numbers tell of all walks begun; with several workers these may be more than those up to the
/// violation. Throws std::bad_alloc if there is no memory to begin with.
[[nodiscard]] SearchResult search_random_walks(const System& system, const SearchOptions& options);

/// Decides the selected liveness properties (only them; others are left out of the result) on the graph of
/// all reachable states, exactly and under the System's fairness constraints: strongly connected components,
/// after Lichtenstein and Pnueli (1985) and Emerson and Lei (1987). A counterexample is a short lasso or a
/// path that ends. Without `options.all` the first violated property, in the System's order, ends it.
///
/// If any transition was pruned, or a limit was reached, nothing `holds`; a violation found nevertheless is
/// real. The limits of states and depth cut the graph, and what is left of it is judged; that of time, that
/// of memory and a signal end it without. Same verdicts and traces for any number of workers, and with exact
/// sets as with fingerprints; bitstate sets are refused. Cost: the graph is kept in memory, 16 bytes a state
/// besides the set of states and 6 a transition; judging takes up to 72 bytes a state and passes over the
/// graph a few times for each property. Throws std::bad_alloc if there is no memory to begin with.
[[nodiscard]] SearchResult check_liveness(const System& system, const SearchOptions& options);

}  // namespace plimsoll::checker
