// The events that etcd-io/raft writes down when it is built to be traced, one JSON object a line:
//
//   {"tag": "trace", "event": {"name": "BecomeLeader", "nid": "1", "state": {"term": 1, "vote": "1",
//   "commit": 2},
//                              "role": "StateLeader", "log": 2, "conf": [["1", "2", "3"], []]}}
//
// `log` is the last index, `conf` the voters and the outgoing voters. Sent and received messages have `msg`,
// sent MsgApp in `prop` the leader's progress about itself, changes of the configuration `prop.cc`. For
// MsgSnap, msg.entries is the snapshot's index. Source: state_trace.go of etcd-io/raft v3.6. Pre-votes,
// proposals, reads, leadership transfers and what storage threads say are not traced.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "checker/scenario/location.hpp"

namespace plimsoll::properties::raft::trace {

using Id = std::uint64_t;  ///< 0: nobody
using Term = std::uint64_t;
using Index = std::uint64_t;
using Ids = std::vector<Id>;  ///< sorted

enum class EventName : std::uint8_t {
  init_state,
  become_follower,
  become_candidate,
  become_leader,
  commit,
  replicate,
  change_conf,
  apply_conf_change,
  ready,
  send_append_entries_request,
  receive_append_entries_request,
  send_append_entries_response,
  receive_append_entries_response,
  send_request_vote_request,
  receive_request_vote_request,
  send_request_vote_response,
  receive_request_vote_response,
};
[[nodiscard]] std::string_view to_text(EventName name);
[[nodiscard]] bool is_receive(EventName name);

enum class Role : std::uint8_t { follower, pre_candidate, candidate, leader };
[[nodiscard]] std::string_view to_text(Role role);

enum class MessageType : std::uint8_t { app, app_resp, heartbeat, heartbeat_resp, snap, vote, vote_resp };
[[nodiscard]] std::string_view to_text(MessageType type);

struct Message {
  MessageType type = MessageType::app;
  Term term = 0;
  Id from = 0;
  Id to = 0;
  std::uint64_t entries = 0;  ///< of MsgSnap the snapshot's index
  Term log_term = 0;
  Index index = 0;
  Index commit = 0;
  Id vote = 0;
  bool reject = false;
  Index reject_hint = 0;
  friend bool operator==(const Message&, const Message&) = default;
};
/// "MsgApp 1 -> 2 at term 1: index 2, log term 1, 1 entry, commit 2".
[[nodiscard]] std::string to_text(const Message& message);

enum class ChangeAction : std::uint8_t { add, remove, add_learner };
struct Change {
  Id node = 0;
  ChangeAction action = ChangeAction::add;
};

using Conf = std::array<Ids, 2>;  ///< voters, and outgoing ones while it is joint

struct Event {
  std::uint64_t line = 0;
  EventName name = EventName::ready;
  Id node = 0;
  Term term = 0;
  Id vote = 0;
  Index commit = 0;
  Role role = Role::follower;
  Index log = 0;
  Conf conf = {};
  std::optional<Message> message = std::nullopt;
  std::optional<std::array<Index, 2>> progress = std::nullopt;  ///< the leader's own match and next
  std::vector<Change> changes = {};                             ///< of ChangeConf
  Ids new_conf = {};                                            ///< of ApplyConfChange: the voters after it
};

/// Reads a whole trace. The error names file, line and column. Cost: linear.
[[nodiscard]] tl::expected<std::vector<Event>, scenario::Error> parse(std::string_view text,
                                                                      const std::string& file);

}  // namespace plimsoll::properties::raft::trace
