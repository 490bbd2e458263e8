#include "model/calibration/peterson.hpp"

#include <algorithm>
#include <array>

namespace plimsoll::model::calibration {

using checker::Datum;
using checker::PodSuccessors;
using checker::Slot;
using checker::StateView;

namespace {

/// A process's slot. `gate` is j of the paper and `scanned` the k of its scan; both keep their last value
/// when they are not needed, as local variables do.
struct Process {
  Slot location = Peterson::noncritical;
  Slot gate = 0;
  Slot scanned = 0;
  Slot level = 0;  ///< announced: what others read

  [[nodiscard]] constexpr Slot pack() const { return location | gate << 3U | scanned << 6U | level << 9U; }
  [[nodiscard]] static constexpr Process unpack(Slot word) {
    return {word & 7U, word >> 3U & 7U, word >> 6U & 7U, word >> 9U & 7U};
  }
};

constexpr std::array group_names = {"wants",  "announces", "gives-precedence", "reads", "passes",
                                    "enters", "leaves"};
constexpr std::array location_names = {"noncritical", "at-gate", "announced", "waiting", "critical"};
/// Numbers of the properties; starvation freedom of process i is first_starvation + i.
constexpr std::size_t mutual_exclusion = 0;
constexpr std::size_t first_starvation = 3;

std::string name_of(std::uint64_t process) {
  return "process-" + std::to_string(process + 1);
}
std::uint64_t payload_of(std::uint32_t process, Slot number) {
  return process | std::uint64_t{number} << 8U;
}

}  // namespace

Peterson::Peterson(std::uint32_t processes, PetersonMutation mutation)
    : processes_(processes), mutation_(mutation) {
  PLIMSOLL_ASSERT(processes >= 2 && processes <= processes_max);
}

std::vector<std::vector<Slot>> Peterson::initial() const {
  static_assert(Process{}.pack() == 0);
  return {std::vector<Slot>(width(), 0)};
}

void Peterson::next(StateView state, PodSuccessors& out) const {
  for (std::uint32_t i = 0; i < processes_; ++i) {
    Process now = Process::unpack(state[i]);
    switch (now.location) {
      case noncritical:
        now.location = at_gate;
        now.gate = 1;
        out.add(wants, payload_of(i, 0)).set(i, now.pack());
        break;
      case at_gate:
        next_at_gate(state, i, out);
        break;
      case announced: {
        const Slot gate = now.gate;
        now.location = waiting;
        now.scanned = 0;
        if (mutation_ == PetersonMutation::announces_late) {
          now.level = gate;
          out.add(announces, payload_of(i, gate)).set(i, now.pack());
        } else {
          out.add(gives_precedence, payload_of(i, gate)).set(i, now.pack()).set(gate_slot(gate), i);
        }
        break;
      }
      case waiting:
        next_while_waiting(state, i, out);
        break;
      default:
        now.location = noncritical;
        now.level = 0;
        out.add(leaves, payload_of(i, 0)).set(i, now.pack());
        break;
    }
  }
}

void Peterson::next_at_gate(StateView state, std::uint32_t i, PodSuccessors& out) const {
  Process now = Process::unpack(state[i]);
  const Slot gate = now.gate;
  if (gate == processes_) {
    const bool turns_back = mutation_ == PetersonMutation::never_enters;
    now.location = turns_back ? noncritical : critical;
    now.level = turns_back ? 0 : now.level;
    out.add(turns_back ? leaves : enters, payload_of(i, 0)).set(i, now.pack());
    return;
  }
  now.location = announced;
  if (mutation_ == PetersonMutation::announces_late) {
    out.add(gives_precedence, payload_of(i, gate)).set(i, now.pack()).set(gate_slot(gate), i);
  } else {
    now.level = gate;
    out.add(announces, payload_of(i, gate)).set(i, now.pack());
  }
}

void Peterson::next_while_waiting(StateView state, std::uint32_t i, PodSuccessors& out) const {
  const Process now = Process::unpack(state[i]);
  const bool has_scanned = now.scanned == processes_;
  const bool is_below =
      !has_scanned && (now.scanned == i || Process::unpack(state[now.scanned]).level < now.gate);
  if (is_below) {
    Process reading = now;
    reading.scanned = now.scanned + 1;
    out.add(reads, payload_of(i, now.scanned)).set(i, reading.pack());
  } else if (!has_scanned && mutation_ == PetersonMutation::steps_back) {
    out.add(leaves, payload_of(i, 0)).set(i, Process{at_gate, 1, now.scanned, 0}.pack());
  }
  const bool has_precedence = state[gate_slot(now.gate)] != i &&
                              mutation_ != PetersonMutation::ignores_precedence &&
                              mutation_ != PetersonMutation::steps_back;
  if (has_scanned || has_precedence) {
    Process passing = now;
    passing.location = at_gate;
    passing.gate = now.gate + 1;
    out.add(passes, payload_of(i, now.gate)).set(i, passing.pack());
  }
}

std::vector<checker::Property> Peterson::properties() const {
  using enum checker::PropertyKind;
  const checker::SlotMask processes = checker::slot_bit(processes_) - 1;
  std::vector<checker::Property> properties = {
      {"mutual-exclusion", always, "no two processes are in their critical sections", processes},
      {"somebody-enters", sometimes, "some process is in its critical section", processes},
      {"deadlock-free", deadlock_free, "some process can move"}};
  for (std::uint32_t i = 0; i < processes_; ++i) {
    properties.push_back({"starvation-free-" + std::to_string(i + 1), leads_to,
                          "when " + name_of(i) + " wants to enter its critical section, it will",
                          checker::slot_bit(i), true});
  }
  return properties;
}

bool Peterson::holds(std::size_t property, StateView state) const {
  if (property >= first_starvation) {
    return Process::unpack(state[property - first_starvation]).location == critical;
  }
  const auto inside = std::count_if(state.begin(), state.begin() + processes_,
                                    [](Slot word) { return Process::unpack(word).location == critical; });
  return property == mutual_exclusion ? inside <= 1 : inside >= 1;
}

bool Peterson::engaged(std::size_t property, StateView state) const {
  if (property < first_starvation) {
    return holds(property, state);
  }
  const Slot location = Process::unpack(state[property - first_starvation]).location;
  return location != noncritical && location != critical;
}

std::vector<checker::FairnessConstraint> Peterson::fairness() const {
  std::vector<checker::FairnessConstraint> constraints;
  for (std::uint32_t i = 0; i < processes_; ++i) {
    constraints.push_back({name_of(i) + " goes on", checker::Fairness::weak});
  }
  return constraints;
}

checker::FairnessMask Peterson::fairness_of(StateView /*before*/, const checker::Action& action) {
  return action.group == wants ? 0 : checker::fairness_bit(action.payload & 0xffU);
}

std::vector<std::string> Peterson::action_groups() {
  return {group_names.begin(), group_names.end()};
}

checker::ActionLabel Peterson::describe(const checker::Action& action) {
  checker::ActionLabel label{group_names.at(action.group), {{"process", name_of(action.payload & 0xffU)}}};
  const std::uint64_t number = action.payload >> 8U;
  if (action.group == reads) {
    label.parameters.emplace_back("level-of", name_of(number));
  } else if (action.group == announces || action.group == gives_precedence || action.group == passes) {
    label.parameters.emplace_back("gate", std::to_string(number));
  }
  return label;
}

Datum Peterson::describe(StateView state) const {
  std::vector<Datum::Member> processes;
  std::vector<Datum> last_at_gate;
  for (std::uint32_t i = 0; i < processes_; ++i) {
    const Process process = Process::unpack(state[i]);
    processes.emplace_back(name_of(i),
                           Datum::of_record({{"at", Datum::of_text(location_names.at(process.location))},
                                             {"gate", Datum::of_number(process.gate)},
                                             {"scanned", Datum::of_number(process.scanned)},
                                             {"level", Datum::of_number(process.level)}}));
  }
  for (Slot gate = 1; gate < processes_; ++gate) {
    last_at_gate.push_back(Datum::of_text(name_of(state[gate_slot(gate)])));
  }
  return Datum::of_record({{"processes", Datum::of_record(std::move(processes))},
                           {"last-at-gate", Datum::of_list(std::move(last_at_gate))}});
}

}  // namespace plimsoll::model::calibration

template class plimsoll::checker::PodSystem<plimsoll::model::calibration::Peterson>;
