#include "checker/world/world_system.hpp"

#include <algorithm>
#include <set>

#include "checker/world/stale_world.hpp"
#include "checker/world/world_symmetry.hpp"
#include "checker/world/world_worker.hpp"

namespace plimsoll::checker {

WorldSystem::WorldSystem(WorldModel model)
    : model_(std::move(model)),
      layout_(model_),
      members_(model_),
      groups_(make_groups(model_, layout_, members_)),
      actors_(model_, layout_, groups_),
      fairness_(model_, layout_),
      stepper_(model_, layout_, interner_),
      digester_(model_, layout_, groups_, fairness_, stepper_, interner_),
      questions_(model_, layout_, quiescence_slots()),
      empty_mailbox_(intern_mailbox(interner_, {})) {
  if (layout_.has_cuts()) {
    no_cuts_ = intern_numbers(interner_, Words(layout_.partitions().hosts().size(), 0));
  }
  for (const WorldPart& part : model_.parts) {
    initial_parts_.push_back(interner_.intern(part.initial));
  }
  declare_properties();
  declare_symmetry();
  if (auto stale = std::make_unique<const StaleWorld>(*this, interner_); stale->stale().any()) {
    stale_ = std::move(stale);
  }
}

WorldSystem::~WorldSystem() = default;

const Quotient* WorldSystem::without_stale() const {
  return stale_.get();
}

SlotMask WorldSystem::quiescence_slots() const {
  SlotMask mask = 0;
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    mask |= slot_bit(layout_.mailbox(i)) | slot_bit(layout_.control(i));
  }
  return mask | (layout_.has_cuts() ? slot_bit(layout_.cuts()) : 0);
}

void WorldSystem::declare_properties() {
  for (std::size_t i = 0; i < model_.properties.size(); ++i) {
    properties_.push_back(model_.properties[i].property);
    properties_.back().reads = questions_.reads(i);
    const PropertyKind kind = properties_.back().kind;
    to_reach_ |= kind == PropertyKind::sometimes || is_liveness(kind) ? property_bit(i) : 0;
    with_cause_ |= model_.properties[i].cause ? property_bit(i) : 0;
  }
}

/// Processes are started one after the other, which must not tell them apart.
void WorldSystem::declare_symmetry() {
  why_no_symmetry_ = members_.complaint();
  if (!why_no_symmetry_.empty()) {
    return;
  }
  symmetry_ = std::make_unique<WorldSymmetry>(model_, layout_, members_, interner_);
  Successors started(width());
  initial(started);
  std::set<std::vector<Slot>> states;
  for (std::size_t i = 0; i < started.size(); ++i) {
    states.emplace(started.state(i).begin(), started.state(i).end());
  }
  const auto renamer = symmetry_->renamer();
  std::vector<Slot> renamed(width());
  for (const Permutation swap : members_.swaps()) {
    for (const std::vector<Slot>& state : states) {
      renamer->rename(state, swap, renamed);
      if (!states.contains(renamed)) {
        why_no_symmetry_ = "when all of them have started, they are not alike any more";
        symmetry_ = nullptr;
        return;
      }
    }
  }
}

void WorldSystem::initial(Successors& out) const {
  std::vector<Slot> state(width());
  std::copy(initial_parts_.begin(), initial_parts_.end(), state.begin());
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    state[layout_.mailbox(i)] = empty_mailbox_;
    state[layout_.control(i)] = intern_control(interner_, {Status::up, 0, {}});
    if (model_.processes[i].has_disk) {
      state[layout_.disk(i)] = intern_disk(interner_, {});
    }
  }
  if (layout_.has_cuts()) {
    state[layout_.cuts()] = no_cuts_;
  }
  if (layout_.has_clocks()) {
    state[layout_.clocks()] = intern_numbers(interner_, Words(model_.processes.size(), model_.time.drift));
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

AspectMask WorldSystem::aspects_of(SlotMask changed) const {
  return questions_.raised_by(changed);
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
