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

bool may_spend(const WorldModel& model, std::size_t process, std::size_t kind) {
  const Process& running = *model.processes[process].process;
  if (running.timer_schema().kind != Schema::Kind::enumeration) {
    return true;
  }
  const TimerKind timer = timer_kind(running, kind);
  return timer == TimerKind::whim || (timer != TimerKind::work && !model.time.discrete);
}

bool may_fire(const WorldModel& model, const WorldLayout& layout, std::size_t process, std::size_t kind) {
  const Schema& timers = model.processes[process].process->timer_schema();
  return timers.kind != Schema::Kind::enumeration || !may_spend(model, process, kind) ||
         layout.budget_word(timers.names.at(kind)) != WorldLayout::no_budget ||
         find_patience(model, process, kind) != no_patience;
}

std::size_t find_patience(const WorldModel& model, std::size_t process, std::size_t kind) {
  const Schema& timers = model.processes[process].process->timer_schema();
  for (std::size_t i = 0; i < model.patient_timers.size(); ++i) {
    const PatientTimer& patient = model.patient_timers[i];
    if (patient.process.value == process && timers.kind == Schema::Kind::enumeration &&
        timers.names.at(kind) == patient.timer) {
      return i;
    }
  }
  return no_patience;
}

bool is_whim(const WorldModel& model, std::size_t process, std::size_t kind) {
  const Process& running = *model.processes[process].process;
  return running.timer_schema().kind == Schema::Kind::enumeration &&
         timer_kind(running, kind) == TimerKind::whim;
}

bool may_crash(const WorldModel& model, const WorldLayout& layout, std::size_t process) {
  for (std::size_t i = 0; i < model.units.size(); ++i) {
    const std::vector<base::ProcessId>& crashing = model.units[i].processes;
    if (layout.fault_words().crashes[i].possible() &&
        std::count(crashing.begin(), crashing.end(), base::ProcessId{static_cast<std::uint8_t>(process)}) >
            0) {
      return true;
    }
  }
  return false;
}

}  // namespace plimsoll::checker
