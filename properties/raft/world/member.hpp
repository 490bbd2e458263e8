// A Raft server with those who use it: clients that propose and read, operators that change the
// configuration, hand over leadership and compact the log. Each operation is a timer of kind whim, and its
// name that of its budget. Which of them may be armed is part of the Config, so that one without a budget
// costs nothing.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "impl/raft/process.hpp"

namespace plimsoll::properties::raft {

namespace core = plimsoll::raft;

/// What everybody together has seen of reads: no server's, so it survives everything.
struct ReadHistory {
  core::Index committed = 0;                     ///< the highest commit index that any server has known
  std::uint32_t asked = 0;                       ///< reads so far: each is a key of its own
  std::map<std::uint32_t, core::Index> waiting;  ///< by key: what was committed when it was asked
  bool stale = false;                            ///< some answer was older than that
  PLIMSOLL_DESCRIBE(ReadHistory, committed, asked, waiting, stale)
};

/// The component (impl/base/step.hpp).
struct Member {
  enum class Timer : std::uint8_t {
    election_timeout,  ///< the first seven are RaftProcess::Timer's
    heartbeat,
    check_quorum,
    write,
    append,
    apply,
    answer,
    proposal,            ///< of a leader; of a follower that knows one, if it forwards
    conf_change,         ///< of a leader: one of Config::changes
    transfer,            ///< of a leader: to any other voter
    read,                ///< of whoever knows a leader
    compaction,          ///< of a server that has applied something since the last one
    report_unreachable,  ///< of a leader that replicates to others: a message to one of them got lost
  };
  struct Config {
    core::RaftProcess::Config raft = {};
    std::set<Timer> operations = {};  ///< those that may be armed, of `proposal` and after
    std::vector<core::ConfChangeV2> changes = {};
    bool has_short_leases = false;  ///< Setup says what these are
    core::Index kept_entries = 0;
    bool has_older_snapshots = false;
    bool reuse_read_keys = false;
  };
  struct State {
    core::Storage durable;  ///< survives crashes
    core::Memory server;    ///< volatile
    ReadHistory history;    ///< shared by all members; stays at its default unless there are reads
    PLIMSOLL_DESCRIBE(State, durable, server, history)
  };
  using Incoming = core::PlainMessage;
  using Outgoing = core::PlainMessage;
  static constexpr bool never_exits = true;

  using Input = base::Input<Incoming, Timer>;
  using Outputs = base::Outputs<Outgoing, Timer>;
  static void step(const Config& config, State& state, const Input& input, Outputs& outputs);
  static base::TimerKind timer_kind(const Timer& timer);
  static std::uint32_t reads(const Config& config, const Input& input);
  static constexpr std::uint32_t stale_reads = 0b010;
  static bool is_stale(const Config& config, const State& state, const Incoming& message);
};
PLIMSOLL_DESCRIBE_ENUM(Member::Timer, election_timeout, heartbeat, check_quorum, write, append, apply, answer,
                       proposal, conf_change, transfer, read, compaction, report_unreachable)

}  // namespace plimsoll::properties::raft
