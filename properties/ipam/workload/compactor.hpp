// Whoever compacts the store: asks for the current revision and discards what is older.
//
// Stands for etcd's automatic compaction, or the operator's cron job; a budgeted client.
#pragma once

#include <variant>

#include "impl/base/kv.hpp"
#include "impl/base/step.hpp"

namespace plimsoll::properties::ipam {

/// Somebody wants the store compacted.
struct Compact {
  PLIMSOLL_DESCRIBE(Compact)
};

struct Compactor {
  struct Config {
    base::ProcessId store;
  };
  /// What has been asked and not answered.
  enum class Waiting : std::uint8_t { nothing, revision, compaction };
  struct Work {
    Waiting waiting = Waiting::nothing;
    PLIMSOLL_DESCRIBE(Work, waiting)
  };
  struct State {
    Work work;
    PLIMSOLL_DESCRIBE(State, work)
  };
  using Incoming = std::variant<kv::Response, kv::WatchResponse>;
  using Outgoing = kv::Request;
  using Timer = Compact;
  static constexpr bool never_exits = true;

  static void step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs);
  static base::TimerKind timer_kind(const Timer& /*timer*/) { return base::TimerKind::whim; }
};
PLIMSOLL_DESCRIBE_ENUM(Compactor::Waiting, nothing, revision, compaction)

}  // namespace plimsoll::properties::ipam
