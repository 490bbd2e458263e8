#include "impl/overlay/netfilter/hook.hpp"

#include <span>

#include "impl/overlay/netfilter/nat.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

/// What may happen at a hook, besides the walk through a table of that name.
enum class Stage : std::uint8_t { raw, track, mangle, nat, filter, security, confirm };

std::span<const Stage> stages_of(Hook hook) {
  static constexpr std::array prerouting = {Stage::raw, Stage::track, Stage::mangle, Stage::nat};
  static constexpr std::array input = {Stage::mangle, Stage::filter, Stage::security, Stage::nat,
                                       Stage::confirm};
  static constexpr std::array forward = {Stage::mangle, Stage::filter, Stage::security};
  static constexpr std::array output = {Stage::raw, Stage::track,  Stage::mangle,
                                        Stage::nat, Stage::filter, Stage::security};
  static constexpr std::array postrouting = {Stage::mangle, Stage::nat, Stage::confirm};
  switch (hook) {
    case Hook::prerouting:
      return prerouting;
    case Hook::input:
      return input;
    case Hook::forward:
      return forward;
    case Hook::output:
      return output;
    case Hook::postrouting:
      break;
  }
  return postrouting;
}

HookResult result_of(const Walked& walked, TableName table) {
  HookResult result;
  result.decision = walked.decision;
  result.reject = walked.reject;
  result.table = table;
  result.rule = walked.rule;
  if (walked.decision == Decision::drop) {
    const bool by_nat = table == TableName::nat && walked.rule == Walked::by_policy;
    result.drop = by_nat ? HookDrop::nat : HookDrop::rule;
  }
  return result;
}

TableName table_of(Stage stage) {
  switch (stage) {
    case Stage::raw:
      return TableName::raw;
    case Stage::mangle:
      return TableName::mangle;
    case Stage::security:
      return TableName::security;
    default:
      return TableName::filter;
  }
}

}  // namespace

HookResult run_hook(const Program& program, Environment& environment, AtHook& at) {
  for (const Stage stage : stages_of(at.hook)) {
    HookResult result;
    switch (stage) {
      case Stage::track:
        if (program.tracks()) {
          track(environment.state.conntrack, environment.conntrack, at.packet, at.metadata.tracked);
        }
        break;
      case Stage::nat:
        if (program.has_nat()) {
          result = result_of(translate(program, environment, at), TableName::nat);
        }
        break;
      case Stage::confirm:
        if (!confirm(environment.state.conntrack, at.metadata.tracked)) {
          result.decision = Decision::drop;
          result.drop = HookDrop::confirm;
        }
        break;
      default:
        if (program.has(table_of(stage), at.hook)) {
          result = result_of(evaluate(program, table_of(stage), environment, at), table_of(stage));
        }
    }
    if (result.decision != Decision::accept) {
      return result;
    }
  }
  return {};
}

}  // namespace plimsoll::overlay::netfilter
