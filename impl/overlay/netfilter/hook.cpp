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

std::span<const Stage> stages_of(Hook hook, HookPart part) {
  const std::span<const Stage> all = stages_of(hook);
  if (part == HookPart::whole) {
    return all;
  }
  const std::size_t ipvs = hook == Hook::input ? 3 : hook == Hook::output ? 4 : all.size();
  return part == HookPart::before_ipvs ? all.first(ipvs) : all.subspan(ipvs);
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

HookResult run_hook(const Program& program, Environment& environment, AtHook& at, HookPart part) {
  for (const Stage stage : stages_of(at.hook, part)) {
    switch (stage) {
      case Stage::track:
        if (program.tracks()) {
          track(environment.state.conntrack, environment.conntrack, at.packet, at.metadata.tracked);
        }
        break;
      case Stage::nat:
        if (program.has_nat() && at.metadata.tracked.has_flow()) {
          const Walked walked = translate(program, environment, at);
          if (walked.decision != Decision::accept) {
            return result_of(walked, TableName::nat);
          }
        }
        break;
      case Stage::confirm:
        if (!confirm(environment.state.conntrack, at.metadata.tracked)) {
          return {.decision = Decision::drop, .drop = HookDrop::confirm};
        }
        break;
      default:
        if (program.decides(table_of(stage), at.hook)) {
          const Walked walked = evaluate(program, table_of(stage), environment, at);
          if (walked.decision != Decision::accept) {
            return result_of(walked, table_of(stage));
          }
        }
    }
  }
  return {};
}

}  // namespace plimsoll::overlay::netfilter
