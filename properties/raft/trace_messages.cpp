// What is under way between nodes, and what a received message is for.
#include <algorithm>

#include "properties/raft/trace_model.hpp"

namespace plimsoll::properties::raft::trace {
namespace {

[[nodiscard]] bool is_named_right(EventName name, MessageType type) {
  switch (type) {
    case MessageType::app:
    case MessageType::heartbeat:
    case MessageType::snap:
      return name == EventName::receive_append_entries_request ||
             name == EventName::send_append_entries_request;
    case MessageType::app_resp:
    case MessageType::heartbeat_resp:
      return name == EventName::receive_append_entries_response ||
             name == EventName::send_append_entries_response;
    case MessageType::vote:
      return name == EventName::receive_request_vote_request || name == EventName::send_request_vote_request;
    case MessageType::vote_resp:
      return name == EventName::receive_request_vote_response ||
             name == EventName::send_request_vote_response;
  }
  return false;
}

}  // namespace

bool TraceModel::claim_message(const Event& event, const Message& wanted) {
  return claim(event.message == wanted,
               "the message should be " + to_text(wanted) +
                   (event.message ? "; it is " + to_text(*event.message) : std::string("; there is none")));
}

void TraceModel::put(Place& place, const Message& message) {
  Sent sent;
  sent.message = message;
  const Terms& log = place.node.log;
  const Index first = message.type == MessageType::app ? message.index : 0;
  const bool has_entries = message.type == MessageType::app || message.type == MessageType::snap;
  if (has_entries && first + message.entries <= log.size()) {
    const auto begin = log.begin() + static_cast<std::ptrdiff_t>(first);
    sent.terms.assign(begin, begin + static_cast<std::ptrdiff_t>(message.entries));
  }
  under_way_.push_back(std::move(sent));
}

/// A message arrives once, and only after a Ready of its sender has let it out (RAFT-R6). Snapshots may also
/// be carried by the application.
std::optional<TraceModel::Sent> TraceModel::take(const Message& message) {
  const auto found = std::ranges::find_if(
      under_way_, [&](const Sent& sent) { return sent.ready != 0 && sent.message == message; });
  if (found != under_way_.end()) {
    // What a node says to itself is neither lost nor overtaken by more of the kind.
    const bool is_overtaking =
        message.from == message.to && std::any_of(under_way_.begin(), found, [&](const Sent& sent) {
          return sent.message.to == message.to && sent.message.from == message.to &&
                 sent.message.type == message.type;
        });
    claim(!is_overtaking, "an earlier message of the node to itself is left out");
    Sent sent = std::move(*found);
    under_way_.erase(found);
    return sent;
  }
  const auto sender = places_.find(message.from);
  if (message.type == MessageType::snap && sender != places_.end() &&
      message.entries <= sender->second.node.commit && terms_seen_.contains({message.term, message.from})) {
    Sent sent;
    sent.message = message;
    const Terms& log = sender->second.node.log;
    sent.terms.assign(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(message.entries));
    return sent;
  }
  return std::nullopt;
}

void TraceModel::receive(Place& place, const Event& event) {
  const bool is_proper =
      event.message && event.message->to == event.node && is_named_right(event.name, event.message->type);
  if (!claim(is_proper, "the event has no message of its kind for this node")) {
    return;
  }
  const Message& message = *event.message;
  const std::optional<Sent> sent = take(message);
  if (!claim(sent.has_value(), "no such message is under way: " + to_text(message))) {
    return;
  }
  const bool is_promise = message.type == MessageType::app_resp || message.type == MessageType::vote_resp;
  Place& sender = places_[message.from];
  if (is_promise && sent->sender_life == sender.life) {
    // What the response promises is on the sender's disk.
    NodeModel& promising = sender.node;
    while (promising.persisted.size() > 1 && promising.persisted_from < sent->ready) {
      promising.persisted.pop_front();
      ++promising.persisted_from;
    }
  }
  switch (message.type) {
    case MessageType::vote:
      return receive_vote(place, message);
    case MessageType::vote_resp:
      return receive_vote_response(place, message);
    case MessageType::app_resp:
    case MessageType::heartbeat_resp:
      return receive_append_response(place, message);
    default:
      return receive_from_leader(place, *sent);
  }
}

void TraceModel::send(Place& place, const Event& event) {
  const bool is_proper = event.message && event.message->from == event.node &&
                         event.message->to != event.node && is_named_right(event.name, event.message->type);
  if (!claim(is_proper, "the event has no message of its kind from this node") ||
      !claim(place.node.role == Role::leader, "only a leader sends this")) {
    return;
  }
  if (event.message->type != MessageType::heartbeat) {
    // Several are sent in the order of their receivers, and some then get more.
    Ids& burst = place.node.burst;
    const Id to = event.message->to;
    claim(burst.empty() || to >= burst.back() || std::ranges::find(burst, to) != burst.end(),
          "messages to several nodes are out of order");
    burst.push_back(to);
  }
  switch (event.message->type) {
    case MessageType::app:
      return send_append(place, event);
    case MessageType::heartbeat:
      return send_heartbeat(place, event);
    default:
      return send_snapshot(place, event);
  }
}

void TraceModel::expect_response(Place& place, const Message& message) {
  expect(place, EventName::send_append_entries_response, [this, &place, message](const Event& event) {
    claim_state(place.node, event);
    claim_message(event, message);
    put(place, message);
  });
}

}  // namespace plimsoll::properties::raft::trace
