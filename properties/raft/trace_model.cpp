#include "properties/raft/trace_model.hpp"

#include <algorithm>

namespace plimsoll::properties::raft::trace {

std::optional<std::string> TraceModel::accept(const Event& event) {
  if (!claim(event.log <= entries_max, "more entries than are checked")) {
    return problem_;
  }
  Place& place = places_[event.node];
  place.node.id = event.node;
  const bool is_start = event.name == EventName::init_state;
  if (is_start) {
    place.steps.clear();
    place.otherwise.reset();
  } else {
    claim(place.life > 0, "the node has not started");
    settle_configuration(place, event);
  }
  if (!problem_.empty()) {
    return problem_;
  }
  bool is_taken = false;
  if (!place.steps.empty()) {
    const Step step = std::move(place.steps.front());
    place.steps.pop_front();
    is_taken = step(event);
    if (!is_taken && place.otherwise) {
      place.node = *std::exchange(place.otherwise, std::nullopt);
      place.steps.clear();
      problem_.clear();
    } else if (is_taken) {
      place.otherwise.reset();
    }
  }
  if (!is_taken && problem_.empty()) {
    is_start ? start(place, event) : free_event(place, event);
  }
  terms_seen_.emplace(place.node.term, event.node);
  return problem_.empty() ? std::nullopt : std::optional(problem_);
}

void TraceModel::free_event(Place& place, const Event& event) {
  NodeModel& node = place.node;
  end_round(node, event);
  switch (event.name) {
    case EventName::become_follower:
      return become_follower(place, event);
    case EventName::become_candidate:
      return become_candidate(place, event);
    case EventName::apply_conf_change:
      return apply_conf_change(place, event);
    case EventName::become_leader:
    case EventName::commit:
      claim(false, std::string(to_text(event.name)) + " without a message that leads to it");
      return;
    default:
      break;
  }
  const bool may_campaign = contains(members(node.conf), node.id) && node.role != Role::leader;
  if (event.role == Role::pre_candidate && may_campaign) {
    node.role = Role::pre_candidate;
    node.may_have_leader = false;
  }
  const bool is_batch = event.name == EventName::replicate || event.name == EventName::change_conf;
  if (event.name == EventName::send_append_entries_response) {
    return appended(place, event);
  }
  if (!claim_state(node, event)) {
    return;
  }
  if (!is_batch && node.proposed > 0) {
    // Changes of the configuration that exceed the limit of uncommitted entries are dropped after all.
    claim(node.proposed == node.proposed_changes.size(), "what was proposed is not appended");
    node.proposed = 0;
    node.proposed_changes.clear();
  }
  switch (event.name) {
    case EventName::replicate:
      claim(node.role == Role::leader, "Replicate at a node that does not lead");
      ++node.proposed;
      return;
    case EventName::change_conf:
      return change_conf(place, event);
    case EventName::ready:
      return ready(place, event);
    case EventName::send_append_entries_request:
      return send(place, event);
    case EventName::send_request_vote_request:
    case EventName::send_request_vote_response:
      claim(false, "a vote that nothing asked for");
      return;
    default:
      return receive(place, event);
  }
}

/// What goes to several nodes at once goes to all of them, in their order.
void TraceModel::end_round(NodeModel& node, const Event& event) {
  if (event.name != EventName::send_append_entries_request) {
    node.burst.clear();
  }
  const bool in_round = node.heartbeat_after != 0;
  const bool is_heartbeat = event.message && event.message->type == MessageType::heartbeat &&
                            event.name == EventName::send_append_entries_request;
  if (in_round && !is_heartbeat) {
    const Ids all = members(node.conf);
    const bool is_over =
        std::ranges::none_of(all, [&](Id other) { return other > node.heartbeat_after && other != node.id; });
    claim(is_over, "a round of heartbeats leaves out a voter");
    node.heartbeat_after = 0;
  }
}

void TraceModel::expect(Place& place, EventName name, std::function<void(const Event&)> check) {
  place.steps.emplace_back([this, name, check = std::move(check)](const Event& event) {
    if (event.name != name) {
      problem_ = "expected " + std::string(to_text(name)) + " of this node, found " +
                 std::string(to_text(event.name));
      return false;
    }
    check(event);
    return problem_.empty();
  });
}

bool TraceModel::claim(bool holds, const std::string& otherwise) {
  if (!holds && problem_.empty()) {
    problem_ = otherwise;
  }
  return holds;
}

bool TraceModel::claim_state(const NodeModel& node, const Event& event) {
  const auto same = [&](const char* what, std::uint64_t expected, std::uint64_t found) {
    return claim(expected == found, std::string(what) + " should be " + std::to_string(expected) + ", not " +
                                        std::to_string(found));
  };
  return same("the term", node.term, event.term) && same("the vote", node.vote, event.vote) &&
         same("the commit index", node.commit, event.commit) &&
         claim(node.role == event.role, "the role should be " + std::string(to_text(node.role)) + ", not " +
                                            std::string(to_text(event.role))) &&
         same("the last index", node.log.size(), event.log) &&
         claim(node.conf == event.conf, "the configuration is not the one in force");
}

void TraceModel::settle_configuration(Place& place, const Event& event) {
  NodeModel& node = place.node;
  if (node.conf_choices.empty()) {
    return;
  }
  const bool is_choice = std::ranges::find(node.conf_choices, event.conf) != node.conf_choices.end();
  if (claim(is_choice, "the configuration does not follow from the change that was applied")) {
    node.conf = event.conf;
    node.conf_choices.clear();
    configured(place);
  }
}

Term& TraceModel::term_at(NodeModel& node, Index index) {
  return node.log[index - 1];
}

/// Learns the term of an entry, or compares it with what is known.
bool TraceModel::claim_term(NodeModel& node, Index index, Term term) {
  if (index == 0 || index > node.log.size()) {
    return claim(index == 0 && term == 0, "there is no entry " + std::to_string(index));
  }
  Term& known = term_at(node, index);
  if (known == 0) {
    const auto later = std::find_if(node.log.begin() + static_cast<std::ptrdiff_t>(index), node.log.end(),
                                    [](Term other) { return other != 0; });
    claim(term <= node.term && (later == node.log.end() || term <= *later),
          "entry " + std::to_string(index) + " cannot be of term " + std::to_string(term));
    known = term;
  }
  return claim(known == term, "entry " + std::to_string(index) + " is of term " + std::to_string(known) +
                                  ", not " + std::to_string(term));
}

/// StateMachineSafety: what is committed has the same terms everywhere.
void TraceModel::claim_committed(NodeModel& node) {
  if (!claim(node.commit <= node.log.size(), "the commit index is past the last index")) {
    return;
  }
  for (Index index = node.commit; index > 0; --index) {
    Term& known = term_at(node, index);
    Term& agreed = committed_[index];
    if (known != 0 && agreed == known) {
      break;
    }
    agreed = agreed == 0 ? known : agreed;
    known = known == 0 ? agreed : known;
    claim(known == agreed, "entry " + std::to_string(index) + " was committed with another term");
  }
}

void TraceModel::commit_to(NodeModel& node, Index commit) {
  if (commit <= node.commit) {
    return;
  }
  if (claim(commit <= node.log.size(), "the commit index would pass the last index")) {
    node.commit = commit;
    claim_committed(node);
  }
}

Ids members(const Conf& conf) {
  Ids all;
  std::ranges::set_union(conf[0], conf[1], std::back_inserter(all));
  return all;
}

bool contains(const Ids& ids, Id id) {
  return std::ranges::binary_search(ids, id);
}

}  // namespace plimsoll::properties::raft::trace
