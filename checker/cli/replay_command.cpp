#include <fmt/core.h>

#include "checker/cli/commands.hpp"
#include "checker/cli/output_file.hpp"
#include "checker/cli/prepare.hpp"
#include "checker/cli/signals.hpp"
#include "checker/trace/json.hpp"
#include "checker/trace/replay.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::cli {
namespace {

using checker::json_number;
using checker::json_object;
using checker::json_text;
using scenario::Node;

/// One trace file and what became of it: a replay, or a reason why there is none.
struct Replayed {
  std::string file;
  std::optional<checker::Trace> trace;
  tl::expected<checker::Replay, std::string> replay;

  [[nodiscard]] ExitCode exit_code() const {
    if (!replay) {
      return ExitCode::bad_input;
    }
    return replay->divergence ? ExitCode::unexpected : ExitCode::as_expected;
  }
};

tl::expected<checker::Replay, std::string> execute(const std::string& file, const checker::Trace& trace) {
  const auto scenario = scenario::parse_scenario(trace.scenario_text, trace.scenario_file, trace.overrides);
  if (!scenario) {
    return tl::unexpected(file + ": the scenario in it: " + scenario.error().to_string());
  }
  if (scenario->defects != trace.defects) {
    return tl::unexpected(file + ": the scenario in it switches on other defects than the trace lists");
  }
  const auto system = build_system(*scenario);
  if (!system) {
    return tl::unexpected(file + ": the scenario in it: " + system.error().to_string());
  }
  auto done = checker::replay(**system, trace);
  return done ? std::move(done) : tl::unexpected(file + ": " + done.error());
}

Replayed replay_file(const std::string& file) {
  const base::AssertContext context("replaying " + file);
  auto trace = checker::load_trace(file);
  if (!trace) {
    return {file, std::nullopt, tl::unexpected(trace.error().to_string())};
  }
  auto replay = execute(file, *trace);
  return {file, std::move(*trace), std::move(replay)};
}

std::string heading(const Replayed& replayed) {
  const checker::Trace& trace = *replayed.trace;
  std::string defects;
  for (const std::string& id : trace.defects) {
    defects += (defects.empty() ? ", with " : " and ") + id;
  }
  return fmt::format("{}: {} of {}{} ({} steps, found by plimsoll {})\n", replayed.file,
                     trace.shown == checker::Shown::violated ? "violation" : "witness", trace.property,
                     defects, trace.behaviour.steps(), trace.version);
}

/// The steps that were taken as recorded; with --step only that one, and its whole state.
std::string story(const Replayed& replayed, std::optional<std::size_t> only) {
  const checker::Behaviour& behaviour = replayed.trace->behaviour;
  const std::size_t taken = replayed.replay->steps;
  if (!only) {
    return tell(behaviour, taken);
  }
  if (*only > taken) {
    return fmt::format("  #{} was not reached\n", *only);
  }
  std::string text = "  #0 initial state\n";
  if (*only > 0) {
    const std::vector<checker::Difference> changes =
        differences(behaviour.states[*only - 1], behaviour.states[*only]);
    text = tell_step(*only, behaviour.labels[*only - 1], changes);
  }
  return text + "     the state:\n" + tell_state(behaviour.states[*only]);
}

std::string text_of(const Replayed& replayed, std::optional<std::size_t> only) {
  const auto& divergence = replayed.replay->divergence;
  std::string text = heading(replayed);
  const bool has_start = !divergence || divergence->kind != checker::Divergence::Kind::initial_state;
  if (has_start) {
    text += story(replayed, only);
  }
  if (divergence) {
    return text + tell(*divergence) + "  => diverged\n\n";
  }
  const bool is_witness = replayed.trace->shown == checker::Shown::witness;
  return text + fmt::format("  => reproduced: {} is {}\n\n", replayed.trace->property,
                            is_witness ? "witnessed" : "violated");
}

Node divergence_json(const checker::Divergence& divergence) {
  std::vector<Node> differences;
  for (const checker::Difference& difference : divergence.differences) {
    differences.push_back(json_object({{"path", json_text(difference.path)},
                                       {"recorded", json_text(difference.before)},
                                       {"today", json_text(difference.after)}}));
  }
  return json_object({{"step", json_number(std::uint64_t{divergence.step})},
                      {"kind", json_text(std::string(to_text(divergence.kind)))},
                      {"message", json_text(divergence.message)},
                      {"enabled", checker::json_texts(divergence.enabled)},
                      {"differences", checker::json_list(std::move(differences))}});
}

Node result_json(const Replayed& replayed) {
  if (!replayed.replay) {
    return json_object({{"trace", json_text(replayed.file)},
                        {"verdict", json_text("unreadable")},
                        {"error", json_text(replayed.replay.error())}});
  }
  const auto& divergence = replayed.replay->divergence;
  return json_object({{"trace", json_text(replayed.file)},
                      {"verdict", json_text(divergence ? "diverged" : "reproduced")},
                      {"property", json_text(replayed.trace->property)},
                      {"recorded_steps", json_number(std::uint64_t{replayed.trace->behaviour.steps()})},
                      {"reproduced_steps", json_number(std::uint64_t{replayed.replay->steps})},
                      {"divergence", divergence ? divergence_json(*divergence) : checker::json_null()}});
}

}  // namespace

ExitCode run_replay(const ReplayOptions& options) {
  std::FILE* out = options.json == "-" ? stderr : stdout;
  if (options.json && *options.json != "-") {
    if (const auto writable = check_writable(*options.json); !writable) {
      std::fprintf(stderr, "plimsoll: %s\n", writable.error().c_str());
      return ExitCode::bad_input;
    }
  }
  ExitCode code = ExitCode::as_expected;
  std::vector<Node> results;
  for (const std::string& file : options.traces) {
    if (interrupted()) {
      code = worst(code, ExitCode::inconclusive);
      break;
    }
    const Replayed replayed = replay_file(file);
    code = worst(code, replayed.exit_code());
    results.push_back(result_json(replayed));
    if (!replayed.replay) {
      std::fprintf(stderr, "%s\n", replayed.replay.error().c_str());
    } else if (options.step && *options.step > replayed.trace->behaviour.steps()) {
      std::fprintf(stderr, "plimsoll: --step: %s has no step %zu, its last is %zu\n", file.c_str(),
                   *options.step, replayed.trace->behaviour.steps());
      code = worst(code, ExitCode::bad_input);
    } else {
      std::fputs(text_of(replayed, options.step).c_str(), out);
      std::fflush(out);
    }
  }
  const std::string json = checker::write_json(json_object(
      {{"schema", json_text("plimsoll-replay/1")}, {"results", checker::json_list(std::move(results))}}));
  if (const auto written = deliver(options.json, json); !written) {
    std::fprintf(stderr, "plimsoll: %s\n", written.error().c_str());
    code = worst(code, ExitCode::bad_input);
  }
  return code;
}

}  // namespace plimsoll::cli
