#include "model/store/txn.hpp"

#include <algorithm>
#include <compare>
#include <optional>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::model::store {
namespace {

using Refusal = std::optional<kv::ErrorCode>;
using Nested = base::Box<kv::TxnRequest>;

/// `order`: how what the store holds compares to what the client named.
[[nodiscard]] bool is(std::strong_ordering order, kv::CompareResult result) {
  switch (result) {
    case kv::CompareResult::equal:
      return order == std::strong_ordering::equal;
    case kv::CompareResult::greater:
      return order == std::strong_ordering::greater;
    case kv::CompareResult::less:
      return order == std::strong_ordering::less;
    case kv::CompareResult::not_equal:
      break;
  }
  return order != std::strong_ordering::equal;
}

[[nodiscard]] bool holds_of(const kv::KeyValue& kv, const kv::Compare& compare) {
  switch (compare.target) {
    case kv::CompareTarget::version:
      return is(kv.version <=> compare.number, compare.result);
    case kv::CompareTarget::create_revision:
      return is(kv.create_revision.value <=> compare.number, compare.result);
    case kv::CompareTarget::mod_revision:
      return is(kv.mod_revision.value <=> compare.number, compare.result);
    case kv::CompareTarget::lease:
      return is(kv.lease.value <=> compare.number, compare.result);
    case kv::CompareTarget::value:
      break;
  }
  return is(kv.value <=> compare.value, compare.result);
}

/// Whether each transaction that runs succeeds: the outermost first, then those nested in its branch, in
/// order.
struct Path {
  std::vector<bool> turns = {};
  std::size_t next = 0;

  bool turn() { return turns[next++]; }
};

void choose(const Data& data, const kv::TxnRequest& txn, Path& path) {
  const bool succeeds =
      std::ranges::all_of(txn.compares, [&](const kv::Compare& compare) { return holds(data, compare); });
  path.turns.push_back(succeeds);
  for (const kv::Operation& operation : succeeds ? txn.success : txn.failure) {
    if (const auto* nested = std::get_if<Nested>(&operation)) {
      choose(data, **nested, path);
    }
  }
}

/// The operations on the path, but for the nested transactions as such.
void collect(const kv::TxnRequest& txn, Path& path, std::vector<const kv::Operation*>& taken) {
  for (const kv::Operation& operation : path.turn() ? txn.success : txn.failure) {
    if (const auto* nested = std::get_if<Nested>(&operation)) {
      collect(**nested, path, taken);
    } else {
      taken.push_back(&operation);
    }
  }
}

/// ETCD-3: what cannot be carried out is found before the first write, puts first.
struct Admission {
  const Data& data;
  const History& history;

  [[nodiscard]] Refusal refusal(const std::vector<const kv::Operation*>& taken) const {
    for (const kv::Operation* operation : taken) {
      const auto* put = std::get_if<kv::PutRequest>(operation);
      if (const Refusal refused = put == nullptr ? std::nullopt : put_refusal(*put)) {
        return refused;
      }
    }
    for (const kv::Operation* operation : taken) {
      const auto* range = std::get_if<kv::RangeRequest>(operation);
      if (const Refusal refused = range == nullptr ? std::nullopt : range_refusal(*range)) {
        return refused;
      }
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] Refusal put_refusal(const kv::PutRequest& put) const {
    if ((put.ignore_value || put.ignore_lease) && !data.keys.contains(put.key)) {
      return kv::ErrorCode::key_not_found;
    }
    if (put.lease != kv::LeaseId{} && !data.leases.contains(put.lease)) {
      return kv::ErrorCode::lease_not_found;
    }
    return std::nullopt;
  }
  // ETCD-5: the compacted revision itself can be read.
  [[nodiscard]] Refusal range_refusal(const kv::RangeRequest& range) const {
    if (range.revision == kv::Revision{}) {
      return std::nullopt;
    }
    if (range.revision > data.revision) {
      return kv::ErrorCode::future_revision;
    }
    return range.revision < history.compact_revision ? Refusal(kv::ErrorCode::compacted) : std::nullopt;
  }
};

/// Carries out the operations on the path.
class Run {
 public:
  Run(const Config& config, const History& history, Change& change, Path& path)
      : config_(config), history_(history), change_(change), path_(path) {}

  kv::TxnResult txn(const kv::TxnRequest& request) {
    kv::TxnResult result;
    result.succeeded = path_.turn();
    for (const kv::Operation& operation : result.succeeded ? request.success : request.failure) {
      result.responses.push_back(std::visit([this](const auto& one) { return run(one); }, operation));
    }
    return result;
  }
  kv::OperationResult run(const kv::RangeRequest& request) const {
    if (request.revision == kv::Revision{}) {
      return read_range(change_.keys(), request);
    }
    PLIMSOLL_ASSERT_KNOWN(config_.keep_versions, "a range at a revision needs a store that keeps versions");
    return read_range(keys_at(history_, request.revision), request);
  }
  kv::OperationResult run(const kv::PutRequest& request) {
    const std::optional<kv::KeyValue> old = change_.find(request.key);
    if ((request.ignore_value || request.ignore_lease) && !old) {
      has_lost_key_ = true;
      return kv::PutResult{};
    }
    change_.put(request.key, request.ignore_value ? old->value : request.value,
                request.ignore_lease ? old->lease : request.lease);
    return kv::PutResult{request.prev_kv ? old : std::nullopt};
  }
  kv::OperationResult run(const kv::DeleteRequest& request) {
    std::vector<kv::KeyValue> gone =
        change_.remove_if([&](const kv::KeyValue& kv) { return kv::contains(request.range, kv.key); });
    const std::uint64_t count = gone.size();
    return kv::DeleteResult{count, request.prev_kv ? std::move(gone) : std::vector<kv::KeyValue>()};
  }
  /// An earlier operation removed the key whose value or lease a put was to keep.
  [[nodiscard]] bool has_lost_key() const { return has_lost_key_; }
  kv::OperationResult run(const Nested& request) { return base::Box<kv::TxnResult>(txn(*request)); }

 private:
  const Config& config_;
  const History& history_;
  Change& change_;
  Path& path_;
  bool has_lost_key_ = false;
};

}  // namespace

tl::expected<Executed, kv::ErrorCode> execute(const Config& config, Data& data, const History& history,
                                              const kv::TxnRequest& txn) {
  Path path;
  choose(data, txn, path);
  std::vector<const kv::Operation*> taken;
  collect(txn, path, taken);
  if (const Refusal refused = Admission{data, history}.refusal(taken)) {
    return tl::unexpected(*refused);
  }
  path.next = 0;
  Data after = data;
  Change change(after);
  Run run(config, history, change, path);
  Executed executed{run.txn(txn), change.end()};
  if (run.has_lost_key()) {
    return tl::unexpected(kv::ErrorCode::key_not_found);
  }
  data = std::move(after);
  return executed;
}

bool holds(const Data& data, const kv::Compare& compare) {
  const kv::KeyRange range{compare.key, compare.range_end};
  bool is_empty = true;
  for (const auto& [key, kv] : data.keys) {
    if (kv::contains(range, key)) {
      is_empty = false;
      if (!holds_of(kv, compare)) {
        return false;
      }
    }
  }
  // ETCD-4: where there is no key there is no value to compare, and every number is 0.
  return !is_empty || (compare.target != kv::CompareTarget::value && holds_of({}, compare));
}

}  // namespace plimsoll::model::store
