#include "checker/cli/options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <span>

#include <unistd.h>

#include "checker/scenario/scalar.hpp"
#include "checker/scenario/suggestion.hpp"

namespace plimsoll::cli {
namespace {

constexpr std::array<std::string_view, 3> commands = {"check", "replay", "list"};
/// Commands of other versions; who types one should learn that it exists and is not here.
constexpr std::array<std::string_view, 8> absent_commands = {"test",      "conform", "history", "prove",
                                                             "dataplane", "study",   "report",  "ci"};
constexpr const char* examples =
    "\nExamples:\n"
    "  plimsoll check                                    all of model/scenarios/default\n"
    "  plimsoll check my-cluster.yaml --time 10m         one scenario, ten minutes at most\n"
    "  plimsoll check ipam.yaml --defect F1              with a known bug switched on\n"
    "  plimsoll check ipam.yaml --set faults.node-reboot=2 --json -\n"
    "  plimsoll replay plimsoll-traces/*.itf.json        do recorded traces still happen?\n"
    "  plimsoll list defects\n"
    "\nExit codes: 0 all as expected, 1 something is not, 2 bad input or usage, 3 inconclusive, 4 internal "
    "error.\n";

/// The options as typed; each is checked once CLI11 is done.
struct Raw {
  CheckOptions check;
  ReplayOptions replay;
  ListOptions list;
  std::string engine;
  std::string visited;
  std::string workers;
  std::string seed;
  std::string runs;
  std::string time;
  std::string memory;
  std::string states;
  std::string depth;
  std::string trace_dir;
  std::string junit;
  std::string json;
  std::string progress = "auto";
  std::string step;
  bool symmetry = false;
  bool por = false;
};

void add_json(CLI::App& app, Raw& raw) {
  app.add_option("--json", raw.json, "Write the result as JSON; with '-' it is all that standard output gets")
      ->type_name("FILE|-");
}

void add_check(CLI::App& app, Raw& raw) {
  app.add_option("scenarios", raw.check.scenarios, "Scenario files, or directories of them")
      ->type_name("SCENARIO");
  app.add_option("--engine", raw.engine,
                 "How to search: bfs (shortest traces; the default), dfs (depth-first), walk (random walks)")
      ->type_name("ENGINE");
  app.add_option("--visited", raw.visited,
                 "How to store states: exact, fingerprint (64 bits of each), bitstate (3 bits; needs dfs)")
      ->type_name("MODE");
  app.add_flag("--symmetry", raw.symmetry,
               "Search one state of each orbit under renaming, where that is known");
  app.add_option("--workers", raw.workers, "Threads, 1 to 256 (default: one for each core)")->type_name("N");
  app.add_flag("--all", raw.check.all, "Go on after a violation: a trace for each violated property");
  app.add_option("--time", raw.time, "Limit for each scenario: 30s, 10m, 2h")->type_name("T");
  app.add_option("--memory", raw.memory, "Limit: 512MiB, 8GiB (default: 80 % of what the machine has)")
      ->type_name("SIZE");
  app.add_option("--states", raw.states, "Limit: distinct states")->type_name("N");
  app.add_option("--depth", raw.depth, "Limit: states on a path")->type_name("N");
  app.add_option("--seed", raw.seed, "Of random walks; recorded in the result")->type_name("S");
  app.add_option("--runs", raw.runs, "Random walks (default: 10000)")->type_name("N");
  app.add_option("--defect", raw.check.overrides.defects, "Switch on a documented bug (repeatable)")
      ->type_name("ID")
      ->allow_extra_args(false);
  app.add_option("--set", raw.check.overrides.set, "Change a value of the scenario (repeatable)")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  app.add_option("--trace-dir", raw.trace_dir, "Where traces go, of witnesses too (default: plimsoll-traces)")
      ->type_name("DIR");
  app.add_option("--junit", raw.junit, "Write the verdicts as JUnit XML")->type_name("FILE");
  add_json(app, raw);
  app.add_option("--progress", raw.progress, "auto, plain (a line every few seconds) or none")
      ->type_name("MODE");
  app.add_flag("--por", raw.por)->group("");
}

/// Collects the first complaint.
class Checks {
 public:
  void fail(std::string message) {
    if (!error_) {
      error_ = UsageError{std::move(message)};
    }
  }
  [[nodiscard]] const std::optional<UsageError>& error() const { return error_; }

