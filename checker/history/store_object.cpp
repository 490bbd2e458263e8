#include "checker/history/store_object.hpp"

#include <algorithm>
#include <iterator>

#include "checker/history/overloaded.hpp"

namespace plimsoll::history {
namespace {

using kv::CompareResult;
using kv::CompareTarget;
using kv::KeyValue;

template <class T>
bool relates(CompareResult relation, const T& found, const T& wanted) {
  switch (relation) {
    case CompareResult::equal:
      return found == wanted;
    case CompareResult::greater:
      return found > wanted;
    case CompareResult::less:
      return found < wanted;
    case CompareResult::not_equal:
      return found != wanted;
  }
  return false;
}

bool holds_for(const kv::Compare& compare, const KeyValue& found) {
  switch (compare.target) {
    case CompareTarget::version:
      return relates(compare.result, found.version, compare.number);
    case CompareTarget::create_revision:
      return relates(compare.result, found.create_revision.value, compare.number);
    case CompareTarget::mod_revision:
      return relates(compare.result, found.mod_revision.value, compare.number);
    case CompareTarget::value:
      return relates(compare.result, found.value, compare.value);
    case CompareTarget::lease:
      return relates(compare.result, found.lease.value, compare.number);
  }
  return false;
}

/// The order that a range asks for; of keys otherwise equal, that of the keys.
bool precedes(const KeyValue& a, const KeyValue& b, kv::SortTarget target) {
  switch (target) {
    case kv::SortTarget::key:
      return a.key < b.key;
    case kv::SortTarget::version:
      return a.version < b.version;
    case kv::SortTarget::create_revision:
      return a.create_revision < b.create_revision;
    case kv::SortTarget::mod_revision:
      return a.mod_revision < b.mod_revision;
    case kv::SortTarget::value:
      return a.value < b.value;
  }
  return false;
}

bool passes(const kv::RangeRequest& request, const KeyValue& found) {
  const auto between = [](kv::Revision least, kv::Revision revision, kv::Revision most) {
    return revision >= least && (most.value == 0 || revision <= most);
  };
  return between(request.min_mod_revision, found.mod_revision, request.max_mod_revision) &&
         between(request.min_create_revision, found.create_revision, request.max_create_revision);
}

/// One request while it runs.
class Execution {
 public:
  Execution(StoreState& state, StoreChanges& changes)
      : state_(state), changes_(changes), before_(changes.size()), revision_(state.revision.next()) {}

  [[nodiscard]] std::optional<StoreResult> run(const StoreRequest& request) {
    if (!std::visit([&](const auto& asked) { return prepare(asked); }, request)) {
      return std::nullopt;
    }
    StoreResult result = std::visit([&](const auto& asked) { return StoreResult(execute(asked)); }, request);
    if (changes_.size() > before_) {
      state_.revision = revision_;
    }
    return result;
  }

 private:
  using Place = std::map<std::string, KeyValue>::iterator;

  [[nodiscard]] std::pair<Place, Place> places(const std::string& key, const std::string& range_end) {
    const KeyInterval interval = interval_of(key, range_end);
    const Place first = state_.kvs.lower_bound(interval.from);
    if (interval.to && *interval.to <= interval.from) {
      return {first, first};
    }
    return {first, interval.to ? state_.kvs.lower_bound(*interval.to) : state_.kvs.end()};
  }

  [[nodiscard]] bool holds(const kv::Compare& compare) {
    const auto [first, last] = places(compare.key, compare.range_end);
    if (first == last) {
      return compare.target != CompareTarget::value && holds_for(compare, KeyValue{});
    }
    return std::all_of(first, last, [&](const auto& entry) { return holds_for(compare, entry.second); });
  }

  // Before anything is done: which branches run (ETCD-3), and whether nothing is refused.
  static bool prepare(const kv::RangeRequest& /*request*/) { return true; }
  static bool prepare(const kv::DeleteRequest& /*request*/) { return true; }
  [[nodiscard]] bool prepare(const kv::PutRequest& request) const {
    return !(request.ignore_value || request.ignore_lease) || state_.kvs.contains(request.key);
  }
  [[nodiscard]] bool prepare(const kv::TxnRequest& request) {
    const bool succeeds =
        std::ranges::all_of(request.compares, [&](const kv::Compare& compare) { return holds(compare); });
    branches_.push_back(succeeds);
    const auto& operations = succeeds ? request.success : request.failure;
    return std::ranges::all_of(operations, [&](const kv::Operation& operation) {
      return std::visit(Overloaded{[&](const base::Box<kv::TxnRequest>& inner) { return prepare(*inner); },
                                   [&](const auto& asked) { return prepare(asked); }},
                        operation);
    });
  }

