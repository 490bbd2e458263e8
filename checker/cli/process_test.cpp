// The built executable, run as a shell would: exit codes, streams, and files that are whole or not there.
#include <boost/test/unit_test.hpp>

#include "checker/cli/sandbox.hpp"

namespace plimsoll::cli {
namespace {

const std::string unknown_system =
    "apiVersion: plimsoll/v1\nkind: Scenario\nmetadata: {name: x}\nsystem: no-such-system\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(process_test)

BOOST_AUTO_TEST_CASE(help_and_version_go_to_standard_output) {
  const Sandbox box;
  BOOST_TEST(box.run("--help") == 0);
  BOOST_TEST(box.out().find("Examples:") != std::string::npos);
  BOOST_TEST(box.run("--version") == 0);
  BOOST_TEST(box.out() == std::string("plimsoll ") + PLIMSOLL_VERSION + "\n");
}

BOOST_AUTO_TEST_CASE(bad_usage_is_2_on_standard_error) {
  const Sandbox box;
  for (const std::string arguments :
       {"", "chekc", "prove", "check --bogus", "check missing.yaml", "replay", "replay missing.json",
        "list nothing", "check --time soon", "check ."}) {
    BOOST_TEST(box.run(arguments) == 2, arguments);
    BOOST_TEST(box.out().empty(), arguments);
    BOOST_TEST(!box.err().empty(), arguments);
  }
}

BOOST_AUTO_TEST_CASE(bad_scenarios_are_2_with_a_place) {
  const Sandbox box;
  box.write("x.yaml", unknown_system);
  BOOST_TEST(box.run("check x.yaml") == 2);
  BOOST_TEST(box.err().starts_with("x.yaml:4:9: there is no system 'no-such-system'"));
}

BOOST_AUTO_TEST_CASE(bad_traces_are_2_with_a_place) {
  const Sandbox box;
  const std::string bad = PLIMSOLL_SOURCE_DIR "/checker/trace/corpus/value-null.itf.json";
  BOOST_TEST(box.run("replay '" + bad + "' --json -") == 2);
  BOOST_TEST(box.err() == bad + ":19:106: null is no value of a trace\n");
  BOOST_TEST(box.out().find("\"verdict\": \"unreadable\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(targets_that_cannot_be_written_are_refused_before_anything_is_checked) {
  const Sandbox box;
  const std::string scenario = PLIMSOLL_SOURCE_DIR "/model/scenarios/default";
  BOOST_TEST(box.run("check '" + scenario + "' --json no/such/directory/x") == 2);
  BOOST_TEST(box.out().empty());
  BOOST_TEST(box.err().find("cannot write no/such/directory/x") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_inconclusive_run_is_3_and_writes_its_results) {
  const Sandbox box;
  const std::string scenario = PLIMSOLL_SOURCE_DIR "/model/scenarios/default";
  BOOST_TEST(box.run("check '" + scenario +
                     "' --states 1 --json result.json --junit result.xml --progress none") == 3);
  BOOST_TEST(box.out().find("inconclusive (state limit)") != std::string::npos);
  BOOST_TEST(box.read("result.json").find("\"schema\": \"plimsoll-result/1\"") != std::string::npos);
  BOOST_TEST(box.read("result.xml").find("<skipped") != std::string::npos);
  BOOST_TEST(!box.has_unfinished_files());
}

BOOST_AUTO_TEST_CASE(json_on_standard_output_is_alone_there) {
  const Sandbox box;
  BOOST_TEST(box.run("list --json -") == 0);
  BOOST_TEST(box.out().starts_with("{"));
  BOOST_TEST(box.out().find("\"engines\"") != std::string::npos);
  const std::string scenario = PLIMSOLL_SOURCE_DIR "/model/scenarios/default";
  BOOST_TEST(box.run("check '" + scenario + "' --states 1 --json -") == 3);
  BOOST_TEST(box.out().starts_with("{\n  \"schema\": \"plimsoll-result/1\""));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::cli
