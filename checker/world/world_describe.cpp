// A world made readable: states as records of named parts, actions as sentences with parameters.
#include <algorithm>

#include "checker/world/crash_ways.hpp"
#include "checker/world/world_system.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {

std::string WorldSystem::message_text(std::size_t process, Slot message) const {
  return to_brief(message_datum(process, message));
}

Datum WorldSystem::message_datum(std::size_t process, Slot message) const {
  if ((header_of(interner_, message).flags & message_disconnected) != 0) {
    return Datum::of_text("connection lost");
  }
  if ((header_of(interner_, message).flags & message_stale) != 0) {
    return Datum::of_text("to be ignored");
  }
  return to_datum(model_.processes[process].process->incoming_schema(), payload_of(interner_, message));
}

std::string WorldSystem::timer_text(std::size_t process, Slot timer) const {
  const base::Schema& schema = model_.processes[process].process->timer_schema();
  const Datum datum = to_datum(schema, interner_.bytes(timer));
  if (datum.kind != Datum::Kind::record) {
    return to_line(datum);
  }
  return schema.name + (datum.members.empty() ? "" : to_line(datum));
}

ActionLabel WorldSystem::describe(StateView before, const Action& action) const {
  const WorldAction taken = WorldAction::unpack(action.payload);
  switch (taken.kind) {
    case WorldAction::Kind::deliver:
    case WorldAction::Kind::disconnected:
    case WorldAction::Kind::fire:
    case WorldAction::Kind::restart:
      return describe_step(before, taken);
    case WorldAction::Kind::tick:
      return {"tick", {}};
    default:
      return describe_fault(before, taken);
  }
}

/// A step of a process: what came, and what the environment answered when it was asked.
ActionLabel WorldSystem::describe_step(StateView before, const WorldAction& taken) const {
  const std::size_t process = taken.subject;
  const std::string& name = model_.processes[process].name;
  const auto sender = [&] { return header_of(interner_, taken.argument).from; };
  ActionLabel label;
  StepInput input{StepInput::Kind::message, taken.argument, 0, {}};
  switch (taken.kind) {
    case WorldAction::Kind::deliver:
      label = {"deliver",
               {{"to", name},
                {"from", model_.processes[sender()].name},
                {"message", message_text(process, taken.argument)}}};
      break;
    case WorldAction::Kind::disconnected:
      label = {"connection-lost", {{"to", name}, {"peer", model_.processes[sender()].name}}};
      input = {StepInput::Kind::disconnected, sender(), 0, {}};
      break;
    case WorldAction::Kind::fire:
      label = {"fire", {{"process", name}, {"timer", timer_text(process, taken.argument)}}};
      input.kind = StepInput::Kind::timer;
      break;
    default:
      label = {"restart", {{"process", name}}};
      input = {StepInput::Kind::started,
               0,
               control_of(interner_, before[layout_.control(process)]).incarnation + 1,
               {}};
      if (model_.processes[process].has_disk) {
        Disk found = disk_of(interner_, before[layout_.disk(process)]);
        input.disk = std::move(found.records);
        input.torn_tail = found.torn_tail;
      }
      break;
  }
  const StepOutcome outcome = stepper_.run(process, input, before).at(taken.variant);
  if (!outcome.choice.empty()) {
    label.parameters.emplace_back("choice", outcome.choice);
  }
  if (outcome.exits) {
    label.parameters.emplace_back("exits", outcome.exit_reason);
  }
  return label;
}

