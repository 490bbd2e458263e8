// What a scenario may say of the disks that servers start with, and what is refused.
#include "properties/raft/world/start.hpp"

#include <boost/test/unit_test.hpp>

#include "properties/raft/world/assembly.hpp"

namespace plimsoll::properties::raft {
namespace {

tl::expected<Setup, scenario::Error> decode(const std::string& start, const std::string& faults = "{}") {
  const auto scenario = scenario::parse_scenario(
      "apiVersion: plimsoll/v1\nkind: Scenario\nmetadata: {name: test}\nsystem: raft\nparameters: {servers: "
      "2, start: [" +
          start + "]}\nfaults: " + faults + "\nexpect: {default: holds}\n",
      "test.yaml");
  BOOST_REQUIRE_MESSAGE(scenario.has_value(), start);
  return decode_setup(*scenario, {});
}

void refuses(const std::string& start, const std::string& part, const std::string& faults = "{}") {
  const auto setup = decode(start, faults);
  BOOST_REQUIRE_MESSAGE(!setup.has_value(), start);
  BOOST_TEST(setup.error().to_string().find(part) != std::string::npos, setup.error().to_string());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(start_test)

BOOST_AUTO_TEST_CASE(a_disk_is_as_it_is_said) {
  const auto setup = decode("{term: 3, vote: 2, log: [1, 1 v2 r1, 2 x], commit: 2}, {}");
  BOOST_REQUIRE(setup.has_value());
  const StartingDisk& disk = setup->start.at(0);
  BOOST_TEST((disk.hard_state == core::HardState{3, core::ServerId{2}, 2}));
  BOOST_REQUIRE(disk.log.size() == 3U);
  BOOST_TEST((disk.log.at(0) == core::Entry{1, 1, core::EntryType::normal, ""}));
  BOOST_TEST((disk.log.at(1).type == core::EntryType::conf_change_v2));
  BOOST_TEST((disk.log.at(2) == core::Entry{2, 3, core::EntryType::normal, "x"}));
  BOOST_TEST((setup->start.at(1).hard_state == core::HardState{}));
  BOOST_TEST(setup->start.at(1).log.empty());
}

BOOST_AUTO_TEST_CASE(the_term_is_that_of_the_last_entry_unless_it_is_said) {
  const auto setup = decode("{log: [1, 2]}, {}");
  BOOST_REQUIRE(setup.has_value());
  BOOST_TEST(setup->start.at(0).hard_state.term == 2U);
}

BOOST_AUTO_TEST_CASE(servers_have_it_on_disk) {
  const auto setup = decode("{log: [1], commit: 1}, {}");
  BOOST_REQUIRE(setup.has_value());
  const Assembly assembly = assemble(*setup);
  const auto stored = [&](std::size_t server) {
    const checker::PartId part = assembly.servers.at(server).durable;
    return base::from_bytes<core::Storage>(assembly.model.parts.at(part.value).initial);
  };
  BOOST_TEST(stored(0).last_index() == 1U);
  BOOST_TEST(stored(0).hard_state.commit == 1U);
  BOOST_TEST(stored(1).last_index() == 0U);
  BOOST_TEST((stored(0).snapshot == stored(1).snapshot));
}

BOOST_AUTO_TEST_CASE(refusals) {
  refuses("{}", "a disk for each of 2 servers");
  refuses("{log: [0]}, {}", "'0' is no entry");
  refuses("{log: [1 y]}, {}", "'1 y' is no entry");
  refuses("{log: [v2]}, {}", "'v2' is no entry");
  refuses("{log: [2, 1]}, {}", "never fall");
  refuses("{log: [2], term: 1}, {}", "term");
  refuses("{log: [1], commit: 2}, {}", "commit");
  refuses("{term: 1, vote: 3}, {}", "vote");
  refuses("{vote: 1}, {}", "nobody votes in term 0");
  refuses("{logs: [1]}, {}", "logs");
  refuses("{log: [1, 2]}, {log: [2, 2]}", "differ up to there");
  refuses("{log: [1], commit: 1}, {log: [2], commit: 1}", "differ in what both have committed");
  refuses("{}, {}", "leave out start", "{disk-loss: 1}");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
