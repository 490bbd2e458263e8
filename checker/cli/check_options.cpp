#include "checker/cli/check_options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <utility>

#include <unistd.h>

#include "checker/cli/option_checks.hpp"

namespace plimsoll::cli {
namespace {

constexpr std::uint64_t any = std::numeric_limits<std::uint64_t>::max();
/// The path of a walk that found something is kept in memory.
constexpr std::uint64_t walk_steps_max = 10'000'000;
constexpr const char* about_walks = "Random walks";

void add_walks(CLI::App& app, RawCheck& raw, const char* schedule_default, const char* runs_default) {
  app.add_option("--schedule", raw.schedule,
                 std::string("How each walk chooses: uniform, pct (random priorities), swarm (a random half "
                             "of the action groups), mixture (default: ") +
                     schedule_default + ")")
      ->type_name("NAME")
      ->group(about_walks);
  app.add_option("--runs", raw.runs, std::string("How many walks (default: ") + runs_default + ")")
      ->type_name("N")
      ->group(about_walks);
  app.add_option("--steps", raw.steps, "Steps of a walk at most (default: 1000)")
      ->type_name("N")
      ->group(about_walks);
  app.add_option("--seed", raw.seed, "Walk number n is a function of seed and n (default: 0)")
      ->type_name("S")
      ->group(about_walks);
  app.add_option("--bug-depth", raw.bug_depth,
                 "Of pct: the orderings that a bug needs; priorities change once less often (default: 3)")
      ->type_name("D")
      ->group(about_walks);
}

/// What both commands have.
void add_common(CLI::App& app, RawCheck& raw) {
  app.add_option("--workers", raw.workers, "Threads, 1 to 256 (default: one for each core)")->type_name("N");
  app.add_flag("--all", raw.options.all, "Go on after a violation: a trace for each violated property");
  app.add_option("--time", raw.time, "Limit for each scenario: 30s, 10m, 2h")->type_name("T");
  app.add_option("--memory", raw.memory, "Limit: 512MiB, 8GiB (default: 80 % of what the machine has)")
      ->type_name("SIZE");
  app.add_option("--minimise-steps", raw.minimise_steps,
                 "Steps that shortening one trace may take (default: 1000000; 0 leaves it as it was found)")
      ->type_name("N");
  app.add_option("--defect", raw.options.overrides.defects, "Switch on a documented bug (repeatable)")
      ->type_name("ID")
      ->allow_extra_args(false);
  app.add_option("--set", raw.options.overrides.set, "Change a value of the scenario (repeatable)")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  app.add_option("--trace-dir", raw.trace_dir, "Where traces go, of witnesses too (default: plimsoll-traces)")
      ->type_name("DIR");
  app.add_option("--junit", raw.junit, "Write the verdicts as JUnit XML")->type_name("FILE");
  app.add_option("--json", raw.json, "Write the result as JSON; with '-' it is all that standard output gets")
      ->type_name("FILE|-");
  app.add_option("--progress", raw.progress, "auto, plain (a line every few seconds) or none")
      ->type_name("MODE");
}

void decode_engine(const RawCheck& raw, Checks& checks, CheckOptions& options) {
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
  if (raw.stale) {
    options.choice.stale = true;
  }
  if (raw.por) {
    options.choice.partial_order = true;
  }
}

void decode_walks(const RawCheck& raw, Checks& checks, CheckOptions& options) {
  static constexpr std::array<std::string_view, 5> schedules = {"uniform", "pct", "swarm", "mixture", ""};
  const std::size_t schedule =
      checks.word("--schedule", raw.schedule, schedules, "uniform, pct, swarm or mixture");
  if (!raw.schedule.empty()) {
    options.schedule = static_cast<checker::Schedule>(schedule);
  }
  options.runs = checks.number("--runs", raw.runs, 1, any);
  options.seed = checks.number("--seed", raw.seed, 0, any).value_or(0);
  if (const auto steps = checks.number("--steps", raw.steps, 1, walk_steps_max)) {
    options.steps = static_cast<std::uint32_t>(*steps);
  }
  if (const auto depth = checks.number("--bug-depth", raw.bug_depth, 1, checker::bug_depth_max)) {
    options.bug_depth = static_cast<std::uint32_t>(*depth);
  }
  options.minimise_steps = checks.number("--minimise-steps", raw.minimise_steps, 0, any);
  const std::array<std::pair<const char*, bool>, 4> of_walks = {{{"--runs", !raw.runs.empty()},
                                                                 {"--steps", !raw.steps.empty()},
                                                                 {"--schedule", !raw.schedule.empty()},
                                                                 {"--bug-depth", !raw.bug_depth.empty()}}};
  for (const auto& [option, is_given] : of_walks) {
    if (is_given && options.choice.only_of_walks.empty()) {
      options.choice.only_of_walks = option;
    }
  }
  if (!options.choice.only_of_walks.empty() && !raw.engine.empty() && raw.engine != "walk") {
    checks.fail(options.choice.only_of_walks + ": it is about random walks: expected --engine walk, found " +
                raw.engine);
  }
  if (options.bug_depth && (raw.schedule == "uniform" || raw.schedule == "swarm")) {
    checks.fail("--bug-depth: it is about --schedule pct or mixture, found " + raw.schedule);
  }
}

void decode_limits(const RawCheck& raw, Checks& checks, CheckOptions& options) {
  checker::Limits& limits = options.limits;
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

void decode_outputs(const RawCheck& raw, Checks& checks, CheckOptions& options) {
  static constexpr std::array<std::string_view, 3> modes = {"auto", "plain", "none"};
  options.progress =
      static_cast<ProgressMode>(checks.word("--progress", raw.progress, modes, "auto, plain or none"));
  options.trace_dir = given(raw.trace_dir);
  options.junit = given(raw.junit);
  options.json = given(raw.json);
  if (options.junit && options.json && *options.junit == *options.json) {
    checks.fail("--junit and --json cannot be the same file");
  }
}

/// What both commands have.
Checks decode_common(const RawCheck& raw, CheckOptions& options) {
  Checks checks;
  decode_engine(raw, checks, options);
  decode_walks(raw, checks, options);
  decode_limits(raw, checks, options);
  if (const auto workers = checks.number("--workers", raw.workers, 1, 256)) {
    options.workers = static_cast<unsigned>(*workers);
  }
  decode_outputs(raw, checks, options);
  return checks;
}

}  // namespace

void add_check(CLI::App& app, RawCheck& raw) {
  app.add_option("scenarios", raw.options.scenarios, "Scenario files, or directories of them")
      ->type_name("SCENARIO");
  app.add_option("--engine", raw.engine,
                 "How to search: bfs (shortest traces; the default), dfs (depth-first), walk (random walks)")
      ->type_name("ENGINE");
  app.add_option("--visited", raw.visited,
                 "How to store states: exact, fingerprint (64 bits of each), bitstate (3 bits; needs dfs)")
      ->type_name("MODE");
  app.add_flag("--symmetry", raw.symmetry,
               "Search one state of each orbit under renaming, where that is known");
  app.add_flag("--stale", raw.stale,
               "Tell messages apart no longer that their receiver will ignore, where that is known");
  app.add_flag(
      "--por", raw.por,
      "Do not interleave steps that have nothing to do with each other (bfs of worlds; traces may be "
      "longer than the shortest)");
  add_common(app, raw);
  app.add_option("--states", raw.states, "Limit: distinct states")->type_name("N");
  app.add_option("--depth", raw.depth, "Limit: states on a path")->type_name("N");
  add_walks(app, raw, "uniform", "10000");
}

void add_test(CLI::App& app, RawCheck& raw) {
  app.add_option("scenarios", raw.options.scenarios, "Scenario files, or directories of them")
      ->type_name("SCENARIO")
      ->required();
  add_common(app, raw);
  add_walks(app, raw, "mixture", "10000, or with --time as many as it takes");
  app.footer(
      "\nWhat never failed is inconclusive (exit code 3): random walks prove nothing, unless a scenario "
      "expects just\nthat. A run that fails is shortened, becomes a trace and is named with its number.\n");
}

Command decode_check(RawCheck& raw) {
  const Checks checks = decode_common(raw, raw.options);
  return checks.error() ? Command(*checks.error()) : Command(std::move(raw.options));
}

Command decode_test(RawCheck& raw) {
  CheckOptions& options = raw.options;
  const Checks checks = decode_common(raw, options);
  options.choice.engine = checker::Engine::walk;
  options.schedule = options.schedule.value_or(checker::Schedule::mixture);
  if (!options.runs && !raw.time.empty()) {
    options.runs = any;
  }
  return checks.error() ? Command(*checks.error()) : Command(TestOptions{std::move(options)});
}

}  // namespace plimsoll::cli
