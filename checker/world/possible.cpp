#include "checker/world/possible.hpp"

#include <algorithm>
#include <optional>

namespace plimsoll::checker {
namespace {

using base::Schema;
using base::TimerKind;

/// Appends the bytes of a value that has everything at its default. Returns false where nobody can tell those
/// from the schema.
bool put_default(base::ByteWriter& bytes, const Schema& schema) {
  switch (schema.kind) {
    case Schema::Kind::structure:
      return std::ranges::all_of(schema.children,
                                 [&](const Schema* child) { return put_default(bytes, *child); });
    case Schema::Kind::variant:
      bytes.put_unsigned(0);
      return put_default(bytes, *schema.children.front());
    case Schema::Kind::sequence:  // an array has elements, always
    case Schema::Kind::scalar:
      return false;
    default:
      bytes.put_unsigned(0);
      return true;
  }
}

/// What timers of this enumerator, or of this alternative, are for; none if their values decide.
std::optional<TimerKind> timer_kind(const Process& process, std::size_t kind) {
  const Schema& timers = process.timer_schema();
  base::ByteWriter bytes;
  bytes.put_unsigned(kind);
  const bool is_known =
      timers.kind == Schema::Kind::enumeration ||
      (timers.kind == Schema::Kind::variant && put_default(bytes, *timers.children.at(kind)));
  return is_known ? std::optional(process.timer_kind(bytes.bytes())) : std::nullopt;
}

}  // namespace

std::vector<std::string> kinds_of(const Schema& schema) {
  if (schema.kind == Schema::Kind::variant || schema.kind == Schema::Kind::enumeration) {
    return schema.names;
  }
  return {schema.name};
}

bool may_spend(const WorldModel& model, std::size_t process, std::size_t kind) {
  const auto timer = timer_kind(*model.processes[process].process, kind);
  return !timer || timer == TimerKind::whim || (timer != TimerKind::work && !model.time.discrete);
}

bool may_fire(const WorldModel& model, const WorldLayout& layout, std::size_t process, std::size_t kind) {
  const Process& running = *model.processes[process].process;
  return !timer_kind(running, kind) || !may_spend(model, process, kind) ||
         layout.budget_word(running.timer_schema().names.at(kind)) != WorldLayout::no_budget ||
         find_patience(model, process, kind) != no_patience;
}

std::size_t find_patience(const WorldModel& model, std::size_t process, std::size_t kind) {
  const Schema& timers = model.processes[process].process->timer_schema();
  for (std::size_t i = 0; i < model.patient_timers.size(); ++i) {
    const PatientTimer& patient = model.patient_timers[i];
    const bool has_kinds = timers.kind == Schema::Kind::enumeration || timers.kind == Schema::Kind::variant;
    if (patient.process.value == process && has_kinds && timers.names.at(kind) == patient.timer) {
      return i;
    }
  }
  return no_patience;
}

bool is_whim(const WorldModel& model, std::size_t process, std::size_t kind) {
  return timer_kind(*model.processes[process].process, kind) == TimerKind::whim;
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
