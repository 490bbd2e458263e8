#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "impl/base/quoted.hpp"
#include "properties/raft/script_commands.hpp"

namespace plimsoll::properties::raft {
namespace {

Read<std::size_t> read_server(ScriptEnvironment& environment, const ScriptArgument& argument) {
  const auto id = read_number(argument, argument.key);
  if (!id) {
    return tl::unexpected(id.error());
  }
  if (*id == 0 || *id > environment.servers().size()) {
    return nonsense(argument.where, fmt::format("there is no node {}", *id));
  }
  return static_cast<std::size_t>(*id - 1);
}

}  // namespace

tl::unexpected<CommandFailure> nonsense(const scenario::Location& where, std::string message) {
  return tl::unexpected(CommandFailure{std::move(message), where});
}

tl::unexpected<CommandFailure> refused(std::string message) {
  return tl::unexpected(CommandFailure{std::move(message), std::nullopt});
}

CommandResult as_output(ScriptResult result) {
  if (!result) {
    return refused(std::move(result).error());
  }
  return {};
}

Read<std::uint64_t> read_number(const ScriptArgument& argument, std::string_view value) {
  const auto number = number_of(argument, value);
  if (!number) {
    return nonsense(number.error().where, number.error().message);
  }
  return *number;
}

Read<bool> read_flag(const ScriptArgument& argument, std::string_view value) {
  static constexpr std::array<std::string_view, 6> yes = {"1", "t", "T", "true", "TRUE", "True"};
  static constexpr std::array<std::string_view, 6> no = {"0", "f", "F", "false", "FALSE", "False"};
  if (std::ranges::find(yes, value) != yes.end()) {
    return true;
  }
  if (std::ranges::find(no, value) != no.end()) {
    return false;
  }
  return nonsense(argument.where, base::quoted(value) + " is neither true nor false");
}

Read<std::vector<std::size_t>> read_servers(ScriptEnvironment& environment, const Directive& directive) {
  std::vector<std::size_t> places;
  for (const ScriptArgument& argument : directive.arguments) {
    if (!argument.values.empty()) {
      continue;
    }
    const auto place = read_server(environment, argument);
    if (!place) {
      return tl::unexpected(place.error());
    }
    places.push_back(*place);
  }
  return places;
}

Read<std::size_t> read_first_server(ScriptEnvironment& environment, const Directive& directive) {
  if (directive.arguments.empty() || !directive.arguments.front().values.empty()) {
    return nonsense(directive.where, directive.command + " needs the id of a node as its first argument");
  }
  return read_server(environment, directive.arguments.front());
}

Read<std::uint64_t> read_number_of_key(const Directive& directive, std::string_view key) {
  const ScriptArgument* argument = directive.find(key);
  if (argument == nullptr || argument->values.size() != 1) {
    return nonsense(directive.where, fmt::format("{} needs {}=NUMBER", directive.command, key));
  }
  return read_number(*argument, argument->values.front());
}

CommandResult check_keys(const Directive& directive, std::span<const std::string_view> keys) {
  for (const ScriptArgument& argument : directive.arguments) {
    if (!argument.values.empty() && std::ranges::find(keys, argument.key) == keys.end()) {
      return nonsense(argument.where,
                      fmt::format("{} knows nothing of {}", directive.command, base::quoted(argument.key)));
    }
  }
  return {};
}

}  // namespace plimsoll::properties::raft
