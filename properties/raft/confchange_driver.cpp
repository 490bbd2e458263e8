#include "properties/raft/confchange_driver.hpp"

#include <fmt/core.h>

#include "impl/base/quoted.hpp"
#include "properties/raft/script_describe.hpp"

namespace plimsoll::properties::raft {
namespace {

namespace core = plimsoll::raft;

/// The window of the trackers in upstream's driver; nothing is ever under way in these scripts.
constexpr core::InflightLimits window{10, 0};

std::string describe_ids(const core::ServerSet& ids) {
  std::string text;
  for (const core::ServerId id : ids) {
    text += (text.empty() ? "" : " ") + std::to_string(id.value);
  }
  return "(" + text + ")";
}

std::string describe_membership(const core::Membership& membership) {
  std::string text = describe_configuration(membership.config) + "\n";
  for (const auto& [id, progress] : membership.progress) {
    text += fmt::format("{}: {}\n", id.value, describe_progress(progress, window));
  }
  return text;
}

tl::expected<bool, scenario::Error> auto_leave_of(const Directive& directive) {
  bool auto_leave = false;
  for (const ScriptArgument& argument : directive.arguments) {
    const bool is_truth = argument.values.size() == 1 &&
                          (argument.values.front() == "true" || argument.values.front() == "false");
    if (argument.key != "autoleave" || directive.command != "enter-joint" || !is_truth) {
      return script_error(argument.where,
                          "expected nothing, or after enter-joint autoleave=true or autoleave=false, found " +
                              base::quoted(argument.key));
    }
    auto_leave = argument.values.front() == "true";
  }
  return auto_leave;
}

core::MembershipResult changed(const core::Membership& from, core::Index last_index,
                               const Directive& directive, bool auto_leave) {
  const auto changes = parse_changes(directive.input);
  if (!changes) {
    return tl::unexpected(changes.error());
  }
  if (directive.command == "simple") {
    return core::simple_change(from, last_index, *changes);
  }
  if (directive.command == "enter-joint") {
    return core::enter_joint(from, last_index, auto_leave, *changes);
  }
  if (!changes->empty()) {
    return tl::unexpected(std::string("this command takes no input"));
  }
  return core::leave_joint(from);
}

}  // namespace

DirectiveOutput ConfChangeScript::run(const Directive& directive) {
  const std::string& command = directive.command;
  if (command != "simple" && command != "enter-joint" && command != "leave-joint") {
    return script_error(directive.where,
                        "expected simple, enter-joint or leave-joint, found " + base::quoted(command));
  }
  const auto auto_leave = auto_leave_of(directive);
  if (!auto_leave) {
    return tl::unexpected(auto_leave.error());
  }
  core::MembershipResult result = changed(membership_, last_index_, directive, *auto_leave);
  ++last_index_;
  if (!result) {
    return std::move(result).error();
  }
  membership_ = *std::move(result);
  return describe_membership(membership_);
}

std::string describe_configuration(const core::Configuration& configuration) {
  std::string text = "voters=" + describe_ids(configuration.voters.incoming.voters);
  if (configuration.joint()) {
    text += "&&" + describe_ids(configuration.voters.outgoing.voters);
  }
  if (!configuration.learners.empty()) {
    text += " learners=" + describe_ids(configuration.learners);
  }
  if (!configuration.learners_next.empty()) {
    text += " learners_next=" + describe_ids(configuration.learners_next);
  }
  return text + (configuration.auto_leave ? " autoleave" : "");
}

ConformanceResult judge_confchange_script(const std::string& path) {
  ConfChangeScript script;
  return judge_datadriven(path, [&script](const Directive& directive) { return script.run(directive); });
}

}  // namespace plimsoll::properties::raft
