#include "model/calibration/backlog.hpp"

#include <array>

namespace plimsoll::model::calibration {

using checker::Datum;
using checker::Slot;
using checker::StateView;

namespace {

enum SlotNumber : std::uint32_t { work_slot, clock_slot };
enum PropertyNumber : std::size_t { backlog_empties, no_lasting_level, grows };

/// A clock of the mutation that closes; nothing happens any more.
constexpr Slot closed = 2;

constexpr std::array group_names = {"arrives", "done", "cancelled", "ticks"};

}  // namespace

Backlog::Backlog(std::uint32_t bound, bool cancels, BacklogMutation mutation)
    : bound_(bound), cancels_(cancels), mutation_(mutation) {
  PLIMSOLL_ASSERT(bound >= 2 && bound <= bound_max);
}

void Backlog::next(StateView state, checker::PodSuccessors& out) const {
  const Slot work = state[work_slot];
  if (state[clock_slot] == closed) {
    return;
  }
  if (work < bound_) {
    out.add(arrives, work + 1).set(work_slot, work + 1);
  } else {
    out.prune(arrives, work + 1);
  }
  if (mutation_ == BacklogMutation::only_arrives) {
    return;
  }
  if (work > 0) {
    const Slot clock = mutation_ == BacklogMutation::closes ? closed : state[clock_slot];
    out.add(done, 0).set(work_slot, 0).set(clock_slot, clock);
  }
  if (cancels_ && work > 1) {
    out.add(cancelled, work - 1).set(work_slot, work - 1);
  }
  out.add(ticks, work).set(clock_slot, 1 - state[clock_slot]);
}

std::vector<checker::Property> Backlog::properties() {
  using enum checker::PropertyKind;
  const checker::SlotMask work = checker::slot_bit(work_slot);
  return {{"backlog-empties", always_eventually, "again and again there is no work", work},
          {"no-lasting-level", leads_to, "from as much work as the bound allows, it becomes more or less",
           work, true},
          {"grows", eventually, "there is work", work},
          {"deadlock-free", deadlock_free, "work can arrive"}};
}

bool Backlog::holds(std::size_t property, StateView state) const {
  const Slot work = state[work_slot];
  switch (property) {
    case backlog_empties:
      return work == 0;
    case no_lasting_level:
      return work != bound_;
    default:
      static_assert(grows == 2);
      return work > 0;
  }
}

bool Backlog::engaged(std::size_t property, StateView state) const {
  return property == no_lasting_level ? !holds(property, state) : holds(property, state);
}

std::vector<checker::FairnessConstraint> Backlog::fairness() const {
  if (mutation_ == BacklogMutation::arrives_seldom) {
    return {};
  }
  return {{"work arrives", checker::Fairness::weak}};
}

checker::FairnessMask Backlog::fairness_of(StateView /*before*/, const checker::Action& action) const {
  const bool is_fair = action.group == arrives && mutation_ != BacklogMutation::arrives_seldom;
  return is_fair ? checker::fairness_bit(0) : 0;
}

std::vector<std::string> Backlog::action_groups() {
  return {group_names.begin(), group_names.end()};
}

checker::ActionLabel Backlog::describe(const checker::Action& action) {
  return {group_names.at(action.group), {{"work", std::to_string(action.payload)}}};
}

Datum Backlog::describe(StateView state) {
  return Datum::of_record(
      {{"work", Datum::of_number(state[work_slot])}, {"clock", Datum::of_number(state[clock_slot])}});
}

}  // namespace plimsoll::model::calibration

template class plimsoll::checker::PodSystem<plimsoll::model::calibration::Backlog>;
