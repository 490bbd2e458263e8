// What the key-value store is asked, in etcd v3's words.
//
// Only the shapes are here; what each request does is SEMANTICS' business of whoever answers: the spec
// (model/store) and the implementation (impl/store). Source: etcd api/etcdserverpb/rpc.proto and
// api/mvccpb/kv.proto (v3.5). Left out: users, roles and permissions; alarms; moving the leader by hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "impl/base/box.hpp"
#include "impl/base/described.hpp"

namespace plimsoll::kv {

struct RevisionTag {
  static constexpr const char* name = "revision";
};
/// A store revision; a fresh store is at 1 (ETCD-1). As a key's mod_revision, 0 means: the key is absent.
using Revision = base::Strong<RevisionTag, std::uint64_t>;

struct LeaseIdTag {
  static constexpr const char* name = "lease-id";
};
/// 0 means: no lease.
using LeaseId = base::Strong<LeaseIdTag, std::uint64_t>;

struct RequestIdTag {
  static constexpr const char* name = "request-id";
};
/// Chosen by the client; the response carries it back. Unique among a client's requests that may still be
/// answered.
using RequestId = base::Strong<RequestIdTag, std::uint32_t>;

struct WatchIdTag {
  static constexpr const char* name = "watch-id";
};
/// Chosen by the client; a new watch with the same id replaces the old one. Deviates: etcd refuses an id that
/// is in use on the same stream.
using WatchId = base::Strong<WatchIdTag, std::uint32_t>;

struct KeyValue {
  std::string key = {};
  std::string value = {};
  Revision create_revision = {};
  Revision mod_revision = {};
  std::uint64_t version = 0;
  LeaseId lease = {};
  PLIMSOLL_DESCRIBE(KeyValue, key, value, create_revision, mod_revision, version, lease)
};

/// Keys in [key, range_end); an empty range_end means the one key, the single byte 0 all keys from `key` on.
struct KeyRange {
  std::string key = {};
  std::string range_end = {};
  PLIMSOLL_DESCRIBE(KeyRange, key, range_end)
};
/// All keys that begin with `prefix`. Requires: prefix not empty and not all 0xff.
[[nodiscard]] KeyRange prefix_range(std::string prefix);
[[nodiscard]] bool contains(const KeyRange& range, const std::string& key);

enum class SortOrder : std::uint8_t { none, ascend, descend };
PLIMSOLL_DESCRIBE_ENUM(SortOrder, none, ascend, descend)
enum class SortTarget : std::uint8_t { key, version, create_revision, mod_revision, value };
PLIMSOLL_DESCRIBE_ENUM(SortTarget, key, version, create_revision, mod_revision, value)

/// Keys as they were at `revision`, or are (0). Filters are applied before the limit, sorting too; `count` of
/// the result knows of neither. A filter of 0 lets everything pass.
struct RangeRequest {
  KeyRange range = {};
  Revision revision = {};
  std::uint64_t limit = 0;                 ///< 0: all
  SortOrder sort_order = SortOrder::none;  ///< none: by key; with another target than key: ascending
  SortTarget sort_target = SortTarget::key;
  bool serializable = false;  ///< whoever is asked answers from what it has applied (ETCD-5)
  bool keys_only = false;
  bool count_only = false;
  Revision min_mod_revision = {};
  Revision max_mod_revision = {};
  Revision min_create_revision = {};
  Revision max_create_revision = {};
  PLIMSOLL_DESCRIBE_OPTIONS(revision)
  PLIMSOLL_DESCRIBE(RangeRequest, range, revision, limit, sort_order, sort_target, serializable, keys_only,
                    count_only, min_mod_revision, max_mod_revision, min_create_revision, max_create_revision)
};
struct PutRequest {
  std::string key = {};
  std::string value = {};
  LeaseId lease = {};
  bool prev_kv = false;       ///< the answer holds what was overwritten
  bool ignore_value = false;  ///< the key keeps its value; it must be there
  bool ignore_lease = false;  ///< the key keeps its lease; it must be there
  PLIMSOLL_DESCRIBE_OPTIONS(prev_kv)
  PLIMSOLL_DESCRIBE(PutRequest, key, value, lease, prev_kv, ignore_value, ignore_lease)
};
struct DeleteRequest {
  KeyRange range = {};
  bool prev_kv = false;
  PLIMSOLL_DESCRIBE_OPTIONS(prev_kv)
  PLIMSOLL_DESCRIBE(DeleteRequest, range, prev_kv)
};
struct TxnRequest;
using Operation = std::variant<RangeRequest, PutRequest, DeleteRequest, base::Box<TxnRequest>>;

enum class CompareTarget : std::uint8_t { version, create_revision, mod_revision, value, lease };
PLIMSOLL_DESCRIBE_ENUM(CompareTarget, version, create_revision, mod_revision, value, lease)
enum class CompareResult : std::uint8_t { equal, greater, less, not_equal };
PLIMSOLL_DESCRIBE_ENUM(CompareResult, equal, greater, less, not_equal)

/// Holds or not on the state before the transaction; an absent key has number 0 and no value (ETCD-4).
struct Compare {
  std::string key = {};
  CompareTarget target = CompareTarget::version;
  CompareResult result = CompareResult::equal;
  std::uint64_t number = 0;    ///< for every target but value
  std::string value = {};      ///< for target value
  std::string range_end = {};  ///< with it: holds if it holds for every key of the range that is there
  PLIMSOLL_DESCRIBE_OPTIONS(range_end)
  PLIMSOLL_DESCRIBE(Compare, key, target, result, number, value, range_end)
};
/// Which branches run, in nested ones too, is decided before any operation does (ETCD-3).
struct TxnRequest {
  std::vector<Compare> compares = {};
  std::vector<Operation> success = {};
  std::vector<Operation> failure = {};
  PLIMSOLL_DESCRIBE(TxnRequest, compares, success, failure)
};
/// Ticks are seconds, where there are seconds.
struct LeaseGrantRequest {
  LeaseId id = {};  ///< 0: the server names it (impl/store; the spec wants a name)
  base::Ticks ttl = {};
  PLIMSOLL_DESCRIBE(LeaseGrantRequest, id, ttl)
};
struct LeaseRevokeRequest {
  LeaseId id = {};
  PLIMSOLL_DESCRIBE(LeaseRevokeRequest, id)
};
struct LeaseKeepAliveRequest {
  LeaseId id = {};
  PLIMSOLL_DESCRIBE(LeaseKeepAliveRequest, id)
};
struct LeaseTimeToLiveRequest {
  LeaseId id = {};
  bool keys = false;  ///< the answer lists the keys that the lease holds
  PLIMSOLL_DESCRIBE(LeaseTimeToLiveRequest, id, keys)
};
struct LeaseLeasesRequest {
  PLIMSOLL_DESCRIBE(LeaseLeasesRequest)
};
/// Opens a stream of events at or after `start_revision` (0: from the next change on).
struct WatchRequest {
  WatchId watch = {};
  KeyRange range = {};
  Revision start_revision = {};
  bool prev_kv = false;          ///< events hold what was there before, if it is not compacted
  bool progress_notify = false;  ///< now and then the stream says how far it is
  bool no_put = false;           ///< filters
  bool no_delete = false;
  bool fragment = false;  ///< a revision too large for one message comes in several
  PLIMSOLL_DESCRIBE_OPTIONS(prev_kv)
  PLIMSOLL_DESCRIBE(WatchRequest, watch, range, start_revision, prev_kv, progress_notify, no_put, no_delete,
                    fragment)
};
struct WatchCancelRequest {
  WatchId watch = {};
  PLIMSOLL_DESCRIBE(WatchCancelRequest, watch)
};
/// How far are my watches? Answered once, when all of them are synced (ETCD-13); unanswered otherwise.
struct WatchProgressRequest {
  PLIMSOLL_DESCRIBE(WatchProgressRequest)
};
struct CompactRequest {
  Revision revision = {};
  bool physical = false;  ///< answered when what is compacted is gone from the backend
  PLIMSOLL_DESCRIBE_OPTIONS(physical)
  PLIMSOLL_DESCRIBE(CompactRequest, revision, physical)
};
/// A hash of what can be read at `revision` (0: now): equal on members that have it (HashKV).
struct HashRequest {
  Revision revision = {};
  PLIMSOLL_DESCRIBE(HashRequest, revision)
};
struct DefragmentRequest {
  PLIMSOLL_DESCRIBE(DefragmentRequest)
};
enum class MemberChange : std::uint8_t { add, add_learner, promote, remove };
PLIMSOLL_DESCRIBE_ENUM(MemberChange, add, add_learner, promote, remove)
struct MemberChangeRequest {
  MemberChange change = MemberChange::add;
  std::uint64_t member = 0;  ///< a server's id in Raft
  PLIMSOLL_DESCRIBE(MemberChangeRequest, change, member)
};
struct MemberListRequest {
  bool linearizable = false;
  PLIMSOLL_DESCRIBE(MemberListRequest, linearizable)
};
struct StatusRequest {
  PLIMSOLL_DESCRIBE(StatusRequest)
};

/// What a client sends. Requests about watches are answered on the stream, everything else by a Response.
struct Request {
  RequestId id = {};
  std::variant<RangeRequest, PutRequest, DeleteRequest, TxnRequest, LeaseGrantRequest, LeaseRevokeRequest,
               LeaseKeepAliveRequest, WatchRequest, WatchCancelRequest, CompactRequest,
               LeaseTimeToLiveRequest, LeaseLeasesRequest, WatchProgressRequest, HashRequest,
               DefragmentRequest, MemberChangeRequest, MemberListRequest, StatusRequest>
      body;
  PLIMSOLL_DESCRIBE(Request, id, body)
};

}  // namespace plimsoll::kv
