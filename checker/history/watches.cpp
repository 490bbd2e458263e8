#include "checker/history/watches.hpp"

#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "checker/history/revision_order.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::history {
namespace {

/// Does the operations of a witness once more, and tells what they change.
std::vector<kv::Event> replay(const std::vector<std::uint32_t>& order, const History& history) {
  std::vector<kv::Event> events;
  StoreState state;
  for (const std::uint32_t number : order) {
    StoreChanges changes;
    const StoreRequest& request = history.values.exchange(history.operations[number].exchange).request;
    const auto result = perform(state, request, changes);
    PLIMSOLL_ASSERT(result.has_value());
    for (const auto& [key, before] : changes) {
      kv::Event event;
      if (const auto found = state.kvs.find(key); found != state.kvs.end()) {
        event.kv = found->second;
      } else {
        event.type = kv::EventType::remove;
        event.kv.key = key;
        event.kv.mod_revision = state.revision;
      }
      events.push_back(std::move(event));
    }
  }
  return events;
}

kv::Revision last_event_of(const WatchRecord& watch) {
  kv::Revision last;
  for (const kv::WatchResponse& response : watch.responses) {
    for (const kv::Event& event : response.events) {
      last = std::max(last, event.kv.mod_revision);
    }
  }
  return last;
}

/// The first responses of a watch that are enough to break a guarantee: how many.
std::size_t fewest_that_break(const std::string& guarantee, const WatchRecord& watch, const WatchJudge& judge,
                              const std::vector<kv::Event>* changes) {
  std::size_t good = 0;
  std::size_t bad = watch.responses.size();
  while (good + 1 < bad) {
    const std::size_t middle = (good + bad) / 2;
    WatchRecord fewer = watch;
    fewer.responses.resize(middle);
    fewer.lines.resize(middle);
    const bool is_broken = std::ranges::any_of(
        judge(fewer, changes), [&](const WatchFinding& one) { return one.guarantee == guarantee; });
    (is_broken ? bad : good) = middle;
  }
  return bad;
}

}  // namespace

std::vector<WatchRecord> watches_of(const History& history) {
  std::vector<WatchRecord> watches;
  std::map<std::pair<std::uint32_t, kv::WatchId>, std::size_t> open;
  for (const WatchMessage& message : history.watches) {
    if (const auto* request = std::get_if<kv::WatchRequest>(&message.body)) {
      open[{message.client, request->watch}] = watches.size();
      watches.push_back({message.client, message.line, *request, {}, {}});
      continue;
    }
    const auto& response = std::get<kv::WatchResponse>(message.body);
    for (const auto& [name, number] : open) {
      if (name.first == message.client &&
          (response.watch == name.second || response.watch == kv::all_watches)) {
        watches[number].responses.push_back(response);
        watches[number].lines.push_back(message.line);
      }
    }
  }
  return watches;
}

std::optional<std::vector<kv::Event>> changes_of(const History& history, const SearchLimits& limits) {
  if (history.model != Model::store || !carry_revisions(history.model, history.operations)) {
    return std::nullopt;
  }
  RevisionOrder found =
      order_by_revision(history.model, history.operations, history.values, limits, history.watches);
  if (found.answer != Answer::linearizable) {
    // A watch may have been told what never was.
    found = order_by_revision(history.model, history.operations, history.values, limits);
  }
  if (found.answer != Answer::linearizable) {
    return std::nullopt;
  }
  return replay(found.order, history);
}

WatchVerdict judge_watches(const History& history, const WatchJudge& judge, const SearchLimits& limits) {
  WatchVerdict verdict;
  const std::vector<WatchRecord> watches = watches_of(history);
  if (watches.empty()) {
    return verdict;
  }
  const auto changes = changes_of(history, limits);
  verdict.watches = watches.size();
  verdict.has_changes = changes.has_value();
  for (const WatchRecord& watch : watches) {
    verdict.responses += watch.responses.size();
    const bool is_known = changes && (changes->empty() ? kv::Revision{} : changes->back().kv.mod_revision) >=
                                         last_event_of(watch);
    const std::vector<kv::Event>* known = is_known ? &*changes : nullptr;
    verdict.has_changes = verdict.has_changes && is_known;
    for (WatchFinding& finding : judge(watch, known)) {
      const std::size_t enough = fewest_that_break(finding.guarantee, watch, judge, known);
      verdict.broken.push_back(
          {watch.client, watch.line, enough == 0 ? watch.line : watch.lines[enough - 1], std::move(finding)});
    }
  }
  return verdict;
}

std::string draw(const WatchVerdict& verdict) {
  std::string text;
  for (const BrokenWatch& one : verdict.broken) {
    text += fmt::format("  The watch of client {} (line {}) is not {} on line {}: {}\n", one.client,
                        one.request_line, one.finding.guarantee, one.line, one.finding.what);
  }
  if (verdict.watches > 0 && !verdict.has_changes) {
    text += "  What really happened is not known, so not all guarantees of watches were judged.\n";
  }
  return text;
}

}  // namespace plimsoll::history
