#include "properties/raft/script_driver.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

#include "properties/conformance/failures_text.hpp"
#include "properties/conformance/shared_material.hpp"

namespace plimsoll::properties::raft {
namespace {

using Defect = plimsoll::raft::Defect;

constexpr const char* own_directory = PLIMSOLL_SOURCE_DIR "/properties/raft/testdata/interaction/";

/// Returns how many directives there are.
std::uint64_t must_pass(const std::string& path) {
  const ConformanceResult result = judge_raft_script(path);
  BOOST_REQUIRE_EQUAL(failures_text(result, path), "");
  BOOST_TEST(result->passed == result->total);
  BOOST_TEST(result->total > 0U);
  return result->total;
}

/// What a script of one directive says about itself: that it passes, how it differs, or why it makes no
/// sense.
std::string verdict(const std::string& script) {
  const ConformanceResult result = judge_raft_script_text(script, "x.txt");
  if (!result) {
    return result.error().to_string();
  }
  return result->failures.empty() ? "passes" : result->failures.front().details;
}

struct DetectedDefect {
  Defect defect;
  const char* script;
};
/// What a script is for, shown by the mistake it must not let through.
constexpr DetectedDefect detected[] = {
    {Defect::R2, "both_majorities.txt"},
    {Defect::R9, "alone_in_a_higher_term.txt"},
    {Defect::R3, "append_of_an_earlier_term.txt"},
    {Defect::R4, "append_of_an_earlier_term.txt"},
    {Defect::R6, "window_full.txt"},
    {Defect::R6, "snapshot_behind_pending.txt"},
    {Defect::R7, "learner_votes.txt"},
    {Defect::R8, "stale_pre_candidate.txt"},
    {Defect::R10, "forgotten_leader_gives_way.txt"},
    {Defect::R11, "stale_pre_candidate.txt"},
    {Defect::R12, "append_of_an_earlier_term.txt"},
    {Defect::R14, "window_full.txt"},
    {Defect::R15, "heartbeat_ends_probing.txt"},
    {Defect::R16, "snapshot_behind_pending.txt"},
    {Defect::R17, "campaign_waits_for_apply.txt"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(script_driver_test)

BOOST_AUTO_TEST_CASE(our_own_scripts) {
  std::size_t scripts = 0;
  for (const auto& entry : std::filesystem::directory_iterator(own_directory)) {
    if (entry.path().extension() == ".txt") {
      must_pass(entry.path().string());
      ++scripts;
    }
  }
  BOOST_TEST(scripts >= 17U);
}

BOOST_AUTO_TEST_CASE(upstream_s_scripts,
                     *boost::unit_test::precondition(SharedMaterial{"raft/interaction"})) {
  std::uint64_t directives = 0;
  for (const std::string& path : SharedMaterial{"raft/interaction"}.files(".txt")) {
    directives += must_pass(path);
  }
  BOOST_TEST(directives == 303U);
}

BOOST_AUTO_TEST_CASE(each_script_notices_the_mistake_it_is_about) {
  for (const DetectedDefect& row : detected) {
    const ConformanceResult result = judge_raft_script(std::string(own_directory) + row.script,
                                                       plimsoll::raft::Defects().with(row.defect));
    BOOST_REQUIRE(result);
    BOOST_TEST(result->passed < result->total, row.script);
  }
}

BOOST_AUTO_TEST_CASE(lines_of_the_library_s_log_do_not_count) {
  const std::string setup = "add-nodes 1 voters=(1) index=2\n----\nINFO whatever upstream logs\n\n";
  BOOST_TEST(verdict(setup) == "passes");
  BOOST_TEST(verdict(setup + "campaign 1\n----\nok\n") == "passes");
  BOOST_TEST(verdict(setup + "campaign 1\n----\nINFO 1 is starting\n  WARN set in\n") == "passes");
}

BOOST_AUTO_TEST_CASE(every_other_line_counts) {
  const std::string setup = "add-nodes 1 voters=(1) index=2\n----\nok\n\n";
  BOOST_TEST(verdict(setup + "raft-state\n----\n1: StateFollower (Voter) Term:0 Lead:0\n") == "passes");
  BOOST_TEST(verdict(setup + "raft-state\n----\n1: StateLeader (Voter) Term:0 Lead:0\n") ==
             "-1: StateLeader (Voter) Term:0 Lead:0\n+1: StateFollower (Voter) Term:0 Lead:0\n");
  BOOST_TEST(verdict(setup + "raft-state\n----\nok\n") == "+1: StateFollower (Voter) Term:0 Lead:0\n");
  BOOST_TEST(verdict(setup + "process-ready 1\n----\nok\n") == "+<empty Ready>\n");
}

BOOST_AUTO_TEST_CASE(a_script_that_makes_no_sense_is_given_up) {
  const std::string setup = "add-nodes 1 voters=(1) index=2\n----\nok\n\n";
  const auto refused = [&](const std::string& command) { return verdict(setup + command + "\n----\nok\n"); };
  BOOST_TEST(refused("campaign") == "x.txt:5:1: campaign needs the id of a node as its first argument");
  BOOST_TEST(refused("campaign 2") == "x.txt:5:10: there is no node 2");
  BOOST_TEST(refused("status 0") == "x.txt:5:8: there is no node 0");
  BOOST_TEST(refused("compact 1 3") == "x.txt:5:11: the log of this node ends at 2");
  BOOST_TEST(refused("add-nodes 1 voter=(1)") == "x.txt:5:13: add-nodes knows nothing of \"voter\"");
  BOOST_TEST(refused("add-nodes 1 prevote=maybe") == "x.txt:5:13: \"maybe\" is neither true nor false");
  BOOST_TEST(refused("add-nodes 5000") == "x.txt:5:11: more than 1000 nodes");
  BOOST_TEST(refused("deliver-msgs 1 type=MsgLetter") ==
             "x.txt:5:16: there is no message of type \"MsgLetter\"");
  BOOST_TEST(refused("deliver-msgs 1 drop=(1)") == "x.txt:5:16: messages to 1 are mentioned twice");
  BOOST_TEST(refused("stabilize level=none") == "x.txt:5:11: stabilize knows nothing of \"level\"");
  BOOST_TEST(refused("set-randomized-election-timeout 1 timeout=0") ==
             "x.txt:5:1: timeout is 1 to 1000000 ticks");
  BOOST_TEST(refused("transfer-leadership from=1") == "x.txt:5:1: transfer-leadership needs to=NUMBER");
  BOOST_TEST(refused("propose 1") == "x.txt:5:1: propose needs a node and one word without values");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
