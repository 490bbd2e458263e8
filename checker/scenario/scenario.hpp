// The scenario: what closes a world, bounds it and says what is expected of it.
//
// A file of YAML documents. The first one is the Scenario (apiVersion plimsoll/v1), decoded here as far as
// every system has it in common; `parameters`, `network` and `nodes` are the system's own and stay trees with
// locations. The others are Kubernetes manifests, decoded in properties/manifest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "checker/scenario/location.hpp"
#include "checker/scenario/node.hpp"
#include "checker/scenario/reader.hpp"

namespace plimsoll::scenario {

enum class Verdict { holds, violated, inconclusive };
enum class EngineKind { bfs, dfs, walk };
enum class VisitedKind { exact, fingerprint, bitstate };

/// Kebab-case words as they stand in files, on the command line and in results.
[[nodiscard]] std::string_view to_text(Verdict verdict);
[[nodiscard]] std::string_view to_text(EngineKind engine);
[[nodiscard]] std::string_view to_text(VisitedKind visited);

/// The clock of the world. Untimed: any armed timer may fire at any moment, and the two numbers are 0.
struct Time {
  bool is_discrete = false;
  std::uint32_t ticks_max = 0;  ///< horizon; at least 1 if discrete
  std::uint32_t drift = 0;      ///< ticks by which a process's clock may be off
  Location where;
};

/// Defaults for the run; the command line overrides each of them.
struct EngineHints {
  std::optional<EngineKind> engine;
  std::optional<VisitedKind> visited;
  std::optional<std::uint32_t> workers;  ///< 1 .. 256
  std::optional<bool> symmetry;
  std::optional<bool> partial_order;  ///< `por` in files
};

/// What a run should find.
struct Expectation {
  Verdict verdict = Verdict::holds;
  std::optional<std::string> property;  ///< the violated one; absent if any may be (plain `violated`)
  std::optional<std::uint32_t> length;  ///< steps of the shortest trace
  Location where;
};

/// What a run with one defect switched on should find, and what else it needs for that.
struct DefectExpectation {
  std::string defect;
  Expectation expectation;
  std::vector<Entry> set;  ///< path (key) and value of each assignment that belongs to this defect
  Location where;
};

/// What the user asked for on top of the file. Applied in this order: the `set` of each of `defects`, then
/// `set`.
struct Overrides {
  std::vector<std::string> set;      ///< `path=value`, as given to --set
  std::vector<std::string> defects;  ///< ids, as given to --defect; they add to the file's own
};

/// A decoded scenario: a value that owns everything and can be copied between threads.
struct Scenario {
  std::string name;
  std::string description;
  std::string system;
  Location system_where;
  std::optional<Node> parameters;  ///< a mapping
  std::optional<Node> network;     ///< a mapping: flannel's net-conf.json
  std::optional<Node> nodes;       ///< a list or mapping
  std::vector<Count> processes;    ///< how many of each kind; order of the file
  Time time;
  std::vector<Count> faults;  ///< budgets; what is absent has budget 0
  std::vector<Count> bounds;
  std::optional<std::vector<std::string>> properties;  ///< absent: all the system has
  Location properties_where;
  EngineHints engine;
  std::vector<std::string> defects;  ///< switched on: the file's, then the command line's; distinct
  Expectation expect_default;
  std::vector<DefectExpectation> expect_defects;
  std::vector<Node> manifests;  ///< the further documents, empty ones left out

  std::string source_text;  ///< with `file` and `overrides` all that parse_scenario needs: traces embed it
  std::string file;
  Overrides overrides;
};

/// Reads a scenario from `text`; `file` is what locations call it.
///
/// The text must be a valid scenario by itself and with each defect's `set` applied; overrides come on top of
/// that. So a scenario that loads at all loads with every --defect it names. Which systems, parameters,
/// budgets and defects exist is not known here: the system's factory refuses what it does not know, using the
/// locations kept. Errors: see the room's corpus for examples of each; those caused by an override have
/// `--set '...'` as file.
[[nodiscard]] tl::expected<Scenario, Error> parse_scenario(std::string_view text, std::string file,
                                                           Overrides overrides = {});

/// Reads the file at `path`. Errors: also an unreadable or too large file.
[[nodiscard]] tl::expected<Scenario, Error> load_scenario(const std::string& path, Overrides overrides = {});

/// What this run should find: the default if --defect was not given, the defect's if it was given once, and
/// nothing if the file is silent about the defect or several were given.
[[nodiscard]] std::optional<Expectation> expectation(const Scenario& scenario);

/// The count called `name`, or `fallback` if there is none.
[[nodiscard]] std::uint32_t count_of(const std::vector<Count>& counts, std::string_view name,
                                     std::uint32_t fallback = 0);

}  // namespace plimsoll::scenario
