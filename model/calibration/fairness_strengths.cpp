#include "model/calibration/fairness_strengths.hpp"

#include <array>

namespace plimsoll::model::calibration {

using checker::Datum;
using checker::StateView;

namespace {

enum SlotNumber : std::uint32_t { door_slot, inside_slot, rung_slot };
enum PropertyNumber : std::size_t { visitor_enters, bell_rings, door_opens_again };

constexpr std::array group_names = {"opens", "closes", "enters", "rings", "jams"};
constexpr std::array door_names = {"closed", "open", "jammed"};

}  // namespace

void FairnessStrengths::next(StateView state, checker::PodSuccessors& out) const {
  if (state[door_slot] == closed) {
    out.add(opens, 0).set(door_slot, open);
  } else if (state[door_slot] == open) {
    out.add(closes, 0).set(door_slot, closed);
    if (mutation_ == FairnessStrengthsMutation::door_jams) {
      out.add(jams, 0).set(door_slot, jammed);
    }
    if (state[inside_slot] == 0) {
      out.add(enters, 0).set(inside_slot, 1);
    }
  }
  if (state[rung_slot] == 0) {
    out.add(rings, 0).set(rung_slot, 1);
  }
}

std::vector<checker::Property> FairnessStrengths::properties() {
  using enum checker::PropertyKind;
  return {{"visitor-enters", eventually, "the visitor gets in", checker::slot_bit(inside_slot)},
          {"bell-rings", eventually, "the visitor rings", checker::slot_bit(rung_slot)},
          {"door-opens-again", always_eventually, "the door is open again and again",
           checker::slot_bit(door_slot)},
          {"deadlock-free", deadlock_free, "the door moves"}};
}

bool FairnessStrengths::holds(std::size_t property, StateView state) {
  switch (property) {
    case visitor_enters:
      return state[inside_slot] == 1;
    case bell_rings:
      return state[rung_slot] == 1;
    default:
      static_assert(door_opens_again == 2);
      return state[door_slot] == open;
  }
}

std::vector<checker::FairnessConstraint> FairnessStrengths::fairness() const {
  if (fairness_ == FairnessChoice::none) {
    return {};
  }
  return {{"the visitor enters", strength_of(fairness_)}, {"the visitor rings", strength_of(fairness_)}};
}

checker::FairnessMask FairnessStrengths::fairness_of(StateView /*before*/,
                                                     const checker::Action& action) const {
  if (fairness_ == FairnessChoice::none || (action.group != enters && action.group != rings)) {
    return 0;
  }
  return checker::fairness_bit(action.group == enters ? 0 : 1);
}

std::vector<std::string> FairnessStrengths::action_groups() const {
  const bool has_last = mutation_ == FairnessStrengthsMutation::door_jams;
  return {group_names.begin(), group_names.end() - (has_last ? 0 : 1)};
}

checker::ActionLabel FairnessStrengths::describe(const checker::Action& action) {
  return {group_names.at(action.group), {}};
}

Datum FairnessStrengths::describe(StateView state) {
  return Datum::of_record({{"door", Datum::of_text(door_names.at(state[door_slot]))},
                           {"inside", Datum::of_boolean(state[inside_slot] == 1)},
                           {"rung", Datum::of_boolean(state[rung_slot] == 1)}});
}

}  // namespace plimsoll::model::calibration

template class plimsoll::checker::PodSystem<plimsoll::model::calibration::FairnessStrengths>;
