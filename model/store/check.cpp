#include "model/store/check.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

namespace plimsoll::model::store {
namespace {

using Refusal = std::optional<kv::ErrorCode>;
using Operations = std::vector<kv::Operation>;

/// Empty keys, flags that contradict each other, too many operations. A level of nesting may have as many
/// operations as the levels around it leave.
[[nodiscard]] Refusal shape_refusal(const kv::TxnRequest& txn, std::size_t operations_max) {
  const std::size_t most = std::max({txn.compares.size(), txn.success.size(), txn.failure.size()});
  if (most > operations_max) {
    return kv::ErrorCode::too_many_operations;
  }
  for (const kv::Compare& compare : txn.compares) {
    if (compare.key.empty()) {
      return kv::ErrorCode::empty_key;
    }
  }
  for (const Operations* branch : {&txn.success, &txn.failure}) {
    for (const kv::Operation& operation : *branch) {
      const auto* nested = std::get_if<base::Box<kv::TxnRequest>>(&operation);
      Refusal refused;
      if (nested != nullptr) {
        refused = shape_refusal(**nested, operations_max - most);
      } else if (const auto* range = std::get_if<kv::RangeRequest>(&operation)) {
        refused = refusal(*range);
      } else if (const auto* put = std::get_if<kv::PutRequest>(&operation)) {
        refused = refusal(*put);
      } else {
        refused = refusal(std::get<kv::DeleteRequest>(operation));
      }
      if (refused) {
        return refused;
      }
    }
  }
  return std::nullopt;
}

/// What a branch may write, on all paths through it.
struct Writes {
  std::set<std::string> puts = {};
  std::vector<kv::KeyRange> removals = {};

  [[nodiscard]] bool removes(const std::string& key) const {
    return std::ranges::any_of(removals, [&](const kv::KeyRange& range) {
      return range.range_end != std::string(1, '\0') && kv::contains(range, key);
    });
  }
};

[[nodiscard]] tl::expected<Writes, kv::ErrorCode> writes_of(const Operations& operations);

/// Adds what a nested transaction writes. Its two branches may put the same key, as only one of them runs.
[[nodiscard]] Refusal add_nested(Writes& writes, const kv::TxnRequest& nested) {
  const std::set<std::string> before = writes.puts;
  std::vector<kv::KeyRange> removals;
  for (const Operations* branch : {&nested.success, &nested.failure}) {
    const auto inner = writes_of(*branch);
    if (!inner) {
      return inner.error();
    }
    for (const std::string& key : inner->puts) {
      if (before.contains(key) || writes.removes(key)) {
        return kv::ErrorCode::duplicate_key;
      }
      writes.puts.insert(key);
    }
    removals.insert(removals.end(), inner->removals.begin(), inner->removals.end());
  }
  writes.removals.insert(writes.removals.end(), removals.begin(), removals.end());
  return std::nullopt;
}

/// A branch's own removals are looked at first, then what is nested in it, then its own puts.
tl::expected<Writes, kv::ErrorCode> writes_of(const Operations& operations) {
  Writes writes;
  for (const kv::Operation& operation : operations) {
    if (const auto* removal = std::get_if<kv::DeleteRequest>(&operation)) {
      writes.removals.push_back(removal->range);
    }
  }
  for (const kv::Operation& operation : operations) {
    if (const auto* nested = std::get_if<base::Box<kv::TxnRequest>>(&operation)) {
      if (const Refusal refused = add_nested(writes, **nested)) {
        return tl::unexpected(*refused);
      }
    }
  }
  for (const kv::Operation& operation : operations) {
    if (const auto* put = std::get_if<kv::PutRequest>(&operation)) {
      if (writes.removes(put->key) || !writes.puts.insert(put->key).second) {
        return tl::unexpected(kv::ErrorCode::duplicate_key);
      }
    }
  }
  return writes;
}

}  // namespace

Refusal refusal(const kv::RangeRequest& request) {
  return request.range.key.empty() ? Refusal(kv::ErrorCode::empty_key) : std::nullopt;
}

Refusal refusal(const kv::PutRequest& request) {
  if (request.key.empty()) {
    return kv::ErrorCode::empty_key;
  }
  if (request.ignore_value && !request.value.empty()) {
    return kv::ErrorCode::value_provided;
  }
  if (request.ignore_lease && request.lease != kv::LeaseId{}) {
    return kv::ErrorCode::lease_provided;
  }
  return std::nullopt;
}

Refusal refusal(const kv::DeleteRequest& request) {
  return request.range.key.empty() ? Refusal(kv::ErrorCode::empty_key) : std::nullopt;
}

Refusal refusal(const kv::TxnRequest& request, const Config& config) {
  if (const Refusal refused = shape_refusal(request, config.txn_operations_max)) {
    return refused;
  }
  for (const Operations* branch : {&request.success, &request.failure}) {
    if (const auto writes = writes_of(*branch); !writes) {
      return writes.error();
    }
  }
  return std::nullopt;
}

}  // namespace plimsoll::model::store