  std::optional<std::uint64_t> number(const std::string& option, const std::string& text, std::uint64_t min,
                                      std::uint64_t max) {
    if (text.empty()) {
      return std::nullopt;
    }
    const std::optional<std::uint64_t> value = scenario::parse_uint(text);
    if (!value || *value < min || *value > max) {
      const std::string range = max == std::numeric_limits<std::uint64_t>::max()
                                    ? "of at least " + std::to_string(min)
                                    : "between " + std::to_string(min) + " and " + std::to_string(max);
      fail(option + ": expected a whole number " + range + ", found " + scenario::quote(text));
    }
    return value;
  }

  std::size_t word(const std::string& option, const std::string& text,
                   std::span<const std::string_view> words, std::string_view available) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (text == words[i]) {
        return i;
      }
    }
    fail(option + ": expected " + std::string(available) + ", found " + scenario::quote(text) +
         scenario::suggestion(text, words));
    return 0;
  }

 private:
  std::optional<UsageError> error_;
};

void decode_engine(const Raw& raw, Checks& checks, CheckOptions& options) {
  static constexpr std::array<std::string_view, 4> engines = {"bfs", "dfs", "walk", ""};
  static constexpr std::array<std::string_view, 4> visited = {"exact", "fingerprint", "bitstate", ""};
  const std::size_t engine = checks.word("--engine", raw.engine, engines, "bfs, dfs or walk");
  const std::size_t mode = checks.word("--visited", raw.visited, visited, "exact, fingerprint or bitstate");
  if (!raw.engine.empty()) {
    options.choice.engine = static_cast<checker::Engine>(engine);
  }
  if (!raw.visited.empty()) {
    options.choice.visited = static_cast<checker::VisitedMode>(mode);
  }
  if (raw.symmetry) {
    options.choice.symmetry = true;
  }
  options.runs = checks.number("--runs", raw.runs, 1, std::numeric_limits<std::uint64_t>::max());
  if (options.runs && !raw.engine.empty() && raw.engine != "walk") {
    checks.fail("--runs is the number of random walks: expected --engine walk, found " + raw.engine);
  }
  if (raw.por) {
    checks.fail("--por: partial order reduction is not available in this version");
  }
}

void decode_limits(const Raw& raw, Checks& checks, CheckOptions& options) {
  checker::Limits& limits = options.limits;
  constexpr std::uint64_t any = std::numeric_limits<std::uint64_t>::max();
  if (!raw.time.empty()) {
    const auto time = scenario::parse_duration(raw.time);
    if (!time || time->count() == 0) {
      checks.fail("--time: expected a duration such as 30s, 10m or 2h, found " + scenario::quote(raw.time));
    } else {
      limits.seconds_max = static_cast<double>(time->count()) / 1000.0;
    }
  }
  if (raw.memory.empty()) {
    const long pages = ::sysconf(_SC_PHYS_PAGES);
    const long page_bytes = ::sysconf(_SC_PAGE_SIZE);
    if (pages > 0 && page_bytes > 0) {
      limits.memory_bytes_max =
          static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page_bytes) / 5 * 4;
    }
  } else if (const auto bytes = scenario::parse_memory_bytes(raw.memory); bytes && *bytes > 0) {
    limits.memory_bytes_max = *bytes;
    // The larger part for the bits; stacks, interned values and memo tables have the rest.
    options.bitstate_bytes =
        std::clamp<std::uint64_t>(std::bit_floor(*bytes / 4 * 3), 16, std::uint64_t{1} << 40U);
  } else {
    checks.fail("--memory: expected a size such as 512MiB or 8GiB, found " + scenario::quote(raw.memory));
  }
  limits.states_max = checks.number("--states", raw.states, 1, any).value_or(limits.states_max);
  const auto depth = checks.number("--depth", raw.depth, 1, checker::level_max);
  limits.depth_max = static_cast<std::uint32_t>(depth.value_or(limits.depth_max));
}

