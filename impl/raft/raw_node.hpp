// RawNode: a Raft server without threads. Inputs go in, and what is to be done about them comes out as a
// Ready.
//
// Source: etcd-io/raft rawnode.go. Whoever drives a server does, after any number of inputs:
//
//   while (node.has_ready(context)) {
//     Ready ready = node.ready(context);
//     write ready.snapshot, ready.entries, ready.hard_state to storage, synced if ready.must_sync;
//     send ready.messages;                                     // not before what is above is durable
//     (RAFT-R6) apply ready.snapshot, then ready.committed_entries; for each configuration change:
//     node.apply_conf_change; node.advance(context);
//   }
//
// With asynchronous storage writes nothing waits: entries, hard state and snapshot go in a storage_append
// message to append_thread, committed entries in a storage_apply message to apply_thread. Each is done in
// order; when one is done, the responses in it are delivered, and advance() is not called (RAFT-S4).
//
// Everything is a value. Config and storage come with each call; the same Config always, and a storage that
// holds what was written. Thread-safety: a value.
#pragma once

#include "impl/raft/conf_change.hpp"
#include "impl/raft/raft.hpp"

namespace plimsoll::raft {

/// What is to be done.
struct Ready {
  std::optional<SoftState> soft_state;   ///< if it changed
  std::optional<HardState> hard_state;   ///< if it changed: to be written
  std::vector<ReadState> read_states;    ///< reads that may be served once the index in them is applied
  std::vector<Entry> entries;            ///< to be written
  Snapshot snapshot;                     ///< to be written, before the entries; empty: none
  std::vector<Entry> committed_entries;  ///< to be applied, after the snapshot
  std::vector<Message> messages;         ///< to be sent, once what is above is durable
  bool must_sync = false;                ///< RAFT-S5: what is written must be synced, too
  PLIMSOLL_DESCRIBE(Ready, soft_state, hard_state, read_states, entries, snapshot, committed_entries,
                    messages, must_sync)
};

/// What a server tells about itself.
struct Status {
  ServerId id = nobody;
  HardState hard_state;
  SoftState soft_state;
  Index applied = 0;
  ServerId lead_transferee = nobody;
  Configuration config;
  ProgressMap progress;  ///< a leader's; empty for others
};

struct RawNode {
  Raft raft;
  SoftState previous_soft_state;  ///< as told in the last Ready
  HardState previous_hard_state;
  std::vector<PlainMessage> steps_on_advance;  ///< what the server tells itself when a Ready is done
  PLIMSOLL_DESCRIBE(RawNode, raft, previous_soft_state, previous_hard_state, steps_on_advance)

  /// A server that starts, for the first time or again, from what its storage holds. `applied`: the entries
  /// up to there were applied before and are not handed out again; 0 if that is not known, otherwise not
  /// below the compacted part of the log and at most the stored commit index. Requires: the config has no
  /// complaint(); the stored configuration is a legal one.
  [[nodiscard]] static RawNode start(ServerId id, const Context& context, Index applied = 0);

  /// A tick of the clock passed.
  void tick(const Context& context);
  /// The election timer ran out, whatever it stands at. May do nothing (RAFT-E1).
  void campaign(const Context& context);
  /// Error: proposal_dropped.
  [[nodiscard]] StepResult propose(const Context& context, base::Bytes data);
  [[nodiscard]] StepResult propose_conf_change(const Context& context, const ConfChange& change);
  [[nodiscard]] StepResult propose_conf_change(const Context& context, const ConfChangeV2& change);
  /// The application applies a configuration change from committed_entries, or one without changes and nodes
  /// if it decides against it. Returns the configuration from now on. Error: why the change is impossible;
  /// nothing happened. (Upstream panics. A change that passed validation is possible, unless it leaves no
  /// voter, or has an explicit transition and no changes.)
  tl::expected<ConfState, std::string> apply_conf_change(const Context& context, const ConfChangeV2& change);
  tl::expected<ConfState, std::string> apply_conf_change(const Context& context, const ConfChange& change) {
    return apply_conf_change(context, to_v2(change));
  }
  /// A message arrived, over the network or from a storage thread. Errors: all of RaftError.
  [[nodiscard]] StepResult step(const Context& context, const PlainMessage& message);

  /// Whether ready() would have anything in it.
  [[nodiscard]] bool has_ready(const Context& context) const;
  /// The same as ready(), but nothing is accepted: the next call gives the same.
  [[nodiscard]] Ready peek_ready(const Context& context) const;
  /// What is to be done now. From here on the server takes it for accepted: it must be done. Without
  /// asynchronous storage writes, requires: advance() was called after the last one.
  [[nodiscard]] Ready ready(const Context& context);
  /// The last Ready was written, sent and applied. Requires: no asynchronous storage writes.
  void advance(const Context& context);

  [[nodiscard]] Status status() const;
  [[nodiscard]] SoftState soft_state() const { return raft.soft_state(); }

  /// The last message to `id` could not be delivered.
  void report_unreachable(const Context& context, ServerId id);
  /// The snapshot sent to `id` was delivered, or failed.
  void report_snapshot(const Context& context, ServerId id, bool failed);
  /// Makes `transferee` the leader, if this server is the leader or knows it (RAFT-E10).
  void transfer_leader(const Context& context, ServerId transferee);
  /// RAFT-E11.
  void forget_leader(const Context& context);
  /// Asks for a read index; `request_context` comes back in a ReadState. May get lost: the caller retries.
  void read_index(const Context& context, base::Bytes request_context);
  void set_randomized_election_timeout(std::uint32_t ticks) { raft.randomized_election_timeout = ticks; }

 private:
  void accept(const Context& context, const Ready& ready);
};

}  // namespace plimsoll::raft
