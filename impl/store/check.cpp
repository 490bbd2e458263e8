#include "impl/store/check.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <variant>
#include <vector>

namespace plimsoll::store {
namespace {

tl::unexpected<kv::ErrorCode> refused(kv::ErrorCode code) {
  return tl::unexpected(code);
}

/// What operations change, for the rule that one transaction changes a key once.
struct Changes {
  std::set<std::string_view> puts;
  std::vector<const kv::KeyRange*> deletes;

  /// A range that ends with the byte 0, all keys from `key` on, holds no key here: etcd compares its end as
  /// it compares any other, so such a delete goes with every put.
  [[nodiscard]] bool deleted(std::string_view key) const {
    return std::any_of(deletes.begin(), deletes.end(), [key](const kv::KeyRange* range) {
      return range->range_end.empty() ? key == range->key : range->key <= key && key < range->range_end;
    });
  }
  /// Whether the put goes together with what is noted. Notes it.
  bool add_put(std::string_view key) { return !deleted(key) && puts.insert(key).second; }
  void add_deletes(const Changes& nested) {
    deletes.insert(deletes.end(), nested.deletes.begin(), nested.deletes.end());
  }
};

tl::expected<Changes, kv::ErrorCode> changes_of(const std::vector<kv::Operation>& operations);

/// checkIntervals, the part about one nested transaction. Its branches exclude one another, so both may put a
/// key. Deletes are noted after its puts: what it puts, transactions after it may delete.
Checked add_nested(Changes& changes, const kv::TxnRequest& nested) {
  const auto success = changes_of(nested.success);
  if (!success) {
    return refused(success.error());
  }
  const auto failure = changes_of(nested.failure);
  if (!failure) {
    return refused(failure.error());
  }
  for (const std::string_view key : success->puts) {
    if (!changes.add_put(key)) {
      return refused(kv::ErrorCode::duplicate_key);
    }
  }
  for (const std::string_view key : failure->puts) {
    const bool put_by_other_branch = success->puts.contains(key);
    if (!changes.add_put(key) && !put_by_other_branch) {
      return refused(kv::ErrorCode::duplicate_key);
    }
  }
  changes.add_deletes(*success);
  changes.add_deletes(*failure);
  return {};
}

/// checkIntervals: first this level's deletes, then what is nested, then this level's puts.
tl::expected<Changes, kv::ErrorCode> changes_of(const std::vector<kv::Operation>& operations) {
  Changes changes;
  for (const kv::Operation& operation : operations) {
    if (const auto* request = std::get_if<kv::DeleteRequest>(&operation)) {
      changes.deletes.push_back(&request->range);
    }
  }
  for (const kv::Operation& operation : operations) {
    if (const auto* nested = std::get_if<base::Box<kv::TxnRequest>>(&operation)) {
      if (const Checked added = add_nested(changes, **nested); !added) {
        return refused(added.error());
      }
    }
  }
  for (const kv::Operation& operation : operations) {
    if (const auto* request = std::get_if<kv::PutRequest>(&operation)) {
      if (!changes.add_put(request->key)) {
        return refused(kv::ErrorCode::duplicate_key);
      }
    }
  }
  return changes;
}

Checked check_key(const std::string& key) {
  if (key.empty()) {
    return refused(kv::ErrorCode::empty_key);
  }
  return {};
}

Checked check_operations(const kv::TxnRequest& request, std::size_t operations_max);

/// checkRequestOp.
struct CheckOperation {
  std::size_t operations_max;

  template <class Single>
  Checked operator()(const Single& request) const {
    return check(request);
  }
  Checked operator()(const base::Box<kv::TxnRequest>& nested) const {
    return check_operations(*nested, operations_max);
  }
};

/// checkTxnRequest.
Checked check_operations(const kv::TxnRequest& request, std::size_t operations_max) {
  const std::size_t count =
      std::max({request.compares.size(), request.success.size(), request.failure.size()});
  if (count > operations_max) {
    return refused(kv::ErrorCode::too_many_operations);
  }
  for (const kv::Compare& compare : request.compares) {
    if (Checked checked = check_key(compare.key); !checked) {
      return checked;
    }
  }
  for (const std::vector<kv::Operation>* branch : {&request.success, &request.failure}) {
    for (const kv::Operation& operation : *branch) {
      if (Checked checked = std::visit(CheckOperation{operations_max - count}, operation); !checked) {
        return checked;
      }
    }
  }
  return {};
}

template <class Holds>
bool all_operations(const kv::TxnRequest& request, const Holds& holds) {
  return std::all_of(request.success.begin(), request.success.end(), holds) &&
         std::all_of(request.failure.begin(), request.failure.end(), holds);
}

/// What a client sends; those that nothing is refused of are caught by the last one.
struct CheckBody {
  std::size_t operations_max;

  Checked operator()(const kv::RangeRequest& request) const { return check(request); }
  Checked operator()(const kv::PutRequest& request) const { return check(request); }
  Checked operator()(const kv::DeleteRequest& request) const { return check(request); }
  Checked operator()(const kv::TxnRequest& request) const { return check(request, operations_max); }
  template <class Other>
  Checked operator()(const Other& /*request*/) const {
    return {};
  }
};

}  // namespace

Checked check(const kv::RangeRequest& request) {
  return check_key(request.range.key);
}

Checked check(const kv::PutRequest& request) {
  if (request.key.empty()) {
    return refused(kv::ErrorCode::empty_key);
  }
  if (request.ignore_value && !request.value.empty()) {
    return refused(kv::ErrorCode::value_provided);
  }
  if (request.ignore_lease && request.lease != kv::LeaseId{}) {
    return refused(kv::ErrorCode::lease_provided);
  }
  return {};
}

Checked check(const kv::DeleteRequest& request) {
  return check_key(request.range.key);
}

Checked check(const kv::TxnRequest& request, std::size_t operations_max) {
  if (Checked checked = check_operations(request, operations_max); !checked) {
    return checked;
  }
  for (const std::vector<kv::Operation>* branch : {&request.success, &request.failure}) {
    if (const auto changes = changes_of(*branch); !changes) {
      return refused(changes.error());
    }
  }
  return {};
}

Checked check(const kv::Request& request, std::size_t operations_max) {
  return std::visit(CheckBody{operations_max}, request.body);
}

bool is_read_only(const kv::TxnRequest& request) {
  return all_operations(request, [](const kv::Operation& operation) {
    return std::holds_alternative<kv::RangeRequest>(operation);
  });
}

bool is_serializable(const kv::TxnRequest& request) {
  return all_operations(request, [](const kv::Operation& operation) {
    const auto* range = std::get_if<kv::RangeRequest>(&operation);
    return range != nullptr && range->serializable;
  });
}

}  // namespace plimsoll::store
