// One action of the spec by itself, found among those that next() would enumerate: the guards are in one
// place.
#include <utility>

#include "impl/base/assert.hpp"
#include "model/raft/raft_spec.hpp"

namespace plimsoll::model::raft {

std::optional<RaftState> RaftSpec::after(const State& state, const Action& action) const {
  PLIMSOLL_ASSERT(state.servers.size() == bounds_.servers);
  std::optional<State> found;
  const Emit keep = [&](const Action& emitted, State next) {
    if (emitted == action) {
      found = std::move(next);
    }
  };
  std::visit([&](const auto& wanted) { emit_like(state, wanted, keep); }, action);
  return found;
}

void RaftSpec::emit_like(const State& state, const UpdateTerm& action, const Emit& emit) const {
  update_term(state, action.server, action.term, emit);
}
void RaftSpec::emit_like(const State& state, const RequestVote& action, const Emit& emit) const {
  request_votes(state, action.server, action.term, emit);
}
void RaftSpec::emit_like(const State& state, const Vote& action, const Emit& emit) const {
  vote(state, action.server, action.term, emit);
}
void RaftSpec::emit_like(const State& state, const BecomeLeader& action, const Emit& emit) const {
  become_leader(state, action.term, emit);
}
void RaftSpec::emit_like(const State& state, const AppendEntries& action, const Emit& emit) const {
  follow(state, action.server, emit);
}
void RaftSpec::emit_like(const State& state, const LearnCommit& action, const Emit& emit) const {
  learn_commit(state, action.server, emit);
}
void RaftSpec::emit_like(const State& state, const Restart& action, const Emit& emit) const {
  if (bounds_.restarts) {
    restart(state, action.server, emit);
  }
}
template <class OfLeader>
void RaftSpec::emit_like(const State& state, const OfLeader& action, const Emit& emit) const {
  const auto election = state.elections.find(action.term);
  if (election == state.elections.end()) {
    return;
  }
  const auto leader = election->second.leaders.find(action.leader);
  if (leader != election->second.leaders.end() && leader->second.acting) {
    lead(state, action.term, action.leader, emit);
  }
}

}  // namespace plimsoll::model::raft
