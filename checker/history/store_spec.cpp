#include "checker/history/store_spec.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>

#include "checker/history/configurations.hpp"

namespace plimsoll::history {
namespace {

std::uint64_t mixed_text(std::uint64_t hash, std::string_view text) {
  hash = mixed(hash, text.size());
  for (const char c : text) {
    hash = mixed(hash, static_cast<unsigned char>(c));
  }
  return hash;
}

bool is_serializable(const StoreRequest& request) {
  const auto* range = std::get_if<kv::RangeRequest>(&request);
  return range != nullptr && range->serializable;
}

}  // namespace

StoreSpec::StoreSpec(std::span<const Operation> operations, const Values& values)
    : operations_(operations), values_(values), has_revisions_(depend_on_revisions(operations, values)) {
  std::map<StoreRequest, std::uint32_t> kinds;
  for (std::uint32_t number = 0; number < operations.size(); ++number) {
    const auto kind = static_cast<std::uint32_t>(kinds.size());
    kinds_.push_back(kinds.try_emplace(exchange(number).request, kind).first->second);
    count(number, 1);
  }
}

void StoreSpec::count(std::uint32_t number, int by) {
  const Operation& operation = operations_[number];
  if (operation.is_pending() || operation.revision == 0 || is_serializable(exchange(number).request)) {
    return;
  }
  const std::uint64_t before = has_changed_something(exchange(number).result) ? 1 : 0;
  const auto place = needed_.try_emplace(operation.revision - before, 0).first;
  place->second += by;
  if (place->second == 0) {
    needed_.erase(place);
  }
}

bool StoreSpec::hopeless(const State& /*left*/, const State& entered) const {
  return !needed_.empty() && needed_.begin()->first < entered.revision.value;
}

bool StoreSpec::only_reads(std::uint32_t number) const {
  return !operations_[number].is_pending() && !has_changed_something(exchange(number).result);
}

bool StoreSpec::apply(std::uint32_t number, State& state) const {
  const StoreRequest& request = exchange(number).request;
  if (is_serializable(request)) {
    return true;
  }
  StoreChanges changes;
  const auto result = perform(state, request, changes);
  if (!has_revisions_) {
    state.revision = State{}.revision;
    for (const auto& [key, before] : changes) {
      if (const auto found = state.kvs.find(key); found != state.kvs.end()) {
        found->second.create_revision = {};
        found->second.mod_revision = {};
      }
    }
  }
  return operations_[number].is_pending() || (result && judge(number, state, *result, !changes.empty()));
}

bool StoreSpec::judge(std::uint32_t number, const State& state, const StoreResult& result,
                      bool changed) const {
  const Operation& operation = operations_[number];
  const Exchange& told = exchange(number);
  return (operation.revision == 0 || operation.revision == state.revision.value) &&
         changed == has_changed_something(told.result) &&
         (reads_the_past(told.request) || agrees(told.request, result, told.result));
}

std::uint64_t StoreSpec::hash(const State& state) const {
  std::uint64_t hash = state.revision.value;
  for (const auto& [key, now] : state.kvs) {
    hash = mixed_text(mixed_text(hash, key), now.value);
    hash = mixed(hash, now.create_revision.value);
    hash = mixed(hash, now.mod_revision.value);
    hash = mixed(mixed(hash, now.version), now.lease.value);
  }
  return hash;
}

bool depend_on_revisions(std::span<const Operation> operations, const Values& values) {
  return std::ranges::any_of(operations, [&](const Operation& operation) {
    const Exchange& exchange = values.exchange(operation.exchange);
    return mentions_revisions(exchange.request) ||
           (!operation.is_pending() && (operation.revision != 0 || mentions_revisions(exchange.result)));
  });
}

std::vector<std::uint32_t> separate(std::span<const Operation> operations, const Values& values) {
  std::vector<std::pair<KeyInterval, std::uint32_t>> intervals;
  for (std::uint32_t number = 0; number < operations.size(); ++number) {
    for (KeyInterval& keys : keys_of(values.exchange(operations[number].exchange).request)) {
      intervals.emplace_back(std::move(keys), number);
    }
  }
  std::ranges::sort(intervals);
  std::vector<std::uint32_t> group(operations.size());
  std::iota(group.begin(), group.end(), 0U);
  const auto first_of = [&](std::uint32_t number) {
    while (group[number] != number) {
      number = group[number] = group[group[number]];
    }
    return number;
  };
  const KeyInterval* widest = nullptr;  // of those before, the one that reaches farthest
  std::uint32_t widest_of = 0;
  for (const auto& [keys, number] : intervals) {
    if (widest != nullptr && (!widest->to || keys.from < *widest->to)) {
      group[first_of(number)] = first_of(widest_of);
    }
    if (widest == nullptr || (widest->to && (!keys.to || *keys.to > *widest->to))) {
      widest = &keys;
      widest_of = number;
    }
  }
  for (std::uint32_t number = 0; number < group.size(); ++number) {
    group[number] = first_of(number);
  }
  return group;
}

}  // namespace plimsoll::history
