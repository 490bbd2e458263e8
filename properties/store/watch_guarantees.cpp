#include "properties/store/watch_guarantees.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "impl/base/described.hpp"
#include "impl/base/quoted.hpp"

namespace plimsoll::properties::store {
namespace {

/// What a judge of one guarantee sees: a response and all that came before it.
struct Seen {
  const WatchCursor& cursor;
  const kv::WatchRequest& request;
  const kv::WatchResponse& response;
  const EventHistory* history;
};
using Finding = std::optional<std::string>;

std::string text_of(const kv::Event& event) {
  const std::string key = base::quoted(event.kv.key);
  return event.type == kv::EventType::put
             ? fmt::format("put of {} = {} at revision {}", key, base::quoted(event.kv.value),
                           event.kv.mod_revision.value)
             : fmt::format("removal of {} at revision {}", key, event.kv.mod_revision.value);
}

bool is_wanted(const kv::WatchRequest& request, const kv::Event& event) {
  return kv::contains(request.range, event.kv.key) &&
         !(event.type == kv::EventType::put ? request.no_put : request.no_delete);
}

/// The first wanted event of the history at or after position `from`; behind the end, if there is none.
std::uint64_t next_wanted(const Seen& seen, std::uint64_t from) {
  while (from < seen.history->events.size() && !is_wanted(seen.request, seen.history->events[from])) {
    ++from;
  }
  return from;
}

/// What makes two events one and the same; is_create judges the other fields.
bool is_same(const kv::Event& a, const kv::Event& b) {
  return a.type == b.type && a.kv.key == b.kv.key && a.kv.mod_revision == b.kv.mod_revision &&
         a.kv.value == b.kv.value && a.kv.lease == b.kv.lease;
}

Finding filter(const Seen& seen) {
  for (const kv::Event& event : seen.response.events) {
    if (!is_wanted(seen.request, event)) {
      return fmt::format("the {} is none that the watch asked for", text_of(event));
    }
  }
  return std::nullopt;
}

Finding ordered(const Seen& seen) {
  kv::Revision last = seen.cursor.last_revision;
  for (const kv::Event& event : seen.response.events) {
    if (event.kv.mod_revision < last) {
      return fmt::format("the {} comes after an event of revision {}", text_of(event), last.value);
    }
    last = event.kv.mod_revision;
  }
  return std::nullopt;
}

Finding unique(const Seen& seen) {
  std::set<std::tuple<kv::Revision, std::string, kv::EventType>> here;
  for (const kv::Event& event : seen.response.events) {
    const auto before = seen.cursor.sent.find(event.kv.mod_revision);
    const bool was_sent =
        before != seen.cursor.sent.end() && before->second.contains({event.kv.key, event.type});
    if (was_sent || !here.emplace(event.kv.mod_revision, event.kv.key, event.type).second) {
      return fmt::format("the {} comes for the second time", text_of(event));
    }
  }
  return std::nullopt;
}

Finding atomic(const Seen& seen) {
  const kv::WatchResponse& response = seen.response;
  if (response.fragment && !seen.request.fragment) {
    return fmt::format("a fragment at revision {} that the watch did not ask for", response.revision.value);
  }
  if (response.events.empty() || seen.cursor.within_fragments ||
      response.events.front().kv.mod_revision != seen.cursor.last_revision) {
    return std::nullopt;
  }
  return fmt::format("the {} belongs to a revision of which the response before had a part",
                     text_of(response.events.front()));
}

Finding progress_in_order(const Seen& seen) {
  const std::uint64_t told = seen.response.revision.value;
  if (seen.response.revision < seen.cursor.progress_revision) {
    return fmt::format("progress goes down from revision {} to {}", seen.cursor.progress_revision.value,
                       told);
  }
  if (seen.response.revision < seen.request.start_revision) {
    return fmt::format("progress is at revision {}, before the watch starts at {}", told,
                       seen.request.start_revision.value);
  }
  if (seen.history == nullptr || !seen.cursor.next_event) {
    return std::nullopt;
  }
  const std::uint64_t next = next_wanted(seen, *seen.cursor.next_event);
  if (next < seen.history->events.size() &&
      seen.history->events[next].kv.mod_revision <= seen.response.revision) {
    return fmt::format("progress is at revision {}, but the {} was not sent", told,
                       text_of(seen.history->events[next]));
  }
  return std::nullopt;
}

Finding bookmarkable(const Seen& seen) {
  if (tells_progress(seen.response)) {
    return progress_in_order(seen);
  }
  for (const kv::Event& event : seen.response.events) {
    if (event.kv.mod_revision <= seen.cursor.progress_revision) {
      return fmt::format("the {} comes after progress was at revision {}", text_of(event),
                         seen.cursor.progress_revision.value);
    }
  }
  return std::nullopt;
}

Finding resumable(const Seen& seen) {
  const bool has_begun = seen.cursor.last_revision != kv::Revision{};
  if (seen.response.events.empty() || has_begun || !seen.cursor.next_event) {
    return std::nullopt;
  }
  const kv::Event& first = seen.response.events.front();
  const std::uint64_t next = next_wanted(seen, *seen.cursor.next_event);
  if (next == seen.history->events.size()) {
    return fmt::format("the first event is the {}, but nothing has happened since the watch's start",
                       text_of(first));
  }
  const kv::Event& expected = seen.history->events[next];
  return is_same(first, expected) ? std::nullopt
                                  : Finding(fmt::format("the first event is the {}, not the {}",
                                                        text_of(first), text_of(expected)));
}

Finding reliable(const Seen& seen) {
  if (seen.response.events.empty() || !seen.cursor.next_event) {
    return std::nullopt;
  }
  const std::vector<kv::Event>& history = seen.history->events;
  std::uint64_t next = *seen.cursor.next_event;
  for (const kv::Event& event : seen.response.events) {
    next = next_wanted(seen, next);
    if (next == history.size()) {
      return fmt::format("the {} has not happened, or was sent before", text_of(event));
    }
    if (!is_same(event, history[next])) {
      return fmt::format("the {} comes where the {} should", text_of(event), text_of(history[next]));
    }
    ++next;
  }
  next = next_wanted(seen, next);
  const kv::Revision last = seen.response.events.back().kv.mod_revision;
  if (!seen.response.fragment && next < history.size() && history[next].kv.mod_revision <= last) {
    return fmt::format("revision {} was sent without the {}", last.value, text_of(history[next]));
  }
  return std::nullopt;
}

Finding is_create(const Seen& seen) {
  for (const kv::Event& event : seen.response.events) {
    const kv::KeyValue& kv = event.kv;
    const kv::KeyValue* before = seen.history->before(kv.key, kv.mod_revision);
    kv::Revision created = {};
    std::uint64_t version = 0;
    if (event.type == kv::EventType::put) {
      created = before == nullptr ? kv.mod_revision : before->create_revision;
      version = before == nullptr ? 1 : before->version + 1;
    }
    if (kv.create_revision != created || kv.version != version) {
      return fmt::format("the {} has create revision {} and version {}, not {} and {}", text_of(event),
                         kv.create_revision.value, kv.version, created.value, version);
    }
  }
  return std::nullopt;
}

Finding prev_kv_of(const Seen& seen, const kv::Event& event) {
  if (!seen.request.prev_kv) {
    return event.prev_kv ? Finding(fmt::format("the {} has a previous value that the watch did not ask for",
                                               text_of(event)))
                         : std::nullopt;
  }
  const kv::KeyValue* before = seen.history->before(event.kv.key, event.kv.mod_revision);
  if (!event.prev_kv) {
    const bool is_kept =
        seen.history->compact_revision && *seen.history->compact_revision < event.kv.mod_revision;
    return before != nullptr && is_kept
               ? Finding(fmt::format("the {} lacks the previous value {} of revision {}", text_of(event),
                                     base::quoted(before->value), before->mod_revision.value))
               : std::nullopt;
  }
  if (before != nullptr && *before == *event.prev_kv) {
    return std::nullopt;
  }
  return fmt::format("the {} has the previous value {} of revision {}, not {}", text_of(event),
                     base::quoted(event.prev_kv->value), event.prev_kv->mod_revision.value,
                     before == nullptr ? "none"
                                       : fmt::format("{} of revision {}", base::quoted(before->value),
                                                     before->mod_revision.value));
}

Finding prev_kv(const Seen& seen) {
  for (const kv::Event& event : seen.response.events) {
    if (Finding finding = prev_kv_of(seen, event)) {
      return finding;
    }
  }
  return std::nullopt;
}

struct Judge {
  Guarantee guarantee;
  Finding (*judge)(const Seen&);
  bool needs_history;
};
constexpr std::array judges = {Judge{Guarantee::filter, filter, false},
                               Judge{Guarantee::ordered, ordered, false},
                               Judge{Guarantee::unique, unique, false},
                               Judge{Guarantee::atomic, atomic, false},
                               Judge{Guarantee::bookmarkable, bookmarkable, false},
                               Judge{Guarantee::resumable, resumable, true},
                               Judge{Guarantee::reliable, reliable, true},
                               Judge{Guarantee::is_create, is_create, true},
                               Judge{Guarantee::prev_kv, prev_kv, true}};

/// Where the watch begins in the history, as soon as that is known.
void find_beginning(WatchCursor& cursor, const kv::WatchRequest& request, const kv::WatchResponse& response,
                    const EventHistory& history) {
  if (cursor.next_event) {
    return;
  }
  if (request.start_revision != kv::Revision{}) {
    cursor.next_event = history.position_of(request.start_revision);
  } else if (response.created || tells_progress(response)) {
    cursor.next_event = history.position_of(response.revision.next());
  } else if (!response.events.empty()) {
    cursor.next_event = history.position_of(response.events.front().kv.mod_revision);
  }
}

/// Moves behind `event`, if it is in the history from there on.
void pass(std::uint64_t& next, const kv::Event& event, const EventHistory& history) {
  for (std::uint64_t at = next;
       at < history.events.size() && history.events[at].kv.mod_revision <= event.kv.mod_revision; ++at) {
    if (is_same(event, history.events[at])) {
      next = at + 1;
      return;
    }
  }
}

void advance(WatchCursor& cursor, const Seen& seen) {
  for (const kv::Event& event : seen.response.events) {
    cursor.last_revision = event.kv.mod_revision;
    cursor.sent[event.kv.mod_revision].emplace(event.kv.key, event.type);
    if (cursor.next_event) {
      pass(*cursor.next_event, event, *seen.history);
    }
  }
  cursor.within_fragments = seen.response.fragment;
  if (tells_progress(seen.response)) {
    cursor.progress_revision = seen.response.revision;
  }
}

Finding judge_one(Guarantee guarantee, const RecordedWatch& watch, const EventHistory* history) {
  const Judge& judge = judges[static_cast<std::size_t>(guarantee)];
  WatchCursor cursor;
  for (const kv::WatchResponse& response : watch.responses) {
    if (history != nullptr) {
      find_beginning(cursor, watch.request, response, *history);
    }
    const Seen seen{cursor, watch.request, response, history};
    if (Finding finding = judge.judge(seen)) {
      return finding;
    }
    advance(cursor, seen);
  }
  return std::nullopt;
}

}  // namespace

std::string text_of(const BrokenGuarantee& broken) {
  return base::enumerator_text(broken.guarantee) + ": " + broken.what;
}

bool tells_progress(const kv::WatchResponse& response) {
  return response.events.empty() && !response.created && !response.canceled && !response.broken &&
         !response.compact_revision;
}

std::optional<BrokenGuarantee> feed(WatchCursor& cursor, const kv::WatchRequest& request,
                                    const kv::WatchResponse& response, const EventHistory* history) {
  if (history != nullptr) {
    find_beginning(cursor, request, response, *history);
  }
  const Seen seen{cursor, request, response, history};
  for (const Judge& judge : judges) {
    if (history == nullptr && judge.needs_history) {
      continue;
    }
    if (Finding finding = judge.judge(seen)) {
      return BrokenGuarantee{judge.guarantee, std::move(*finding)};
    }
  }
  advance(cursor, seen);
  cursor.sent.erase(cursor.sent.begin(), cursor.sent.lower_bound(cursor.last_revision));
  return std::nullopt;
}

Finding judge_filter(const RecordedWatch& watch) {
  return judge_one(Guarantee::filter, watch, nullptr);
}
Finding judge_ordered(const RecordedWatch& watch) {
  return judge_one(Guarantee::ordered, watch, nullptr);
}
Finding judge_unique(const RecordedWatch& watch) {
  return judge_one(Guarantee::unique, watch, nullptr);
}
Finding judge_atomic(const RecordedWatch& watch) {
  return judge_one(Guarantee::atomic, watch, nullptr);
}
Finding judge_bookmarkable(const RecordedWatch& watch, const EventHistory* history) {
  return judge_one(Guarantee::bookmarkable, watch, history);
}
Finding judge_resumable(const RecordedWatch& watch, const EventHistory& history) {
  return judge_one(Guarantee::resumable, watch, &history);
}
Finding judge_reliable(const RecordedWatch& watch, const EventHistory& history) {
  return judge_one(Guarantee::reliable, watch, &history);
}
Finding judge_is_create(const RecordedWatch& watch, const EventHistory& history) {
  return judge_one(Guarantee::is_create, watch, &history);
}
Finding judge_prev_kv(const RecordedWatch& watch, const EventHistory& history) {
  return judge_one(Guarantee::prev_kv, watch, &history);
}

std::vector<BrokenGuarantee> judge(const RecordedWatch& watch, const EventHistory* history) {
  std::vector<BrokenGuarantee> broken;
  for (const Judge& each : judges) {
    if (history != nullptr || !each.needs_history) {
      if (Finding finding = judge_one(each.guarantee, watch, history)) {
        broken.push_back({each.guarantee, std::move(*finding)});
      }
    }
  }
  return broken;
}

}  // namespace plimsoll::properties::store
