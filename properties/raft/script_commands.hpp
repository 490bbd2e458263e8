// The commands of interaction scripts, one function each.
//
// Source: etcd-io/raft, rafttest (the handlers of its interaction tests); the language as a whole is in
// script_driver.hpp. A command prints to the environment's output. It fails in two ways that must not be
// mixed: the cluster refuses what is asked of it, which is part of what the script expects; or the script
// itself makes no sense, which ends it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "properties/raft/datadriven.hpp"
#include "properties/raft/script_environment.hpp"

namespace plimsoll::properties::raft {

struct CommandFailure {
  std::string message = {};
  std::optional<scenario::Location> where = {};  ///< where the script makes no sense; nothing: it is output
};
using CommandResult = tl::expected<void, CommandFailure>;
using ScriptCommand = CommandResult (*)(ScriptEnvironment&, const Directive&);

// What their arguments say; in script_arguments.cpp. Failures are the script's.

template <class Value>
using Read = tl::expected<Value, CommandFailure>;

[[nodiscard]] tl::unexpected<CommandFailure> nonsense(const scenario::Location& where, std::string message);
[[nodiscard]] tl::unexpected<CommandFailure> refused(std::string message);
/// What the cluster refuses, as the failure of a command.
[[nodiscard]] CommandResult as_output(ScriptResult result);
[[nodiscard]] Read<std::uint64_t> read_number(const ScriptArgument& argument, std::string_view value);
/// The words that Go reads as a truth value.
[[nodiscard]] Read<bool> read_flag(const ScriptArgument& argument, std::string_view value);
/// Places of the servers that the arguments without values name. Each must exist.
[[nodiscard]] Read<std::vector<std::size_t>> read_servers(ScriptEnvironment& environment,
                                                          const Directive& directive);
/// The place of the server that the first argument names.
[[nodiscard]] Read<std::size_t> read_first_server(ScriptEnvironment& environment, const Directive& directive);
/// The number that `key` has. Failure: it is missing.
[[nodiscard]] Read<std::uint64_t> read_number_of_key(const Directive& directive, std::string_view key);
/// Failure: there is an argument with a value whose key is none of `keys`.
[[nodiscard]] CommandResult check_keys(const Directive& directive, std::span<const std::string_view> keys);

// Setting up: script_commands_setup.cpp.

CommandResult add_nodes(ScriptEnvironment& environment, const Directive& directive);
CommandResult compact(ScriptEnvironment& environment, const Directive& directive);
CommandResult log_level(ScriptEnvironment& environment, const Directive& directive);
CommandResult set_randomized_election_timeout(ScriptEnvironment& environment, const Directive& directive);

// Inputs: script_commands_input.cpp.

CommandResult campaign(ScriptEnvironment& environment, const Directive& directive);
CommandResult forget_leader(ScriptEnvironment& environment, const Directive& directive);
CommandResult propose(ScriptEnvironment& environment, const Directive& directive);
CommandResult propose_conf_change(ScriptEnvironment& environment, const Directive& directive);
CommandResult report_unreachable(ScriptEnvironment& environment, const Directive& directive);
CommandResult send_snapshot(ScriptEnvironment& environment, const Directive& directive);
CommandResult tick_election(ScriptEnvironment& environment, const Directive& directive);
CommandResult tick_heartbeat(ScriptEnvironment& environment, const Directive& directive);
CommandResult transfer_leadership(ScriptEnvironment& environment, const Directive& directive);

// Getting work done: script_commands_work.cpp.

CommandResult deliver_msgs(ScriptEnvironment& environment, const Directive& directive);
CommandResult process_append_thread(ScriptEnvironment& environment, const Directive& directive);
CommandResult process_apply_thread(ScriptEnvironment& environment, const Directive& directive);
CommandResult process_ready(ScriptEnvironment& environment, const Directive& directive);
CommandResult stabilize(ScriptEnvironment& environment, const Directive& directive);

// Looking at servers: script_commands_show.cpp.

CommandResult raft_log(ScriptEnvironment& environment, const Directive& directive);
CommandResult raft_state(ScriptEnvironment& environment, const Directive& directive);
CommandResult status(ScriptEnvironment& environment, const Directive& directive);

}  // namespace plimsoll::properties::raft
