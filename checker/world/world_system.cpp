#include "checker/world/world_system.hpp"

#include <algorithm>

#include "checker/world/world_worker.hpp"

namespace plimsoll::checker {

WorldSystem::WorldSystem(WorldModel model)
    : model_(std::move(model)),
      layout_(model_),
      groups_(make_groups(model_, layout_)),
      fairness_(model_, layout_),
      stepper_(model_, layout_, interner_),
      digester_(model_, layout_, groups_, fairness_, stepper_, interner_),
      empty_mailbox_(intern_mailbox(interner_, {})) {
  declare_properties();
}

WorldSystem::~WorldSystem() = default;

SlotMask WorldSystem::quiescence_slots() const {
  SlotMask mask = 0;
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    mask |= slot_bit(layout_.mailbox(i)) | slot_bit(layout_.control(i));
  }
  return mask;
}

void WorldSystem::declare_properties() {
  PLIMSOLL_ASSERT(model_.properties.size() <= 64);
  for (const WorldProperty& declared : model_.properties) {
    Property property = declared.property;
    property.reads = declared.at_quiescence ? quiescence_slots() : 0;
    for (const PartId part : declared.parts) {
      property.reads |= slot_bit(layout_.part(part));
    }
    for (const base::ProcessId process : declared.controls) {
      property.reads |= slot_bit(layout_.control(process.value));
    }
    property.reads |= declared.budgets ? slot_bit(layout_.environment()) : 0;
    properties_.push_back(std::move(property));
  }
}

void WorldSystem::initial(Successors& out) const {
  std::vector<Slot> state(width());
  for (std::size_t i = 0; i < model_.parts.size(); ++i) {
    state[i] = interner_.intern(model_.parts[i].initial);
  }
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    state[layout_.mailbox(i)] = empty_mailbox_;
    state[layout_.control(i)] = intern_control(interner_, {Status::up, 0, {}});
    if (model_.processes[i].has_disk) {
      state[layout_.disk(i)] = intern_disk(interner_, {});
    }
  }
  Words numbers = {0};
  for (const std::string& budget : layout_.budgets()) {
    numbers.push_back(model_.budgets.at(budget));
  }
  state[layout_.environment()] = intern_numbers(interner_, numbers);

  // Start one process after another; each may branch on the environment's answers.
  WorldWorker worker(*this);
  std::vector<std::vector<Slot>> states = {state};
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    std::vector<std::vector<Slot>> started;
    for (const std::vector<Slot>& before : states) {
      Successors after(width());
      worker.start(before, fingerprint(before), i, 0, after);
      for (std::size_t k = 0; k < after.size(); ++k) {
        started.emplace_back(after.state(k).begin(), after.state(k).end());
      }
    }
    states = std::move(started);
  }
  for (const std::vector<Slot>& made : states) {
    out.append({}, ~SlotMask{0}, fingerprint(made), made);
  }
}

std::unique_ptr<Worker> WorldSystem::worker() const {
  return std::make_unique<WorldWorker>(*this);
}

Fingerprint WorldSystem::fingerprint(StateView state) const {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < state.size(); ++i) {
    sum += contribution(i, interner_.content(state[i]));
  }
  return finish_fingerprint(sum);
}

SystemStatistics WorldSystem::statistics() const {
  SystemStatistics statistics;
  statistics.memory_bytes = interner_.memory_bytes();
  statistics.interned_values = interner_.size();
  statistics.local_states = stepper_.part_values() + model_.parts.size();
  return statistics;
}

}  // namespace plimsoll::checker
