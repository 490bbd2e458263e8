// Raft's spec explored: its counts, that its properties hold, and that each guard is what one of them stands
// on.
#include "properties/raft/spec_system.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <set>

#include "checker/scenario/scenario.hpp"
#include "checker/search/search.hpp"

namespace plimsoll::properties::raft {
namespace {

using checker::SearchResult;
using checker::Verdict;
using model::raft::MissingGuard;
using model::raft::RaftSpec;

RaftSpec::Bounds bounds_of(std::uint8_t servers, std::uint32_t terms, std::uint32_t entries, bool restarts) {
  RaftSpec::Bounds bounds;
  bounds.servers = servers;
  bounds.terms_max = terms;
  bounds.entries_max = entries;
  bounds.restarts = restarts;
  return bounds;
}
RaftSpec::Bounds changing(RaftSpec::Bounds bounds, std::uint8_t voters) {
  for (std::uint8_t i = 0; i < voters; ++i) {
    bounds.voters.insert(model::raft::Server{i});
  }
  bounds.conf_changes = 2;
  return bounds;
}

void holds(const RaftSpec::Bounds& bounds, std::uint64_t distinct, std::uint64_t generated) {
  const auto system = make_spec_system(bounds);
  checker::SearchOptions options;
  options.workers = 2;
  const SearchResult result = search_breadth_first(*system, options);
  BOOST_TEST((result.verdict == Verdict::holds));
  BOOST_TEST(result.distinct == distinct);
  BOOST_TEST(result.generated == generated);
  for (std::size_t group = 0; group < result.fired.size(); ++group) {
    const std::string& name = system->action_groups()[group];
    const bool needs_changes = name == "change-configuration" || name == "apply-configuration";
    const bool needs_restarts = name == "restart";
    if ((!needs_changes || bounds.conf_changes > 0) && (!needs_restarts || bounds.restarts)) {
      BOOST_TEST(result.fired[group] > 0U, name);
    }
  }
}

/// Without `missing`, a shortest counterexample of that many steps breaks `property`.
void breaks(const RaftSpec::Bounds& bounds, MissingGuard missing, const std::string& property,
            std::size_t steps) {
  const auto system = make_spec_system(bounds, missing);
  checker::SearchOptions options;
  for (std::size_t i = 0; i < system->properties().size(); ++i) {
    options.selected = system->properties()[i].id == property ? checker::property_bit(i) : options.selected;
  }
  const SearchResult result = search_breadth_first(*system, options);
  BOOST_TEST_CONTEXT(property << " without guard " << static_cast<int>(missing)) {
    BOOST_TEST((result.verdict == Verdict::violated));
    BOOST_REQUIRE(result.properties.front().path.has_value());
    BOOST_TEST(result.properties.front().path->actions.size() == steps);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(spec_system_test)

// The second formulation of model/raft/naive_raft.hpp counts the smaller ones too.
BOOST_AUTO_TEST_CASE(all_properties_hold_and_the_counts_stay) {
  holds(bounds_of(2, 2, 1, true), 756, 1'833);
  holds(bounds_of(3, 1, 1, true), 1'067, 3'745);
  holds(bounds_of(3, 1, 2, false), 1'739, 5'896);
  holds(changing(bounds_of(2, 1, 2, true), 1), 1'831, 7'117);
  RaftSpec::Bounds ahead = bounds_of(2, 2, 1, true);
  ahead.memory_ahead = true;
  holds(ahead, 21'852, 70'425);
}

// One guard more is in model/raft/raft_spec_test.cpp.
BOOST_AUTO_TEST_CASE(each_guard_is_what_a_property_stands_on) {
  const RaftSpec::Bounds three = bounds_of(3, 2, 1, false);
  using enum MissingGuard;
  breaks(three, one_vote_a_term, "election-safety", 6);
  breaks(three, one_vote_a_term, "one-vote-a-term", 3);
  breaks(three, vote_for_a_log_as_up_to_date, "leader-completeness", 9);
  breaks(three, leader_by_a_quorum, "election-safety", 4);
  breaks(three, append_keeps_what_agrees, "monotone-commit", 7);
  breaks(three, append_from_a_leader_of_the_own_term, "leader-completeness", 9);
  breaks(three, commit_by_a_quorum, "leader-completeness", 8);
  breaks(three, learn_what_a_leader_committed, "state-machine-safety", 10);
}

BOOST_AUTO_TEST_CASE(each_guard_of_membership_is_what_a_property_stands_on) {
  const RaftSpec::Bounds one_voter = changing(bounds_of(2, 2, 2, true), 1);
  using enum MissingGuard;
  breaks(one_voter, leader_by_both_majorities, "leader-completeness", 10);
  breaks(one_voter, commit_by_both_majorities, "quorum-intersection", 13);
  breaks(one_voter, change_by_one_voter_or_jointly, "quorum-intersection", 4);
  breaks(one_voter, apply_of_a_committed_configuration, "quorum-intersection", 6);
  breaks(one_voter, restart_remembers_earlier_configurations, "quorum-intersection", 10);
  breaks(changing(bounds_of(2, 2, 2, true), 2), one_change_at_a_time, "quorum-intersection", 7);
  RaftSpec::Bounds two_commands = bounds_of(2, 1, 1, false);
  two_commands.commands = {"x", "y"};
  breaks(two_commands, leader_by_a_quorum, "log-matching", 6);
}

BOOST_AUTO_TEST_CASE(every_scenario_of_the_spec_is_built) {
  std::size_t found = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(std::string(PLIMSOLL_SOURCE_DIR) + "/model/scenarios/raft")) {
    if (!file.path().filename().string().starts_with("spec-")) {
      continue;
    }
    ++found;
    const auto scenario = scenario::load_scenario(file.path().string());
    BOOST_REQUIRE(scenario.has_value());
    BOOST_TEST(scenario->system == "raft-spec");
    const auto system = spec_system_entry().build(*scenario, {});
    BOOST_TEST(system.has_value());
  }
  BOOST_TEST(found == 4U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
