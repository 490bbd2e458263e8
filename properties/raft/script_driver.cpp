#include "properties/raft/script_driver.hpp"

#include <algorithm>
#include <array>

#include "impl/base/assert.hpp"
#include "properties/raft/script_commands.hpp"

namespace plimsoll::properties::raft {
namespace {

struct CommandRow {
  std::string_view name;
  ScriptCommand run;
};

CommandResult breakpoint(ScriptEnvironment& /*environment*/, const Directive& /*directive*/) {
  return {};
}

constexpr std::array<CommandRow, 22> commands = {{
    {"_breakpoint", breakpoint},
    {"add-nodes", add_nodes},
    {"campaign", campaign},
    {"compact", compact},
    {"deliver-msgs", deliver_msgs},
    {"forget-leader", forget_leader},
    {"log-level", log_level},
    {"process-append-thread", process_append_thread},
    {"process-apply-thread", process_apply_thread},
    {"process-ready", process_ready},
    {"propose", propose},
    {"propose-conf-change", propose_conf_change},
    {"raft-log", raft_log},
    {"raft-state", raft_state},
    {"report-unreachable", report_unreachable},
    {"send-snapshot", send_snapshot},
    {"set-randomized-election-timeout", set_randomized_election_timeout},
    {"stabilize", stabilize},
    {"status", status},
    {"tick-election", tick_election},
    {"tick-heartbeat", tick_heartbeat},
    {"transfer-leadership", transfer_leadership},
}};

/// What the environment printed, and what the failure has to say. Level `none` silences all but failures.
DirectiveOutput output_of(ScriptEnvironment& environment, const CommandResult& result) {
  std::string text = environment.output().take();
  if (!result) {
    if (result.error().where) {
      return script_error(*result.error().where, result.error().message);
    }
    text += result.error().message;
  }
  return text.empty() ? "ok" : text;
}

DirectiveOutput run(ScriptEnvironment& environment, const Directive& directive) {
  const base::AssertContext context(directive.where.to_string() + ": " + directive.text);
  const auto* const row = std::find_if(commands.begin(), commands.end(), [&](const CommandRow& command) {
    return command.name == directive.command;
  });
  if (row == commands.end()) {
    return output_of(environment, refused("unknown command"));
  }
  return output_of(environment, row->run(environment, directive));
}

}  // namespace

ConformanceResult judge_raft_script(const std::string& path) {
  return judge_raft_script(path, {});
}

ConformanceResult judge_raft_script(const std::string& path, core::Defects defects) {
  ScriptEnvironment environment(defects);
  return judge_datadriven(
      path, [&](const Directive& directive) { return run(environment, directive); }, without_log_lines);
}

ConformanceResult judge_raft_script_text(std::string_view text, const std::string& name) {
  ScriptEnvironment environment;
  return judge_datadriven_text(
      text, name, [&](const Directive& directive) { return run(environment, directive); }, without_log_lines);
}

}  // namespace plimsoll::properties::raft
