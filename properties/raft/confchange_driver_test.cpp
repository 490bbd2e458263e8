#include "properties/raft/confchange_driver.hpp"

#include <boost/test/unit_test.hpp>

#include "properties/conformance/failures_text.hpp"
#include "properties/conformance/shared_material.hpp"

namespace plimsoll::properties::raft {
namespace {

void must_pass(const std::string& path, std::uint64_t directives) {
  const ConformanceResult result = judge_confchange_script(path);
  BOOST_REQUIRE_EQUAL(failures_text(result, path), "");
  BOOST_TEST(result->total == directives);
  BOOST_TEST(result->passed == directives);
}

std::string refused(const std::string& command) {
  ConfChangeScript script;
  const auto run = [&script](const Directive& directive) { return script.run(directive); };
  const ConformanceResult result = judge_datadriven_text(command + "\n----\n", "x.txt", run);
  return result ? "accepted" : result.error().to_string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(confchange_driver_test)

BOOST_AUTO_TEST_CASE(our_own_scripts) {
  const std::string directory = PLIMSOLL_SOURCE_DIR "/properties/raft/testdata/confchange/";
  must_pass(directory + "simple.txt", 11);
  must_pass(directory + "joint.txt", 12);
}

BOOST_AUTO_TEST_CASE(upstream_s_scripts, *boost::unit_test::precondition(SharedMaterial{"raft/confchange"})) {
  const std::string directory = SharedMaterial{"raft/confchange"}.path().string();
  must_pass(directory + "/joint_autoleave.txt", 4);
  must_pass(directory + "/joint_idempotency.txt", 3);
  must_pass(directory + "/simple_idempotency.txt", 11);
  must_pass(directory + "/simple_promote_demote.txt", 7);
  must_pass(directory + "/zero.txt", 1);
}

BOOST_AUTO_TEST_CASE(a_configuration_is_told_without_what_is_empty) {
  plimsoll::raft::Configuration configuration;
  BOOST_TEST(describe_configuration(configuration) == "voters=()");
  configuration.voters.incoming.voters = {{1}, {2}};
  configuration.learners = {{3}};
  BOOST_TEST(describe_configuration(configuration) == "voters=(1 2) learners=(3)");
  configuration.voters.outgoing.voters = {{4}};
  configuration.learners_next = {{4}};
  configuration.auto_leave = true;
  BOOST_TEST(describe_configuration(configuration) ==
             "voters=(1 2)&&(4) learners=(3) learners_next=(4) autoleave");
}

BOOST_AUTO_TEST_CASE(what_is_no_change_is_refused) {
  BOOST_TEST(refused("vote") == "x.txt:1:1: expected simple, enter-joint or leave-joint, found \"vote\"");
  for (const std::string arguments : {"enter-joint autoleave", "enter-joint autoleave=maybe", "enter-joint 1",
                                      "simple autoleave=true", "enter-joint autoleave=(true,true)"}) {
    BOOST_TEST(refused(arguments).find("expected nothing, or after enter-joint autoleave=true") !=
               std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
