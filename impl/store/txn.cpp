#include "impl/store/txn.hpp"

#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::store {
namespace {

template <class Result>
using Expected = tl::expected<Result, kv::ErrorCode>;

/// The operations of one revision, each of which sees what those before it wrote.
struct Writer {
  const Mvcc& store;
  WriteTxn& txn;
  Lessor& lessor;
  Defects defects = {};

  Expected<kv::PutResult> put(kv::PutRequest&& request) {
    if (request.lease != kv::LeaseId{} && !lessor.knows(request.lease)) {
      return tl::unexpected(kv::ErrorCode::lease_not_found);
    }
    if (request.ignore_value || request.ignore_lease) {
      const kv::KeyValue* live = txn.find(request.key);
      if (live == nullptr) {
        return tl::unexpected(kv::ErrorCode::key_not_found);
      }
      request.value = request.ignore_value ? live->value : std::move(request.value);
      request.lease = request.ignore_lease ? live->lease : request.lease;
    }
    // The key is copied only if a lease gets it.
    std::string attached = request.lease == kv::LeaseId{} ? std::string() : request.key;
    const kv::KeyValue* previous = txn.put(std::move(request.key), std::move(request.value), request.lease);
    const kv::LeaseId old_lease = previous == nullptr ? kv::LeaseId{} : previous->lease;
    if (old_lease != request.lease) {
      lessor.move_key(attached.empty() ? previous->key : attached, old_lease, request.lease);
    }
    kv::PutResult result;
    if (request.prev_kv && previous != nullptr) {
      result.prev_kv = *previous;
    }
    return result;
  }

  kv::DeleteResult remove(const kv::DeleteRequest& request) {
    kv::DeleteResult result;
    for (const kv::KeyValue* removed : txn.remove(request.range)) {
      lessor.move_key(removed->key, removed->lease, {});
      ++result.deleted;
      if (request.prev_kv) {
        result.prev_kvs.push_back(*removed);
      }
    }
    return result;
  }

  Expected<kv::RangeResult> range(const kv::RangeRequest& request) const {
    auto result = txn.range(request);
    // What this member's compaction has not removed yet could still be read.
    const bool is_there = !result && result.error() == kv::ErrorCode::compacted && store.compacting();
    return defects.has(Defect::E10) && is_there ? kv::RangeResult{} : std::move(result);
  }
};

/// A transaction that is read off what is there.
struct Reader {
  const Mvcc& store;

  static Expected<kv::PutResult> put(kv::PutRequest&& /*request*/) {
    PLIMSOLL_ASSERT_KNOWN(false, "a transaction that was to change nothing puts");
    return {};
  }
  static kv::DeleteResult remove(const kv::DeleteRequest& /*request*/) {
    PLIMSOLL_ASSERT_KNOWN(false, "a transaction that was to change nothing deletes");
    return {};
  }
  [[nodiscard]] Expected<kv::RangeResult> range(const kv::RangeRequest& request) const {
    return store.range(request);
  }
};

template <class Access>
Expected<kv::TxnResult> run(Access& access, kv::TxnRequest&& request, TxnPath::const_iterator& path);

template <class Access>
struct RunOperation {
  Access& access;
  TxnPath::const_iterator& path;

  Expected<kv::OperationResult> operator()(kv::RangeRequest&& request) const {
    return access.range(request).map(as_operation);
  }
  Expected<kv::OperationResult> operator()(kv::PutRequest&& request) const {
    return access.put(std::move(request)).map(as_operation);
  }
  Expected<kv::OperationResult> operator()(kv::DeleteRequest&& request) const {
    return as_operation(access.remove(request));
  }
  Expected<kv::OperationResult> operator()(base::Box<kv::TxnRequest>&& nested) const {
    return run(access, std::move(*nested), path).map([](kv::TxnResult&& result) {
      return kv::OperationResult(base::Box<kv::TxnResult>(std::move(result)));
    });
  }

 private:
  static constexpr auto as_operation = [](auto&& result) {
    return kv::OperationResult(std::forward<decltype(result)>(result));
  };
};

/// Stops at the first error.
template <class Access>
Expected<kv::TxnResult> run(Access& access, kv::TxnRequest&& request, TxnPath::const_iterator& path) {
  kv::TxnResult result{*path++, {}};
  std::vector<kv::Operation>& operations = result.succeeded ? request.success : request.failure;
  result.responses.reserve(operations.size());
  for (kv::Operation& operation : operations) {
    auto done = std::visit(RunOperation<Access>{access, path}, std::move(operation));
    if (!done) {
      return tl::unexpected(done.error());
    }
    result.responses.push_back(std::move(*done));
  }
  return result;
}

}  // namespace

Done<kv::PutResult> execute(Mvcc& store, Lessor& lessor, kv::PutRequest request) {
  WriteTxn txn = store.begin();
  Done<kv::PutResult> done;
  done.result = Writer{store, txn, lessor}.put(std::move(request));
  done.events = txn.end();
  return done;
}

Done<kv::DeleteResult> execute(Mvcc& store, Lessor& lessor, const kv::DeleteRequest& request) {
  WriteTxn txn = store.begin();
  Done<kv::DeleteResult> done;
  done.result = Writer{store, txn, lessor}.remove(request);
  done.events = txn.end();
  return done;
}

Done<kv::TxnResult> execute(Mvcc& store, Lessor& lessor, kv::TxnRequest request, Defects defects) {
  const TxnPath path = choose_path(store, request);
  const auto checked = check_path(store, lessor, request, path, defects);
  if (!checked && !defects.has(Defect::E19)) {
    return {tl::unexpected(checked.error()), {}};
  }
  WriteTxn txn = store.begin();
  Writer writer{store, txn, lessor, defects};
  Done<kv::TxnResult> done;
  TxnPath::const_iterator next = path.begin();
  done.result = run(writer, std::move(request), next);
  PLIMSOLL_ASSERT(done.result.has_value() || !defects.empty());
  done.events = txn.end();
  return done;
}

tl::expected<kv::TxnResult, kv::ErrorCode> read(const Mvcc& store, const kv::TxnRequest& request) {
  const TxnPath path = choose_path(store, request);
  if (const auto checked = check_path(store, Lessor{}, request, path); !checked) {
    return tl::unexpected(checked.error());
  }
  Reader reader{store};
  TxnPath::const_iterator next = path.begin();
  return run(reader, kv::TxnRequest(request), next);
}

}  // namespace plimsoll::store
