#include "model/calibration/fairness_strengths.hpp"

#include <boost/test/unit_test.hpp>

#include "model/calibration/steps.hpp"

namespace plimsoll::model::calibration {

BOOST_AUTO_TEST_SUITE(fairness_strengths_test)

BOOST_AUTO_TEST_CASE(the_visitor_rings_at_any_time_and_enters_while_the_door_is_open) {
  const checker::PodSystem<FairnessStrengths> system{FairnessStrengths(FairnessChoice::weak)};
  const std::vector<std::string> at_first = {"opens", "rings"};
  BOOST_TEST(labels(system, first_state(system)) == at_first, boost::test_tools::per_element());
  const Slots open = after(system, first_state(system), {"opens"});
  const std::vector<std::string> then = {"closes", "enters", "rings"};
  BOOST_TEST(labels(system, open) == then, boost::test_tools::per_element());
  const Slots inside = after(system, open, {"enters", "rings", "closes"});
  BOOST_TEST(to_line(system.describe(inside)) == "{door: closed, inside: true, rung: true}");
  BOOST_TEST(fingerprints_fit(system, inside));
  BOOST_TEST(system.action_groups().size() == 4U);
}

BOOST_AUTO_TEST_CASE(the_visitor_is_owed_what_was_chosen) {
  const FairnessStrengths strong(FairnessChoice::strong);
  BOOST_REQUIRE(strong.fairness().size() == 2U);
  BOOST_TEST((strong.fairness()[0].strength == checker::Fairness::strong));
  BOOST_TEST(strong.fairness_of({}, {0, FairnessStrengths::enters}) == 1U);
  BOOST_TEST(strong.fairness_of({}, {0, FairnessStrengths::rings}) == 2U);
  BOOST_TEST(strong.fairness_of({}, {0, FairnessStrengths::opens}) == 0U);
  const FairnessStrengths none(FairnessChoice::none);
  BOOST_TEST(none.fairness().empty());
  BOOST_TEST(none.fairness_of({}, {0, FairnessStrengths::enters}) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::model::calibration
