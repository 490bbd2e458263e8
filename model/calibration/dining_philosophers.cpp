#include "model/calibration/dining_philosophers.hpp"

#include <algorithm>
#include <array>

namespace plimsoll::model::calibration {

using checker::Datum;
using checker::PodSuccessors;
using checker::Slot;
using checker::StateView;

namespace {

constexpr std::array group_names = {"takes-first", "takes-second", "puts-back", "gets-hungry", "gives-up"};
constexpr std::array situation_names = {"hungry", "holds-one", "eating", "thinking"};
/// Numbers of the properties; starvation freedom of philosopher i is first_starvation + i.
constexpr std::size_t neighbours_never_eat_together = 0;
constexpr std::size_t first_starvation = 3;

std::string name_of(std::uint64_t philosopher) {
  return "philosopher-" + std::to_string(philosopher + 1);
}
/// With the fork taken, where one is.
std::uint64_t payload_of(std::uint32_t philosopher, std::uint32_t fork) {
  return philosopher | std::uint64_t{fork} << 8U;
}

}  // namespace

DiningPhilosophers::DiningPhilosophers(std::uint32_t philosophers, Order order, FairnessChoice fairness,
                                       DiningPhilosophersMutation mutation)
    : philosophers_(philosophers), order_(order), fairness_(fairness), mutation_(mutation) {
  PLIMSOLL_ASSERT(philosophers >= 2 && philosophers <= philosophers_max);
}

std::vector<std::vector<Slot>> DiningPhilosophers::initial() const {
  return {std::vector<Slot>(philosophers_, hungry)};
}

bool DiningPhilosophers::has(StateView state, std::uint32_t i, std::uint32_t fork) const {
  return state[i] == eating || (state[i] == holds_one && first_fork(i) == fork);
}

bool DiningPhilosophers::is_free(StateView state, std::uint32_t fork) const {
  return !has(state, fork, fork) && !has(state, before(fork), fork);
}

void DiningPhilosophers::next(StateView state, PodSuccessors& out) const {
  for (std::uint32_t i = 0; i < philosophers_; ++i) {
    next_of_philosopher(state, i, out);
  }
}

void DiningPhilosophers::next_of_philosopher(StateView state, std::uint32_t i, PodSuccessors& out) const {
  switch (state[i]) {
    case hungry:
      if (is_free(state, first_fork(i))) {
        out.add(takes_first, payload_of(i, first_fork(i))).set(i, holds_one);
      }
      break;
    case holds_one: {
      const std::uint32_t fork = second_fork(i);
      if (!is_free(state, fork) && mutation_ != DiningPhilosophersMutation::takes_held_forks) {
        break;
      }
      if (mutation_ == DiningPhilosophersMutation::gives_up) {
        out.add(gives_up, payload_of(i, 0)).set(i, hungry);
      } else {
        out.add(takes_second, payload_of(i, fork)).set(i, eating);
      }
      break;
    }
    case eating:
      out.add(puts_back, payload_of(i, 0)).set(i, thinking);
      break;
    default:
      out.add(gets_hungry, payload_of(i, 0)).set(i, hungry);
      break;
  }
}

std::vector<checker::Property> DiningPhilosophers::properties() const {
  using enum checker::PropertyKind;
  std::vector<checker::Property> properties = {
      {"neighbours-never-eat-together", always, "no two neighbours are eating"},
      {"somebody-eats", sometimes, "some philosopher is eating"},
      {"deadlock-free", deadlock_free, "some philosopher can do something"}};
  for (std::uint32_t i = 0; i < philosophers_; ++i) {
    properties.push_back({"starvation-free-" + std::to_string(i + 1), leads_to,
                          "when " + name_of(i) + " is hungry, it will eat", checker::slot_bit(i), true});
  }
  return properties;
}

bool DiningPhilosophers::holds(std::size_t property, StateView state) const {
  if (property >= first_starvation) {
    return state[property - first_starvation] == eating;
  }
  if (property == neighbours_never_eat_together) {
    for (std::uint32_t i = 0; i < philosophers_; ++i) {
      if (state[i] == eating && state[after(i)] == eating) {
        return false;
      }
    }
    return true;
  }
  return std::find(state.begin(), state.end(), Slot{eating}) != state.end();
}

bool DiningPhilosophers::engaged(std::size_t property, StateView state) const {
  if (property < first_starvation) {
    return holds(property, state);
  }
  const Slot situation = state[property - first_starvation];
  return situation == hungry || situation == holds_one;
}

std::vector<checker::FairnessConstraint> DiningPhilosophers::fairness() const {
  std::vector<checker::FairnessConstraint> constraints;
  for (std::uint32_t i = 0; i < philosophers_ && fairness_ != FairnessChoice::none; ++i) {
    constraints.push_back({name_of(i) + " goes on", strength_of(fairness_)});
  }
  return constraints;
}

checker::FairnessMask DiningPhilosophers::fairness_of(StateView /*before*/,
                                                      const checker::Action& action) const {
  const bool is_free_to_wait = fairness_ == FairnessChoice::none || action.group == gets_hungry;
  return is_free_to_wait ? 0 : checker::fairness_bit(action.payload & 0xffU);
}

std::vector<std::string> DiningPhilosophers::action_groups() const {
  const bool has_last = mutation_ == DiningPhilosophersMutation::gives_up;
  return {group_names.begin(), group_names.end() - (has_last ? 0 : 1)};
}

checker::ActionLabel DiningPhilosophers::describe(const checker::Action& action) {
  checker::ActionLabel label{group_names.at(action.group),
                             {{"philosopher", name_of(action.payload & 0xffU)}}};
  if (action.group == takes_first || action.group == takes_second) {
    label.parameters.emplace_back("fork", std::to_string((action.payload >> 8U) + 1));
  }
  return label;
}

Datum DiningPhilosophers::describe(StateView state) const {
  std::vector<Datum::Member> philosophers;
  for (std::uint32_t i = 0; i < philosophers_; ++i) {
    philosophers.emplace_back(name_of(i), Datum::of_text(situation_names.at(state[i])));
  }
  return Datum::of_record(std::move(philosophers));
}

}  // namespace plimsoll::model::calibration

template class plimsoll::checker::PodSystem<plimsoll::model::calibration::DiningPhilosophers>;
