// Commands that give one server an input.
#include <array>

#include <fmt/format.h>

#include "impl/base/quoted.hpp"
#include "properties/raft/script_commands.hpp"
#include "properties/raft/script_describe.hpp"

namespace plimsoll::properties::raft {
namespace {

/// Calls `input` with the server that the first argument names.
template <class Input>
CommandResult with_first_server(ScriptEnvironment& environment, const Directive& directive,
                                const Input& input) {
  const auto place = read_first_server(environment, directive);
  if (!place) {
    return tl::unexpected(place.error());
  }
  return input(environment.servers().at(*place));
}

CommandResult as_output(const core::StepResult& result) {
  if (!result) {
    return refused(std::string(sentence(result.error())));
  }
  return {};
}

CommandResult tick(ScriptServer& server, std::uint32_t ticks) {
  for (std::uint32_t passed = 0; passed < ticks; ++passed) {
    server.raw.tick(server.context());
  }
  return {};
}

struct ConfChangeOptions {
  bool v1 = false;
  core::ConfChangeTransition transition = core::ConfChangeTransition::automatic;
};

CommandResult read_option(ConfChangeOptions& options, const ScriptArgument& argument,
                          const std::string& value) {
  if (argument.key == "v1") {
    const auto flag = read_flag(argument, value);
    if (!flag) {
      return tl::unexpected(flag.error());
    }
    options.v1 = *flag;
    return {};
  }
  if (argument.key != "transition") {
    return refused("unknown command " + argument.key);
  }
  static constexpr std::array<std::string_view, 3> words = {"auto", "implicit", "explicit"};
  for (std::size_t word = 0; word < words.size(); ++word) {
    if (words.at(word) == value) {
      options.transition = static_cast<core::ConfChangeTransition>(word);
      return {};
    }
  }
  return refused("unknown transition " + value);
}

CommandResult propose_changes(ScriptServer& server, const ConfChangeOptions& options,
                              std::vector<core::ConfChangeSingle> changes, const Directive& directive) {
  if (!options.v1) {
    const core::ConfChangeV2 change{
        .transition = options.transition, .changes = std::move(changes), .context = {}};
    return as_output(server.raw.propose_conf_change(server.context(), change));
  }
  if (changes.empty()) {
    return nonsense(directive.where, "v1=true needs a change to propose");
  }
  if (changes.size() > 1 || options.transition != core::ConfChangeTransition::automatic) {
    return refused("v1 conf change can only have one operation and no transition");
  }
  const core::ConfChange change{.type = changes.front().type, .node = changes.front().node, .context = {}};
  return as_output(server.raw.propose_conf_change(server.context(), change));
}

}  // namespace

CommandResult campaign(ScriptEnvironment& environment, const Directive& directive) {
  return with_first_server(environment, directive, [](ScriptServer& server) -> CommandResult {
    server.raw.campaign(server.context());
    return {};
  });
}

CommandResult forget_leader(ScriptEnvironment& environment, const Directive& directive) {
  return with_first_server(environment, directive, [](ScriptServer& server) -> CommandResult {
    server.raw.forget_leader(server.context());
    return {};
  });
}

CommandResult propose(ScriptEnvironment& environment, const Directive& directive) {
  if (directive.arguments.size() != 2 || !directive.arguments.back().values.empty()) {
    return nonsense(directive.where, "propose needs a node and one word without values");
  }
  return with_first_server(environment, directive, [&](ScriptServer& server) {
    return as_output(server.raw.propose(server.context(), directive.arguments.back().key));
  });
}

CommandResult propose_conf_change(ScriptEnvironment& environment, const Directive& directive) {
  ConfChangeOptions options;
  for (const ScriptArgument& argument : directive.arguments) {
    for (const std::string& value : argument.values) {
      if (auto done = read_option(options, argument, value); !done) {
        return done;
      }
    }
  }
  auto changes = parse_changes(directive.input);
  if (!changes) {
    return refused(std::move(changes).error());
  }
  return with_first_server(environment, directive, [&](ScriptServer& server) {
    return propose_changes(server, options, *std::move(changes), directive);
  });
}

CommandResult report_unreachable(ScriptEnvironment& environment, const Directive& directive) {
  const auto places = read_servers(environment, directive);
  if (!places) {
    return tl::unexpected(places.error());
  }
  if (places->size() != 2) {
    return refused("must specify exactly two node indexes: node on which to report, and reported node");
  }
  ScriptServer& server = environment.servers().at(places->front());
  server.raw.report_unreachable(server.context(), environment.servers().at(places->back()).id());
  return {};
}

CommandResult send_snapshot(ScriptEnvironment& environment, const Directive& directive) {
  const auto places = read_servers(environment, directive);
  if (!places) {
    return tl::unexpected(places.error());
  }
  if (places->size() != 2) {
    return nonsense(directive.where, "send-snapshot needs the node that sends it and the one that gets it");
  }
  const ScriptServer& from = environment.servers().at(places->front());
  core::Message message;
  message.type = core::MessageType::snap;
  message.term = from.raw.raft.term;
  message.from = from.id();
  message.to = environment.servers().at(places->back()).id();
  message.snapshot = from.storage.snapshot;
  environment.output().write(describe_message(message));
  environment.send(std::move(message));
  return {};
}

CommandResult tick_election(ScriptEnvironment& environment, const Directive& directive) {
  return with_first_server(environment, directive,
                           [](ScriptServer& server) { return tick(server, server.config.election_tick); });
}

CommandResult tick_heartbeat(ScriptEnvironment& environment, const Directive& directive) {
  return with_first_server(environment, directive,
                           [](ScriptServer& server) { return tick(server, server.config.heartbeat_tick); });
}

CommandResult transfer_leadership(ScriptEnvironment& environment, const Directive& directive) {
  const auto from = read_number_of_key(directive, "from");
  if (!from) {
    return tl::unexpected(from.error());
  }
  const auto to = read_number_of_key(directive, "to");
  if (!to) {
    return tl::unexpected(to.error());
  }
  for (const std::uint64_t id : {*from, *to}) {
    if (id == 0 || id > environment.servers().size()) {
      return nonsense(directive.where, fmt::format("there is no node {}", id));
    }
  }
  ScriptServer& server = environment.servers().at(*from - 1);
  server.raw.transfer_leader(server.context(), core::ServerId{*to});
  return {};
}

}  // namespace plimsoll::properties::raft
