// What liveness is judged by: goals, causes, and where the horizon of time makes a path go on unseen.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "checker/world/test_bed.hpp"
#include "checker/world/view.hpp"
#include "checker/world/watchdog.hpp"

namespace plimsoll::checker {

BOOST_AUTO_TEST_SUITE(goals_test)

BOOST_AUTO_TEST_CASE(a_goal_must_be_reached_and_not_vacuously) {
  WorldModel model = ring_world(2, 1);
  const PartId at_p0 = model.find_part("p0.holds").value();
  const PartId at_p1 = model.find_part("p1.holds").value();
  WorldProperty goal;
  goal.property = {"p1-holds", PropertyKind::eventually, "p1 gets the token"};
  goal.parts = {at_p1};
  goal.state = [at_p1](const WorldView& view) {
    return view.part<bool>(at_p1) ? Truth::holds : Truth::vacuous;
  };
  WorldProperty leads;
  leads.property = {"p0-to-p1", PropertyKind::leads_to, "what p0 holds p1 gets"};
  leads.parts = {at_p0, at_p1};
  leads.cause = [at_p0](const WorldView& view) { return view.part<bool>(at_p0); };
  leads.state = [at_p1](const WorldView& view) {
    return view.part<bool>(at_p1) ? Truth::holds : Truth::violated;
  };
  WorldProperty budgeted;
  budgeted.property = {"budgets", PropertyKind::eventually, "a wish is left"};
  budgeted.budgets = true;
  budgeted.state = [](const WorldView& view) {
    return view.left("wish") == 2 && view.left("none") == 0 ? Truth::holds : Truth::violated;
  };
  model.properties = {goal, leads, budgeted};
  model.budgets = {{"wish", 2}};
  const WorldSystem system(model);
  BOOST_TEST((system.properties()[2].reads == slot_bit(system.layout().environment())));
  // p0 holds the token; it is on its way; p1 holds it. The budget is there all the time.
  const std::vector<PropertyMask> holding = {4, 4, 7};
  const std::vector<PropertyMask> engaged = {6, 4, 5};
  std::size_t i = 0;
  for_each_state(system, 10, [&](Worker& worker, const std::vector<Slot>& state, const Successors&) {
    BOOST_REQUIRE(i < holding.size());
    const Evaluation found = worker.evaluate(state, 7);
    BOOST_TEST(found.holds == holding[i], "state " << i);
    BOOST_TEST(found.engaged == engaged[i], "state " << i);
    BOOST_TEST(worker.evaluate(state, 7).holds == found.holds, "remembered, state " << i);
    BOOST_TEST(worker.evaluate(state, 7).engaged == found.engaged, "remembered, state " << i);
    ++i;
  });
  BOOST_TEST(i == holding.size());
}

BOOST_AUTO_TEST_CASE(a_tick_beyond_the_horizon_is_pruned_where_it_would_change_a_timer) {
  for (const bool armed : {true, false}) {
    const std::vector<Watchdog::Timer> timers =
        armed ? std::vector<Watchdog::Timer>{Watchdog::Timer::bark} : std::vector<Watchdog::Timer>{};
    WorldModel model = watchdog_world(timers, 0);
    model.time = {true, 1};
    const WorldSystem system(model);
    std::size_t states = 0;
    for_each_state(system, 10, [&](Worker& worker, const std::vector<Slot>& state, const Successors& out) {
      ++states;
      const bool at_horizon = states == 2;
      BOOST_TEST(out.size() == (at_horizon ? 0U : 1U));
      BOOST_TEST(out.pruned() == (at_horizon && armed ? 1U : 0U));
      for (const Action& action : out.pruned_actions()) {
        BOOST_TEST(system.describe(state, action).name == "tick");
        BOOST_TEST(text_of(system, worker.fairness_of(state, action)) == "tick");
      }
      BOOST_TEST((!at_horizon || armed || worker.may_end(state)));
    });
    BOOST_TEST(states == 2U);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
