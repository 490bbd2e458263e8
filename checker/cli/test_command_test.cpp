// `plimsoll test` as a shell sees it: exit codes, traces that replay, complaints, and the same answer for any
// number of workers.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "checker/cli/sandbox.hpp"
#include "checker/cli/signals.hpp"
#include "checker/trace/json.hpp"

namespace plimsoll::cli {
namespace {

std::string scenario_file(const std::string& name) {
  return "'" PLIMSOLL_SOURCE_DIR "/model/scenarios/" + name + ".yaml'";
}
const std::string commit = scenario_file("calibration/two-phase-commit");
const std::string scarcity = scenario_file("ipam/scarcity") + " --defect F8";

scenario::Node result_of(const Sandbox& box) {
  const auto root = checker::parse_json(box.read("result.json"), "result.json");
  BOOST_REQUIRE_MESSAGE(root.has_value(), "result.json is not whole");
  return root->find("results")->items.at(0);
}

/// The property that is violated, in a result.
scenario::Node violated_in(const scenario::Node& result) {
  for (const scenario::Node& property : result.find("properties")->items) {
    if (property.find("verdict")->text == "violated") {
      return property;
    }
  }
  BOOST_FAIL("nothing is violated");
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_command_test)

BOOST_AUTO_TEST_CASE(what_never_failed_is_inconclusive) {
  const Sandbox box;
  BOOST_TEST(box.run("test " + commit + " --runs 600 --json result.json") == 3);
  const scenario::Node result = result_of(box);
  BOOST_TEST(result.find("verdict")->text == "inconclusive");
  BOOST_TEST(result.find("stop")->text == "all walks done");
  const scenario::Node& walks = *result.find("walks");
  BOOST_TEST(walks.find("schedule")->text == "mixture");
  BOOST_TEST(walks.find("runs")->text == "600");
  BOOST_TEST(walks.find("steps_max")->text == "1000");
  BOOST_TEST(box.out().find("7 of 7 kinds taken (100 %)") != std::string::npos);
  BOOST_TEST(box.out().find("steps/s") != std::string::npos);
  BOOST_TEST(box.run("test " + commit + " --runs 30 --set expect.default=inconclusive") == 0);
}

BOOST_AUTO_TEST_CASE(a_failing_walk_becomes_a_trace_that_replays) {
  for (const std::string schedule : {"uniform", "pct", "swarm", "mixture"}) {
    BOOST_TEST_CONTEXT(schedule) {
      const Sandbox box;
      BOOST_TEST(box.run("test " + scarcity + " --seed 3 --trace-dir traces --json result.json --schedule " +
                         schedule) == 0);
      const scenario::Node property = violated_in(result_of(box));
      const std::string trace = property.find("trace")->text;
      BOOST_TEST(property.find("found")->find("schedule")->text ==
                 (schedule == "mixture" ? "uniform" : schedule));
      BOOST_TEST(box.run("replay " + trace) == 0);
      BOOST_TEST(box.run("test " + scarcity + " --set expect.default=holds --defect F1 --schedule " +
                         schedule) == 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_answer_does_not_depend_on_the_workers) {
  const std::string command = "test " + scenario_file("ipam/crash-during-allocation") +
                              " --defect I2 --runs 3000 --progress none --json result.json --workers ";
  std::vector<std::string> answers;
  for (const std::string workers : {"1", "2", "5"}) {
    const Sandbox box;
    BOOST_TEST(box.run(command + workers + " --trace-dir traces") == 0);
    const scenario::Node property = violated_in(result_of(box));
    answers.push_back(property.find("id")->text + property.find("found")->find("run")->text + " " +
                      box.read(property.find("trace")->text));
  }
  BOOST_TEST(answers[0] == answers[1]);
  BOOST_TEST(answers[0] == answers[2]);
}

BOOST_AUTO_TEST_CASE(walks_up_to_the_one_that_failed_find_it_again) {
  const Sandbox box;
  const std::string command =
      "test " + scenario_file("ipam/crash-during-allocation") + " --defect I2 --seed 9";
  BOOST_TEST(box.run(command + " --json result.json") == 0);
  const scenario::Node found = *violated_in(result_of(box)).find("found");
  const std::uint64_t run = std::stoull(found.find("run")->text);
  BOOST_REQUIRE(run > 0);
  BOOST_TEST(box.run(command + " --runs " + std::to_string(run + 1)) == 0);
  BOOST_TEST(box.run(command + " --runs " + std::to_string(run)) == 3);
}

BOOST_AUTO_TEST_CASE(a_trace_is_shortened_as_far_as_the_budget_allows) {
  const auto steps = [](const std::string& budget) {
    const Sandbox box;
    BOOST_TEST(box.run("test " + scenario_file("ipam/crash-during-allocation") +
                       " --defect I2 --trace-dir traces --json result.json --minimise-steps " + budget) == 0);
    const scenario::Node property = violated_in(result_of(box));
    const auto trace = checker::parse_json(box.read(property.find("trace")->text), "trace");
    BOOST_REQUIRE(trace.has_value());
    const std::size_t left = trace->find("states")->items.size() - 1;
    return std::pair(left, std::stoull(property.find("found")->find("steps")->text));
  };
  const auto [untouched, found] = steps("0");
  BOOST_TEST(untouched == found);
  BOOST_TEST(steps("1000000").first < untouched);
}

BOOST_AUTO_TEST_CASE(time_ends_what_has_no_other_end) {
  const Sandbox box;
  BOOST_TEST(box.run("test " + commit + " --time 300ms --json result.json") == 3);
  BOOST_TEST(result_of(box).find("stop")->text == "time limit");
  BOOST_TEST(box.run("test " + commit + " --time 100s --runs 10 --json result.json") == 3);
  BOOST_TEST(result_of(box).find("stop")->text == "all walks done");
}

BOOST_AUTO_TEST_CASE(a_signal_ends_it_with_all_that_is_known) {
  const Sandbox box;
  Child child(box.start("test " + commit + " --time 100s --json result.json"));
  wait_until_searching(child);
  child.send(SIGINT);
  BOOST_TEST(child.wait() == 3);
  BOOST_TEST(result_of(box).find("stop")->text == "interrupted");
}

BOOST_AUTO_TEST_CASE(bad_input_is_2) {
  const Sandbox box;
  struct Row {
    std::string arguments;
    std::string complaint;
  };
  const std::vector<Row> table = {
      {"test", "scenarios is required"},
      {"test no-such.yaml", "no-such.yaml"},
      {"test " + commit + " --schedule pcr", "did you mean 'pct'?"},
      {"test " + commit + " --bug-depth 0", "between 1 and 32, found '0'"},
      {"test " + commit + " --steps 0", "--steps: expected a whole number between 1 and"},
      {"test " + commit + " --schedule swarm --bug-depth 2",
       "--bug-depth: it is about --schedule pct or mixture, found swarm"},
      {"test " + commit + " --engine bfs", "--engine"},
      {"test " + commit + " --defect X1", "has no defect 'X1'"},
      {"check " + commit + " --schedule pct", "--schedule:1:1: it is about random walks"},
      {"check " + commit + " --steps 9 --engine dfs", "--steps: it is about random walks"},
  };
  for (const Row& row : table) {
    BOOST_TEST_CONTEXT(row.arguments) {
      BOOST_TEST(box.run(row.arguments) == 2);
      BOOST_TEST(box.err().find(row.complaint) != std::string::npos, box.err());
    }
  }
}

BOOST_AUTO_TEST_CASE(check_walks_as_it_is_told) {
  const Sandbox box;
  BOOST_TEST(box.run("check " + commit +
                     " --engine walk --schedule swarm --runs 20 --steps 30 --json result.json") == 3);
  const scenario::Node result = result_of(box);
  BOOST_TEST(result.find("walks")->find("schedule")->text == "swarm");
  BOOST_TEST(result.find("walks")->find("steps_max")->text == "30");
  BOOST_TEST(result.find("states")->find("depth")->text == "31");
  BOOST_TEST(box.run("check " + commit + " --engine walk --runs 20 --json result.json") == 3);
  BOOST_TEST(result_of(box).find("walks")->find("schedule")->text == "uniform");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::cli
