// Commands that set a cluster up, or change it from outside.
#include <array>

#include <fmt/format.h>

#include "impl/base/quoted.hpp"
#include "properties/raft/script_commands.hpp"

namespace plimsoll::properties::raft {
namespace {

/// What add-nodes says of the new servers.
struct NewServers {
  core::Config config = {};
  core::Snapshot snapshot = {};
};

/// Upstream's defaults: three ticks to an election, one to a heartbeat, and no limits.
core::Config default_config() {
  core::Config config;
  config.election_tick = 3;
  config.heartbeat_tick = 1;
  return config;
}

struct FlagOption {
  std::string_view key;
  bool core::Config::* member;
};
constexpr std::array<FlagOption, 5> flag_options = {{
    {"async-storage-writes", &core::Config::async_storage_writes},
    {"prevote", &core::Config::pre_vote},
    {"checkquorum", &core::Config::check_quorum},
    {"disable-conf-change-validation", &core::Config::disable_conf_change_validation},
    {"step-down-on-removal", &core::Config::step_down_on_removal},
}};

std::uint64_t* number_option(NewServers& servers, std::string_view key) {
  if (key == "index") {
    return &servers.snapshot.metadata.index;
  }
  if (key == "inflight") {
    return &servers.config.inflight.messages;
  }
  if (key == "max-committed-size-per-ready") {
    return &servers.config.max_committed_size_per_ready;
  }
  return nullptr;
}

core::ServerSet* member_option(NewServers& servers, std::string_view key) {
  if (key == "voters") {
    return &servers.snapshot.metadata.conf_state.voters;
  }
  return key == "learners" ? &servers.snapshot.metadata.conf_state.learners : nullptr;
}

CommandResult read_option_that_is_a_word(NewServers& servers, const ScriptArgument& argument,
                                         const std::string& value) {
  if (argument.key == "content") {
    servers.snapshot.data = value;
    return {};
  }
  if (argument.key != "read-only") {
    return nonsense(argument.where, "add-nodes knows nothing of " + base::quoted(argument.key));
  }
  if (value != "safe" && value != "lease-based") {
    return refused("invalid read-only option \"" + value + "\"");
  }
  servers.config.read_only = value == "safe" ? core::ReadOnlyOption::safe : core::ReadOnlyOption::lease_based;
  return {};
}

CommandResult read_option(NewServers& servers, const ScriptArgument& argument, const std::string& value) {
  for (const FlagOption& option : flag_options) {
    if (option.key == argument.key) {
      const auto flag = read_flag(argument, value);
      if (!flag) {
        return tl::unexpected(flag.error());
      }
      servers.config.*option.member = *flag;
      return {};
    }
  }
  std::uint64_t* number = number_option(servers, argument.key);
  core::ServerSet* members = member_option(servers, argument.key);
  if (number == nullptr && members == nullptr) {
    return read_option_that_is_a_word(servers, argument, value);
  }
  const auto read = read_number(argument, value);
  if (!read) {
    return tl::unexpected(read.error());
  }
  if (number != nullptr) {
    *number = *read;
  } else {
    members->insert(core::ServerId{*read});
  }
  return {};
}

}  // namespace

CommandResult add_nodes(ScriptEnvironment& environment, const Directive& directive) {
  static constexpr std::uint64_t servers_max = 1000;  // far more than any script has; a typing error is not
  if (directive.arguments.empty() || !directive.arguments.front().values.empty()) {
    return nonsense(directive.where, "add-nodes needs the number of nodes as its first argument");
  }
  const ScriptArgument& first = directive.arguments.front();
  const auto count = read_number(first, first.key);
  if (!count) {
    return tl::unexpected(count.error());
  }
  if (environment.servers().size() + *count > servers_max || *count > servers_max) {
    return nonsense(first.where, fmt::format("more than {} nodes", servers_max));
  }
  NewServers servers{.config = default_config()};
  for (const ScriptArgument& argument : directive.arguments) {
    for (const std::string& value : argument.values) {
      if (auto done = read_option(servers, argument, value); !done) {
        return done;
      }
    }
  }
  if (const auto complaint = servers.config.complaint()) {
    return nonsense(directive.where, std::string(*complaint));
  }
  return as_output(environment.add_servers(*count, servers.config, std::move(servers.snapshot)));
}

CommandResult compact(ScriptEnvironment& environment, const Directive& directive) {
  const auto place = read_first_server(environment, directive);
  if (!place) {
    return tl::unexpected(place.error());
  }
  if (directive.arguments.size() != 2) {
    return nonsense(directive.where, "compact needs a node, and the last index to drop");
  }
  const auto index = read_number(directive.arguments.at(1), directive.arguments.at(1).key);
  if (!index) {
    return tl::unexpected(index.error());
  }
  core::Storage& storage = environment.servers().at(*place).storage;
  if (*index > storage.last_index()) {
    return nonsense(directive.arguments.at(1).where,
                    fmt::format("the log of this node ends at {}", storage.last_index()));
  }
  if (const auto done = storage.compact(*index); !done) {
    return refused(std::string(sentence(done.error())));
  }
  return raft_log(environment, directive);
}

CommandResult log_level(ScriptEnvironment& environment, const Directive& directive) {
  if (directive.arguments.size() != 1) {
    return nonsense(directive.where, "log-level needs one of " + script_level_names());
  }
  const auto level = script_level(directive.arguments.front().key);
  if (!level) {
    return refused("log levels must be either of " + script_level_names());
  }
  environment.output().set_level(*level);
  return {};
}

CommandResult set_randomized_election_timeout(ScriptEnvironment& environment, const Directive& directive) {
  static constexpr std::uint64_t ticks_max = 1'000'000;
  const auto place = read_first_server(environment, directive);
  if (!place) {
    return tl::unexpected(place.error());
  }
  const auto ticks = read_number_of_key(directive, "timeout");
  if (!ticks) {
    return tl::unexpected(ticks.error());
  }
  if (*ticks == 0 || *ticks > ticks_max) {
    return nonsense(directive.where, fmt::format("timeout is 1 to {} ticks", ticks_max));
  }
  environment.servers().at(*place).raw.set_randomized_election_timeout(static_cast<std::uint32_t>(*ticks));
  return {};
}

}  // namespace plimsoll::properties::raft
