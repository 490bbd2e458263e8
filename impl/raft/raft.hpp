// The state of a Raft server: what the paper calls volatile state, and the messages it wants to send.
//
// Source: Raft paper, figure 2; Ongaro's dissertation; etcd-io/raft raft.go at cdfbeed (v3.7). A server is a
// deterministic function of its inputs: no clock, no randomness, no I/O. RawNode (raw_node.hpp) is its
// surface; how it behaves is in one file for each concern:
//
//   step.cpp              terms, and which input goes where
//   election.cpp          roles, campaigns, votes
//   replication.cpp       appending to followers and being appended to
//   heartbeat.cpp         time, heartbeats, check of the quorum
//   proposal.cpp          what becomes an entry, and what is refused
//   snapshot.cpp          sending and installing snapshots
//   read_index.cpp        reads that go through no log
//   transfer.cpp          handing over leadership, forgetting a leader
//   membership_apply.cpp  configuration changes taking effect; entries being applied
//
// The state is canonical: what has no meaning in a role is at its default. Progress is the leader's alone
// (others keep the members and who of them are learners), votes are a candidate's, timers that do not run
// stand at 0.
#pragma once

#include "impl/raft/config.hpp"
#include "impl/raft/log.hpp"
#include "impl/raft/read_only.hpp"
#include "impl/raft/tracker.hpp"

namespace plimsoll::raft {

/// In upstream's order.
enum class Role : std::uint8_t { follower, candidate, leader, pre_candidate };
PLIMSOLL_DESCRIBE_ENUM(Role, follower, candidate, leader, pre_candidate)

/// Changes with every message lost; nothing of it is durable.
struct SoftState {
  ServerId lead = nobody;
  Role role = Role::follower;
  PLIMSOLL_DESCRIBE(SoftState, lead, role)
};

/// Why an input was refused.
enum class RaftError : std::uint8_t {
  proposal_dropped,     ///< RAFT-R10; the caller may try again, elsewhere or later
  step_local_message,   ///< a message came over the network that only a server itself may produce
  step_peer_not_found,  ///< a response from a server that is no member
};
PLIMSOLL_DESCRIBE_ENUM(RaftError, proposal_dropped, step_local_message, step_peer_not_found)

using StepResult = tl::expected<void, RaftError>;

struct Raft {
  ServerId id = nobody;
  Term term = 0;
  ServerId vote = nobody;
  Role role = Role::follower;
  ServerId lead = nobody;
  ServerId lead_transferee = nobody;  ///< leader: to whom leadership is being transferred
  Index pending_conf_index =
      0;  ///< leader: no configuration change is pending once this entry is applied (RAFT-M2)
  std::uint32_t election_elapsed =
      0;  ///< ticks since the election timer was reset; a leader's count E for checks
  std::uint32_t heartbeat_elapsed = 0;  ///< leader: ticks since its last heartbeat
  /// Ticks until an election. 0: as many as election_tick; whoever drives the server may draw a number from
  /// election_tick to 2 election_tick - 1 instead when it sees the 0 that every reset of the timer leaves.
  std::uint32_t randomized_election_timeout = 0;
  ProgressTracker tracker;
  Log log;
  ReadOnly read_only;  ///< leader
  std::vector<PlainMessage>
      pending_read_index_messages;     ///< reads that came before a commit of their term (RAFT-Q2)
  std::vector<ReadState> read_states;  ///< reads that may be served, for the next Ready
  std::uint64_t uncommitted_size = 0;  ///< leader: bytes of data proposed and not applied
  std::vector<PlainMessage> messages;  ///< may leave at once
  std::vector<PlainMessage>
      messages_after_append;  ///< leave when all that is unstable now is durable (RAFT-R6)
  PLIMSOLL_DESCRIBE(Raft, id, term, vote, role, lead, lead_transferee, pending_conf_index, election_elapsed,
                    heartbeat_elapsed, randomized_election_timeout, tracker, log, read_only,
                    pending_read_index_messages, read_states, uncommitted_size, messages,
                    messages_after_append)

  [[nodiscard]] SoftState soft_state() const { return {lead, role}; }
  [[nodiscard]] HardState hard_state() const { return {term, vote, log.committed}; }
  /// A member that learns but does not vote.
  [[nodiscard]] bool is_learner() const {
    const Progress* own = tracker.find(id);
    return own != nullptr && own->is_learner;
  }
};

}  // namespace plimsoll::raft
