#include "model/calibration/lighthouse.hpp"

#include <boost/test/unit_test.hpp>

#include "model/calibration/steps.hpp"

namespace plimsoll::model::calibration {

BOOST_AUTO_TEST_SUITE(lighthouse_test)

BOOST_AUTO_TEST_CASE(the_house_warms_up_and_the_lamp_blinks) {
  const checker::PodSystem<Lighthouse> system{Lighthouse(2)};
  Slots state = after(system, first_state(system), {"warms-up", "lights"});
  BOOST_TEST((state == Slots{1, Lighthouse::lit}));
  BOOST_TEST(system.spec().holds(1, state));
  BOOST_TEST(!system.spec().holds(0, state));
  BOOST_TEST(system.spec().holds(3, state));
  state = after(system, state, {"warms-up", "darkens"});
  BOOST_TEST(to_line(system.describe(state)) == "{warmth: 2, lamp: dark}");
  const std::vector<std::string> expected = {"lights"};
  BOOST_TEST(labels(system, state) == expected, boost::test_tools::per_element());
  BOOST_TEST(system.spec().holds(2, state));
  BOOST_TEST(!system.spec().holds(4, state));
  BOOST_TEST(fingerprints_fit(system, state));
}

BOOST_AUTO_TEST_CASE(warming_up_is_owed_and_blinking_is_not) {
  const Lighthouse model(2);
  BOOST_REQUIRE(model.fairness().size() == 1U);
  BOOST_TEST((model.fairness()[0].strength == checker::Fairness::weak));
  BOOST_TEST(model.fairness_of({}, {0, Lighthouse::warms_up}) == 1U);
  BOOST_TEST(model.fairness_of({}, {0, Lighthouse::lights}) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::model::calibration
