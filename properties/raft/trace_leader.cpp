// What a leader does: appends, sends, and learns from answers.
#include <algorithm>

#include "properties/raft/trace_model.hpp"

namespace plimsoll::properties::raft::trace {

void TraceModel::receive_append_response(Place& place, const Message& message) {
  NodeModel& node = place.node;
  if (message.term > node.term) {
    return expect_follower(place, message.term, false);
  }
  const bool is_member = contains(members(node.conf), message.from);
  if (message.term < node.term || node.role != Role::leader || (message.from == node.id && !is_member)) {
    return;
  }
  Progress& progress = node.progress[message.from];
  if (message.type == MessageType::heartbeat_resp) {
    progress.paused = false;
    return;
  }
  if (message.reject) {
    return rejected(node, progress, message);
  }
  claim(message.index <= node.log.size(), "acknowledges entries that the leader does not have");
  const bool is_advance = message.index > progress.match_most;
  const bool may_advance = message.index > progress.match_least;
  const bool is_repeat = message.index == progress.match_most && message.from != node.id;
  const bool ends_probe = is_repeat && progress.is_known && progress.flow == Flow::probe;
  if (!may_advance && !is_repeat) {
    return;
  }
  if (!is_member || !(is_advance || ends_probe)) {
    place.otherwise = node;
  }
  progress.match_least = std::max(progress.match_least, message.index);
  progress.match_most = std::max(progress.match_most, message.index);
  progress.paused = progress.paused && !may_advance;
  progress.next = std::max(progress.next, message.index + 1);
  if (progress.flow != Flow::replicate) {
    progress.flow = Flow::replicate;
    progress.next = progress.match_most + 1;
  }
  expect_commit(place);
}

/// Progress.MaybeDecrTo: a rejection that is not stale moves Next back.
void TraceModel::rejected(NodeModel& node, Progress& progress, const Message& message) {
  Index hint = message.reject_hint;
  if (message.log_term > 0) {
    hint = std::min<Index>(hint, node.log.size());
    while (hint > 0 && term_at(node, hint) > message.log_term) {
      --hint;
    }
    progress.is_known = progress.is_known && (hint == 0 || term_at(node, hint) != 0);
  }
  if (progress.flow == Flow::replicate) {
    if (message.index > progress.match_most) {
      progress.flow = Flow::probe;
      progress.next = progress.match_most + 1;
      progress.paused = false;
    }
  } else if (progress.next == message.index + 1) {
    progress.next = std::max(std::min(message.index, hint + 1), progress.match_most + 1);
    progress.paused = false;
  }
}

/// The largest index that a quorum has: in a joint configuration, that both have.
Index TraceModel::quorum_index(const NodeModel& node, bool least) const {
  std::optional<Index> both;
  for (const Ids& voters : node.conf) {
    if (voters.empty()) {
      continue;
    }
    std::vector<Index> matches;
    for (const Id voter : voters) {
      const auto progress = node.progress.find(voter);
      const bool is_there = progress != node.progress.end();
      const Index most = is_there ? progress->second.match_most : 0;
      matches.push_back(is_there && least ? progress->second.match_least : most);
    }
    std::ranges::sort(matches);
    const Index index = matches[(voters.size() - 1) / 2];
    both = std::min(both.value_or(index), index);
  }
  return both.value_or(0);
}

/// RAFT-R5: only an entry of the leader's own term, and with it all before, is committed by counting.
void TraceModel::expect_commit(Place& place) {
  expect(place, EventName::commit, [this, &place](const Event& event) {
    NodeModel& node = place.node;
    const auto committed = [&](Index index) {
      const bool is_own = index > node.commit && term_at(node, index) == node.term;
      return is_own ? index : node.commit;
    };
    const Index least = committed(quorum_index(node, true));
    const Index most = committed(quorum_index(node, false));
    claim(event.commit >= least && event.commit <= most,
          "a quorum has acknowledged up to " + std::to_string(most) + ", so the commit index cannot be " +
              std::to_string(event.commit));
    if (problem_.empty()) {
      commit_to(node, event.commit);
      claim_state(node, event);
    }
  });
}

/// RAFT-R7. A report from the transport, which is not traced, moves Next back to where the follower is known
/// to be.
void TraceModel::send_append(Place& place, const Event& event) {
  NodeModel& node = place.node;
  const Message& message = *event.message;
  Message wanted = message;
  wanted.type = MessageType::app;
  wanted.term = node.term;
  wanted.commit = node.commit;
  wanted.vote = 0;
  wanted.reject = false;
  wanted.reject_hint = 0;
  const bool is_in_log = message.index + message.entries <= node.log.size();
  if (!claim_message(event, wanted) || !claim(is_in_log, "sends entries that the leader does not have") ||
      !claim_term(node, message.index, message.log_term)) {
    return;
  }
  const bool is_member = contains(members(node.conf), node.id);
  const Index match = node.progress[node.id].match_most;
  if (event.progress || is_member) {
    claim(event.progress == std::array{match, match + 1},
          "the leader's own progress should be " + std::to_string(match));
  }
  Progress& progress = node.progress[message.to];
  const bool is_next = message.index + 1 == progress.next;
  if (progress.is_known) {
    const bool is_reported = message.index == progress.match_most && progress.flow != Flow::probe;
    claim(is_next || is_reported, "the next entry for " + std::to_string(message.to) + " is " +
                                      std::to_string(progress.next) + ", not " +
                                      std::to_string(message.index + 1));
    claim(!(is_next && progress.flow == Flow::probe && progress.paused),
          "a second probe before the first is answered");
    progress.flow = is_next && progress.flow == Flow::replicate ? Flow::replicate : Flow::probe;
  }
  progress.is_known = true;
  progress.next = message.index + 1;
  if (progress.flow == Flow::replicate) {
    progress.next += message.entries;
  } else {
    progress.flow = Flow::probe;
    progress.paused = message.entries > 0;
  }
  put(place, message);
}

/// RAFT-R3. A round goes to everybody in order.
void TraceModel::send_heartbeat(Place& place, const Event& event) {
  NodeModel& node = place.node;
  const Id to = event.message->to;
  const Ids all = members(node.conf);
  const auto is_left_out = [&](Id after) {
    return std::ranges::any_of(all, [&](Id id) { return id > after && id < to && id != node.id; });
  };
  const bool is_over =
      std::ranges::none_of(all, [&](Id id) { return id > node.heartbeat_after && id != node.id; });
  const Id after = is_over && to <= node.heartbeat_after ? 0 : node.heartbeat_after;
  claim(to > after && !is_left_out(after), "a round of heartbeats leaves out a voter");
  node.heartbeat_after = to;
  const Progress& progress = node.progress[to];
  Message wanted;
  wanted.type = MessageType::heartbeat;
  wanted.term = node.term;
  wanted.from = node.id;
  wanted.to = to;
  const Index least = std::min(progress.match_least, node.commit);
  const Index most = std::min(progress.match_most, node.commit);
  wanted.commit = std::clamp(event.message->commit, least, most);
  claim_message(event, wanted);
  put(place, wanted);
}

/// RAFT-S1.
void TraceModel::send_snapshot(Place& place, const Event& event) {
  NodeModel& node = place.node;
  Message wanted;
  wanted.type = MessageType::snap;
  wanted.term = node.term;
  wanted.from = node.id;
  wanted.to = event.message->to;
  wanted.entries = event.message->entries;
  if (!claim_message(event, wanted) ||
      !claim(wanted.entries <= node.commit, "a snapshot of what is not committed")) {
    return;
  }
  Progress& progress = node.progress[wanted.to];
  claim(!(progress.is_known && progress.flow == Flow::probe && progress.paused),
        "a snapshot before the probe is answered");
  progress.is_known = true;
  progress.flow = Flow::snapshot;
  progress.next = wanted.entries + 1;
  put(place, wanted);
}

/// A leader acknowledges to itself what was proposed. Leaving a joint configuration is proposed without a
/// trace.
void TraceModel::appended(Place& place, const Event& event) {
  NodeModel& node = place.node;
  const bool is_own = node.role == Role::leader && event.message && event.message->to == node.id;
  if (!claim(is_own, "a response that nothing asked for")) {
    return;
  }
  const Index last = node.log.size();
  const Index silent = event.log - std::min<Index>(event.log, last + node.proposed);
  const bool is_joint_pending = std::ranges::any_of(conf_entries_, [&](const auto& entry) {
    const Index index = entry.first.second;
    return entry.second.size() > 1 && index > node.applied_conf && index <= last &&
           node.log[index - 1] == entry.first.first;
  });
  claim(event.log >= last + node.proposed && silent + node.proposed > 0,
        "the last index should be " + std::to_string(last + node.proposed));
  claim(silent == 0 || (silent == 1 && (is_joint_pending || !node.conf[1].empty())),
        "more entries than were proposed");
  if (!problem_.empty()) {
    return;
  }
  node.log.resize(event.log, node.term);
  for (const auto& [place_in_batch, changes] : node.proposed_changes) {
    conf_entries_[{node.term, last + place_in_batch + 1}] = changes;
  }
  if (silent == 1) {
    conf_entries_[{node.term, event.log}] = {};
  }
  node.proposed = 0;
  node.proposed_changes.clear();
  Message wanted;
  wanted.type = MessageType::app_resp;
  wanted.term = node.term;
  wanted.from = node.id;
  wanted.to = node.id;
  wanted.index = event.log;
  claim_state(node, event);
  claim_message(event, wanted);
  put(place, wanted);
}

}  // namespace plimsoll::properties::raft::trace
