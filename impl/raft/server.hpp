// One server while it handles one input: its state, and what it may look at. Private to impl/raft.
//
// The member functions are grouped by the file they are in; raft.hpp lists the files. Names are those of the
// paper and of etcd-io/raft.
#pragma once

#include <string>

#include "impl/raft/raft.hpp"

namespace plimsoll::raft {

/// Why a server campaigns.
enum class Campaign : std::uint8_t {
  pre_election,  ///< to find out whether it could win (thesis 9.6)
  election,
  transfer,  ///< the leader asked it to: voters disregard their leases (thesis 3.10)
};

/// The context of a vote request that disregards leases.
inline constexpr std::string_view campaign_transfer = "CampaignTransfer";

struct Server {
  Raft& raft;
  const Config& config;
  const Storage& storage;

  // step.cpp

  /// Handles any message, the server's own ones included. Error: proposal_dropped.
  [[nodiscard]] StepResult step(const PlainMessage& message);
  /// As step(), for messages that cannot be refused.
  void handle(const PlainMessage& message) { static_cast<void>(step(message)); }
  /// Fills in sender and term, and lays the message where it waits for what it depends on (RAFT-R6).
  void send(PlainMessage message);

  // election.cpp

  void become_follower(Term term, ServerId lead);
  void become_pre_candidate();
  void become_candidate();
  void become_leader();
  /// The election timer ran out, or the leader said timeout_now.
  void hup(Campaign kind);
  void handle_vote_request(const PlainMessage& message);
  void handle_vote_response(const PlainMessage& message);
  /// RAFT-E5: this server has heard of its leader so recently that nobody else may be elected.
  [[nodiscard]] bool in_lease() const;
  [[nodiscard]] bool promotable() const;

  // replication.cpp

  /// Sends what the follower lacks, and an empty message if it lacks nothing.
  void send_append(ServerId to) { maybe_send_append(to, true); }
  /// Returns whether something was sent.
  bool maybe_send_append(ServerId to, bool send_if_empty);
  void broadcast_append();
  /// RAFT-R5. Returns whether the commit index rose.
  bool maybe_commit();
  void handle_append_entries(const PlainMessage& message);
  void handle_append_response(const PlainMessage& message, Progress& progress);

  // heartbeat.cpp

  void tick();
  void broadcast_heartbeat();
  void check_quorum();
  void handle_heartbeat(const PlainMessage& message);
  void handle_heartbeat_response(const PlainMessage& message, Progress& progress);
  void handle_unreachable(Progress& progress);

  // proposal.cpp

  [[nodiscard]] StepResult propose(const PlainMessage& message);
  [[nodiscard]] StepResult forward_proposal(const PlainMessage& message);
  /// Numbers the entries and appends them to the leader's log. Returns false, and changes nothing, if that
  /// would exceed the limit on uncommitted data.
  bool append_entries(std::vector<Entry> entries);
  void reduce_uncommitted_size(std::uint64_t size);

  // snapshot.cpp

  bool maybe_send_snapshot(ServerId to, Progress& progress);
  void handle_snapshot(const PlainMessage& message);
  void handle_snapshot_status(const PlainMessage& message, Progress& progress);
  void applied_snapshot(const Snapshot& snapshot);

  // read_index.cpp

  void read_index(const PlainMessage& request);
  void handle_read_index_response(const PlainMessage& message);
  /// The leader has committed an entry of its term: reads that waited for that go on.
  void release_pending_reads();
  /// A heartbeat that carried `context` was answered.
  void acknowledge_reads(ServerId from, const base::Bytes& context);
  [[nodiscard]] bool committed_entry_in_current_term() const;

  // transfer.cpp

  void transfer_leadership(ServerId transferee, const Progress& progress);
  void send_timeout_now(ServerId to);
  void forget_leader();
  /// A follower passes a message on to its leader, if it has one.
  void forward_to_leader(PlainMessage message);

  // membership_apply.cpp

  tl::expected<ConfState, std::string> apply_conf_change(const ConfChangeV2& change);
  void switch_to(Membership membership);
  /// Replaces the configuration by that of a snapshot.
  void restore_configuration(const ConfState& conf_state);
  void applied_to(Index index, std::uint64_t size);
  /// RAFT-E1, RAFT-M1: a change is committed that this server has not applied.
  [[nodiscard]] bool has_unapplied_conf_changes() const;

  // Short forms.

  [[nodiscard]] bool has(Defect defect) const { return config.defects.has(defect); }
  [[nodiscard]] Index last_index() const { return raft.log.last_index(storage); }
  [[nodiscard]] bool is_leader() const { return raft.role == Role::leader; }

 private:
  // step.cpp
  [[nodiscard]] bool enter_higher_term(const PlainMessage& message);
  void answer_lower_term(const PlainMessage& message);
  [[nodiscard]] StepResult step_leader(const PlainMessage& message);
  void step_leader_for(const PlainMessage& message, Progress& progress);
  [[nodiscard]] StepResult step_candidate(const PlainMessage& message);
  [[nodiscard]] StepResult step_follower(const PlainMessage& message);
  void handle_from_leader(const PlainMessage& message);
  void handle_storage_append_response(const PlainMessage& message);
  void handle_storage_apply_response(const PlainMessage& message);

  // election.cpp
  void reset(Term term);
  void clear_progress();
  void campaign(Campaign kind);
  [[nodiscard]] bool may_vote_for(const PlainMessage& message) const;

  // replication.cpp
  [[nodiscard]] bool is_absent_and_of_term_0(EntryId previous) const;
  void handle_append_rejection(const PlainMessage& message, Progress& progress);
  [[nodiscard]] bool is_news(const PlainMessage& message, Progress& progress) const;
  void acknowledge_append(const PlainMessage& message, Progress& progress);

  // heartbeat.cpp
  void tick_election();
  void tick_heartbeat();
  [[nodiscard]] std::uint32_t lease_ticks() const;

  // proposal.cpp
  [[nodiscard]] Entry validated(const Entry& proposed, Index index);
  [[nodiscard]] bool is_refused(const ConfChangeV2& change) const;

  // snapshot.cpp
  [[nodiscard]] bool restore(const Snapshot& snapshot);

  // read_index.cpp
  void queue_read(const PlainMessage& request);
  void answer_read(const PlainMessage& request, Index index);

  // membership_apply.cpp
  void replicate_under_new_configuration();
};

[[nodiscard]] inline PlainMessage message_to(ServerId to, MessageType type) {
  PlainMessage message;
  message.to = to;
  message.type = type;
  return message;
}

}  // namespace plimsoll::raft