ActionLabel WorldSystem::describe_fault(StateView before, const WorldAction& taken) const {
  switch (taken.kind) {
    case WorldAction::Kind::crash:
    case WorldAction::Kind::disk_loss:
      return describe_crash(before, taken);
    case WorldAction::Kind::disconnect: {
      const Link& link = model_.links[taken.subject];
      return {link.break_budget,
              {{"client", model_.processes[link.a.value].name},
               {"server", model_.processes[link.b.value].name},
               {"requests", taken.variant == 1 ? "lost" : "arrive"}}};
    }
    case WorldAction::Kind::pause:
      return {"pause", {{"process", model_.processes[taken.subject].name}}};
    case WorldAction::Kind::resume:
      return {"resume", {{"process", model_.processes[taken.subject].name}}};
    case WorldAction::Kind::drop:
    case WorldAction::Kind::duplicate:
    case WorldAction::Kind::reorder:
      return describe_lossy(before, taken);
    case WorldAction::Kind::cut:
      return describe_cut(taken);
    case WorldAction::Kind::heal:
      return {"heal", {}};
    case WorldAction::Kind::drift:
      return {taken.variant == 1 ? "clock-gains" : "clock-loses",
              {{"process", model_.processes[taken.subject].name}}};
    default:
      PLIMSOLL_ASSERT_KNOWN(false, "not a fault");
      return {};
  }
}

ActionLabel WorldSystem::describe_crash(StateView before, const WorldAction& taken) const {
  const CrashUnit& unit = model_.units[taken.subject];
  const bool loses_disks = taken.kind == WorldAction::Kind::disk_loss;
  ActionLabel label{loses_disks ? unit.disk_loss_budget : unit.budget,
                    {{"unit", unit.name}, {"variant", std::to_string(taken.variant)}}};
  const CrashWays ways(model_, layout_, interner_, before, taken.subject, loses_disks);
  if (ways.torn(taken.variant) == 0) {
    return label;
  }
  std::string torn;
  std::size_t disk = 0;
  for (const base::ProcessId process : unit.processes) {
    const WorldProcess& stopped = model_.processes[process.value];
    if (stopped.has_disk && ways.rest(taken.variant, disk++).torn) {
      torn += (torn.empty() ? "" : ", ") + stopped.name;
    }
  }
  label.parameters.emplace_back("torn", torn);
  return label;
}

ActionLabel WorldSystem::describe_cut(const WorldAction& taken) const {
  const Partitions::Cut& cut = layout_.partitions().cuts()[taken.subject];
  const bool one_way = cut.shape == CutShape::one_way;
  return {std::string(to_text(cut.shape)),
          {{one_way ? "from" : "between", cut.one},
           {one_way ? "to" : "and", cut.other},
           {"under-way", taken.variant == 1 ? "lost" : "arrives"}}};
}

ActionLabel WorldSystem::describe_lossy(StateView before, const WorldAction& taken) const {
  const std::size_t process = taken.subject;
  const auto label = [&](const char* name, Slot message) -> ActionLabel {
    return {name,
            {{"to", model_.processes[process].name},
             {"from", model_.processes[header_of(interner_, message).from].name},
             {"message", message_text(process, message)}}};
  };
  if (taken.kind != WorldAction::Kind::reorder) {
    return label(taken.kind == WorldAction::Kind::drop ? "drop" : "duplicate", taken.argument);
  }
  const WordsView messages = words_of(interner_, before[layout_.mailbox(process)]);
  ActionLabel overtaking = label("reorder", messages[taken.variant + std::size_t{1}]);
  overtaking.parameters.emplace_back("before", message_text(process, taken.argument));
  overtaking.parameters.emplace_back("variant", std::to_string(taken.variant));
  return overtaking;
}

Datum WorldSystem::control_datum(std::size_t process, Slot id) const {
  const Control control = control_of(interner_, id);
  const char* status = control.status == Status::up       ? "up"
                       : control.status == Status::paused ? "paused"
                                                          : "down";
  Datum timers;
  timers.kind = Datum::Kind::map;
  for (const ArmedTimer& armed : control.timers) {
    timers.members.emplace_back(timer_text(process, armed.timer), Datum::of_number(armed.remaining));
  }
  return Datum::of_record({{"status", Datum::of_text(status)},
                           {"incarnation", Datum::of_number(control.incarnation)},
                           {"timers", std::move(timers)}});
}

