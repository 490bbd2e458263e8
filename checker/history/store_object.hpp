// A key-value store as a sequential program: what clients of etcd may rely on, one request after the other.
//
// Source: ETCD-1 to 5 of the semantics; etcd server/etcdserver/txn/txn.go and range.go (v3.5). It is written
// apart from the project's store and its spec, and knows of requests that one answer ends: reads of the
// present, puts, deletes and transactions. Leases are a number that a put leaves with its key.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "impl/base/kv.hpp"

namespace plimsoll::history {

using StoreRequest = std::variant<kv::RangeRequest, kv::PutRequest, kv::DeleteRequest, kv::TxnRequest>;
using StoreResult = std::variant<kv::RangeResult, kv::PutResult, kv::DeleteResult, kv::TxnResult>;

/// Default: a fresh store.
struct StoreState {
  kv::Revision revision{1};
  std::map<std::string, kv::KeyValue> kvs = {};
  PLIMSOLL_DESCRIBE(StoreState, revision, kvs)
};

/// What a request changed, in order: a key and what it was before.
using StoreChanges = std::vector<std::pair<std::string, std::optional<kv::KeyValue>>>;

/// Does `request`, and appends what it changes to `changes`. Ranges of older revisions are answered as those
/// of the present.
/// @return nothing if it is refused: a put may only keep a value or a lease that is there.
/// Cost: k log n for k keys touched or in a range.
[[nodiscard]] std::optional<StoreResult> perform(StoreState& state, const StoreRequest& request,
                                                 StoreChanges& changes);

/// Takes back the changes from number `from` on, which must be the last ones made to `state`.
void undo(StoreState& state, StoreChanges& changes, std::size_t from, kv::Revision revision);

/// Whether somebody who recorded an answer to `request` may have recorded `told` where the store said
/// `result`. What is 0 in the recording was not recorded: create_revision, mod_revision and version of a key,
/// the count of keys. Ranges of older revisions within a transaction are not judged.
[[nodiscard]] bool agrees(const StoreRequest& request, const StoreResult& result, const StoreResult& told);

/// Whether a request that was answered so has taken up a revision.
[[nodiscard]] bool has_changed_something(const StoreResult& result);

/// A read whose answer says nothing of the present: at an older revision, or of what some server has applied.
[[nodiscard]] bool reads_the_past(const StoreRequest& request);

/// Keys from `from` to before `to`; no `to`: all from there on.
struct KeyInterval {
  std::string from = {};
  std::optional<std::string> to = std::nullopt;

  [[nodiscard]] bool contains(const std::string& key) const { return key >= from && (!to || key < *to); }
  friend auto operator<=>(const KeyInterval&, const KeyInterval&) = default;
};
[[nodiscard]] KeyInterval interval_of(const std::string& key, const std::string& range_end);
/// All that a request may look at or change, in both branches; in no order, some twice.
[[nodiscard]] std::vector<KeyInterval> keys_of(const StoreRequest& request);

/// Whether what a request does or answers may depend on revisions.
[[nodiscard]] bool mentions_revisions(const StoreRequest& request);
/// Whether an answer holds a create_revision or a mod_revision.
[[nodiscard]] bool mentions_revisions(const StoreResult& result);

/// The versions of keys that a range found; none if it is no range.
[[nodiscard]] const std::vector<kv::KeyValue>& found_by(const StoreResult& result);

/// "get a", "put a 1", "delete a..c", "if a mod 3: put a 2".
[[nodiscard]] std::string describe(const StoreRequest& request);
/// "a=1@3", "none", "deleted 2", "succeeded".
[[nodiscard]] std::string describe(const StoreResult& result);

}  // namespace plimsoll::history
