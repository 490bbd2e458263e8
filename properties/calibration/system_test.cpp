// Scenarios of the calibration models are decoded strictly.
#include "properties/calibration/system.hpp"

#include <boost/test/unit_test.hpp>

#include "properties/calibration/measured.hpp"

namespace plimsoll::properties::calibration {
namespace {

std::string head(const std::string& system) {
  return "apiVersion: plimsoll/v1\nkind: Scenario\nmetadata: {name: x, description: y}\nexpect: {default: "
         "holds}\nsystem: " +
         system + "\n";
}

/// The error of a scenario with these further lines; empty if there is none.
std::string error_of(const std::string& system, const std::string& lines) {
  const auto scenario = scenario::parse_scenario(head(system) + lines, "x.yaml");
  if (!scenario) {
    return "parse: " + scenario.error().to_string();
  }
  const auto built = build(*scenario);
  return built ? "" : built.error().to_string();
}

void refuses(const std::string& system, const std::string& lines, const std::string& part) {
  const std::string error = error_of(system, lines);
  BOOST_TEST(error.find(part) != std::string::npos, lines << ": " << error);
  BOOST_TEST(error.rfind("x.yaml:", 0) == 0U, error);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(system_test)

BOOST_AUTO_TEST_CASE(parameters_have_ranges_and_no_other_names) {
  refuses("two-phase-commit", "parameters: {rms: 0}\n", "x.yaml:6:");
  refuses("two-phase-commit", "parameters: {rms: 17}\n", "16");
  refuses("two-phase-commit", "parameters: {rsm: 5}\n", "rms");
  refuses("mail-raft", "parameters: {n: 6}\n", "5");
  refuses("mail-raft", "parameters: {t: 4}\n", "3");
  refuses("mail-raft", "parameters: {l: 0}\n", "x.yaml:6:");
  refuses("mail-raft", "parameters: {rst: 2}\n", "1");
  refuses("mail-raft", "parameters: {mb: 0}\n", "1");
  refuses("mail-raft", "parameters: {servers: 3}\n", "servers");
  refuses("peterson", "parameters: {n: 1}\n", "2");
  refuses("peterson", "parameters: {n: 6}\n", "5");
  refuses("dining-philosophers", "parameters: {n: 9}\n", "8");
  refuses("dining-philosophers", "parameters: {variant: right-first}\n", "left-first");
  refuses("dining-philosophers", "parameters: {fairness: perfect}\n", "strong");
  refuses("alternating-bit", "parameters: {capacity: 5}\n", "4");
  refuses("alternating-bit", "parameters: {duplicates: 4}\n", "3");
  refuses("alternating-bit", "parameters: {losses: 4}\n", "losses");
  refuses("fairness-strengths", "parameters: {fairness: 1}\n", "x.yaml:6:");
  refuses("lighthouse", "parameters: {warmth: 1}\n", "2");
  refuses("backlog", "parameters: {bound: 1}\n", "2");
  refuses("backlog", "parameters: {cancels: 2}\n", "1");
  BOOST_TEST(error_of("two-phase-commit", "parameters: {rms: 16}\n") == "");
  BOOST_TEST(error_of("mail-raft", "parameters: {n: 5, t: 3, l: 3, rst: 0, mb: 20}\n") == "");
  BOOST_TEST(error_of("peterson", "parameters: {n: 5}\n") == "");
  BOOST_TEST(error_of("dining-philosophers", "parameters: {n: 8, variant: left-first, fairness: none}\n") ==
             "");
  BOOST_TEST(error_of("alternating-bit", "parameters: {capacity: 4, duplicates: 3, fairness: weak}\n") == "");
  BOOST_TEST(error_of("backlog", "parameters: {bound: 1000, cancels: 1}\n") == "");
}

BOOST_AUTO_TEST_CASE(what_the_models_do_not_have_is_refused) {
  for (const SystemEntry& entry : every_entry()) {
    const std::string& system = entry.name;
    refuses(system, "faults: {crash: 1}\n", "has no fault 'crash'");
    refuses(system, "bounds: {mailbox: 4}\n", "has no bound 'mailbox'");
    refuses(system, "processes: {server: 3}\n", "has no process 'server'");
    refuses(system, "network: {Network: 10.1.0.0/16}\n", "has no network");
    refuses(system, "nodes: {node-1: {}}\n", "has no nodes");
    refuses(system, "time: {ticks-max: 5}\n", "has no clock");
    refuses(system, "---\napiVersion: v1\nkind: Node\nmetadata: {name: node-1}\n", "does not use manifests");
    refuses(system, "defects: [F1]\n", "has no defect 'F1'");
  }
}

BOOST_AUTO_TEST_CASE(without_parameters_there_are_defaults) {
  const auto committing = scenario::parse_scenario(head("two-phase-commit"), "x.yaml");
  BOOST_REQUIRE(committing.has_value());
  BOOST_TEST(search(**build(*committing), {checker::VisitedMode::exact, 1}).distinct == 8'832U);
  const auto mailing = scenario::parse_scenario(head("mail-raft"), "x.yaml");
  BOOST_REQUIRE(mailing.has_value());
  BOOST_TEST(search(**build(*mailing), {checker::VisitedMode::fingerprint, 1}).distinct == 925'061U);
  const std::pair<const char*, std::uint64_t> others[] = {
      {"alternating-bit", 270},  {"backlog", 12},   {"dining-philosophers", 534},
      {"fairness-strengths", 8}, {"lighthouse", 8}, {"peterson", 12'498}};
  for (const auto& [name, distinct] : others) {
    const auto scenario = scenario::parse_scenario(head(name), "x.yaml");
    BOOST_REQUIRE(scenario.has_value());
    BOOST_TEST(search(**build(*scenario), {checker::VisitedMode::exact, 1}).distinct == distinct, name);
  }
}

BOOST_AUTO_TEST_CASE(the_registry_hears_of_the_properties_a_system_has) {
  for (const SystemEntry& entry : every_entry()) {
    const auto system = build(load(entry.name, {}));
    BOOST_REQUIRE(system.has_value());
    BOOST_REQUIRE(entry.properties.size() == (*system)->properties().size());
    for (std::size_t i = 0; i < entry.properties.size(); ++i) {
      BOOST_TEST(entry.properties[i].id == (*system)->properties()[i].id);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::calibration
