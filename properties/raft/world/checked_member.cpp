#include "properties/raft/world/checked_member.hpp"

#include <utility>

namespace plimsoll::properties::raft {

void CheckedMember::step(const Config& config, State& state, const Input& input, Outputs& outputs) {
  const Member::State before{state.durable, state.server, state.history};
  Member::State member{std::move(state.durable), std::move(state.server), std::move(state.history)};
  Member::step(config.member, member, input, outputs);
  refine(config.refinement, {config.member, before, input, member, outputs.sends()}, state.refinement);
  state.durable = std::move(member.durable);
  state.server = std::move(member.server);
  state.history = std::move(member.history);
}

std::uint32_t CheckedMember::reads(const Config& config, const Input& input) {
  constexpr std::uint32_t refinement = 0b1000;
  return Member::reads(config.member, input) | refinement;
}

bool CheckedMember::is_stale(const Config& config, const State& state, const Incoming& message) {
  return core::RaftProcess::is_stale(config.member.raft, state.server, message);
}

}  // namespace plimsoll::properties::raft
