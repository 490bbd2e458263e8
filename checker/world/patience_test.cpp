// Timers that wait until nothing else is left to do: when they fire, and what that spends.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "checker/world/test_bed.hpp"
#include "checker/world/view.hpp"
#include "checker/world/walk.hpp"
#include "checker/world/watchdog.hpp"

namespace plimsoll::checker {
namespace {

const std::string bark = "fire(process=dog, timer=bark)";
const std::string kick = "deliver(from=man, to=dog, message={})";

bool is_enabled(Walk& walk, const std::string& start) {
  for (const std::string& label : walk.enabled()) {
    if (label.starts_with(start)) {
      return true;
    }
  }
  return false;
}

/// A man who kicks once, and a dog whose patience ends in a bark.
WorldModel dog_world(std::uint32_t budget) {
  WorldModel model = watchdog_world({Watchdog::Timer::bark}, 1);
  model.budgets = {{"bark", budget}};
  model.patient_timers = {{base::ProcessId{1}, "bark"}};
  return model;
}

PartId fired(const WorldModel& model) {
  return model.find_part("dog.fired").value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(patience_test)

BOOST_AUTO_TEST_CASE(without_a_budget_it_fires_where_the_world_rests_and_nowhere_else) {
  Walk walk(dog_world(0));
  BOOST_TEST(!is_enabled(walk, "fire"));
  BOOST_TEST(is_enabled(walk, "deliver"));
  walk.take(walk.enabled().front());
  BOOST_TEST(is_enabled(walk, "fire"));
}

BOOST_AUTO_TEST_CASE(too_early_it_spends_its_budget_and_at_rest_nothing) {
  const auto left = [](const Walk& walk) {
    return to_line(walk.describe()).find("bark: 1") != std::string::npos;
  };
  Walk early(dog_world(1));
  BOOST_TEST(is_enabled(early, "fire"));
  for (const std::string& label : early.enabled()) {
    if (label.starts_with("fire")) {
      early.take(label);
      break;
    }
  }
  BOOST_TEST(!left(early));
  Walk patient(dog_world(1));
  for (const char* const start : {"deliver", "fire"}) {
    for (const std::string& label : patient.enabled()) {
      if (label.starts_with(start)) {
        patient.take(label);
        break;
      }
    }
  }
  BOOST_TEST(left(patient));
}

BOOST_AUTO_TEST_CASE(a_guard_may_forbid_it) {
  for (const bool allowed : {false, true}) {
    WorldModel model = dog_world(0);
    model.patient_timers[0].parts = {fired(model)};
    model.patient_timers[0].may_fire = [part = fired(model), allowed](const WorldView& view) {
      return view.part<bool>(part) != allowed;
    };
    Walk walk(model);
    walk.take(walk.enabled().front());
    BOOST_TEST(is_enabled(walk, "fire") == allowed);
  }
}

BOOST_AUTO_TEST_CASE(it_has_a_strong_constraint_of_its_own) {
  const WorldSystem system(dog_world(1));
  std::size_t strong = 0;
  for (const FairnessConstraint& constraint : system.fairness()) {
    const bool is_patience = constraint.name == "fire bark of dog at rest";
    BOOST_TEST((constraint.strength == Fairness::strong) == is_patience, constraint.name);
    BOOST_TEST(constraint.name != "fire bark of dog");
    strong += is_patience ? 1 : 0;
  }
  BOOST_TEST(strong == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
