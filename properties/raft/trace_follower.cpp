// What a node does with what a leader sends.
#include <algorithm>

#include "properties/raft/trace_model.hpp"

namespace plimsoll::properties::raft::trace {

void TraceModel::receive_from_leader(Place& place, const Sent& sent) {
  NodeModel& node = place.node;
  const Message& message = sent.message;
  if (message.term < node.term) {
    // RAFT-E7: with check-quorum or pre-vote it tells the old leader of its term.
    if (message.type != MessageType::snap) {
      place.otherwise = node;
      Message answer;
      answer.type = MessageType::app_resp;
      answer.term = node.term;
      answer.from = node.id;
      answer.to = message.from;
      expect_response(place, answer);
    }
    return;
  }
  if (message.term > node.term || node.role == Role::candidate || node.role == Role::pre_candidate) {
    expect_follower(place, message.term, true);
  } else if (!claim(node.role == Role::follower, "the term has two leaders")) {
    return;
  }
  node.may_have_leader = true;
  switch (message.type) {
    case MessageType::app:
      return receive_append(place, sent);
    case MessageType::snap:
      return receive_snapshot(place, sent);
    default:
      expect(place, EventName::send_append_entries_response, [this, &place, message](const Event& event) {
        commit_to(place.node, message.commit);
        Message answer;
        answer.type = MessageType::heartbeat_resp;
        answer.term = place.node.term;
        answer.from = place.node.id;
        answer.to = message.from;
        claim_state(place.node, event);
        claim_message(event, answer);
        put(place, answer);
      });
  }
}

/// RAFT-R1, R2. Where terms are not known yet the answer tells.
void TraceModel::receive_append(Place& place, const Sent& sent) {
  expect(place, EventName::send_append_entries_response, [this, &place, sent](const Event& event) {
    NodeModel& node = place.node;
    const Message& message = sent.message;
    Message answer;
    answer.type = MessageType::app_resp;
    answer.term = node.term;
    answer.from = node.id;
    answer.to = message.from;
    const bool says_reject = event.message && event.message->reject;
    const Term previous =
        message.index > 0 && message.index <= node.log.size() ? term_at(node, message.index) : 0;
    const bool is_open = previous == 0 && message.index > 0 && message.index <= node.log.size();
    if (message.index < node.commit) {
      answer.index = node.commit;
    } else if (message.index <= node.log.size() && (is_open ? !says_reject : previous == message.log_term)) {
      claim_term(node, message.index, message.log_term);
      answer.index = message.index + sent.terms.size();
      take_entries(node, sent, event.log);
      commit_to(node, std::min(message.commit, answer.index));
    } else {
      answer.index = message.index;
      answer.reject = true;
      refuse(node, message, event, answer);
    }
    claim_state(node, event);
    claim_message(event, answer);
    put(place, answer);
  });
}

/// Appends what follows the first conflict.
void TraceModel::take_entries(NodeModel& node, const Sent& sent, Index last_after) {
  const Index last_new = sent.message.index + sent.terms.size();
  for (Index index = sent.message.index + 1; index <= last_new; ++index) {
    const Term term = sent.terms[index - sent.message.index - 1];
    if (index <= node.log.size()) {
      const Term known = term_at(node, index);
      const bool was_cut = node.log.size() > last_new && last_after == last_new;
      if (known == term || term == 0 || (known == 0 && !was_cut)) {
        term_at(node, index) = std::max(known, term);
        continue;
      }
      if (!claim(index > node.commit, "entry " + std::to_string(index) + " is committed and would change")) {
        return;
      }
      node.log.resize(index - 1);
      node.applied_conf = std::min<Index>(node.applied_conf, index - 1);
    }
    node.log.push_back(term);
  }
}

/// The hint: the largest index up to the message's whose term is no larger than the message's.
void TraceModel::refuse(NodeModel& node, const Message& message, const Event& event, Message& answer) {
  Index hint = std::min<Index>(message.index, node.log.size());
  for (; hint > 0; --hint) {
    const Term known = term_at(node, hint);
    const bool is_told = event.message && event.message->reject_hint == hint;
    if (known == 0 && is_told && event.message->log_term <= message.log_term) {
      claim_term(node, hint, event.message->log_term);
      break;
    }
    if (known != 0 && known <= message.log_term) {
      break;
    }
  }
  answer.reject_hint = hint;
  answer.log_term = hint == 0 ? 0 : term_at(node, hint);
}

/// RAFT-S2: installed, or else only a sign that what it has up to there is committed.
void TraceModel::receive_snapshot(Place& place, const Sent& sent) {
  place.steps.emplace_back([this, &place, sent](const Event& event) {
    NodeModel& node = place.node;
    const Index index = sent.message.entries;
    Message answer;
    answer.type = MessageType::app_resp;
    answer.term = node.term;
    answer.from = node.id;
    answer.to = sent.message.from;
    const Term last = sent.terms.empty() ? 0 : sent.terms.back();
    const Term known = index > 0 && index <= node.log.size() ? term_at(node, index) : 0;
    if (event.name == EventName::apply_conf_change) {
      claim(index > node.commit && (known == 0 || known != last),
            "a snapshot of what the log has is installed");
      node.log = sent.terms;
      commit_to(node, index);
      node.conf = {};
      node.applied_conf = index;
      node.ready_commit = std::max(node.ready_commit, index);
      claim_state(node, event);
      node.conf_choices = confs_at(index, event.new_conf);
      answer.index = index;
      expect_response(place, answer);
      return claim(!node.conf_choices.empty(), "the snapshot has another configuration");
    }
    if (!claim(event.name == EventName::send_append_entries_response, "a snapshot is not answered")) {
      return false;
    }
    if (index <= node.log.size() && (known == 0 || last == 0 || known == last)) {
      commit_to(node, index);
    } else {
      const bool is_stranger = !contains(members(places_[sent.message.from].node.conf), node.id);
      claim(index <= node.commit || is_stranger, "the snapshot should have been installed");
    }
    answer.index = node.commit;
    claim_state(node, event);
    claim_message(event, answer);
    put(place, answer);
    return problem_.empty();
  });
}

/// Configurations that a snapshot at `index` may have.
std::vector<Conf> TraceModel::confs_at(Index index, const Ids& voters) const {
  const auto later = conf_by_entry_.upper_bound(index);
  std::vector<Conf> found;
  if (later != conf_by_entry_.begin() && std::prev(later)->first > 0) {
    found.push_back(std::prev(later)->second);
  } else {
    found.push_back({voters, {}});
    for (const auto& [id, place] : places_) {
      found.push_back(place.node.conf);
    }
  }
  std::erase_if(found, [&](const Conf& conf) { return conf[0] != voters; });
  return found;
}

}  // namespace plimsoll::properties::raft::trace
