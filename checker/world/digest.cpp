#include "checker/world/digest.hpp"

#include <algorithm>

#include "checker/world/possible.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

using base::Schema;
using base::TimerKind;

std::size_t kind_of_timer(const Schema& schema, base::BytesView timer) {
  if (schema.kind != Schema::Kind::variant && schema.kind != Schema::Kind::enumeration) {
    return 0;
  }
  return static_cast<std::size_t>(base::ByteReader(timer).get_unsigned());
}

class GroupNames {
 public:
  explicit GroupNames(WorldGroups& groups) : names_(groups.names) {}
  std::uint32_t add(std::string name) {
    names_.push_back(std::move(name));
    return static_cast<std::uint32_t>(names_.size() - 1);
  }

 private:
  std::vector<std::string>& names_;
};

bool can_lose_connection(const WorldModel& model, const WorldLayout& layout, std::size_t process) {
  for (const Link& link : model.links) {
    if (link.kind != LinkKind::connection) {
      continue;
    }
    if (link.a.value != process && link.b.value != process) {
      continue;
    }
    if (layout.budget_word(link.break_budget) != WorldLayout::no_budget) {
      return true;
    }
    const std::uint8_t peer = link.a.value == process ? link.b.value : link.a.value;
    if (model.processes[peer].process->may_exit()) {
      return true;
    }
    for (const CrashUnit& unit : model.units) {
      const auto in_unit = [&](std::uint8_t id) {
        return std::count(unit.processes.begin(), unit.processes.end(), base::ProcessId{id}) > 0;
      };
      const bool possible = layout.budget_word(unit.budget) != WorldLayout::no_budget;
      if (possible && in_unit(peer) && !in_unit(static_cast<std::uint8_t>(process))) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

std::string timer_name(const Schema& schema, base::BytesView timer) {
  return kinds_of(schema).at(kind_of_timer(schema, timer));
}

WorldGroups make_groups(const WorldModel& model, const WorldLayout& layout) {
  WorldGroups groups;
  GroupNames names(groups);
  const auto possible = [&](const std::string& budget) {
    return layout.budget_word(budget) != WorldLayout::no_budget;
  };
  for (std::size_t i = 0; i < model.processes.size(); ++i) {
    const WorldProcess& process = model.processes[i];
    std::vector<std::uint32_t>& deliver = groups.deliver.emplace_back();
    for (const std::string& kind : kinds_of(process.process->incoming_schema())) {
      deliver.push_back(names.add("deliver " + kind + " to " + process.name));
    }
    groups.disconnected.push_back(can_lose_connection(model, layout, i)
                                      ? names.add("tell " + process.name + " of a lost connection")
                                      : 0);
    std::vector<std::uint32_t>& fire = groups.fire.emplace_back();
    const Schema& timers = process.process->timer_schema();
    for (const std::string& kind : kinds_of(timers)) {
      const bool can_fire = may_fire(model, layout, i, fire.size());
      fire.push_back(can_fire ? names.add("fire " + kind + " of " + process.name) : 0);
    }
    const bool restarts = process.supervised && (may_crash(model, layout, i) || process.process->may_exit());
    groups.restart.push_back(restarts ? names.add("restart " + process.name) : 0);
    groups.pause.push_back(possible("pause") ? names.add("pause " + process.name) : 0);
    groups.resume.push_back(possible("pause") ? names.add("resume " + process.name) : 0);
    const bool datagrams = std::any_of(model.links.begin(), model.links.end(), [&](const Link& link) {
      return link.kind == LinkKind::datagram && (link.a.value == i || link.b.value == i);
    });
    groups.drop.push_back(datagrams && possible("drop") ? names.add("drop a message to " + process.name) : 0);
    groups.duplicate.push_back(
        datagrams && possible("duplicate") ? names.add("duplicate a message to " + process.name) : 0);
  }
  for (const CrashUnit& unit : model.units) {
    groups.crash.push_back(possible(unit.budget) ? names.add(unit.budget + " of " + unit.name) : 0);
  }
  for (const Link& link : model.links) {
    groups.disconnect.push_back(possible(link.break_budget)
                                    ? names.add(link.break_budget + " " + model.processes[link.a.value].name +
                                                " from " + model.processes[link.b.value].name)
                                    : 0);
  }
  groups.tick = model.time.discrete ? names.add("tick") : 0;
  return groups;
}

std::unique_ptr<MailboxDigest> Digester::mailbox(std::size_t process, Slot id) const {
  auto digest = std::make_unique<MailboxDigest>();
  const WordsView messages = words_of(interner_, id);
  digest->size = static_cast<std::uint32_t>(messages.size());
  for (const Slot message : messages) {
    const MessageHeader header = header_of(interner_, message);
    if ((header.flags & message_urgent) != 0) {
      digest->urgent = true;
    }
    if ((header.flags & message_disconnected) != 0) {
      digest->failed_peers.push_back(header.from);
    }
  }
  for (const std::size_t position : deliverable(interner_, messages)) {
    const Slot message = messages[position];
    const MessageHeader header = header_of(interner_, message);
    MailboxDigest::Delivery delivery;
    delivery.message = message;
    delivery.rest = intern_mailbox(interner_, without_position(messages, position));
    delivery.disconnected = (header.flags & message_disconnected) != 0;
    delivery.datagram = (header.flags & message_datagram) != 0;
    delivery.peer = header.from;
    delivery.fairness = delivery.disconnected ? fairness_.news(process, header.from)
                                              : fairness_.delivery(process, header.from, header.kind);
    delivery.group =
        delivery.disconnected ? groups_.disconnected[process] : groups_.deliver[process].at(header.kind);
    delivery.reads = delivery.disconnected
                         ? stepper_.reads(process, {StepInput::Kind::disconnected, header.from, 0, {}})
                         : stepper_.reads(process, {StepInput::Kind::message, message, 0, {}});
    digest->deliveries.push_back(delivery);
  }
  return digest;
}

std::unique_ptr<ControlDigest> Digester::control(std::size_t process, Slot id) const {
  auto digest = std::make_unique<ControlDigest>();
  const Control control = control_of(interner_, id);
  digest->status = control.status;
  digest->incarnation = control.incarnation;
  const auto with_status = [&](Status status) {
    Control changed = control;
    changed.status = status;
    return intern_control(interner_, std::move(changed));
  };
  digest->down = intern_control(interner_, {Status::down, control.incarnation, {}});
  digest->restarted = control.status == Status::down
                          ? intern_control(interner_, {Status::up, control.incarnation + 1, {}})
                          : id;
  digest->paused = with_status(Status::paused);
  digest->resumed = with_status(Status::up);
  Control ticked = control;
  for (ArmedTimer& armed : ticked.timers) {
    armed.remaining -= armed.remaining > 0 ? 1 : 0;
  }
  digest->ticked = ticked == control ? id : intern_control(interner_, std::move(ticked));
  for (std::size_t i = 0; i < control.timers.size(); ++i) {
    add_firing(process, control, i, *digest);
  }
  if (control.status != Status::up) {
    digest->holds_time = false;
  }
  return digest;
}

void Digester::add_firing(std::size_t process, const Control& control, std::size_t timer,
                          ControlDigest& digest) const {
  const Process& running = *model_.processes[process].process;
  const ArmedTimer& armed = control.timers[timer];
  const base::BytesView bytes = interner_.bytes(armed.timer);
  const TimerKind kind = running.timer_kind(bytes);
  const bool discrete = model_.time.discrete;
  const bool due = armed.remaining == 0;
  if (kind == TimerKind::work) {
    digest.work = true;
  }
  if (discrete && due && (kind == TimerKind::work || kind == TimerKind::deadline)) {
    digest.holds_time = true;
  }

  ControlDigest::Firing firing;
  firing.timer = armed.timer;
  const bool budgeted = kind == TimerKind::whim || (!discrete && kind != TimerKind::work);
  if (budgeted) {
    firing.budget_word = layout_.budget_word(timer_name(running.timer_schema(), bytes));
    if (firing.budget_word == WorldLayout::no_budget) {
      return;
    }
  } else if (discrete && !due) {
    return;
  }
  Control rest = control;
  rest.timers.erase(rest.timers.begin() + static_cast<std::ptrdiff_t>(timer));
  firing.rest = intern_control(interner_, std::move(rest));
  const std::size_t number = kind_of_timer(running.timer_schema(), bytes);
  firing.group = groups_.fire[process].at(number);
  firing.fairness = kind == TimerKind::whim ? WorldFairness::none : fairness_.firing(process, number);
  firing.reads = stepper_.reads(process, {StepInput::Kind::timer, armed.timer, 0, {}});
  digest.firings.push_back(firing);
}

}  // namespace plimsoll::checker