  kv::RangeResult execute(const kv::RangeRequest& request) {
    kv::RangeResult result;
    const auto [first, last] = places(request.range.key, request.range.range_end);
    result.count = static_cast<std::uint64_t>(std::distance(first, last));
    if (request.count_only) {
      return result;
    }
    for (Place place = first; place != last; ++place) {
      if (passes(request, place->second)) {
        result.kvs.push_back(place->second);
      }
    }
    sort(request, result.kvs);
    if (request.limit > 0 && result.kvs.size() > request.limit) {
      result.kvs.resize(request.limit);
      result.more = true;
    }
    if (request.keys_only) {
      std::ranges::for_each(result.kvs, [](KeyValue& found) { found.value.clear(); });
    }
    return result;
  }

  static void sort(const kv::RangeRequest& request, std::vector<KeyValue>& found) {
    const bool descends = request.sort_order == kv::SortOrder::descend;
    if (!descends && request.sort_target == kv::SortTarget::key) {
      return;
    }
    std::ranges::sort(found, [&](const KeyValue& a, const KeyValue& b) {
      const bool before = precedes(a, b, request.sort_target);
      const bool after = precedes(b, a, request.sort_target);
      return before == after ? a.key < b.key : before != descends;
    });
  }

  kv::PutResult execute(const kv::PutRequest& request) {
    const auto [place, is_new] = state_.kvs.try_emplace(request.key);
    KeyValue& now = place->second;
    kv::PutResult result;
    changes_.emplace_back(request.key, is_new ? std::nullopt : std::optional(now));
    if (request.prev_kv && !is_new) {
      result.prev_kv = now;
    }
    now.key = request.key;
    now.value = request.ignore_value ? now.value : request.value;
    now.lease = request.ignore_lease ? now.lease : request.lease;
    now.create_revision = is_new ? revision_ : now.create_revision;
    now.mod_revision = revision_;
    ++now.version;
    return result;
  }

  kv::DeleteResult execute(const kv::DeleteRequest& request) {
    const auto [first, last] = places(request.range.key, request.range.range_end);
    kv::DeleteResult result;
    for (Place place = first; place != last; place = state_.kvs.erase(place)) {
      ++result.deleted;
      if (request.prev_kv) {
        result.prev_kvs.push_back(place->second);
      }
      changes_.emplace_back(place->first, std::move(place->second));
    }
    return result;
  }

  kv::TxnResult execute(const kv::TxnRequest& request) {
    kv::TxnResult result;
    result.succeeded = branches_[next_branch_++];
    for (const kv::Operation& operation : result.succeeded ? request.success : request.failure) {
      result.responses.push_back(
          std::visit(Overloaded{[&](const base::Box<kv::TxnRequest>& inner) {
                                  return kv::OperationResult(base::Box<kv::TxnResult>(execute(*inner)));
                                },
                                [&](const auto& asked) { return kv::OperationResult(execute(asked)); }},
                     operation));
    }
    return result;
  }

  StoreState& state_;
  StoreChanges& changes_;
  std::size_t before_;
  kv::Revision revision_;
  std::vector<bool> branches_ = {};  ///< of transactions, outer ones first, in order of execution
  std::size_t next_branch_ = 0;
};

}  // namespace

std::optional<StoreResult> perform(StoreState& state, const StoreRequest& request, StoreChanges& changes) {
  return Execution(state, changes).run(request);
}

void undo(StoreState& state, StoreChanges& changes, std::size_t from, kv::Revision revision) {
  while (changes.size() > from) {
    auto& [key, before] = changes.back();
    if (before) {
      state.kvs[key] = std::move(*before);
    } else {
      state.kvs.erase(key);
    }
    changes.pop_back();
  }
  state.revision = revision;
}

KeyInterval interval_of(const std::string& key, const std::string& range_end) {
  if (range_end.empty()) {
    return {key, key + '\0'};
  }
  if (range_end == std::string(1, '\0')) {
    return {key, std::nullopt};
  }
  return {key, range_end};
}

const std::vector<kv::KeyValue>& found_by(const StoreResult& result) {
  static const std::vector<kv::KeyValue> none;
  const auto* range = std::get_if<kv::RangeResult>(&result);
  return range == nullptr ? none : range->kvs;
}

}  // namespace plimsoll::history
