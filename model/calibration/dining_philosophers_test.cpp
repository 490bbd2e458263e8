#include "model/calibration/dining_philosophers.hpp"

#include <boost/test/unit_test.hpp>

#include "model/calibration/steps.hpp"

namespace plimsoll::model::calibration {
namespace {

using System = checker::PodSystem<DiningPhilosophers>;
using Lines = std::vector<std::string>;
using enum DiningPhilosophers::Order;
constexpr checker::Slot hungry = DiningPhilosophers::hungry;
constexpr checker::Slot holds_one = DiningPhilosophers::holds_one;
constexpr checker::Slot eating = DiningPhilosophers::eating;
constexpr checker::Slot thinking = DiningPhilosophers::thinking;

}  // namespace

BOOST_AUTO_TEST_SUITE(dining_philosophers_test)

BOOST_AUTO_TEST_CASE(a_philosopher_eats_with_both_forks) {
  const System system{DiningPhilosophers(3, left_first, FairnessChoice::none)};
  Slots state = after(system, first_state(system),
                      {"takes-first(philosopher: philosopher-3, fork: 3)",
                       "takes-second(philosopher: philosopher-3, fork: 1)"});
  BOOST_TEST((state == Slots{hungry, hungry, eating}));
  BOOST_TEST(fingerprints_fit(system, state));
  const Lines expected = {"takes-first(philosopher: philosopher-2, fork: 2)",
                          "puts-back(philosopher: philosopher-3)"};
  BOOST_TEST(labels(system, state) == expected, boost::test_tools::per_element());
  state = after(system, state, {expected[1]});
  BOOST_TEST(to_line(system.describe(state)) ==
             "{philosopher-1: hungry, philosopher-2: hungry, philosopher-3: thinking}");
  state = after(system, state, {"gets-hungry(philosopher: philosopher-3)"});
  BOOST_TEST((state == first_state(system)));
}

BOOST_AUTO_TEST_CASE(nothing_can_happen_when_everybody_holds_the_left_fork) {
  const System system{DiningPhilosophers(4, left_first, FairnessChoice::none)};
  BOOST_TEST(labels(system, Slots(4, holds_one)).empty());
}

BOOST_AUTO_TEST_CASE(the_last_one_takes_forks_the_other_way_round) {
  const System system{DiningPhilosophers(3, one_right_handed, FairnessChoice::none)};
  const Lines expected = {"takes-first(philosopher: philosopher-2, fork: 2)",
                          "takes-second(philosopher: philosopher-3, fork: 3)"};
  BOOST_TEST(labels(system, Slots{hungry, hungry, holds_one}) == expected, boost::test_tools::per_element());
  const Lines waits = {"takes-second(philosopher: philosopher-2, fork: 3)"};
  BOOST_TEST(labels(system, Slots{holds_one, holds_one, hungry}) == waits, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(properties_look_at_neighbours) {
  const DiningPhilosophers model(4, left_first, FairnessChoice::none);
  BOOST_TEST(model.holds(0, Slots{eating, hungry, eating, hungry}));
  BOOST_TEST(!model.holds(0, Slots{hungry, eating, eating, hungry}));
  BOOST_TEST(!model.holds(0, Slots{eating, hungry, hungry, eating}));
  BOOST_TEST(!model.holds(1, Slots{thinking, hungry, holds_one, hungry}));
  BOOST_TEST(model.engaged(3, Slots{holds_one, hungry, eating, thinking}));
  BOOST_TEST(model.engaged(4, Slots{holds_one, hungry, eating, thinking}));
  BOOST_TEST(!model.engaged(5, Slots{holds_one, hungry, eating, thinking}));
  BOOST_TEST(!model.engaged(6, Slots{holds_one, hungry, eating, thinking}));
}

BOOST_AUTO_TEST_CASE(fairness_is_what_was_chosen) {
  const DiningPhilosophers unfair(3, left_first, FairnessChoice::none);
  const DiningPhilosophers fair(3, left_first, FairnessChoice::strong);
  const Slots state(3, hungry);
  BOOST_TEST(unfair.fairness().empty());
  BOOST_TEST(unfair.fairness_of(state, {1, DiningPhilosophers::takes_first}) == 0U);
  BOOST_REQUIRE(fair.fairness().size() == 3U);
  BOOST_TEST((fair.fairness()[0].strength == checker::Fairness::strong));
  BOOST_TEST(fair.fairness_of(state, {1 | 1U << 8U, DiningPhilosophers::takes_first}) ==
             checker::fairness_bit(1));
  BOOST_TEST(fair.fairness_of(state, {1, DiningPhilosophers::gets_hungry}) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::model::calibration
