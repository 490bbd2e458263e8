// Commands that get work done: messages delivered, Readies handled, storage written.
#include <array>

#include <fmt/format.h>

#include "impl/base/quoted.hpp"
#include "properties/raft/script_commands.hpp"
#include "properties/raft/script_describe.hpp"

namespace plimsoll::properties::raft {
namespace {

struct Delivery {
  std::vector<Recipient> recipients = {};
  std::optional<core::MessageType> type = {};
};

CommandResult read_delivery_option(Delivery& delivery, const ScriptArgument& argument,
                                   const std::string& value) {
  if (argument.key == "type") {
    delivery.type = message_type(value);
    if (!delivery.type) {
      return nonsense(argument.where, "there is no message of type " + base::quoted(value));
    }
    return {};
  }
  if (argument.key != "drop") {
    return nonsense(argument.where, "deliver-msgs knows nothing of " + base::quoted(argument.key));
  }
  const auto id = read_number(argument, value);
  if (!id) {
    return tl::unexpected(id.error());
  }
  for (const Recipient& recipient : delivery.recipients) {
    if (recipient.id.value == *id) {
      return nonsense(argument.where, fmt::format("messages to {} are mentioned twice", *id));
    }
  }
  delivery.recipients.push_back({.id = core::ServerId{*id}, .drop = true});
  return {};
}

Read<Delivery> read_delivery(const Directive& directive) {
  Delivery delivery;
  for (const ScriptArgument& argument : directive.arguments) {
    if (argument.values.empty()) {
      const auto id = read_number(argument, argument.key);
      if (!id) {
        return tl::unexpected(id.error());
      }
      delivery.recipients.push_back({.id = core::ServerId{*id}, .drop = false});
    }
    for (const std::string& value : argument.values) {
      if (const auto done = read_delivery_option(delivery, argument, value); !done) {
        return tl::unexpected(done.error());
      }
    }
  }
  return delivery;
}

/// Calls `process` for each server that is named, under a heading if there are several.
template <class Process>
CommandResult for_each_server(ScriptEnvironment& environment, const Directive& directive,
                              std::string_view heading, const Process& process) {
  const auto places = read_servers(environment, directive);
  if (!places) {
    return tl::unexpected(places.error());
  }
  for (const std::size_t place : *places) {
    ScriptServer& server = environment.servers().at(place);
    ScriptResult done;
    if (places->size() > 1) {
      environment.output().write_line(fmt::format("> {} {}", server.id().value, heading));
      environment.output().indented([&] { done = process(server); });
    } else {
      done = process(server);
    }
    if (!done) {
      return as_output(std::move(done));
    }
  }
  return {};
}

}  // namespace

CommandResult deliver_msgs(ScriptEnvironment& environment, const Directive& directive) {
  const auto delivery = read_delivery(directive);
  if (!delivery) {
    return tl::unexpected(delivery.error());
  }
  std::size_t count = 0;
  for (const Recipient& recipient : delivery->recipients) {
    const bool exists = recipient.id.value >= 1 && recipient.id.value <= environment.servers().size();
    if (!recipient.drop && !exists && environment.has_messages_to(recipient.id)) {
      return nonsense(directive.where, fmt::format("there is no node {}", recipient.id.value));
    }
    count += environment.deliver(recipient, delivery->type);
  }
  if (count == 0) {
    environment.output().write_line("no messages");
  }
  return {};
}

CommandResult process_append_thread(ScriptEnvironment& environment, const Directive& directive) {
  return for_each_server(environment, directive, "processing append thread",
                         [&](ScriptServer& server) { return environment.process_append_thread(server); });
}

CommandResult process_apply_thread(ScriptEnvironment& environment, const Directive& directive) {
  return for_each_server(environment, directive, "processing apply thread",
                         [&](ScriptServer& server) { return environment.process_apply_thread(server); });
}

CommandResult process_ready(ScriptEnvironment& environment, const Directive& directive) {
  return for_each_server(environment, directive, "handling Ready",
                         [&](ScriptServer& server) { return environment.process_ready(server); });
}

CommandResult stabilize(ScriptEnvironment& environment, const Directive& directive) {
  static constexpr std::array<std::string_view, 1> keys = {"log-level"};
  if (auto done = check_keys(directive, keys); !done) {
    return done;
  }
  auto places = read_servers(environment, directive);
  if (!places) {
    return tl::unexpected(places.error());
  }
  for (std::size_t place = 0; places->size() <= place && place < environment.servers().size(); ++place) {
    places->push_back(place);
  }
  const ScriptLevel level_before = environment.output().level();
  if (const ScriptArgument* argument = directive.find("log-level"); argument != nullptr) {
    const auto level = script_level(argument->values.front());
    if (!level) {
      return refused("log levels must be either of " + script_level_names());
    }
    environment.output().set_level(*level);
  }
  ScriptResult done = environment.stabilize(*places);
  environment.output().set_level(level_before);
  return as_output(std::move(done));
}

}  // namespace plimsoll::properties::raft
