#include "checker/history/revision_stops.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace plimsoll::history {
namespace {

kv::RangeRequest get(const std::string& key) {
  kv::RangeRequest request;
  request.range.key = key;
  return request;
}

kv::PutRequest put(const std::string& key, const std::string& value) {
  kv::PutRequest request;
  request.key = key;
  request.value = value;
  return request;
}

kv::TxnRequest swap(const std::string& key, const std::optional<std::string>& expected,
                    const std::string& replacement) {
  kv::Compare compare;
  compare.key = key;
  if (expected) {
    compare.target = kv::CompareTarget::value;
    compare.value = *expected;
  }
  return {{compare}, {put(key, replacement)}, {}};
}

}  // namespace

Deeds::Deeds(Model model, std::span<const Operation> operations, const Values& values) {
  deeds_.reserve(operations.size());
  for (const Operation& operation : operations) {
    const Exchange& exchange =
        model == Model::store ? values.exchange(operation.exchange) : exchange_of(operation, values);
    Deed deed;
    deed.request = &exchange.request;
    deed.call = operation.call;
    deed.returned = operation.returned;
    if (!operation.is_pending()) {
      deed.result = &exchange.result;
      deed.changes = has_changed_something(exchange.result);
      deed.placed = operation.revision;
      deed.seen = operation.revision;
      if (const auto* range = std::get_if<kv::RangeRequest>(deed.request)) {
        deed.placed = range->serializable ? 0 : deed.placed;
        deed.seen = range->revision.value == 0 ? deed.seen : range->revision.value;
      }
    }
    deeds_.push_back(deed);
  }
}

const Exchange& Deeds::exchange_of(const Operation& operation, const Values& values) {
  const auto text = [&](Value value) { return values.describe(value); };
  const std::string key = text(operation.key);
  Exchange exchange;
  if (operation.verb == Verb::read) {
    exchange.request = get(key);
    kv::RangeResult found;
    if (operation.result != nil) {
      found.count = 1;
      found.kvs.push_back({key, text(operation.result), {}, {operation.mod_revision}, 0, {}});
    }
    exchange.result = std::move(found);
  } else if (operation.verb == Verb::write) {
    exchange.request = put(key, text(operation.argument));
    exchange.result = kv::PutResult{};
  } else {
    exchange.request =
        swap(key, operation.argument == nil ? std::nullopt : std::optional(text(operation.argument)),
             text(operation.replacement));
    kv::TxnResult result;
    result.succeeded = !operation.refused;
    if (result.succeeded) {
      result.responses.emplace_back(kv::PutResult{});
    }
    exchange.result = std::move(result);
  }
  return made_.emplace_back(std::move(exchange));
}

Stops::Stops(const Deeds& deeds, std::span<const WatchMessage> seen) : deeds_(deeds) {
  std::map<std::uint64_t, Stop> stops;
  stops[1];
  for (std::uint32_t number = 0; number < deeds.size() && !clash_; ++number) {
    if (deeds[number].result != nullptr) {
      place(number, stops);
    }
  }
  for (const WatchMessage& message : seen) {
    if (const auto* response = std::get_if<kv::WatchResponse>(&message.body)) {
      show(*response, stops);
    }
  }
  std::uint64_t before = 0;
  for (auto& [revision, stop] : stops) {
    stop.revision = revision;
    stop.gap = revision - before - 1;
    before = revision;
    if (stop.writer != no_deed) {
      claimed_.push_back(revision);
    }
    stops_.push_back(std::move(stop));
  }
  find_deadlines();
  if (!clash_) {
    check_time();
  }
}

