// The data of Raft: entries, hard state, snapshots, configuration changes, messages.
//
// Names, meanings and the order of enumerators are those of etcd-io/raft's raftpb (v3.7, cdfbeed), which in
// turn follows Ongaro's dissertation. Everything is a described value: fields that a type of message does not
// use keep their default, so that equal situations are equal values.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <vector>

#include "impl/base/bytes.hpp"
#include "impl/base/described.hpp"
#include "impl/base/ids.hpp"

namespace plimsoll::raft {

struct ServerTag {
  static constexpr const char* name = "server";
  static constexpr bool renames = true;
};
/// A member of the cluster, voter or learner. 0 is nobody.
using ServerId = base::Strong<ServerTag, std::uint64_t>;
using ServerSet = std::set<ServerId>;

using Term = std::uint64_t;   ///< 0: before the first election
using Index = std::uint64_t;  ///< of a log entry; the first entry ever has 1, 0 is the empty log's last

inline constexpr ServerId nobody{};
/// With asynchronous storage writes, the targets of messages to the node's own storage threads (RAFT-S4).
inline constexpr ServerId append_thread{std::numeric_limits<std::uint64_t>::max()};
inline constexpr ServerId apply_thread{std::numeric_limits<std::uint64_t>::max() - 1};

[[nodiscard]] constexpr bool is_storage_thread(ServerId id) {
  return id == append_thread || id == apply_thread;
}

enum class EntryType : std::uint8_t { normal, conf_change, conf_change_v2 };
PLIMSOLL_DESCRIBE_ENUM(EntryType, normal, conf_change, conf_change_v2)

struct Entry {
  Term term = 0;
  Index index = 0;
  EntryType type = EntryType::normal;
  base::Bytes data = {};  ///< the application's, or an encoded configuration change (conf_change.hpp)
  PLIMSOLL_DESCRIBE(Entry, term, index, type, data)
};

/// What must be durable before a node may say anything that depends on it (RAFT-R6).
struct HardState {
  Term term = 0;
  ServerId vote = nobody;
  Index commit = 0;  ///< need not be synced (RAFT-S5)
  PLIMSOLL_DESCRIBE(HardState, term, vote, commit)
};

/// A configuration as snapshots carry it. `voters_outgoing` is not empty exactly if the configuration is
/// joint.
struct ConfState {
  ServerSet voters = {};
  ServerSet learners = {};
  ServerSet voters_outgoing = {};
  ServerSet learners_next = {};
  bool auto_leave = false;
  PLIMSOLL_DESCRIBE(ConfState, voters, learners, voters_outgoing, learners_next, auto_leave)
};

struct SnapshotMetadata {
  ConfState conf_state = {};
  Index index = 0;  ///< of the last entry that the snapshot stands for
  Term term = 0;    ///< of that entry
  PLIMSOLL_DESCRIBE(SnapshotMetadata, conf_state, index, term)
};

struct Snapshot {
  SnapshotMetadata metadata = {};
  base::Bytes data = {};  ///< the application's state
  /// An empty snapshot is how storage says that it has none.
  [[nodiscard]] bool empty() const { return metadata.index == 0; }
  PLIMSOLL_DESCRIBE(Snapshot, metadata, data)
};

enum class ConfChangeType : std::uint8_t { add_node, remove_node, update_node, add_learner_node };
PLIMSOLL_DESCRIBE_ENUM(ConfChangeType, add_node, remove_node, update_node, add_learner_node)

/// One change of one server, as it was before there were joint configurations.
struct ConfChange {
  ConfChangeType type = ConfChangeType::add_node;
  ServerId node = nobody;
  base::Bytes context = {};  ///< the application's own
  PLIMSOLL_DESCRIBE(ConfChange, type, node, context)
};

struct ConfChangeSingle {
  ConfChangeType type = ConfChangeType::add_node;
  ServerId node = nobody;  ///< nobody: the application decided against the change, it has no effect
  PLIMSOLL_DESCRIBE(ConfChangeSingle, type, node)
};

enum class ConfChangeTransition : std::uint8_t {
  automatic,       ///< joint if several voters may change, and left by itself
  joint_implicit,  ///< joint, and left by itself
  joint_explicit,  ///< joint, until the application proposes to leave it
};
PLIMSOLL_DESCRIBE_ENUM(ConfChangeTransition, automatic, joint_implicit, joint_explicit)

/// Several changes at once. Without changes and with transition `automatic`: leave the joint configuration.
struct ConfChangeV2 {
  ConfChangeTransition transition = ConfChangeTransition::automatic;
  std::vector<ConfChangeSingle> changes = {};
  base::Bytes context = {};  ///< the application's own
  PLIMSOLL_DESCRIBE(ConfChangeV2, transition, changes, context)
};

enum class MessageType : std::uint8_t {
  hup,                  ///< local: campaign
  beat,                 ///< local: send heartbeats
  prop,                 ///< a proposal, possibly forwarded to the leader
  app,                  ///< entries after (index, log_term), and the leader's commit index
  app_resp,             ///< index acknowledged; or, with reject, reject_hint and log_term to back off to
  vote,                 ///< (log_term, index) are those of the candidate's last entry
  vote_resp,            ///< reject, or not
  snap,                 ///< a snapshot in place of entries that are compacted
  heartbeat,            ///< commit, and the context of pending reads
  heartbeat_resp,       ///< the same context
  unreachable,          ///< local: the last message to `from` was not delivered
  snap_status,          ///< local: the snapshot to `from` was delivered, or with reject failed
  check_quorum,         ///< local: step down unless a quorum was heard of
  transfer_leader,      ///< make `from` the leader
  timeout_now,          ///< campaign at once, without pre-vote and in spite of leases
  read_index,           ///< entries[0].data is the caller's key
  read_index_resp,      ///< index up to which the reader must have applied
  pre_vote,             ///< as vote, in a term that nobody has entered yet
  pre_vote_resp,        ///< as vote_resp
  storage_append,       ///< to append_thread: entries, hard state in (term, vote, commit), snapshot
  storage_append_resp,  ///< (index, log_term) are those of the last entry appended; the snapshot, if any
  storage_apply,        ///< to apply_thread: committed entries
  storage_apply_resp,   ///< the same entries
  forget_leader,        ///< local: follow nobody
};
PLIMSOLL_DESCRIBE_ENUM(MessageType, hup, beat, prop, app, app_resp, vote, vote_resp, snap, heartbeat,
                       heartbeat_resp, unreachable, snap_status, check_quorum, transfer_leader, timeout_now,
                       read_index, read_index_resp, pre_vote, pre_vote_resp, storage_append,
                       storage_append_resp, storage_apply, storage_apply_resp, forget_leader)

/// A message but for the responses it may carry. One type for all, as in etcd-io/raft.
struct PlainMessage {
  MessageType type = MessageType::hup;
  ServerId to = nobody;
  ServerId from = nobody;
  Term term = 0;  ///< 0: local, or a proposal or read that is forwarded whatever the term
  Term log_term = 0;
  Index index = 0;
  std::vector<Entry> entries = {};
  Index commit = 0;
  ServerId vote = nobody;                 ///< of storage_append
  std::optional<Snapshot> snapshot = {};  ///< of snap, storage_append, storage_append_resp
  bool reject = false;
  Index reject_hint = 0;
  base::Bytes context = {};
  PLIMSOLL_DESCRIBE(PlainMessage, type, to, from, term, log_term, index, entries, commit, vote, snapshot,
                    reject, reject_hint, context)
};

/// A message. Responses never carry responses themselves, which keeps the type, and its canonical bytes,
/// finite. An aggregate with a base: make one, then set fields; Message{plain} turns a response into a
/// message.
struct Message : PlainMessage {
  std::vector<PlainMessage> responses = {};  ///< of storage_append and storage_apply
  PLIMSOLL_DESCRIBE(Message, type, to, from, term, log_term, index, entries, commit, vote, snapshot, reject,
                    reject_hint, context, responses)
};

}  // namespace plimsoll::raft
