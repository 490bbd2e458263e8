#include "checker/system/pod_system.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::checker {
namespace {

/// Two counters: `up` adds one to one of them, `swap` exchanges them, `stay` changes nothing.
struct Counters {
  Slot top = 2;
  enum Group : std::uint32_t { up, swap, stay };

  [[nodiscard]] std::uint32_t width() const { return 2; }
  [[nodiscard]] std::vector<std::vector<Slot>> initial() const { return {{0, 0}, {0, 1}}; }
  void next(StateView state, PodSuccessors& out) const {
    for (std::uint32_t i = 0; i < 2; ++i) {
      if (state[i] < top) {
        out.add(up, i).set(i, state[i] + 1);
      }
    }
    out.add(swap, 0).set(0, state[1]).set(1, state[0]);
    out.add(stay, 0);
  }
  [[nodiscard]] std::vector<Property> properties() const {
    return {{"first-is-small", PropertyKind::always, "the first counter is below two", slot_bit(0)},
            {"both", PropertyKind::sometimes, "both counters are at their top"},
            {"never-down", PropertyKind::step, "the first counter never goes down"},
            {"deadlock-free", PropertyKind::deadlock_free, "there is a successor or the top is reached"}};
  }
  [[nodiscard]] bool holds(std::size_t property, StateView state) const {
    return property == 0 ? state[0] < 2 : state[0] == top && state[1] == top;
  }
  [[nodiscard]] bool holds_step(std::size_t, StateView before, const Action&, StateView after) const {
    return after[0] >= before[0];
  }
  [[nodiscard]] bool may_end(StateView state) const { return state[0] == top; }
  [[nodiscard]] std::vector<std::string> action_groups() const { return {"up", "swap", "stay"}; }
  [[nodiscard]] ActionLabel describe(const Action& action) const {
    return {action_groups()[action.group], {{"counter", std::to_string(action.payload)}}};
  }
  [[nodiscard]] Datum describe(StateView state) const {
    return Datum::of_list({Datum::of_number(state[0]), Datum::of_number(state[1])});
  }
};
static_assert(Pod<Counters>);

/// Counts up without end, explored as far as `bound`; may be set back, which fairness speaks of.
struct Bounded {
  Slot bound = 3;
  enum Group : std::uint32_t { up, back };

  [[nodiscard]] static std::uint32_t width() { return 1; }
  [[nodiscard]] static std::vector<std::vector<Slot>> initial() { return {{0}}; }
  void next(StateView state, PodSuccessors& out) const {
    if (state[0] < bound) {
      out.add(up, state[0] + 1).set(0, state[0] + 1);
    } else {
      out.prune(up, state[0] + 1);
    }
    if (state[0] == 1) {
      out.add(back, 0).set(0, 0);
    }
  }
  [[nodiscard]] static std::vector<Property> properties() {
    return {{"one-leads-to-two", PropertyKind::leads_to, "one is followed by two", slot_bit(0), true}};
  }
  [[nodiscard]] static bool holds(std::size_t, StateView state) { return state[0] == 2; }
  [[nodiscard]] static bool engaged(std::size_t, StateView state) { return state[0] == 1; }
  [[nodiscard]] static std::vector<FairnessConstraint> fairness() {
    return {{"anything", Fairness::weak}, {"goes back", Fairness::strong}};
  }
  [[nodiscard]] static FairnessMask fairness_of(StateView, const Action& action) {
    return fairness_bit(0) | (action.group == back ? fairness_bit(1) : 0);
  }
  [[nodiscard]] static std::vector<std::string> action_groups() { return {"up", "back"}; }
  [[nodiscard]] static ActionLabel describe(const Action& action) {
    return {action_groups()[action.group], {}};
  }
  [[nodiscard]] static Datum describe(StateView state) { return Datum::of_number(state[0]); }
};
static_assert(Pod<Bounded>);

using Slots = std::vector<Slot>;

}  // namespace

BOOST_AUTO_TEST_SUITE(pod_system_test)

BOOST_AUTO_TEST_CASE(initial_states_come_as_the_spec_says) {
  const PodSystem<Counters> system{Counters{}};
  Successors out(system.width());
  system.initial(out);
  BOOST_REQUIRE(out.size() == 2U);
  BOOST_TEST(to_line(system.describe(out.state(0))) == "[0, 0]");
  BOOST_TEST(to_line(system.describe(out.state(1))) == "[0, 1]");
  BOOST_TEST(out[1].fingerprint == system.fingerprint(out.state(1)));
  BOOST_TEST(out[0].fingerprint != out[1].fingerprint);
}

