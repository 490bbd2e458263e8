#include "properties/overlay/world/setup.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::properties::flannel_world {
namespace {

tl::expected<Setup, scenario::Error> decoded(const std::string& lines,
                                             const std::vector<std::string>& defects = {}) {
  const std::string head = "apiVersion: plimsoll/v1\nkind: Scenario\nmetadata: {name: a}\nsystem: flannel\n";
  const auto parsed = scenario::parse_scenario(head + lines, "a.yaml");
  BOOST_TEST_REQUIRE(parsed.has_value(), (parsed ? "" : parsed.error().to_string()));
  return decode_setup(*parsed, defects);
}
std::string error_of(const std::string& lines, const std::vector<std::string>& defects = {}) {
  const auto setup = decoded(lines, defects);
  return setup ? "" : setup.error().to_string();
}
bool is_refused(const std::string& lines, const std::string& sentence) {
  const std::string error = error_of(lines);
  BOOST_TEST_MESSAGE(error);
  return error.find(sentence) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(setup_test)

BOOST_AUTO_TEST_CASE(what_is_not_said_has_defaults) {
  const auto setup = decoded("time: untimed\n");
  BOOST_TEST_REQUIRE(setup.has_value());
  BOOST_TEST(setup->nodes == 2U);
  BOOST_TEST(setup->present == 2U);
  BOOST_TEST((setup->backend == flannel::BackendKind::vxlan));
  BOOST_TEST((setup->mtus == std::vector<std::uint32_t>{1500, 1500}));
  BOOST_TEST(setup->budget(Fault::reboot) == 0);
}

BOOST_AUTO_TEST_CASE(what_is_said_is_taken) {
  const auto setup = decoded(
      "parameters: {backend: host-gw, nodes: 3, present: 2, subnets: 4, ttl: 3, mtus: ['9000', '1500', "
      "'1400']}\ntime: {ticks-max: 5}\nfaults: {reboot: 2, add-pod: 7}\n",
      {"F3", "I5"});
  BOOST_TEST_REQUIRE(setup.has_value());
  BOOST_TEST((setup->backend == flannel::BackendKind::host_gw));
  BOOST_TEST(setup->present == 2U);
  BOOST_TEST(setup->subnets == 4U);
  BOOST_TEST(setup->mtus.front() == 9000U);
  BOOST_TEST(setup->ticks_max == 5U);
  BOOST_TEST(setup->budget(Fault::reboot) == 2);
  BOOST_TEST(setup->budget(Fault::add_pod) == 7);
  BOOST_TEST(setup->defects.has(flannel::Defect::F3));
  BOOST_TEST(setup->defects.has(flannel::Defect::I5));
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused) {
  BOOST_TEST(is_refused("time: untimed\nparameters: {nodes: 9}\n", "nodes"));
  BOOST_TEST(is_refused("time: untimed\nparameters: {nods: 2}\n", "nods"));
  BOOST_TEST(is_refused("time: untimed\nparameters: {nodes: 3, subnets: 2}\n", "at least as many subnets"));
  BOOST_TEST(is_refused("time: untimed\nparameters: {ttl: 3}\n", "wants both or none"));
  BOOST_TEST(is_refused("time: {ticks-max: 3}\n", "wants both or none"));
  BOOST_TEST(is_refused("time: untimed\nparameters: {mtus: ['1500']}\n", "one for each node"));
  BOOST_TEST(is_refused("time: untimed\nparameters: {mtus: ['1500', '99999']}\n", "576 to 9000"));
  BOOST_TEST(is_refused("time: untimed\nparameters: {backend: host-gw, direct-routing: true}\n", "tunnel"));
  BOOST_TEST(is_refused("time: untimed\nparameters: {backend: udp}\nfaults: {bounce: 1}\n", "no bounce"));
  BOOST_TEST(is_refused("time: untimed\nparameters: {backend: ipip}\n", "udp"));
  BOOST_TEST(is_refused("time: untimed\nfaults: {flood: 1}\n", "unknown fault 'flood'"));
  BOOST_TEST(is_refused("time: untimed\nfaults: {reboot: 8}\n", "at most 7"));
  BOOST_TEST(is_refused("time: untimed\nbounds: {mailbox: 3}\n", "no bounds"));
  BOOST_TEST(is_refused("time: untimed\nnetwork: {Network: 10.1.0.0/16}\n", "no field 'network'"));
  BOOST_TEST(is_refused("time: untimed\nnodes: {n1: {}}\n", "no field 'nodes'"));
  BOOST_TEST(error_of("time: untimed\n", {"F99"}).find("no defect 'F99'") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::flannel_world