Datum WorldSystem::disk_datum(Slot id) const {
  const Disk disk = disk_of(interner_, id);
  std::vector<Datum> records;
  for (const Slot record : disk.records) {
    records.push_back(Datum::of_text(hexadecimal(interner_.bytes(record))));
  }
  Datum datum = Datum::of_record(
      {{"records", Datum::of_list(std::move(records))}, {"synced", Datum::of_number(disk.synced)}});
  const auto& crashes = layout_.fault_words().crashes;
  const bool may_tear = std::any_of(crashes.begin(), crashes.end(),
                                    [](const auto& faults) { return faults.torn != WorldLayout::no_budget; });
  if (may_tear) {
    datum.members.emplace_back("torn-tail", Datum::of_boolean(disk.torn_tail));
  }
  return datum;
}

/// From which host nothing gets to which.
Datum WorldSystem::cuts_datum(Slot id) const {
  const WordsView blocked = words_of(interner_, id);
  const std::vector<std::string>& hosts = layout_.partitions().hosts();
  std::vector<Datum> ways;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    for (std::size_t j = 0; j < hosts.size(); ++j) {
      if ((blocked[i] >> j & 1U) != 0) {
        ways.push_back(
            Datum::of_record({{"from", Datum::of_text(hosts[i])}, {"to", Datum::of_text(hosts[j])}}));
      }
    }
  }
  return Datum::of_list(std::move(ways));
}

/// By how many ticks each clock is ahead; a negative number says that it is behind.
Datum WorldSystem::clocks_datum(Slot id) const {
  const WordsView ahead = words_of(interner_, id);
  std::vector<Datum::Member> members;
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    const bool behind = ahead[i] < model_.time.drift;
    Datum number = Datum::of_number(behind ? model_.time.drift - ahead[i] : ahead[i] - model_.time.drift);
    number.text.insert(0, behind ? "-" : "");
    members.emplace_back(model_.processes[i].name, std::move(number));
  }
  return Datum::of_record(std::move(members));
}

Datum WorldSystem::describe(StateView state) const {
  std::vector<Datum::Member> members;
  for (std::size_t i = 0; i < model_.parts.size(); ++i) {
    members.emplace_back(model_.parts[i].name, to_datum(*model_.parts[i].schema, interner_.bytes(state[i])));
  }
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    const WorldProcess& process = model_.processes[i];
    members.emplace_back(process.name, control_datum(i, state[layout_.control(i)]));
    std::vector<Datum> messages;
    for (const Slot message : words_of(interner_, state[layout_.mailbox(i)])) {
      const std::string from = model_.processes[header_of(interner_, message).from].name;
      messages.push_back(
          Datum::of_record({{"from", Datum::of_text(from)}, {"message", message_datum(i, message)}}));
    }
    members.emplace_back(process.name + ".mailbox", Datum::of_list(std::move(messages)));
    if (!process.has_disk) {
      continue;
    }
    members.emplace_back(process.name + ".disk", disk_datum(state[layout_.disk(i)]));
  }
  if (layout_.has_cuts()) {
    members.emplace_back("cuts", cuts_datum(state[layout_.cuts()]));
  }
  if (layout_.has_clocks()) {
    members.emplace_back("clocks", clocks_datum(state[layout_.clocks()]));
  }
  const WordsView numbers = words_of(interner_, state[layout_.environment()]);
  std::vector<Datum::Member> environment;
  if (model_.time.discrete) {
    environment.emplace_back("ticks", Datum::of_number(numbers[0]));
  }
  for (std::size_t i = 0; i < layout_.budgets().size(); ++i) {
    environment.emplace_back(layout_.budgets()[i], Datum::of_number(numbers[i + 1]));
  }
  members.emplace_back("environment", Datum::of_record(std::move(environment)));
  return Datum::of_record(std::move(members));
}

}  // namespace plimsoll::checker
