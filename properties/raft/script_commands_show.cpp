// Commands that show what servers hold.
#include <fmt/format.h>

#include "properties/raft/script_commands.hpp"
#include "properties/raft/script_describe.hpp"

namespace plimsoll::properties::raft {

CommandResult raft_log(ScriptEnvironment& environment, const Directive& directive) {
  const auto place = read_first_server(environment, directive);
  if (!place) {
    return tl::unexpected(place.error());
  }
  const core::Storage& storage = environment.servers().at(*place).storage;
  if (storage.entries.empty()) {
    environment.output().write(fmt::format("log is empty: first index={}, last index={}",
                                           storage.first_index(), storage.last_index()));
  } else {
    environment.output().write(describe_entries(storage.entries));
  }
  return {};
}

CommandResult raft_state(ScriptEnvironment& environment, const Directive& /*directive*/) {
  for (const ScriptServer& server : environment.servers()) {
    const core::Raft& raft = server.raw.raft;
    const bool voter = raft.tracker.config.voters.contains(raft.id);
    environment.output().write_line(fmt::format("{}: {} {} Term:{} Lead:{}", raft.id.value,
                                                name_of(raft.role), voter ? "(Voter)" : "(Non-Voter)",
                                                raft.term, raft.lead.value));
  }
  return {};
}

CommandResult status(ScriptEnvironment& environment, const Directive& directive) {
  const auto place = read_first_server(environment, directive);
  if (!place) {
    return tl::unexpected(place.error());
  }
  const ScriptServer& server = environment.servers().at(*place);
  const core::Status status = server.raw.status();
  for (const auto& [id, progress] : status.progress) {
    environment.output().write_line(
        fmt::format("{}: {}", id.value, describe_progress(progress, server.config.inflight)));
  }
  return {};
}

}  // namespace plimsoll::properties::raft
