// Every scenario of model/scenarios/calibration finds what it says it will find.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <set>

#include "properties/calibration/measured.hpp"

namespace plimsoll::properties::calibration {
namespace {

using checker::PropertyMask;
using checker::Verdict;

/// Outcomes of all properties that the scenario asks for; counterexamples for all that are violated.
std::vector<checker::PropertyOutcome> outcomes(const scenario::Scenario& scenario,
                                               const checker::System& system) {
  PropertyMask selected = 0;
  for (std::size_t i = 0; i < system.properties().size(); ++i) {
    const bool is_asked =
        !scenario.properties || std::ranges::count(*scenario.properties, system.properties()[i].id) > 0;
    selected |= is_asked ? checker::property_bit(i) : 0;
  }
  checker::SearchOptions options;
  options.all = true;
  options.selected = selected & properties_of(system, false);
  std::vector<checker::PropertyOutcome> found = search_breadth_first(system, options).properties;
  options.selected = selected & properties_of(system, true);
  if (options.selected != 0) {
    std::ranges::move(check_liveness(system, options).properties, std::back_inserter(found));
  }
  return found;
}

void is_as_expected(const std::string& name) {
  const scenario::Scenario scenario = load(name, {});
  BOOST_TEST(scenario.name == name);
  const auto system = build(scenario);
  BOOST_REQUIRE(system.has_value());
  std::set<Verdict> verdicts;
  bool is_found = false;
  for (const checker::PropertyOutcome& outcome : outcomes(scenario, **system)) {
    verdicts.insert(outcome.verdict);
    const scenario::Expectation& expected = scenario.expect_default;
    if (outcome.verdict == Verdict::violated &&
        expected.property == (*system)->properties()[outcome.property].id) {
      is_found = true;
      BOOST_TEST(outcome.path->actions.size() == expected.length.value_or(outcome.path->actions.size()));
    }
  }
  switch (scenario.expect_default.verdict) {
    case scenario::Verdict::holds:
      BOOST_TEST((verdicts == std::set{Verdict::holds}));
      break;
    case scenario::Verdict::violated:
      BOOST_TEST(is_found);
      break;
    default:
      BOOST_TEST((verdicts == std::set{Verdict::holds, Verdict::inconclusive}));
      break;
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scenarios_test)

BOOST_AUTO_TEST_CASE(every_scenario_finds_what_it_says) {
  const std::string directory = std::string(PLIMSOLL_SOURCE_DIR) + "/model/scenarios/calibration";
  std::set<std::string> systems;
  for (const auto& file : std::filesystem::directory_iterator(directory)) {
    const std::string name = file.path().stem().string();
    BOOST_TEST_CONTEXT(name) {
      is_as_expected(name);
      systems.insert(load(name, {}).system);
    }
  }
  BOOST_TEST(systems.size() == every_entry().size());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::calibration
