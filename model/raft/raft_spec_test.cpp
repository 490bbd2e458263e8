// Everything the spec can reach within small bounds, counted a second time by a naive formulation; and the
// two stories that are too long to search for.
#include "model/raft/raft_spec.hpp"

#include <boost/test/unit_test.hpp>
#include <deque>
#include <set>

#include "checker/system/spec_system.hpp"
#include "model/raft/naive_raft.hpp"
#include "model/raft/raft_invariants.hpp"

namespace plimsoll::model::raft {
namespace {

static_assert(checker::Explorable<RaftSpec>);

RaftSpec::Bounds bounds_of(const NaiveBounds& naive, bool restarts) {
  RaftSpec::Bounds bounds;
  bounds.servers = static_cast<std::uint8_t>(naive.servers);
  for (std::uint8_t i = 0; i < naive.voters; ++i) {
    bounds.voters.insert(Server{i});
  }
  bounds.terms_max = static_cast<Term>(naive.terms);
  bounds.entries_max = static_cast<Index>(naive.entries);
  bounds.conf_changes = static_cast<std::uint32_t>(naive.changes);
  bounds.restarts = restarts;
  return bounds;
}

/// Distinct states, by a plain set and queue.
template <class State, class Next>
std::size_t count_states(const State& initial, const Next& next) {
  std::set<State> seen = {initial};
  std::deque<State> frontier = {initial};
  while (!frontier.empty()) {
    const State state = std::move(frontier.front());
    frontier.pop_front();
    next(state, [&](State after) {
      if (seen.insert(after).second) {
        frontier.push_back(std::move(after));
      }
    });
  }
  return seen.size();
}

std::size_t count_spec(const RaftSpec& spec) {
  return count_states(spec.initial().front(), [&](const RaftState& state, const auto& visit) {
    spec.next(state, [&](const RaftSpec::Action& /*action*/, RaftState after) { visit(std::move(after)); });
  });
}

std::size_t count_naively(const NaiveRaft& naive) {
  return count_states(naive.initial(), [&](const NaiveRaft::State& state, const auto& visit) {
    for (NaiveRaft::State& after : naive.next(state)) {
      visit(std::move(after));
    }
  });
}

/// A behaviour told action by action.
class Story {
 public:
  explicit Story(RaftSpec::Bounds bounds, MissingGuard missing)
      : spec_(std::move(bounds), missing), state_(spec_.initial().front()) {}

  [[nodiscard]] bool can(const RaftSpec::Action& wanted) {
    bool found = false;
    RaftState target;
    spec_.next(state_, [&](const RaftSpec::Action& action, RaftState after) {
      if (action == wanted) {
        found = true;
        target = std::move(after);
      }
    });
    state_ = found ? target : state_;
    return found;
  }
  void take(const RaftSpec::Action& action) {
    const bool is_enabled = can(action);
    BOOST_TEST_REQUIRE(is_enabled);
  }
  [[nodiscard]] const RaftState& state() const { return state_; }

