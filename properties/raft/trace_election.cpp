// Campaigns, votes and who becomes what.
#include <algorithm>

#include "properties/raft/trace_model.hpp"

namespace plimsoll::properties::raft::trace {
namespace {

enum class Outcome : std::uint8_t { pending, won, lost };

[[nodiscard]] Outcome outcome_of(const Ids& voters, const std::map<Id, bool>& votes) {
  std::size_t granted = 0;
  std::size_t missing = 0;
  for (const Id voter : voters) {
    const auto vote = votes.find(voter);
    missing += vote == votes.end() ? 1 : 0;
    granted += vote != votes.end() && vote->second ? 1 : 0;
  }
  const std::size_t quorum = voters.size() / 2 + 1;
  if (voters.empty() || granted >= quorum) {
    return Outcome::won;
  }
  return granted + missing >= quorum ? Outcome::pending : Outcome::lost;
}

/// Both majorities of a joint configuration must be won; either may lose it.
[[nodiscard]] Outcome outcome_of(const Conf& conf, const std::map<Id, bool>& votes) {
  const Outcome incoming = outcome_of(conf[0], votes);
  const Outcome outgoing = outcome_of(conf[1], votes);
  if (incoming == outgoing) {
    return incoming;
  }
  return incoming == Outcome::lost || outgoing == Outcome::lost ? Outcome::lost : Outcome::pending;
}

}  // namespace

void TraceModel::step_down(NodeModel& node, Term term, bool has_leader) {
  if (term > node.term) {
    node.term = term;
    node.vote = 0;
  }
  node.role = Role::follower;
  node.may_have_leader = has_leader;
  node.votes.clear();
  node.progress.clear();
  node.proposed = 0;
  node.proposed_changes.clear();
  node.heartbeat_after = 0;
  node.burst.clear();
}

/// Without a traced message: a leader that lacks a quorum (RAFT-E9) or was removed, a pre-candidate that
/// lost, or somebody who was told of a higher term by a message that is not traced.
void TraceModel::become_follower(Place& place, const Event& event) {
  NodeModel& node = place.node;
  if (event.term == node.term) {
    claim(node.role == Role::leader || node.role == Role::pre_candidate,
          "BecomeFollower without a reason to step down");
  } else {
    const bool is_bootstrap = node.is_fresh && node.log.empty() && node.term == 0 && event.term == 1;
    const bool is_seen = std::ranges::any_of(
        terms_seen_, [&](const auto& seen) { return seen.first == event.term && seen.second != node.id; });
    claim(event.term > node.term, "the term falls");
    claim(is_bootstrap || is_seen, "BecomeFollower at a term that no other node has had");
  }
  step_down(node, event.term, false);
  claim_state(node, event);
}

void TraceModel::expect_follower(Place& place, Term term, bool has_leader) {
  expect(place, EventName::become_follower, [this, &place, term, has_leader](const Event& event) {
    step_down(place.node, term, has_leader);
    claim_state(place.node, event);
  });
}

/// RAFT-E2: the term is the next one, the vote its own; everybody who decides is asked, in order.
void TraceModel::become_candidate(Place& place, const Event& event) {
  NodeModel& node = place.node;
  const Ids all = members(node.conf);
  claim(node.role != Role::leader && contains(all, node.id), "this node cannot campaign");
  step_down(node, node.term + 1, false);
  node.vote = node.id;
  node.role = Role::candidate;
  claim_state(node, event);
  for (const Id id : all) {
    const bool is_self = id == node.id;
    const EventName name =
        is_self ? EventName::send_request_vote_response : EventName::send_request_vote_request;
    expect(place, name, [this, &place, id, is_self](const Event& sent) {
      NodeModel& self = place.node;
      Message wanted;
      wanted.type = is_self ? MessageType::vote_resp : MessageType::vote;
      wanted.term = self.term;
      wanted.from = self.id;
      wanted.to = id;
      if (!is_self && sent.message) {
        wanted.index = self.log.size();
        wanted.log_term = sent.message->log_term;
        claim_term(self, wanted.index, wanted.log_term);
      }
      claim_state(self, sent);
      claim_message(sent, wanted);
      put(place, wanted);
    });
  }
}

/// RAFT-E3, E5, E6. A node that hears of a leader may ignore the request.
void TraceModel::receive_vote(Place& place, const Message& message) {
  NodeModel& node = place.node;
  if (message.term < node.term) {
    return;
  }
  if (message.term > node.term) {
    if (node.role == Role::leader || node.may_have_leader) {
      place.otherwise = node;
    }
    expect_follower(place, message.term, false);
  }
  expect(place, EventName::send_request_vote_response, [this, &place, message](const Event& event) {
    NodeModel& self = place.node;
    const Term last = self.log.empty() ? 0 : self.log.back();
    const bool is_last_known = self.log.empty() || last != 0;
    const bool is_up_to_date =
        std::pair(message.log_term, message.index) >= std::pair(last, Index{self.log.size()});
    const bool may_vote = self.vote == message.from || self.vote == 0;
    const bool must_vote = self.vote == message.from || (self.vote == 0 && !self.may_have_leader);
    const bool is_granted = event.message && !event.message->reject;
    if (is_granted) {
      claim(may_vote, "a second vote in this term");
      claim(!is_last_known || is_up_to_date, "a vote for a log that is behind");
    } else {
      claim(!is_last_known || !must_vote || !is_up_to_date, "a vote refused without a reason");
    }
    Message wanted;
    wanted.type = MessageType::vote_resp;
    wanted.term = self.term;
    wanted.from = self.id;
    wanted.to = message.from;
    wanted.reject = !is_granted;
    claim_state(self, event);
    claim_message(event, wanted);
    put(place, wanted);
    self.vote = is_granted ? message.from : self.vote;
  });
}

void TraceModel::receive_vote_response(Place& place, const Message& message) {
  NodeModel& node = place.node;
  if (message.term > node.term) {
    return expect_follower(place, message.term, false);
  }
  if (message.term < node.term || node.role != Role::candidate) {
    return;
  }
  node.votes.emplace(message.from, !message.reject);
  switch (outcome_of(node.conf, node.votes)) {
    case Outcome::won:
      return expect_leader(place);
    case Outcome::lost:
      return expect_follower(place, node.term, false);
    case Outcome::pending:
      return;
  }
}

/// RAFT-E8: an empty entry is appended and sent to everybody at once.
void TraceModel::expect_leader(Place& place) {
  expect(place, EventName::become_leader, [this, &place](const Event& event) {
    NodeModel& node = place.node;
    node.role = Role::leader;
    node.votes.clear();
    const auto [leader, is_new] = leaders_.emplace(node.term, node.id);
    claim(is_new || leader->second == node.id, "the term has another leader");
    const Index last = node.log.size();
    for (const Id id : members(node.conf)) {
      const Index match = id == node.id ? last : 0;
      node.progress[id] = {true, match, match, last + 1, Flow::probe, false};
    }
    claim_state(node, event);
  });
  expect(place, EventName::replicate, [this, &place](const Event& event) {
    claim_state(place.node, event);
    ++place.node.proposed;
  });
  expect(place, EventName::send_append_entries_response,
         [this, &place](const Event& event) { appended(place, event); });
  for (const Id id : members(place.node.conf)) {
    if (id != place.node.id) {
      expect_append(place, id);
    }
  }
}

/// The next MsgApp goes to `id`; learners, which the trace does not name, may come before.
void TraceModel::expect_append(Place& place, Id id) {
  place.steps.emplace_back(append_step(place, id));
}

Step TraceModel::append_step(Place& place, Id id) {
  return [this, &place, id](const Event& event) {
    const bool is_append = event.name == EventName::send_append_entries_request && event.message &&
                           event.message->type == MessageType::app;
    if (!claim(is_append, "expected the new leader's MsgApp to " + std::to_string(id)) ||
        !claim_state(place.node, event)) {
      return false;
    }
    if (event.message->to != id && !contains(members(place.node.conf), event.message->to)) {
      place.steps.push_front(append_step(place, id));
    } else {
      claim(event.message->to == id, "expected the new leader's MsgApp to " + std::to_string(id));
    }
    send_append(place, event);
    return problem_.empty();
  };
}

}  // namespace plimsoll::properties::raft::trace