void Stops::place(std::uint32_t number, std::map<std::uint64_t, Stop>& stops) {
  const Deed& deed = deeds_[number];
  for (const kv::KeyValue& found : found_by(*deed.result)) {
    if (found.mod_revision.value != 0) {
      stops[found.mod_revision.value].shown.push_back(&found);
    }
  }
  if (!deed.changes) {
    stops[deed.seen].readers.push_back(number);
    if (deed.placed != deed.seen && deed.placed != 0) {
      stops[deed.placed];
    }
    return;
  }
  Stop& stop = stops[deed.placed];
  if (stop.writer != no_deed) {
    clash_ = {fmt::format("Revision {} was made twice.", deed.placed), {stop.writer, number}};
  } else if (deed.placed <= 1) {
    clash_ = {"A change cannot have the revision of a fresh store.", {number}};
  }
  stop.writer = number;
}

void Stops::show(const kv::WatchResponse& response, std::map<std::uint64_t, Stop>& stops) {
  if (response.revision.value != 0) {
    stops[response.revision.value];
  }
  for (const kv::Event& event : response.events) {
    if (event.kv.mod_revision.value == 0) {
      continue;
    }
    Stop& stop = stops[event.kv.mod_revision.value];
    if (event.type == kv::EventType::put) {
      stop.shown.push_back(&event.kv);
    } else {
      stop.removed.push_back(&event.kv.key);
    }
  }
}

void Stops::find_deadlines() {
  std::map<std::uint64_t, std::uint64_t> first_return;  // of those placed at a revision that change nothing
  for (std::uint32_t number = 0; number < deeds_.size(); ++number) {
    const Deed& deed = deeds_[number];
    if (deed.placed != 0 && !deed.changes) {
      const auto [place, is_new] = first_return.try_emplace(deed.placed, deed.returned);
      place->second = std::min(place->second, deed.returned);
    }
  }
  std::uint64_t deadline = never;
  for (std::size_t i = stops_.size(); i-- > 0;) {
    Stop& stop = stops_[i];
    if (const auto found = first_return.find(stop.revision); found != first_return.end()) {
      deadline = std::min(deadline, found->second);
    }
    stop.deadline = deadline;
    if (stop.writer != no_deed) {
      deadline = std::min(deadline, deeds_[stop.writer].returned);
    }
    stop.gap_deadline = deadline;
  }
}

void Stops::check_time() {
  std::vector<std::uint32_t> placed;
  for (std::uint32_t number = 0; number < deeds_.size(); ++number) {
    if (deeds_[number].placed != 0) {
      placed.push_back(number);
    }
  }
  const auto position = [&](std::uint32_t number) {
    return std::pair(deeds_[number].placed, !deeds_[number].changes);
  };
  std::ranges::sort(placed, {}, [&](std::uint32_t number) { return std::pair(position(number), number); });
  std::uint32_t latest = no_deed;  // called last of those at earlier positions
  for (std::size_t i = 0; i < placed.size();) {
    std::size_t end = i;
    for (; end < placed.size() && position(placed[end]) == position(placed[i]); ++end) {
      const Deed& deed = deeds_[placed[end]];
      if (latest != no_deed && deed.returned < deeds_[latest].call) {
        clash_ = {
            fmt::format("Revision {} was seen before an operation was called that found an earlier one.",
                        deed.placed),
            {placed[end], latest}};
        return;
      }
    }
    for (; i < end; ++i) {
      if (latest == no_deed || deeds_[placed[i]].call > deeds_[latest].call) {
        latest = placed[i];
      }
    }
  }
}

std::uint32_t Stops::writer_of(std::uint64_t revision) const {
  const auto stop = std::ranges::lower_bound(stops_, revision, {}, &Stop::revision);
  return stop == stops_.end() || stop->revision != revision ? no_deed : stop->writer;
}

std::uint64_t Stops::unclaimed(std::uint64_t after, std::uint64_t until) const {
  const auto up_to = [&](std::uint64_t revision) {
    return static_cast<std::uint64_t>(std::ranges::upper_bound(claimed_, revision) - claimed_.begin());
  };
  return until <= after ? 0 : until - after - (up_to(until) - up_to(after));
}

}  // namespace plimsoll::history