 private:
  RaftSpec spec_;
  RaftState state_;
};

constexpr Server s0{0};
constexpr Server s1{1};
constexpr Server s2{2};

/// Figure 8 of the paper: the leader of term 3 replicates an entry of term 1 to a majority.
Story figure_8(MissingGuard missing) {
  RaftSpec::Bounds bounds;
  bounds.terms_max = 4;
  Story story(bounds, missing);
  story.take(RequestVote{s0, 1, 0, 0});
  story.take(Vote{s1, 1, s0});
  story.take(BecomeLeader{s0, 1});
  story.take(ClientRequest{s0, 1, "x"});
  story.take(RequestVote{s2, 2, 0, 0});
  story.take(Vote{s1, 2, s2});
  story.take(BecomeLeader{s2, 2});
  story.take(ClientRequest{s2, 2, "x"});
  story.take(RequestVote{s0, 3, 0, 0});
  story.take(Vote{s1, 3, s0});
  story.take(BecomeLeader{s0, 3});
  story.take(AppendEntries{s1, s0, 1});
  return story;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(raft_spec_test)

BOOST_AUTO_TEST_CASE(a_second_formulation_counts_the_same_states) {
  struct Row {
    NaiveBounds bounds = {};
    bool restarts = true;
    std::size_t states = 0;
  };
  const Row rows[] = {
      {{1, 1, 2, 2, 0}, true, 128},    {{2, 2, 2, 1, 0}, true, 756},   {{3, 3, 1, 1, 0}, true, 1'067},
      {{3, 3, 1, 2, 0}, false, 1'739}, {{2, 1, 1, 2, 2}, true, 1'831},
  };
  for (const Row& row : rows) {
    BOOST_TEST(count_spec(RaftSpec(bounds_of(row.bounds, row.restarts))) == row.states);
    BOOST_TEST(count_naively(NaiveRaft{row.bounds, row.restarts}) == row.states);
  }
}

BOOST_AUTO_TEST_CASE(states_and_actions_are_their_canonical_bytes) {
  const RaftSpec spec(bounds_of({2, 1, 1, 2, 2}, true));
  std::set<std::size_t> fired;
  count_states(spec.initial().front(), [&](const RaftState& state, const auto& visit) {
    BOOST_TEST((base::from_bytes<RaftState>(base::to_bytes(state)) == state));
    spec.next(state, [&](const RaftSpec::Action& action, RaftState after) {
      BOOST_TEST((base::from_bytes<RaftSpec::Action>(base::to_bytes(action)) == action));
      fired.insert(action.index());
      visit(std::move(after));
    });
  });
  BOOST_TEST(fired.size() == std::variant_size_v<RaftSpec::Action>);
}

/// Asked for each action by itself, the spec has the same steps, and no others.
BOOST_AUTO_TEST_CASE(what_is_asked_for_is_what_is_enumerated) {
  RaftSpec::Bounds bounds = bounds_of({2, 1, 1, 2, 2}, true);
  bounds.memory_ahead = true;
  const RaftSpec spec(bounds);
  std::set<RaftSpec::Action> known;
  count_states(spec.initial().front(), [&](const RaftState& state, const auto& visit) {
    std::set<RaftSpec::Action> enabled;
    spec.next(state, [&](const RaftSpec::Action& action, RaftState after) {
      enabled.insert(action);
      BOOST_REQUIRE((spec.after(state, action) == after));
      visit(std::move(after));
    });
    for (const RaftSpec::Action& action : known) {
      BOOST_REQUIRE(spec.after(state, action).has_value() == enabled.contains(action));
    }
    known.merge(enabled);
  });
  BOOST_TEST(known.size() == 32U);
}

BOOST_AUTO_TEST_CASE(raft_r5_an_entry_of_an_earlier_term_is_not_committed_by_counting) {
  Story right = figure_8(MissingGuard::none);
  BOOST_TEST(!right.can(AdvanceCommitIndex{s0, 3, 1}));
  Story wrong = figure_8(MissingGuard::commit_of_an_own_entry);
  wrong.take(AdvanceCommitIndex{s0, 3, 1});
  wrong.take(RequestVote{s2, 4, 0, 0});
  wrong.take(Vote{s1, 4, s2});
  wrong.take(BecomeLeader{s2, 4});
  BOOST_TEST(!later_leaders_have_what_is_committed(wrong.state()));
}

BOOST_AUTO_TEST_CASE(quorums_count_both_sets_of_a_joint_configuration) {
  const Configuration joint{{s0}, {s0, s1, s2}};
  BOOST_TEST(is_quorum(joint, {s0, s1}));
  BOOST_TEST(!is_quorum(joint, {s0}));
  BOOST_TEST(!is_quorum(joint, {s1, s2}));
  BOOST_TEST(is_quorum(joint, {s0}, false));
  BOOST_TEST(!is_quorum({{s0, s1}, {}}, {s0}));
}

BOOST_AUTO_TEST_CASE(a_leader_that_rewrites_its_log_is_noticed) {
  RaftState before;
  before.elections[1].leaders[s0].log = {{1, "x", {}}, {1, "y", {}}};
  RaftState after = before;
  after.elections[1].leaders[s0].log.push_back({1, "z", {}});
  BOOST_TEST(leaders_only_append(before, after));
  after.elections[1].leaders[s0].log[1].command = "z";
  BOOST_TEST(!leaders_only_append(before, after));
  BOOST_TEST(!leaders_only_append(after, before));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::model::raft
