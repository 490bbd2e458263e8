// Which budgets make sense in which world, and what is said about those that do not.
#include "checker/world/faults.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "checker/world/test_bed.hpp"
#include "checker/world/watchdog.hpp"

namespace plimsoll::checker {
namespace {

void check_budgets(const WorldModel& model, const std::vector<std::string>& expected) {
  BOOST_TEST(spendable_budgets(model) == expected, boost::test_tools::per_element());
  for (const std::string& name : expected) {
    BOOST_TEST(!complaint_about_budget(model, name).has_value());
  }
}

BOOST_AUTO_TEST_SUITE(faults_test)

BOOST_AUTO_TEST_CASE(a_world_spends_what_its_links_units_and_timers_name) {
  WorldModel model = watchdog_world({Watchdog::Timer::bark}, 1);
  check_budgets(model, {"bark", "pause"});
  // With a clock, a deadline fires when it is due.
  model.time = {true, 3};
  check_budgets(model, {"pause"});
  model.links[0].kind = LinkKind::connection;
  model.links[0].break_budget = "unplug";
  check_budgets(model, {"one-way-partition", "partial-partition", "partition", "pause", "unplug"});
  model.hosts = {{"house", {base::ProcessId{0}, base::ProcessId{1}}}};
  check_budgets(model, {"pause", "unplug"});
  model.links[0].kind = LinkKind::fifo;
  model.links[0].drop_budget = "swallow";
  check_budgets(model, {"duplicate", "pause", "reorder", "swallow"});
  model.links[0].kind = LinkKind::datagram;
  check_budgets(model, {"duplicate", "pause", "swallow"});
  model.links[0].kind = LinkKind::local;
  model.units = {{"dog", "crash", {base::ProcessId{1}}, {}}};
  check_budgets(model, {"crash", "pause"});
  model.units[0].disk_parts = {PartId{0}};
  check_budgets(model, {"crash", "disk-loss", "pause"});
  model.processes[1].has_disk = true;
  check_budgets(model, {"crash", "disk-loss", "pause", "torn-write"});
}

BOOST_AUTO_TEST_CASE(complaints_say_what_is_missing_or_what_there_is) {
  const WorldModel model = watchdog_world({Watchdog::Timer::bark}, 1);
  BOOST_TEST(complaint_about_budget(model, "reorder").value() == "fault 'reorder' needs a fifo link");
  BOOST_TEST(complaint_about_budget(model, "torn-write").value() ==
             "fault 'torn-write' needs a process with a disk that crashes");
  BOOST_TEST(complaint_about_budget(model, "partition").value() ==
             "fault 'partition' needs two hosts with a link between them, and 10 hosts at most");
  BOOST_TEST(complaint_about_budget(model, "parition").value() ==
             "unknown fault 'parition': expected one of bark, pause");
  BOOST_TEST(complaint_about_budget(model, "").value() == "unknown fault '': expected one of bark, pause");
}

BOOST_AUTO_TEST_CASE(halves_of_many_hosts_are_too_many_to_try) {
  WorldModel model = ring_world(11, 0);
  for (Link& link : model.links) {
    link.kind = LinkKind::datagram;
  }
  BOOST_TEST(complaint_about_budget(model, "partition").has_value());
  BOOST_TEST(!complaint_about_budget(model, "partial-partition").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
