// A Raft server as a process: a RawNode, what it has on disk, and whoever writes and applies for it.
//
// Source: etcd-io/raft doc.go ("Usage", "Usage with Asynchronous Storage Writes"), dissertation 10.2.1. Time
// does not pass here: the election time-out and the heartbeat tick of etcd are timers that fire, and how old
// a lease is, where that matters (RAFT-E5), is a question to the environment. So no state holds a number of
// ticks.
//
// The application is the simplest one: it applies at once what it is handed, all that it knows is how far it
// has come, and it learns that anew from its log when it starts again. A larger one, with a disk of its own
// kind, is built around the process by what each step tells (Told).
//
// Thread-safety: values and functions of values.
#pragma once

#include <functional>
#include <map>

#include "impl/base/step.hpp"
#include "impl/raft/raw_node.hpp"

namespace plimsoll::raft {

/// How what a Ready asks for gets done.
enum class StorageWrites : std::uint8_t {
  atomic,        ///< written, sent and applied in the step that brings it about
  separate,      ///< written and applied in a step of its own; what depends on it is sent after it (RAFT-R6)
  asynchronous,  ///< two threads, each with a queue, append and apply (RAFT-S4); nobody is told of writes
};
PLIMSOLL_DESCRIBE_ENUM(StorageWrites, atomic, separate, asynchronous)

/// What a crash takes. Everything is at its default between steps but what is named here: the server's own
/// state, and work that has begun.
struct Memory {
  RawNode node;
  std::optional<Ready> writing;  ///< separate writes: accepted, and not on disk; without what has been sent
  std::vector<Message> append_work;  ///< asynchronous writes: oldest first
  std::vector<Message> apply_work;
  std::vector<PlainMessage> answers;  ///< of the append thread, that are not heard yet
  PLIMSOLL_DESCRIBE(Memory, node, writing, append_work, apply_work, answers)
};

/// What the server wants on its disk together.
struct Write {
  std::optional<HardState> hard_state = {};  ///< if it changed
  Snapshot snapshot = {};                    ///< takes effect before the entries; empty: none
  std::vector<Entry> entries = {};
};

/// What a step tells whoever is built around the server. Things of one kind are in order; of different kinds,
/// the snapshot comes before what is applied.
struct Told {
  std::vector<SoftState> roles = {};  ///< as etcd's Ready tells it: a change waits for the write before it
  std::vector<Write> begun = {};      ///< accepted for writing
  bool written = false;               ///< what has begun so far counts as durable from now on
  std::optional<Snapshot> installed = {};  ///< takes the place of everything applied before
  std::vector<Entry> applied = {};
  std::vector<ReadState> reads = {};
};

/// The component (impl/base/step.hpp).
///
/// Invariants: between steps the node has nothing to say that could be said; atomic writes leave no work.
struct RaftProcess {
  struct Config {
    ServerId id = nobody;
    std::map<ServerId, base::ProcessId> peers = {};  ///< all other servers, members or not
    raft::Config raft = {};  ///< heartbeat_tick at least 2; async_storage_writes exactly if `writes` says so
    StorageWrites writes = StorageWrites::atomic;
    /// Asynchronous writes: the server hears in a step of its own that something is written. What others are
    /// told of it does not wait for that.
    bool late_answers = false;
  };
  struct State {
    Storage durable;  ///< survives crashes; at first, the configuration that the cluster starts with
    Memory server;    ///< volatile
    PLIMSOLL_DESCRIBE(State, durable, server)
  };
  using Incoming = PlainMessage;
  using Outgoing = PlainMessage;
  enum class Timer : std::uint8_t {
    election_timeout,  ///< of a server that could campaign: it has not heard of a leader, or has not won
    heartbeat,         ///< of a leader that has peers
    check_quorum,      ///< of a leader that checks its quorum or transfers its leadership
    write,             ///< separate writes: the disk is done
    append,            ///< asynchronous writes: one thread is done with its oldest work
    apply,             ///< the other thread is
    answer,            ///< late answers: the server hears the oldest one
  };
  static constexpr bool never_exits = true;

  using Input = base::Input<Incoming, Timer>;
  using Outputs = base::Outputs<Outgoing, Timer>;

  static Told step(const Config& config, State& state, const Input& input, Outputs& outputs);
  /// What a client or an operator does at the server, as a step: `operation` calls one of the node's
  /// functions.
  using Operation = std::function<void(RawNode&, const Context&)>;
  static Told operate(const Config& config, State& state, const Operation& operation, Outputs& outputs);

  static base::TimerKind timer_kind(const Timer& timer);

  /// Will a running server ignore the message whenever it comes? True of what belongs to an earlier term, if
  /// it is not answered (RAFT-E7), and of answers to an election or to a leader that is over.
  static bool is_stale(const Config& config, const Memory& memory, const Incoming& message);
};
PLIMSOLL_DESCRIBE_ENUM(RaftProcess::Timer, election_timeout, heartbeat, check_quorum, write, append, apply,
                       answer)

/// The question whether a server's lease has run out when it is asked for its vote (RAFT-E5); 1: it has.
inline constexpr std::string_view lease_question = "the lease has run out";

/// The application keeps a snapshot of what it has applied, and the log before it is dropped, but for the
/// last `kept` entries. Requires: it has applied something that is still in the stored log.
void compact(RaftProcess::State& state, Index kept = 0);
[[nodiscard]] bool can_compact(const RaftProcess::State& state);

}  // namespace plimsoll::raft