std::optional<std::string> given(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

Command decode_check(Raw& raw) {
  static constexpr std::array<std::string_view, 3> modes = {"auto", "plain", "none"};
  Checks checks;
  CheckOptions& options = raw.check;
  decode_engine(raw, checks, options);
  decode_limits(raw, checks, options);
  if (const auto workers = checks.number("--workers", raw.workers, 1, 256)) {
    options.workers = static_cast<unsigned>(*workers);
  }
  options.seed = checks.number("--seed", raw.seed, 0, std::numeric_limits<std::uint64_t>::max()).value_or(0);
  options.progress =
      static_cast<ProgressMode>(checks.word("--progress", raw.progress, modes, "auto, plain or none"));
  options.trace_dir = given(raw.trace_dir);
  options.junit = given(raw.junit);
  options.json = given(raw.json);
  if (options.junit && options.json && *options.junit == *options.json) {
    checks.fail("--junit and --json cannot be the same file");
  }
  return checks.error() ? Command(*checks.error()) : Command(std::move(options));
}

Command decode_replay(Raw& raw) {
  Checks checks;
  if (const auto step = checks.number("--step", raw.step, 0, 1'000'000'000)) {
    raw.replay.step = *step;
  }
  raw.replay.json = given(raw.json);
  return checks.error() ? Command(*checks.error()) : Command(std::move(raw.replay));
}

Command decode_list(Raw& raw) {
  static constexpr std::array<std::string_view, 6> kinds = {"",        "scenarios", "properties",
                                                            "engines", "defects",   "systems"};
  Checks checks;
  (void)checks.word("plimsoll list", raw.list.what, kinds,
                    "scenarios, properties, engines, defects or systems");
  raw.list.json = given(raw.json);
  return checks.error() ? Command(*checks.error()) : Command(std::move(raw.list));
}

std::optional<UsageError> refuse_unknown_command(const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) {
    return UsageError{"a command is missing: check, replay or list (plimsoll --help says more)"};
  }
  const std::string& first = arguments[1];
  if (first.starts_with('-') || std::ranges::count(commands, first) > 0) {
    return std::nullopt;
  }
  if (std::ranges::count(absent_commands, first) > 0) {
    return UsageError{"plimsoll " + first + ": not available in this version"};
  }
  return UsageError{"unknown command " + scenario::quote(first) + scenario::suggestion(first, commands) +
                    " (plimsoll --help lists them)"};
}

Command parse(CLI::App& app, Raw& raw, std::vector<std::string> arguments) {
  CLI::App& check = *app.add_subcommand("check", "Search every reachable state of scenarios for violations");
  CLI::App& replay =
      *app.add_subcommand("replay", "Run recorded traces again and show what each step changed");
  CLI::App& list =
      *app.add_subcommand("list", "What there is: scenarios, properties, engines, defects, systems");
  add_check(check, raw);
  replay.add_option("traces", raw.replay.traces, "Trace files (*.itf.json)")->type_name("TRACE")->required();
  replay.add_option("--step", raw.step, "Show this step only, with the whole state; 0 is the initial one")
      ->type_name("N");
  add_json(replay, raw);
  list.add_option("what", raw.list.what, "scenarios, properties, engines, defects or systems")
      ->type_name("WHAT");
  add_json(list, raw);
  std::reverse(arguments.begin(), arguments.end());
  arguments.pop_back();
  app.parse(std::move(arguments));
  if (check.parsed()) {
    return decode_check(raw);
  }
  return replay.parsed() ? decode_replay(raw) : decode_list(raw);
}

}  // namespace

Command parse_command_line(const std::vector<std::string>& arguments) {
  if (auto error = refuse_unknown_command(arguments)) {
    return std::move(*error);
  }
  CLI::App app("Plimsoll checks under which faults a Kubernetes-like cluster keeps its promises.",
               "plimsoll");
  app.set_version_flag("--version", std::string("plimsoll ") + PLIMSOLL_VERSION);
  app.require_subcommand(1);
  app.footer(examples);
  Raw raw;
  try {
    return parse(app, raw, arguments);
  } catch (const CLI::CallForHelp&) {
    return Information{app.help()};
  } catch (const CLI::CallForAllHelp&) {
    return Information{app.help("", CLI::AppFormatMode::All)};
  } catch (const CLI::CallForVersion& version) {
    return Information{std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    return UsageError{std::string(error.what()) + " (plimsoll --help says more)"};
  }
}

}  // namespace plimsoll::cli
