// What the command line asks for, decoded and checked, before anything is done.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "checker/cli/engines.hpp"
#include "checker/history/history.hpp"
#include "checker/scenario/scenario.hpp"
#include "checker/search/search.hpp"
#include "properties/conformance/report.hpp"

namespace plimsoll::cli {

enum class ProgressMode : std::uint8_t { automatic, plain, none };

struct CheckOptions {
  std::vector<std::string> scenarios;  ///< files or directories; empty: the default scenarios
  EngineChoice choice;
  std::optional<unsigned> workers;
  std::uint64_t seed = 0;
  // Of random walks.
  std::optional<std::uint64_t> runs;
  std::optional<std::uint32_t> steps;
  std::optional<checker::Schedule> schedule;
  std::optional<std::uint32_t> bug_depth;
  std::optional<std::uint64_t> minimise_steps;
  std::optional<std::uint64_t> bitstate_bytes;  ///< from --memory
  bool all = false;
  checker::Limits limits;
  scenario::Overrides overrides;
  std::optional<std::string> trace_dir;
  std::optional<std::string> junit;
  std::optional<std::string> json;  ///< a file, or "-" for standard output
  ProgressMode progress = ProgressMode::automatic;
};

/// `plimsoll test`: a check by random walks, with other defaults.
struct TestOptions {
  CheckOptions check;
};

struct ReplayOptions {
  std::vector<std::string> traces;
  std::optional<std::size_t> step;  ///< show this step only, with the whole state
  std::optional<std::string> json;
};

struct ConformOptions {
  std::string kind;  ///< a name in properties::conformance_kinds()
  std::vector<std::string> files;
  properties::LiveRequest live;  ///< of a kind that is judged live
  std::optional<std::string> json;
  std::optional<std::string> predictions;  ///< of a kind that predicts
};

struct HistoryOptions {
  std::vector<std::string> files;
  std::optional<history::Model> model;  ///< nothing: whatever the operations of a file fit
  std::optional<double> seconds_max;    ///< for each file
  std::optional<std::string> json;
};

struct ProveOptions {
  std::vector<std::string> targets;  ///< names in properties::proof_targets()
  std::string defect;                ///< a variant that all of them have; empty: none
  std::optional<double> seconds_max;
  bool list = false;  ///< say what there is, and prove nothing
  std::optional<std::string> json;
};

struct DataplaneOptions {
  std::vector<std::string> dumps;
  std::string tables;       ///< those of that name only; empty: all
  std::string against;      ///< a dump to compare the one dump with; empty: judge instead
  bool by_classes = false;  ///< settle what the tables' rows say, and follow only the rest
  bool rules = false;       ///< ask which rules no packet reaches instead
  std::optional<std::string> counterexamples;
  std::vector<std::string> what_if;  ///< changes to compare the one dump with itself after; empty: judge
  std::optional<std::string> json;
};

struct ListOptions {
  std::string what;  ///< "scenarios", ...; empty: everything
  std::optional<std::string> json;
};

/// `--help` and `--version`: text for standard output.
struct Information {
  std::string text;
};

struct UsageError {
  std::string message;
};

using Command = std::variant<CheckOptions, TestOptions, ReplayOptions, ConformOptions, HistoryOptions,
                             ProveOptions, DataplaneOptions, ListOptions, Information, UsageError>;

/// Reads the arguments, program name first. Never throws for bad arguments.
[[nodiscard]] Command parse_command_line(const std::vector<std::string>& arguments);

}  // namespace plimsoll::cli
