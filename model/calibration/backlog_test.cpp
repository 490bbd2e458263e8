#include "model/calibration/backlog.hpp"

#include <boost/test/unit_test.hpp>

#include "model/calibration/steps.hpp"

namespace plimsoll::model::calibration {

BOOST_AUTO_TEST_SUITE(backlog_test)

BOOST_AUTO_TEST_CASE(work_arrives_is_done_and_may_be_cancelled) {
  const checker::PodSystem<Backlog> system{Backlog(2, true)};
  const std::vector<std::string> at_first = {"arrives(work: 1)", "ticks(work: 0)"};
  BOOST_TEST(labels(system, first_state(system)) == at_first, boost::test_tools::per_element());
  const Slots full = after(system, first_state(system), {"arrives(work: 1)", "arrives(work: 2)"});
  const std::vector<std::string> then = {"done(work: 0)", "cancelled(work: 1)", "ticks(work: 2)"};
  BOOST_TEST(labels(system, full) == then, boost::test_tools::per_element());
  const Slots one = after(system, full, {"cancelled(work: 1)", "ticks(work: 1)"});
  BOOST_TEST(to_line(system.describe(one)) == "{work: 1, clock: 1}");
  BOOST_TEST(after(system, one, {"cancelled(work: 0)"}).empty());
  BOOST_TEST(fingerprints_fit(system, one));
}

BOOST_AUTO_TEST_CASE(arrivals_beyond_the_bound_are_pruned_and_still_owed) {
  const checker::PodSystem<Backlog> system{Backlog(2, false)};
  const auto worker = system.worker();
  checker::Successors out(system.width());
  const Slots full = {2, 0};
  worker->successors(full, system.fingerprint(full), out);
  BOOST_TEST(out.size() == 2U);
  BOOST_REQUIRE(out.pruned() == 1U);
  BOOST_TEST(to_line(system.describe(full, out.pruned_actions()[0])) == "arrives(work: 3)");
  BOOST_TEST(worker->fairness_of(full, out.pruned_actions()[0]) == checker::fairness_bit(0));
}

BOOST_AUTO_TEST_CASE(properties_look_at_the_level) {
  const Backlog model(3, false);
  BOOST_TEST(model.holds(0, Slots{0, 1}));
  BOOST_TEST(!model.holds(0, Slots{1, 1}));
  BOOST_TEST(model.holds(1, Slots{2, 0}));
  BOOST_TEST(!model.engaged(1, Slots{2, 0}));
  BOOST_TEST(!model.holds(1, Slots{3, 0}));
  BOOST_TEST(model.engaged(1, Slots{3, 0}));
  BOOST_TEST(model.holds(2, Slots{3, 0}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::model::calibration
