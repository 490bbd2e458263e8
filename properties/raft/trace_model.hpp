// What a cluster of etcd-io/raft nodes may do next, judged from outside: a model of each node and of the
// messages under way, against which traced events are checked one by one.
//
// A node handles one message at a time, and what it writes down while it does so is determined by the message
// and by what the node is. So after a received message the model knows which events of that node must come
// next, with all their fields; only events between messages (campaigns, proposals, heartbeats, Ready ...) are
// free, and they must agree with what the node is known to be. What a trace does not tell (the terms of the
// entries it starts with, options, pre-votes, reports from the transport) is learned from what follows or
// left open.
//
// Source: the semantics' statements RAFT-E1 to RAFT-M6; raft.go, log.go and tracker/progress.go of
// etcd-io/raft for the order of events within a step. Messages may be lost and overtake each other, but do
// not arrive twice: etcd's transports do not duplicate.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "properties/raft/trace_event.hpp"

namespace plimsoll::properties::raft::trace {

/// The last index may not pass this, which bounds memory for hostile input.
inline constexpr Index entries_max = 1'000'000;

/// Terms of entries, by index - 1; 0 is not known yet.
using Terms = std::vector<Term>;

enum class Flow : std::uint8_t { probe, replicate, snapshot };
/// What a leader knows of another node (RAFT-R7).
struct Progress {
  bool is_known = false;  ///< false: it may have been added or removed without a trace
  Index match_least = 0;  ///< differs from match_most if the node left and came back
  Index match_most = 0;
  Index next = 1;
  Flow flow = Flow::probe;
  bool paused = false;
};

/// What a node may find on its disk when it restarts.
struct Persisted {
  Term term = 0;
  Id vote = 0;
  Index commit = 0;
  Terms log = {};
};

/// A check of the next event of a node, and what follows from it. Returns false if it is another event.
using Step = std::function<bool(const Event&)>;

struct NodeModel {
  Id id = 0;
  Term term = 0;
  Id vote = 0;
  Index commit = 0;
  Role role = Role::follower;
  Terms log = {};
  Conf conf = {};
  std::vector<Conf> conf_choices = {};  ///< of which the next event shows the one in force; empty: `conf` is
  bool may_have_leader = false;

  std::uint64_t ready_count = 0;
  Index ready_commit = 0;                ///< entries up to here have been handed out to be applied
  Index applied_conf = 0;                ///< the last entry whose change of the configuration was applied
  Index opaque_log = 0;                  ///< entries up to here were there before the trace began
  bool is_fresh = true;                  ///< no Ready since it started
  std::deque<Persisted> persisted = {};  ///< by Ready, oldest first; the first one is certain to be on disk
  std::uint64_t persisted_from = 0;      ///< the number of the Ready of the first one

  std::map<Id, bool> votes = {};         ///< of a candidate: what was answered
  std::map<Id, Progress> progress = {};  ///< of a leader, itself included
  Index proposed = 0;                    ///< entries that Replicate and ChangeConf announced
  std::vector<std::pair<Index, std::vector<Change>>> proposed_changes = {};  ///< by place among them
  Ids burst = {};          ///< receivers of the MsgApp and MsgSnap sent without another event between
  Id heartbeat_after = 0;  ///< inside a round of heartbeats: the node that had the last one
};

class TraceModel {
 public:
  /// Checks the next event. Returns why it cannot happen here, or nothing. After a refusal the model is
  /// spent. Cost: linear in the entries that a message carries, and in the messages under way between two
  /// nodes.
  [[nodiscard]] std::optional<std::string> accept(const Event& event);

 private:
  struct Sent {
    Message message = {};
    Terms terms = {};               ///< of MsgApp the entries'; of MsgSnap all up to the index
    std::uint64_t ready = 0;        ///< the sender's Ready that lets it out
    std::uint64_t sender_life = 0;  ///< how often the sender had started
  };
  struct Place {
    NodeModel node = {};
    std::deque<Step> steps = {};              ///< what must come next
    std::optional<NodeModel> otherwise = {};  ///< the node if none of them comes: it ignored the message
    std::uint64_t life = 0;
  };

  // trace_model.cpp: one event
  void free_event(Place& place, const Event& event);
  void end_round(NodeModel& node, const Event& event);
  void expect(Place& place, EventName name, std::function<void(const Event&)> check);
  bool claim(bool holds, const std::string& otherwise);
  bool claim_message(const Event& event, const Message& wanted);
  bool claim_state(const NodeModel& node, const Event& event);
  void settle_configuration(Place& place, const Event& event);
  Terms::value_type& term_at(NodeModel& node, Index index);
  bool claim_term(NodeModel& node, Index index, Term term);
  void claim_committed(NodeModel& node);
  void commit_to(NodeModel& node, Index commit);

  // trace_life.cpp: starts, Ready, configurations
  void start(Place& place, const Event& event);
  void ready(Place& place, const Event& event);
  void change_conf(Place& place, const Event& event);
  void apply_conf_change(Place& place, const Event& event);
  [[nodiscard]] std::vector<Conf> conf_after(NodeModel& node, const Ids& voters);
  void configured(Place& place);

  // trace_election.cpp
  void become_follower(Place& place, const Event& event);
  void become_candidate(Place& place, const Event& event);
  void step_down(NodeModel& node, Term term, bool has_leader);
  void expect_follower(Place& place, Term term, bool has_leader);
  void receive_vote(Place& place, const Message& message);
  void receive_vote_response(Place& place, const Message& message);
  void expect_leader(Place& place);
  void expect_append(Place& place, Id id);
  [[nodiscard]] Step append_step(Place& place, Id id);

  // trace_messages.cpp: what is under way
  void receive(Place& place, const Event& event);
  void send(Place& place, const Event& event);
  void put(Place& place, const Message& message);
  std::optional<Sent> take(const Message& message);
  void expect_response(Place& place, const Message& message);

  // trace_follower.cpp
  void receive_from_leader(Place& place, const Sent& sent);
  void receive_append(Place& place, const Sent& sent);
  void take_entries(NodeModel& node, const Sent& sent, Index last_after);
  void refuse(NodeModel& node, const Message& message, const Event& event, Message& answer);
  void receive_snapshot(Place& place, const Sent& sent);
  [[nodiscard]] std::vector<Conf> confs_at(Index index, const Ids& voters) const;

  // trace_leader.cpp
  void receive_append_response(Place& place, const Message& message);
  void rejected(NodeModel& node, Progress& progress, const Message& message);
  void expect_commit(Place& place);
  [[nodiscard]] Index quorum_index(const NodeModel& node, bool least) const;
  void send_append(Place& place, const Event& event);
  void send_heartbeat(Place& place, const Event& event);
  void send_snapshot(Place& place, const Event& event);
  void appended(Place& place, const Event& event);

  std::map<Id, Place> places_;
  std::vector<Sent> under_way_;
  std::set<std::pair<Term, Id>> terms_seen_;
  std::map<Term, Id> leaders_;
  std::map<Index, Term> committed_;  ///< terms of committed entries, if known
  std::map<std::pair<Term, Index>, std::vector<Change>> conf_entries_;  ///< no changes: it leaves a joint one
  std::map<Index, Conf> conf_by_entry_;                                 ///< in force after that entry
  std::string problem_;
};

/// Voters and outgoing voters, sorted, each once.
[[nodiscard]] Ids members(const Conf& conf);
[[nodiscard]] bool contains(const Ids& ids, Id id);

}  // namespace plimsoll::properties::raft::trace
