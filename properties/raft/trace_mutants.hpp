// For tests: traces with one thing wrong, of six kinds, drawn at random.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "properties/raft/trace_model.hpp"

namespace plimsoll::properties::raft::trace {

enum class Mutation : std::uint8_t { swap, bump_term, drop, vote_twice, commit_beyond_log, change_index };
inline constexpr Mutation every_mutation[] = {
    Mutation::swap,       Mutation::bump_term,         Mutation::drop,
    Mutation::vote_twice, Mutation::commit_beyond_log, Mutation::change_index};

[[nodiscard]] inline const char* to_text(Mutation mutation) {
  static constexpr const char* names[] = {"swap two events",       "bump a term",
                                          "drop an event",         "vote twice",
                                          "commit beyond the log", "change a logged index"};
  return names[static_cast<std::size_t>(mutation)];
}

using Random = std::mt19937_64;

/// 0 .. count - 1, alike with every standard library.
[[nodiscard]] inline std::size_t draw(Random& random, std::size_t count) {
  return random() % count;
}

/// A vote in the same term for somebody else, answered or only remembered.
[[nodiscard]] inline bool vote_again(std::vector<Event>& events, Random& random) {
  std::vector<std::size_t> votes;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].name == EventName::send_request_vote_response && !events[i].message->reject) {
      votes.push_back(i);
    }
  }
  if (votes.empty()) {
    return false;
  }
  const std::size_t at = votes[draw(random, votes.size())];
  const auto other = [](Id id) { return id == 1 ? Id{2} : Id{1}; };
  if (draw(random, 2) == 0) {
    Event second = events[at];
    second.vote = second.message->to;
    second.message->to = other(second.message->to);
    events.insert(events.begin() + static_cast<std::ptrdiff_t>(at) + 1, second);
    return true;
  }
  for (std::size_t i = at + 1; i < events.size(); ++i) {
    if (events[i].node == events[at].node && events[i].vote == events[at].message->to) {
      events[i].vote = other(events[i].vote);
      return true;
    }
  }
  return false;
}

/// Changes `events`; false if the draw changes nothing.
[[nodiscard]] inline bool mutate(std::vector<Event>& events, Mutation mutation, Random& random) {
  const std::size_t at = draw(random, events.size());
  Event& event = events[at];
  switch (mutation) {
    case Mutation::swap: {
      // The next event of the same node: events of different nodes are in no order but that of messages.
      for (std::size_t i = at + 1; i < events.size(); ++i) {
        if (events[i].node == event.node) {
          std::swap(events[i].line, event.line);
          std::swap(events[i], event);
          return true;
        }
      }
      return false;
    }
    case Mutation::bump_term:
      (event.message && draw(random, 2) == 0 ? event.message->term : event.term) += 1;
      return true;
    case Mutation::drop:
      events.erase(events.begin() + static_cast<std::ptrdiff_t>(at));
      return true;
    case Mutation::vote_twice:
      return vote_again(events, random);
    case Mutation::commit_beyond_log:
      if (event.message && event.message->type == MessageType::app && draw(random, 2) == 0) {
        event.message->commit = event.log + 10 + draw(random, 3);
      } else {
        event.commit = event.log + 10 + draw(random, 3);
      }
      return true;
    case Mutation::change_index: {
      Index& index = event.message && draw(random, 2) == 0 ? event.message->index : event.log;
      index = index > 0 && draw(random, 2) == 0 ? index - 1 : index + 1;
      return true;
    }
  }
  return false;
}

/// The line that is refused, and why.
[[nodiscard]] inline std::optional<std::pair<std::uint64_t, std::string>> refusal(
    const std::vector<Event>& events) {
  TraceModel model;
  for (const Event& event : events) {
    if (const auto problem = model.accept(event)) {
      return std::pair(event.line, *problem);
    }
  }
  return std::nullopt;
}

}  // namespace plimsoll::properties::raft::trace