BOOST_AUTO_TEST_CASE(successors_are_the_parent_and_what_was_set) {
  const PodSystem<Counters> system{Counters{}};
  const Slots state = {1, 2};
  Successors out(2);
  out.begin(system.fingerprint(state));
  const auto worker = system.worker();
  worker->successors(state, system.fingerprint(state), out);
  BOOST_REQUIRE(out.size() == 3U);
  const std::vector<std::string> labels = {"up(counter: 0)", "swap(counter: 0)", "stay(counter: 0)"};
  const std::vector<Slots> targets = {{2, 2}, {2, 1}, {1, 2}};
  const std::vector<SlotMask> changed = {slot_bit(0), slot_bit(0) | slot_bit(1), 0};
  for (std::size_t i = 0; i < 3; ++i) {
    BOOST_TEST(to_line(system.describe(state, out[i].action)) == labels[i]);
    BOOST_TEST(Slots(out.state(i).begin(), out.state(i).end()) == targets[i]);
    BOOST_TEST(out[i].changed == changed[i]);
    BOOST_TEST(out[i].fingerprint == system.fingerprint(out.state(i)));
    BOOST_TEST(out[i].parent == system.fingerprint(state));
  }
  BOOST_TEST(worker->statistics().steps_run == 1U);
}

BOOST_AUTO_TEST_CASE(fingerprints_tell_slots_apart) {
  const PodSystem<Counters> system{Counters{}};
  BOOST_TEST(system.fingerprint(Slots{1, 2}) != system.fingerprint(Slots{2, 1}));
  BOOST_TEST(system.fingerprint(Slots{0, 0}) != system.fingerprint(Slots{1, 1}));
}

BOOST_AUTO_TEST_CASE(predicates_are_asked_as_wanted) {
  const PodSystem<Counters> system{Counters{}};
  const auto worker = system.worker();
  BOOST_TEST(worker->evaluate(Slots{1, 2}, 3).holds == 1U);
  BOOST_TEST(worker->evaluate(Slots{2, 2}, 3).holds == 2U);
  BOOST_TEST(worker->evaluate(Slots{1, 2}, 2).holds == 0U);
  BOOST_TEST(worker->evaluate_step(Slots{1, 2}, {}, Slots{2, 2}, 4).holds == 4U);
  BOOST_TEST(worker->evaluate_step(Slots{2, 1}, {}, Slots{1, 2}, 4).holds == 0U);
  BOOST_TEST(worker->may_end(Slots{2, 0}));
  BOOST_TEST(!worker->may_end(Slots{1, 0}));
}

BOOST_AUTO_TEST_CASE(what_is_pruned_is_no_successor_but_an_action) {
  const PodSystem<Bounded> system{Bounded{}};
  const auto worker = system.worker();
  Successors out(1);
  worker->successors(Slots{1}, system.fingerprint(Slots{1}), out);
  BOOST_TEST(out.size() == 2U);
  BOOST_TEST(out.pruned() == 0U);
  out.clear();
  worker->successors(Slots{3}, system.fingerprint(Slots{3}), out);
  BOOST_TEST(out.size() == 0U);
  const std::vector<Action> pruned = {{4, Bounded::up}};
  BOOST_TEST((out.pruned_actions() == pruned));
  BOOST_TEST(worker->fairness_of(Slots{3}, pruned[0]) == fairness_bit(0));
}

BOOST_AUTO_TEST_CASE(antecedents_and_fairness_come_from_the_spec) {
  const PodSystem<Bounded> system{Bounded{}};
  const auto worker = system.worker();
  BOOST_TEST(worker->evaluate(Slots{1}, 1).engaged == 1U);
  BOOST_TEST(worker->evaluate(Slots{1}, 1).holds == 0U);
  BOOST_TEST(worker->evaluate(Slots{2}, 1).engaged == 0U);
  BOOST_TEST(worker->evaluate(Slots{2}, 1).holds == 1U);
  BOOST_TEST((system.fairness() == Bounded::fairness()));
  BOOST_TEST(worker->fairness_of(Slots{1}, {0, Bounded::back}) == (fairness_bit(0) | fairness_bit(1)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
