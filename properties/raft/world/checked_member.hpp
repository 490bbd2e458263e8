// A member (member.hpp) whose every step is held against the spec (refinement.hpp). Its parts are the
// member's, and one more for what the check has to remember, which is nearly always nothing: so there are no
// more states than without it, and a step is checked once for each time it is run.
#pragma once

#include "properties/raft/world/refinement.hpp"

namespace plimsoll::properties::raft {

/// The component (impl/base/step.hpp).
struct CheckedMember {
  using Timer = Member::Timer;
  struct Config {
    Member::Config member = {};
    RefinementConfig refinement = {};
  };
  struct State {
    core::Storage durable;  ///< the first three are Member::State's
    core::Memory server;
    ReadHistory history;
    Refinement refinement;  ///< survives crashes
    PLIMSOLL_DESCRIBE(State, durable, server, history, refinement)
  };
  using Incoming = Member::Incoming;
  using Outgoing = Member::Outgoing;
  static constexpr bool never_exits = true;

  using Input = Member::Input;
  using Outputs = Member::Outputs;
  static void step(const Config& config, State& state, const Input& input, Outputs& outputs);
  static base::TimerKind timer_kind(const Timer& timer) { return Member::timer_kind(timer); }
  static std::uint32_t reads(const Config& config, const Input& input);
  static constexpr std::uint32_t stale_reads = Member::stale_reads;
  static bool is_stale(const Config& config, const State& state, const Incoming& message);
};

}  // namespace plimsoll::properties::raft
