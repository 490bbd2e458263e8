#include "model/calibration/lighthouse.hpp"

#include <array>

namespace plimsoll::model::calibration {

using checker::Datum;
using checker::Slot;
using checker::StateView;

namespace {

enum SlotNumber : std::uint32_t { warmth_slot, lamp_slot };
enum PropertyNumber : std::size_t {
  warms_up_once,
  tepid_once,
  stays_warm,
  lit_again_and_again,
  stays_lit,
  tepid_again_and_again,
};

constexpr std::array group_names = {"warms-up", "lights", "darkens", "cools-down"};
constexpr std::array lamp_names = {"dark", "lit", "burnt-out"};

}  // namespace

Lighthouse::Lighthouse(std::uint32_t warmth, LighthouseMutation mutation)
    : warmth_(warmth), mutation_(mutation) {
  PLIMSOLL_ASSERT(warmth >= 2 && warmth <= warmth_max);
}

void Lighthouse::next(StateView state, checker::PodSuccessors& out) const {
  const Slot warmth = state[warmth_slot];
  if (warmth < warmth_) {
    const bool skips = mutation_ == LighthouseMutation::skips_a_step && warmth == 0;
    out.add(warms_up, 0).set(warmth_slot, warmth + (skips ? 2 : 1));
  } else if (mutation_ == LighthouseMutation::cools_down) {
    out.add(cools_down, 0).set(warmth_slot, 0);
  }
  if (state[lamp_slot] == dark) {
    out.add(lights, 0).set(lamp_slot, lit);
  } else if (state[lamp_slot] == lit) {
    const bool burns_out = mutation_ == LighthouseMutation::burns_out;
    out.add(darkens, 0).set(lamp_slot, burns_out ? burnt_out : dark);
  }
}

std::vector<checker::Property> Lighthouse::properties() {
  using enum checker::PropertyKind;
  const checker::SlotMask warmth = checker::slot_bit(warmth_slot);
  const checker::SlotMask lamp = checker::slot_bit(lamp_slot);
  return {{"warms-up", eventually, "the house becomes warm", warmth},
          {"tepid-once", eventually, "the house is at the first step of warmth", warmth},
          {"stays-warm", eventually_always, "from some time on the house is warm", warmth},
          {"lit-again-and-again", always_eventually, "the lamp is lit again and again", lamp},
          {"stays-lit", eventually_always, "from some time on the lamp is lit", lamp},
          {"tepid-again-and-again", always_eventually,
           "the house is at the first step of warmth again and again", warmth}};
}

bool Lighthouse::holds(std::size_t property, StateView state) const {
  switch (property) {
    case warms_up_once:
    case stays_warm:
      return state[warmth_slot] == warmth_;
    case tepid_once:
    case tepid_again_and_again:
      return state[warmth_slot] == 1;
    default:
      static_assert(lit_again_and_again == 3 && stays_lit == 4);
      return state[lamp_slot] == lit;
  }
}

std::vector<checker::FairnessConstraint> Lighthouse::fairness() const {
  if (mutation_ == LighthouseMutation::puts_it_off) {
    return {};
  }
  return {{"the house warms up", checker::Fairness::weak}};
}

checker::FairnessMask Lighthouse::fairness_of(StateView /*before*/, const checker::Action& action) const {
  const bool is_fair = action.group == warms_up && mutation_ != LighthouseMutation::puts_it_off;
  return is_fair ? checker::fairness_bit(0) : 0;
}

std::vector<std::string> Lighthouse::action_groups() const {
  const bool has_last = mutation_ == LighthouseMutation::cools_down;
  return {group_names.begin(), group_names.end() - (has_last ? 0 : 1)};
}

checker::ActionLabel Lighthouse::describe(const checker::Action& action) {
  return {group_names.at(action.group), {}};
}

Datum Lighthouse::describe(StateView state) {
  return Datum::of_record({{"warmth", Datum::of_number(state[warmth_slot])},
                           {"lamp", Datum::of_text(lamp_names.at(state[lamp_slot]))}});
}

}  // namespace plimsoll::model::calibration

template class plimsoll::checker::PodSystem<plimsoll::model::calibration::Lighthouse>;
