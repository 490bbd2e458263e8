// The key-value store's interface, in etcd v3's words: what clients, the store, its spec and its stand-ins
// say to one another.
//
// Only the shapes are here; what each request does is SEMANTICS' business of whoever answers: the spec
// (model/store) and the implementation (impl/store). Source: etcd api/etcdserverpb/rpc.proto and
// api/mvccpb/kv.proto (v3.5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

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
/// Chosen by the client; a new watch with the same id replaces the old one.
using WatchId = base::Strong<WatchIdTag, std::uint32_t>;

struct KeyValue {
  std::string key;
  std::string value;
  Revision create_revision;
  Revision mod_revision;
  std::uint64_t version = 0;
  LeaseId lease;
  PLIMSOLL_DESCRIBE(KeyValue, key, value, create_revision, mod_revision, version, lease)
};

/// Keys in [key, range_end); an empty range_end means the one key.
struct KeyRange {
  std::string key;
  std::string range_end;
  PLIMSOLL_DESCRIBE(KeyRange, key, range_end)
};
/// All keys that begin with `prefix`. Requires: prefix not empty and not all 0xff.
[[nodiscard]] KeyRange prefix_range(std::string prefix);
[[nodiscard]] bool contains(const KeyRange& range, const std::string& key);

struct RangeRequest {
  KeyRange range;
  PLIMSOLL_DESCRIBE(RangeRequest, range)
};
struct PutRequest {
  std::string key;
  std::string value;
  LeaseId lease;
  PLIMSOLL_DESCRIBE(PutRequest, key, value, lease)
};
struct DeleteRequest {
  KeyRange range;
  PLIMSOLL_DESCRIBE(DeleteRequest, range)
};
using Operation = std::variant<RangeRequest, PutRequest, DeleteRequest>;

enum class CompareTarget : std::uint8_t { version, create_revision, mod_revision, value, lease };
PLIMSOLL_DESCRIBE_ENUM(CompareTarget, version, create_revision, mod_revision, value, lease)
enum class CompareResult : std::uint8_t { equal, greater, less, not_equal };
PLIMSOLL_DESCRIBE_ENUM(CompareResult, equal, greater, less, not_equal)

/// Holds or not on the state before the transaction; an absent key has number 0 and no value (ETCD-4).
struct Compare {
  std::string key;
  CompareTarget target = CompareTarget::version;
  CompareResult result = CompareResult::equal;
  std::uint64_t number = 0;  ///< for every target but value
  std::string value;         ///< for target value
  PLIMSOLL_DESCRIBE(Compare, key, target, result, number, value)
};
struct TxnRequest {
  std::vector<Compare> compares;
  std::vector<Operation> success;
  std::vector<Operation> failure;
  PLIMSOLL_DESCRIBE(TxnRequest, compares, success, failure)
};
struct LeaseGrantRequest {
  LeaseId id;  ///< not 0: the client names it
  base::Ticks ttl;
  PLIMSOLL_DESCRIBE(LeaseGrantRequest, id, ttl)
};
struct LeaseRevokeRequest {
  LeaseId id;
  PLIMSOLL_DESCRIBE(LeaseRevokeRequest, id)
};
struct LeaseKeepAliveRequest {
  LeaseId id;
  PLIMSOLL_DESCRIBE(LeaseKeepAliveRequest, id)
};
/// Opens a stream of events at or after `start_revision` (0: from the next change on).
struct WatchRequest {
  WatchId watch;
  KeyRange range;
  Revision start_revision;
  PLIMSOLL_DESCRIBE(WatchRequest, watch, range, start_revision)
};
struct WatchCancelRequest {
  WatchId watch;
  PLIMSOLL_DESCRIBE(WatchCancelRequest, watch)
};
struct CompactRequest {
  Revision revision;
  PLIMSOLL_DESCRIBE(CompactRequest, revision)
};

/// What a client sends. WatchRequest and WatchCancelRequest are answered on the stream, everything else by a
/// Response.
struct Request {
  RequestId id;
  std::variant<RangeRequest, PutRequest, DeleteRequest, TxnRequest, LeaseGrantRequest, LeaseRevokeRequest,
               LeaseKeepAliveRequest, WatchRequest, WatchCancelRequest, CompactRequest>
      body;
  PLIMSOLL_DESCRIBE(Request, id, body)
};

struct RangeResult {
  std::vector<KeyValue> kvs;  ///< sorted by key
  PLIMSOLL_DESCRIBE(RangeResult, kvs)
};
struct PutResult {
  PLIMSOLL_DESCRIBE(PutResult)
};
struct DeleteResult {
  std::uint64_t deleted = 0;
  PLIMSOLL_DESCRIBE(DeleteResult, deleted)
};
struct TxnResult {
  bool succeeded = false;
  std::vector<std::variant<RangeResult, PutResult, DeleteResult>> responses;
  PLIMSOLL_DESCRIBE(TxnResult, succeeded, responses)
};
struct LeaseGrantResult {
  LeaseId id;
  base::Ticks ttl;
  PLIMSOLL_DESCRIBE(LeaseGrantResult, id, ttl)
};
struct LeaseResult {
  PLIMSOLL_DESCRIBE(LeaseResult)
};
struct CompactResult {
  PLIMSOLL_DESCRIBE(CompactResult)
};

enum class ErrorCode : std::uint8_t {
  unavailable,      ///< the connection failed: the request may or may not have been executed
  compacted,        ///< the revision asked for is gone
  future_revision,  ///< the revision asked for is not there yet
  lease_not_found,  ///< put or keep-alive with an unknown lease
  lease_exists,     ///< grant of an id that lives
  duplicate_key,    ///< one transaction puts a key twice
};
PLIMSOLL_DESCRIBE_ENUM(ErrorCode, unavailable, compacted, future_revision, lease_not_found, lease_exists,
                       duplicate_key)

struct ErrorResult {
  ErrorCode code = ErrorCode::unavailable;
  PLIMSOLL_DESCRIBE(ErrorResult, code)
};

struct Response {
  RequestId id;
  Revision revision;  ///< the store's, when it answered; 0 with ErrorCode::unavailable
  std::variant<RangeResult, PutResult, DeleteResult, TxnResult, LeaseGrantResult, LeaseResult, CompactResult,
               ErrorResult>
      result;
  PLIMSOLL_DESCRIBE(Response, id, revision, result)
};

enum class EventType : std::uint8_t { put, remove };
PLIMSOLL_DESCRIBE_ENUM(EventType, put, remove)

/// One change of one key. A removal has key and mod_revision only.
struct Event {
  EventType type = EventType::put;
  KeyValue kv;
  PLIMSOLL_DESCRIBE(Event, type, kv)
};

/// A message of a watch's stream, in order. Canceled and broken streams carry no events and are the last
/// message of the watch.
struct WatchResponse {
  WatchId watch;
  Revision revision;                         ///< the store's, when the events were read
  std::vector<Event> events;                 ///< whole revisions, in order
  std::optional<Revision> compact_revision;  ///< canceled: the start revision was below this one
  bool broken = false;                       ///< the connection failed: later events were not seen
  PLIMSOLL_DESCRIBE(WatchResponse, watch, revision, events, compact_revision, broken)
};

}  // namespace plimsoll::kv
