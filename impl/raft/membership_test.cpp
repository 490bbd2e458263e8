#include "impl/raft/membership.hpp"

#include <boost/test/unit_test.hpp>

#include "impl/raft/majorities_bed.hpp"

namespace plimsoll::raft {
namespace {

using bed::Mask;
using Changes = std::vector<ConfChangeSingle>;

constexpr Index last_index = 7;
constexpr Mask everybody = 0b1111;

ConfChangeSingle voter(std::uint64_t id) {
  return {ConfChangeType::add_node, {id}};
}
ConfChangeSingle learner(std::uint64_t id) {
  return {ConfChangeType::add_learner_node, {id}};
}
ConfChangeSingle removed(std::uint64_t id) {
  return {ConfChangeType::remove_node, {id}};
}

/// Voters and learners by bits; not joint.
Membership members(Mask voters, Mask learners = 0) {
  ConfState state;
  state.voters = bed::servers(voters);
  state.learners = bed::servers(learners);
  const MembershipResult made = restore_membership(state, last_index);
  BOOST_REQUIRE(made);
  return *made;
}

/// Everything that may be done to servers 1 to 4 with one or two changes.
std::vector<Changes> all_changes() {
  Changes single;
  for (std::uint64_t id = 1; id <= 4; ++id) {
    single.insert(single.end(), {voter(id), learner(id), removed(id)});
  }
  std::vector<Changes> all = {{}};
  for (const ConfChangeSingle& first : single) {
    all.push_back({first});
    for (const ConfChangeSingle& second : single) {
      all.push_back({first, second});
    }
  }
  return all;
}

/// Every membership of servers 1 to 4 that is not joint.
std::vector<Membership> all_members() {
  std::vector<Membership> all;
  for (Mask voters = 1; voters <= everybody; ++voters) {
    for (Mask learners = 0; learners <= everybody; ++learners) {
      if ((voters & learners) == 0) {
        all.push_back(members(voters, learners));
      }
    }
  }
  return all;
}

std::string error_of(const MembershipResult& result) {
  return result ? "no error" : result.error();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(membership_test)

BOOST_AUTO_TEST_CASE(new_members_are_probed_from_the_last_index_and_count_as_active) {
  const auto result = simple_change({}, last_index, Changes{voter(1)});
  BOOST_REQUIRE(result);
  const Progress& progress = result->progress.at({1});
  BOOST_TEST(progress.match == 0U);
  BOOST_TEST(progress.next == last_index);
  BOOST_TEST(progress.recent_active);
  BOOST_TEST(!progress.is_learner);
  BOOST_TEST((simple_change({}, 0, Changes{voter(1)}))->progress.at({1}).next == 1U);
}

BOOST_AUTO_TEST_CASE(what_a_change_does_not_touch_keeps_its_progress) {
  Membership from = members(0b011);
  from.progress.at({1}).become_replicate();
  from.progress.at({1}).maybe_update(5);
  const auto result = simple_change(from, last_index, Changes{learner(3)});
  BOOST_REQUIRE(result);
  BOOST_TEST((result->progress.at({1}) == from.progress.at({1})));
  // Demoted and promoted in one go: nothing is forgotten.
  const auto same = simple_change(from, last_index, Changes{learner(1), voter(1)});
  BOOST_REQUIRE(same);
  BOOST_TEST((*same == from));
}

BOOST_AUTO_TEST_CASE(RAFT_M3_simple) {
  const Membership three = members(0b0111);
  BOOST_TEST(error_of(simple_change(three, last_index, Changes{removed(1), voter(4)})) ==
             "more than one voter changed without entering joint config");
  BOOST_TEST(error_of(simple_change(members(0b1), last_index, Changes{removed(1)})) == "removed all voters");
  BOOST_TEST(error_of(simple_change({}, last_index, Changes{learner(1)})) == "removed all voters");
  // Learners may come and go together with one voter.
  const auto result = simple_change(three, last_index, Changes{learner(3), learner(4)});
  BOOST_REQUIRE(result);
  BOOST_TEST((to_conf_state(result->config) == ConfState{bed::servers(0b0011), bed::servers(0b1100)}));
  // The application decided against a change, or only wants it known.
  const auto unchanged = simple_change(
      three, last_index, Changes{voter(0), removed(0), learner(0), {ConfChangeType::update_node, {2}}});
  BOOST_REQUIRE(unchanged);
  BOOST_TEST((*unchanged == three));
}

BOOST_AUTO_TEST_CASE(RAFT_M3_joint) {
  BOOST_TEST(error_of(enter_joint({}, last_index, false, Changes{voter(1)})) ==
             "can't make a zero-voter config joint");
  BOOST_TEST(error_of(leave_joint(members(0b1))) == "can't leave a non-joint config");
  const auto joint = enter_joint(members(0b001), last_index, true, Changes{removed(1), voter(2), voter(3)});
  BOOST_REQUIRE(joint);
  BOOST_TEST((joint->config.voters == JointConfig{{bed::servers(0b110)}, {bed::servers(0b001)}}));
  BOOST_TEST(joint->config.auto_leave);
  BOOST_TEST(joint->progress.size() == 3U);
  BOOST_TEST(error_of(enter_joint(*joint, last_index, false, {})) == "config is already joint");
  BOOST_TEST(error_of(simple_change(*joint, last_index, Changes{learner(4)})) ==
             "can't apply simple config change in joint config");
  const auto left = leave_joint(*joint);
  BOOST_REQUIRE(left);
  BOOST_TEST((to_conf_state(left->config) == ConfState{bed::servers(0b110)}));
  BOOST_TEST(left->progress.size() == 2U);
}

BOOST_AUTO_TEST_CASE(RAFT_M4_a_demoted_voter_learns_once_the_joint_configuration_is_left) {
  const auto joint = enter_joint(members(0b011), last_index, false, Changes{learner(1), learner(3)});
  BOOST_REQUIRE(joint);
  BOOST_TEST((joint->config.learners_next == bed::servers(0b001)));
  BOOST_TEST((joint->config.learners == bed::servers(0b100)));
  BOOST_TEST(!joint->progress.at({1}).is_learner);
  const auto left = leave_joint(*joint);
  BOOST_REQUIRE(left);
  BOOST_TEST((to_conf_state(left->config) == ConfState{bed::servers(0b010), bed::servers(0b101)}));
  BOOST_TEST(left->progress.at({1}).is_learner);
}

BOOST_AUTO_TEST_CASE(every_change_ends_in_a_consistent_membership_or_not_at_all) {
  std::size_t done = 0;
  for (const Membership& from : all_members()) {
    for (const Changes& changes : all_changes()) {
      const auto simple = simple_change(from, last_index, changes);
      const auto joint = enter_joint(from, last_index, true, changes);
      done += simple.has_value();
      BOOST_TEST((!simple || !check_membership(*simple)));
      BOOST_TEST((!simple || !simple->config.joint()));
      // Whatever a simple change may do, a joint one may, with the same end.
      BOOST_TEST((!simple || leave_joint(*joint)->config == simple->config));
    }
  }
  BOOST_TEST(done > 0U);
}

BOOST_AUTO_TEST_CASE(quorums_of_configurations_that_may_both_act_intersect) {
  for (const Membership& from : all_members()) {
    for (const Changes& changes : all_changes()) {
      if (const auto simple = simple_change(from, last_index, changes)) {
        BOOST_TEST(bed::quorums_intersect(from.config.voters, simple->config.voters, everybody));
      }
      if (const auto joint = enter_joint(from, last_index, false, changes)) {
        BOOST_TEST(bed::quorums_intersect(from.config.voters, joint->config.voters, everybody));
        BOOST_TEST(
            bed::quorums_intersect(joint->config.voters, leave_joint(*joint)->config.voters, everybody));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(whatever_can_be_reached_can_be_restored) {
  for (const Membership& from : all_members()) {
    for (const Changes& changes : all_changes()) {
      if (const auto joint = enter_joint(from, last_index, changes.size() % 2 == 0, changes)) {
        const auto restored = restore_membership(to_conf_state(joint->config), last_index);
        BOOST_TEST((restored && restored->config == joint->config));
        BOOST_TEST((restored && restored->progress == joint->progress));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_reached_is_not_restored) {
  ConfState no_voters;
  no_voters.learners = bed::servers(0b1);
  BOOST_TEST(error_of(restore_membership(no_voters, last_index)) == "removed all voters");
  BOOST_TEST(restore_membership({}, last_index)->progress.empty());
}

BOOST_AUTO_TEST_CASE(broken_invariants_are_named) {
  Membership broken = members(0b011, 0b100);
  broken.progress.erase({2});
  BOOST_TEST(check_membership(broken).value() == "no progress for 2");
  broken = members(0b011, 0b100);
  broken.progress.at({3}).is_learner = false;
  BOOST_TEST(check_membership(broken).value() == "3 is in Learners, but is not marked as learner");
  broken = members(0b011, 0b100);
  broken.config.learners.insert({1});
  BOOST_TEST(check_membership(broken).value() == "1 is in Learners and Voters[0]");
  broken = members(0b011);
  broken.config.voters.outgoing.voters = bed::servers(0b001);
  broken.config.learners.insert({1});
  BOOST_TEST(check_membership(broken).value() == "1 is in Learners and Voters[1]");
  broken = members(0b011);
  broken.config.learners_next.insert({1});
  BOOST_TEST(check_membership(broken).value() == "1 is in LearnersNext, but not Voters[1]");
  broken.config.voters.outgoing.voters = bed::servers(0b001);
  broken.progress.at({1}).is_learner = true;
  BOOST_TEST(check_membership(broken).value() == "1 is in LearnersNext, but is already marked as learner");
  broken = members(0b011);
  broken.config.auto_leave = true;
  BOOST_TEST(check_membership(broken).value() == "AutoLeave must be false when not joint");
  BOOST_TEST(error_of(simple_change(broken, last_index, {})) == "AutoLeave must be false when not joint");
  BOOST_TEST(error_of(enter_joint(broken, last_index, true, {})) == "AutoLeave must be false when not joint");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::raft
