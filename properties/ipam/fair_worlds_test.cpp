// The fairness of worlds, as the liveness engine sees it: two processes that kick each other, a timer, and a
// horizon. Here and not beside the world, which knows of no search.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "checker/search/lasso_judge.hpp"
#include "checker/search/search.hpp"
#include "checker/world/view.hpp"
#include "checker/world/watchdog.hpp"
#include "properties/ipam/unfair.hpp"

namespace plimsoll::properties::ipam {
namespace {

using checker::SearchResult;
using checker::Verdict;
using checker::Watchdog;
using checker::WorldModel;
using checker::WorldSystem;

struct Asked {
  std::vector<Watchdog::Timer> timers = {};
  bool kicked_for_ever = false;
  bool put_off = false;
  std::uint32_t ticks = 2;  ///< until a timer is due
};

/// With the property that in the end a timer of the dog's has fired.
WorldModel world_of(const Asked& asked) {
  WorldModel model =
      checker::watchdog_world({{}, asked.kicked_for_ever ? 1U : 0U, {}, 0, false, true},
                              {{}, 0, asked.timers, asked.ticks, asked.put_off, asked.kicked_for_ever});
  const checker::PartId fired = model.find_part("dog.fired").value();
  checker::WorldProperty property;
  property.property = {"fires", checker::PropertyKind::eventually, "a timer of the dog's fires"};
  property.parts = {fired};
  property.state = [fired](const checker::WorldView& view) {
    return view.part<bool>(fired) ? checker::Truth::holds : checker::Truth::violated;
  };
  model.properties = {property};
  return model;
}

enum class Shape { none, ends, loops };

/// The verdict, and the shape of the counterexample, which must convince the judge.
void check(const checker::System& system, Verdict verdict, Shape shape) {
  checker::SearchOptions options;
  options.limits.states_max = 10'000;  // a world that grows for ever fails early
  const SearchResult result = checker::check_liveness(system, options);
  BOOST_TEST(to_text(result.verdict) == to_text(verdict));
  const auto& path = result.properties.at(0).path;
  const Shape found = !path ? Shape::none : path->loop ? Shape::loops : Shape::ends;
  BOOST_TEST((found == shape));
  if (path) {
    const auto objection = checker::judge_lasso(system, *system.worker(), 0, *path);
    BOOST_TEST(!objection.has_value(), objection.value_or(""));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fair_worlds_test)

BOOST_AUTO_TEST_CASE(work_is_done_whatever_else_goes_on_if_the_world_is_fair) {
  const WorldSystem system(world_of({{Watchdog::Timer::chore}, true}));
  check(system, Verdict::holds, Shape::none);
  check(Unfair(system), Verdict::violated, Shape::loops);
}

BOOST_AUTO_TEST_CASE(a_timer_may_be_put_off_for_ever) {
  for (const Watchdog::Timer timer : {Watchdog::Timer::chore, Watchdog::Timer::bark}) {
    Asked asked{{timer}, true, true};
    WorldModel model = world_of(asked);
    model.budgets["bark"] = 1;
    check(WorldSystem(model), Verdict::violated, Shape::loops);
    // Where the kicks leave it alone, it fires.
    asked.put_off = false;
    model = world_of(asked);
    model.budgets["bark"] = 1;
    check(WorldSystem(model), Verdict::holds, Shape::none);
  }
}

BOOST_AUTO_TEST_CASE(an_untimed_deadline_fires_within_its_budget_only) {
  WorldModel model = world_of({{Watchdog::Timer::bark}});
  check(WorldSystem(model), Verdict::violated, Shape::ends);
  model.budgets["bark"] = 1;
  check(WorldSystem(model), Verdict::holds, Shape::none);
}

BOOST_AUTO_TEST_CASE(faults_are_never_bound_to_happen) {
  // A crash would set the dog's timer going again.
  WorldModel model = world_of({{Watchdog::Timer::bark}});
  model.units = {{"dog", "crash", {base::ProcessId{1}}, {}}};
  model.budgets = {{"crash", 1}, {"pause", 1}};
  check(WorldSystem(model), Verdict::violated, Shape::ends);
  // A pause or a crash does not keep a timer from firing: who is paused goes on, who is down is started.
  model.budgets["bark"] = 2;
  check(WorldSystem(model), Verdict::holds, Shape::none);
  model.processes[1].supervised = false;
  check(WorldSystem(model), Verdict::violated, Shape::ends);
}

BOOST_AUTO_TEST_CASE(time_passes) {
  for (const bool kicked : {false, true}) {
    WorldModel model = world_of({{Watchdog::Timer::bark}, kicked, false, 2});
    model.time = {true, 3};
    // No timer is left at the horizon, so that nothing is missed beyond it.
    const WorldSystem system(model);
    check(system, Verdict::holds, Shape::none);
    if (kicked) {
      check(Unfair(system), Verdict::violated, Shape::loops);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_the_horizon_hides_is_not_decided) {
  for (const bool kicked : {false, true}) {
    WorldModel model = world_of({{Watchdog::Timer::bark}, kicked, false, 2});
    model.time = {true, 1};
    check(WorldSystem(model), Verdict::inconclusive, Shape::none);
    // Kicks that put the timer off let no time pass between them: a violation that no horizon makes.
    model = world_of({{Watchdog::Timer::bark}, kicked, true, 0});
    model.time = {true, 1};
    check(WorldSystem(model), kicked ? Verdict::violated : Verdict::holds,
          kicked ? Shape::loops : Shape::none);
    // Without a timer the world stands still whether time passes or not.
    model = world_of({{}, kicked});
    model.time = {true, 1};
    check(WorldSystem(model), Verdict::violated, kicked ? Shape::loops : Shape::ends);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::ipam
