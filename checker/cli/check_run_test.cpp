#include "checker/cli/check_run.hpp"

#include <boost/test/unit_test.hpp>

#include "checker/cli/report_json.hpp"
#include "checker/cli/report_text.hpp"
#include "checker/trace/json.hpp"
#include "checker/trace/replay.hpp"
#include "checker/trace/water_jugs.hpp"

namespace plimsoll::cli {
namespace {

using checker::Verdict;

scenario::Scenario jugs(const std::string& properties, const std::string& expect) {
  const std::string text =
      "apiVersion: plimsoll/v1\nkind: Scenario\nmetadata: {name: jugs}\nsystem: jugs\n"
      "bounds: {mailbox: 3}\nproperties: " +
      properties + "\nexpect: " + expect + "\n";
  const auto scenario = scenario::parse_scenario(text, "jugs.yaml");
  BOOST_REQUIRE(scenario.has_value());
  return *scenario;
}

ScenarioReport run(const std::string& properties, const std::string& expect, RunSettings settings = {}) {
  const auto system = checker::make_water_jugs();
  auto report = run_scenario(jugs(properties, expect), *system, settings);
  BOOST_REQUIRE(report.has_value());
  return std::move(*report);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_run_test)

BOOST_AUTO_TEST_CASE(what_holds_and_should_is_as_expected) {
  const ScenarioReport report = run("[small-fits, small-holds-two]", "{default: holds}");
  BOOST_TEST((report.verdict() == Verdict::holds));
  BOOST_TEST((report.exit_code() == ExitCode::as_expected));
  BOOST_TEST(report.search.distinct == 16U);
  BOOST_TEST(report.silent_actions() == std::vector<std::string>{"drink"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(verdicts_are_compared_with_what_was_expected) {
  struct Row {
    std::string properties;
    std::string expect;
    ExitCode code;
    std::string reason;
  };
  const std::string four = "big-is-never-four";
  const std::vector<Row> table = {
      {"[big-is-never-four]", "{default: holds}", ExitCode::unexpected,
       "expected holds, found violated (big-is-never-four)"},
      {"[big-is-never-four]", "{default: {violated: big-is-never-four}}", ExitCode::as_expected, ""},
      {"[big-is-never-four]", "{default: {violated: big-is-never-four, length: 6}}", ExitCode::as_expected,
       ""},
      {"[big-is-never-four]", "{default: {violated: big-is-never-four, length: 9}}", ExitCode::unexpected,
       "expected a trace of 9 steps, found 6"},
      {"[big-is-never-four, small-fits]", "{default: {violated: small-fits}}", ExitCode::unexpected,
       "expected small-fits to be violated, found big-is-never-four violated"},
      {"[small-fits]", "{default: {violated: small-fits}}", ExitCode::unexpected,
       "expected small-fits to be violated, found holds"},
      {"[big-holds-nine]", "{default: {violated: big-holds-nine}}", ExitCode::as_expected, ""},
      {"[small-fits]", "{default: inconclusive}", ExitCode::unexpected, "expected inconclusive, found holds"},
  };
  for (const Row& row : table) {
    const ScenarioReport report = run(row.properties, row.expect);
    BOOST_TEST((report.exit_code() == row.code));
    BOOST_TEST(report.reason == row.reason);
  }
}

BOOST_AUTO_TEST_CASE(lengths_are_expected_of_breadth_first_search_only) {
  RunSettings settings;
  settings.plan.engine = checker::Engine::walk;
  const std::string expect = "{default: {violated: big-is-never-four, length: 5}}";
  BOOST_TEST((run("[big-is-never-four]", expect, settings).exit_code() == ExitCode::as_expected));
  BOOST_TEST((run("[big-is-never-four]", expect).exit_code() == ExitCode::unexpected));
}

BOOST_AUTO_TEST_CASE(a_limit_makes_it_inconclusive_and_never_holds) {
  RunSettings settings;
  settings.search.limits.depth_max = 3;
  const ScenarioReport report = run("[small-fits]", "{default: holds}", settings);
  BOOST_TEST((report.verdict() == Verdict::inconclusive));
  BOOST_TEST((report.exit_code() == ExitCode::inconclusive));
  BOOST_TEST(report.reason == "expected holds, found inconclusive");
  BOOST_TEST((run("[small-fits]", "{default: inconclusive}", settings).exit_code() == ExitCode::as_expected));
}

BOOST_AUTO_TEST_CASE(a_scenario_that_was_not_reached_is_inconclusive) {
  const auto system = checker::make_water_jugs();
  const auto report =
      leave_scenario(jugs("[small-fits]", "{default: holds}"), *system, {}, checker::Stop::interrupted);
  BOOST_REQUIRE(report.has_value());
  BOOST_TEST((report->exit_code() == ExitCode::inconclusive));
  BOOST_TEST(report->properties.size() == 1U);
  BOOST_TEST(conclusion(*report).find("inconclusive (interrupted)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_found_trace_replays_after_a_round_trip) {
  const ScenarioReport report = run("[big-is-never-four]", "{default: holds}");
  const auto trace = checker::read_itf(write_itf(trace_of(report, report.properties[0])), "t");
  BOOST_REQUIRE(trace.has_value());
  const auto system = checker::make_water_jugs();
  const auto done = checker::replay(*system, *trace);
  BOOST_REQUIRE(done.has_value());
  BOOST_TEST(!done->divergence);
  BOOST_TEST(done->steps == 6U);
  BOOST_TEST(scenario::parse_scenario(trace->scenario_text, trace->scenario_file, trace->overrides)->name ==
             "jugs");
}

BOOST_AUTO_TEST_CASE(unknown_properties_are_errors_with_a_place) {
  const auto system = checker::make_water_jugs();
  const auto report = run_scenario(jugs("[small-fit]", "{default: holds}"), *system, {});
  BOOST_REQUIRE(!report.has_value());
  BOOST_TEST(report.error().to_string() ==
             "jugs.yaml:6:13: system 'jugs' has no property 'small-fit', did you mean 'small-fits'?");
}

BOOST_AUTO_TEST_CASE(the_result_has_every_field_of_its_schema) {
  const ScenarioReport report = run("[small-fits, big-holds-nine]", "{default: {violated: big-holds-nine}}");
  const auto root = checker::parse_json(result_json({report}), "result");
  BOOST_REQUIRE(root.has_value());
  BOOST_TEST(root->find("schema")->text == "plimsoll-result/1");
  const scenario::Node& result = root->find("results")->items.at(0);
  std::vector<std::string> names;
  for (const scenario::Entry& entry : result.entries) {
    names.push_back(entry.key.text);
  }
  const std::vector<std::string> expected = {
      "scenario", "verdict",  "expected", "passed",  "properties", "states",       "engine",  "symmetry",
      "stale",    "por",      "stop",     "pruned",  "seconds",    "memory_bytes", "visited", "actions",
      "vacuous",  "fairness", "bounds",   "workers", "seed",       "walks",        "version"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
  BOOST_TEST(result.find("states")->find("distinct")->text == "16");
  BOOST_TEST(result.find("passed")->text == "true");
  BOOST_TEST(result.find("bounds")->find("mailbox")->text == "3");
}

BOOST_AUTO_TEST_CASE(junit_has_a_case_for_each_property) {
  const std::string good =
      result_junit({run("[small-fits, big-holds-nine]", "{default: {violated: big-holds-nine}}")});
  BOOST_TEST(good.find("tests=\"2\" failures=\"0\"") != std::string::npos);
  const std::string bad = result_junit({run("[big-is-never-four]", "{default: holds}")});
  BOOST_TEST(bad.find("failures=\"1\"") != std::string::npos);
  BOOST_TEST(bad.find("<failure message=\"big-is-never-four is violated\">") != std::string::npos);
  BOOST_TEST(bad.find("#1 fill(jug: big)&#10;") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(numbers_are_readable) {
  BOOST_TEST(with_separators(0) == "0");
  BOOST_TEST(with_separators(999) == "999");
  BOOST_TEST(with_separators(1234567) == "1,234,567");
  BOOST_TEST(memory_text(1023) == "1023 bytes");
  BOOST_TEST(memory_text(1536) == "1.5 KiB");
  BOOST_TEST(seconds_text(125) == "2 min 5 s");
  BOOST_TEST(aligned({{"a", "bb"}, {"ccc", "d"}}) == "a    bb\nccc  d\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::cli
