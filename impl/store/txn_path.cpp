// Compares, the path of a transaction, and its checks: nothing is written here.
#include "impl/store/txn.hpp"

#include <algorithm>
#include <compare>

#include "impl/base/assert.hpp"

namespace plimsoll::store {
namespace {

tl::unexpected<kv::ErrorCode> refused(kv::ErrorCode code) {
  return tl::unexpected(code);
}

bool fits(kv::CompareResult result, std::strong_ordering order) {
  switch (result) {
    case kv::CompareResult::equal:
      return order == std::strong_ordering::equal;
    case kv::CompareResult::greater:
      return order == std::strong_ordering::greater;
    case kv::CompareResult::less:
      return order == std::strong_ordering::less;
    case kv::CompareResult::not_equal:
      return order != std::strong_ordering::equal;
  }
  PLIMSOLL_ASSERT_KNOWN(false, "no such result of a compare");
  return false;
}

std::uint64_t number_of(const kv::KeyValue& kv, kv::CompareTarget target) {
  switch (target) {
    case kv::CompareTarget::version:
      return kv.version;
    case kv::CompareTarget::create_revision:
      return kv.create_revision.value;
    case kv::CompareTarget::mod_revision:
      return kv.mod_revision.value;
    case kv::CompareTarget::lease:
      return kv.lease.value;
    case kv::CompareTarget::value:
      break;
  }
  PLIMSOLL_ASSERT_KNOWN(false, "a value is no number");
  return 0;
}

bool holds_for(const kv::KeyValue& kv, const kv::Compare& compare) {
  if (compare.target == kv::CompareTarget::value) {
    return fits(compare.result, kv.value.compare(compare.value) <=> 0);
  }
  return fits(compare.result, number_of(kv, compare.target) <=> compare.number);
}

/// There is no way to say that a value is absent, so no compare of values holds.
bool holds_for_absent(const kv::Compare& compare) {
  return compare.target != kv::CompareTarget::value && holds_for({}, compare);
}

void append_path(const Mvcc& store, const kv::TxnRequest& request, TxnPath& path) {
  const bool succeeds = std::all_of(request.compares.begin(), request.compares.end(),
                                    [&](const kv::Compare& compare) { return holds(store, compare); });
  path.push_back(succeeds);
  for (const kv::Operation& operation : succeeds ? request.success : request.failure) {
    if (const auto* nested = std::get_if<base::Box<kv::TxnRequest>>(&operation)) {
      append_path(store, **nested, path);
    }
  }
}

/// The operations on the path, nested ones in place of their transactions, in the order in which they run.
void append_operations(const kv::TxnRequest& request, TxnPath::const_iterator& path,
                       std::vector<const kv::Operation*>& operations) {
  for (const kv::Operation& operation : *path++ ? request.success : request.failure) {
    if (const auto* nested = std::get_if<base::Box<kv::TxnRequest>>(&operation)) {
      append_operations(**nested, path, operations);
    } else {
      operations.push_back(&operation);
    }
  }
}

tl::expected<void, kv::ErrorCode> check_put(const Mvcc& store, const Lessor& lessor,
                                            const kv::PutRequest& request,
                                            const std::vector<const kv::KeyRange*>& deleted) {
  if (request.ignore_value || request.ignore_lease) {
    const bool is_deleted = std::any_of(deleted.begin(), deleted.end(), [&](const kv::KeyRange* range) {
      return kv::contains(*range, request.key);
    });
    if (is_deleted || store.find(request.key) == nullptr) {
      return refused(kv::ErrorCode::key_not_found);
    }
  }
  if (request.lease != kv::LeaseId{} && !lessor.knows(request.lease)) {
    return refused(kv::ErrorCode::lease_not_found);
  }
  return {};
}

tl::expected<void, kv::ErrorCode> check_range(const Mvcc& store, const kv::RangeRequest& request) {
  if (request.revision == kv::Revision{}) {
    return {};
  }
  if (request.revision > store.revision()) {
    return refused(kv::ErrorCode::future_revision);
  }
  if (request.revision < store.compact_revision()) {
    return refused(kv::ErrorCode::compacted);
  }
  return {};
}

}  // namespace

bool holds(const Mvcc& store, const kv::Compare& compare) {
  if (compare.range_end.empty()) {
    const kv::KeyValue* kv = store.find(compare.key);
    return kv == nullptr ? holds_for_absent(compare) : holds_for(*kv, compare);
  }
  kv::RangeRequest request;
  request.range = {compare.key, compare.range_end};
  const auto found = store.range(request);
  PLIMSOLL_ASSERT(found.has_value());
  if (found->kvs.empty()) {
    return holds_for_absent(compare);
  }
  return std::all_of(found->kvs.begin(), found->kvs.end(),
                     [&](const kv::KeyValue& kv) { return holds_for(kv, compare); });
}

TxnPath choose_path(const Mvcc& store, const kv::TxnRequest& request) {
  TxnPath path;
  append_path(store, request, path);
  return path;
}

tl::expected<void, kv::ErrorCode> check_path(const Mvcc& store, const Lessor& lessor,
                                             const kv::TxnRequest& request, const TxnPath& path,
                                             Defects defects) {
  std::vector<const kv::Operation*> operations;
  TxnPath::const_iterator next = path.begin();
  append_operations(request, next, operations);
  std::vector<const kv::KeyRange*> deleted;
  for (const kv::Operation* operation : operations) {
    if (const auto* remove = std::get_if<kv::DeleteRequest>(operation)) {
      deleted.push_back(&remove->range);
    } else if (const auto* put = std::get_if<kv::PutRequest>(operation)) {
      if (auto checked = check_put(store, lessor, *put, deleted); !checked) {
        return checked;
      }
    }
  }
  if (defects.has(Defect::E10)) {
    return {};
  }
  for (const kv::Operation* operation : operations) {
    if (const auto* range = std::get_if<kv::RangeRequest>(operation)) {
      if (auto checked = check_range(store, *range); !checked) {
        return checked;
      }
    }
  }
  return {};
}

}  // namespace plimsoll::store
