// A world made readable: states as records of named parts, actions as sentences with parameters.
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
      return describe_fault(taken);
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
        input.disk = disk_of(interner_, before[layout_.disk(process)]).records;
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

ActionLabel WorldSystem::describe_fault(const WorldAction& taken) const {
  switch (taken.kind) {
    case WorldAction::Kind::crash: {
      const CrashUnit& unit = model_.units[taken.subject];
      return {unit.budget, {{"unit", unit.name}, {"variant", std::to_string(taken.variant)}}};
    }
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
      return {taken.kind == WorldAction::Kind::drop ? "drop" : "duplicate",
              {{"to", model_.processes[taken.subject].name},
               {"from", model_.processes[header_of(interner_, taken.argument).from].name},
               {"message", message_text(taken.subject, taken.argument)}}};
    default:
      PLIMSOLL_ASSERT_KNOWN(false, "not a fault");
      return {};
  }
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
    const Disk disk = disk_of(interner_, state[layout_.disk(i)]);
    std::vector<Datum> records;
    for (const Slot record : disk.records) {
      records.push_back(Datum::of_text(hexadecimal(interner_.bytes(record))));
    }
    members.emplace_back(process.name + ".disk",
                         Datum::of_record({{"records", Datum::of_list(std::move(records))},
                                           {"synced", Datum::of_number(disk.synced)}}));
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
