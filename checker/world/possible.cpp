#include "checker/world/possible.hpp"

#include <algorithm>

namespace plimsoll::checker {
namespace {

using base::Schema;
using base::TimerKind;

/// Requires: the process's timers are an enumeration.
TimerKind timer_kind(const Process& process, std::size_t kind) {
  base::ByteWriter bytes;
  bytes.put_unsigned(kind);
  return process.timer_kind(bytes.bytes());
}

}  // namespace

std::vector<std::string> kinds_of(const Schema& schema) {
  if (schema.kind == Schema::Kind::variant || schema.kind == Schema::Kind::enumeration) {
    return schema.names;
  }
  return {schema.name};
}

bool may_fire(const WorldModel& model, const WorldLayout& layout, std::size_t process, std::size_t kind) {
  const Process& running = *model.processes[process].process;
  const Schema& timers = running.timer_schema();
  if (timers.kind != Schema::Kind::enumeration) {
    return true;
  }
  const TimerKind timer = timer_kind(running, kind);
  const bool budgeted = timer == TimerKind::whim || (timer != TimerKind::work && !model.time.discrete);
  return !budgeted || layout.budget_word(timers.names.at(kind)) != WorldLayout::no_budget;
}

bool is_whim(const WorldModel& model, std::size_t process, std::size_t kind) {
  const Process& running = *model.processes[process].process;
  return running.timer_schema().kind == Schema::Kind::enumeration &&
         timer_kind(running, kind) == TimerKind::whim;
}

bool may_crash(const WorldModel& model, const WorldLayout& layout, std::size_t process) {
  return std::any_of(model.units.begin(), model.units.end(), [&](const CrashUnit& unit) {
    return layout.budget_word(unit.budget) != WorldLayout::no_budget &&
           std::count(unit.processes.begin(), unit.processes.end(),
                      base::ProcessId{static_cast<std::uint8_t>(process)}) > 0;
  });
}

}  // namespace plimsoll::checker
