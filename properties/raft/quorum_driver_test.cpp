#include "properties/raft/quorum_driver.hpp"

#include <boost/test/unit_test.hpp>

#include "properties/conformance/failures_text.hpp"
#include "properties/conformance/shared_material.hpp"

namespace plimsoll::properties::raft {
namespace {

void must_pass(const std::string& path, std::uint64_t directives) {
  const ConformanceResult result = judge_quorum_script(path);
  BOOST_REQUIRE_EQUAL(failures_text(result, path), "");
  BOOST_TEST(result->total == directives);
  BOOST_TEST(result->passed == directives);
}

std::string refused(const std::string& command) {
  const ConformanceResult result = judge_datadriven_text(command + "\n----\n", "x.txt", run_quorum_directive);
  return result ? "accepted" : result.error().to_string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(quorum_driver_test)

BOOST_AUTO_TEST_CASE(our_own_scripts) {
  const std::string directory = PLIMSOLL_SOURCE_DIR "/properties/raft/testdata/quorum/";
  must_pass(directory + "commit.txt", 13);
  must_pass(directory + "vote.txt", 13);
}

BOOST_AUTO_TEST_CASE(upstream_s_scripts, *boost::unit_test::precondition(SharedMaterial{"raft/quorum"})) {
  const std::string directory = SharedMaterial{"raft/quorum"}.path().string();
  must_pass(directory + "/joint_commit.txt", 50);
  must_pass(directory + "/majority_vote.txt", 22);
}

BOOST_AUTO_TEST_CASE(a_wrong_expectation_is_told) {
  const auto result =
      judge_datadriven_text("vote cfg=(1,2,3) votes=(y,_,n)\n----\nVoteWon\n", "x.txt", run_quorum_directive);
  BOOST_REQUIRE(result);
  BOOST_TEST(result->passed == 0U);
  BOOST_TEST(result->failures.at(0).details == "-VoteWon\n+VotePending\n");
}

BOOST_AUTO_TEST_CASE(what_is_no_question_about_quorums_is_refused) {
  BOOST_TEST(refused("simple") == "x.txt:1:1: expected committed or vote, found \"simple\"");
  BOOST_TEST(refused("vote cfg=(1) voters=(y)") ==
             "x.txt:1:14: expected cfg, cfgj, idx or votes, found \"voters\"");
  BOOST_TEST(refused("vote cfg=(1) votes=(x)") == "x.txt:1:14: votes: expected y, n or _, found \"x\"");
  BOOST_TEST(refused("vote cfg=(a) votes=(y)") == "x.txt:1:6: cfg: expected a whole number, found \"a\"");
  BOOST_TEST(refused("vote cfg=(1) cfgj=(2,zero) votes=(y,y)") ==
             "x.txt:1:14: cfgj: expected a whole number, found \"zero\"");
  BOOST_TEST(refused("committed cfg=(1) idx=(0)") ==
             "x.txt:1:19: idx: 0 cannot be told from nothing known; write _");
  BOOST_TEST(refused("committed cfg=(1) idx=(-1)") ==
             "x.txt:1:19: idx: expected a whole number, found \"-1\"");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
