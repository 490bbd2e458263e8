// What the key-value store answers: results, errors, events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "impl/base/kv_request.hpp"

namespace plimsoll::kv {

struct RangeResult {
  std::vector<KeyValue> kvs = {};  ///< sorted by key, if not asked otherwise
  std::uint64_t count = 0;         ///< keys in the range, whatever the filters and the limit leave of them
  bool more = false;               ///< the limit left some out
  PLIMSOLL_DESCRIBE_OPTIONS(count)
  PLIMSOLL_DESCRIBE(RangeResult, kvs, count, more)
};
struct PutResult {
  std::optional<KeyValue> prev_kv = {};
  PLIMSOLL_DESCRIBE_OPTIONS(prev_kv)
  PLIMSOLL_DESCRIBE(PutResult, prev_kv)
};
struct DeleteResult {
  std::uint64_t deleted = 0;
  std::vector<KeyValue> prev_kvs = {};
  PLIMSOLL_DESCRIBE_OPTIONS(prev_kvs)
  PLIMSOLL_DESCRIBE(DeleteResult, deleted, prev_kvs)
};
struct TxnResult;
using OperationResult = std::variant<RangeResult, PutResult, DeleteResult, base::Box<TxnResult>>;
struct TxnResult {
  bool succeeded = false;
  std::vector<OperationResult> responses = {};  ///< one for each operation of the branch that ran
  PLIMSOLL_DESCRIBE(TxnResult, succeeded, responses)
};
struct LeaseGrantResult {
  LeaseId id = {};
  base::Ticks ttl = {};
  PLIMSOLL_DESCRIBE(LeaseGrantResult, id, ttl)
};
/// Of a revoke; of a keep-alive, with the time to live that begins anew.
struct LeaseResult {
  base::Ticks ttl = {};
  PLIMSOLL_DESCRIBE_OPTIONS(ttl)
  PLIMSOLL_DESCRIBE(LeaseResult, ttl)
};
struct LeaseTimeToLiveResult {
  LeaseId id = {};
  bool alive = false;
  base::Ticks granted = {};
  base::Ticks left = {};
  std::vector<std::string> keys = {};
  PLIMSOLL_DESCRIBE(LeaseTimeToLiveResult, id, alive, granted, left, keys)
};
struct LeaseLeasesResult {
  std::vector<LeaseId> leases = {};
  PLIMSOLL_DESCRIBE(LeaseLeasesResult, leases)
};
struct CompactResult {
  PLIMSOLL_DESCRIBE(CompactResult)
};
struct HashResult {
  std::uint32_t hash = 0;
  Revision compact_revision = {};  ///< 0: never compacted
  PLIMSOLL_DESCRIBE(HashResult, hash, compact_revision)
};
struct DefragmentResult {
  PLIMSOLL_DESCRIBE(DefragmentResult)
};
struct Member {
  std::uint64_t id = 0;
  bool is_learner = false;
  PLIMSOLL_DESCRIBE(Member, id, is_learner)
};
struct MemberListResult {
  std::vector<Member> members = {};
  PLIMSOLL_DESCRIBE(MemberListResult, members)
};
struct StatusResult {
  std::uint64_t leader = 0;
  std::uint64_t raft_term = 0;
  std::uint64_t raft_index = 0;
  std::uint64_t raft_applied_index = 0;
  bool is_learner = false;
  PLIMSOLL_DESCRIBE(StatusResult, leader, raft_term, raft_index, raft_applied_index, is_learner)
};

enum class ErrorCode : std::uint8_t {
  unavailable,      ///< the connection failed: the request may or may not have been executed
  compacted,        ///< the revision asked for is gone
  future_revision,  ///< the revision asked for is not there yet
  lease_not_found,  ///< put, revoke or keep-alive with an unknown lease
  lease_exists,     ///< grant of an id that lives
  duplicate_key,    ///< one transaction changes a key twice
  empty_key,
  too_many_operations,
  value_provided,  ///< ignore_value with a value
  lease_provided,  ///< ignore_lease with a lease
  key_not_found,   ///< ignore_value or ignore_lease of a key that is not there
  lease_ttl_too_large,
  no_space,   ///< the backend is as large as it may get; of writes: may be executed, by the entry that filled
              ///< it
  no_leader,  ///< not executed
  leader_changed,     ///< of writes: may or may not be executed
  not_primary,        ///< a keep-alive reached a server that does not (any more) govern leases
  too_many_requests,  ///< not executed: the server lags behind its commits
  timed_out,          ///< may or may not be executed
  member_exists,
  member_not_found,
  learner_not_ready,
  member_not_learner,
  unhealthy,  ///< the change could cost the quorum
  stopped,    ///< not executed: the server is removed
};
PLIMSOLL_DESCRIBE_ENUM(ErrorCode, unavailable, compacted, future_revision, lease_not_found, lease_exists,
                       duplicate_key, empty_key, too_many_operations, value_provided, lease_provided,
                       key_not_found, lease_ttl_too_large, no_space, no_leader, leader_changed, not_primary,
                       too_many_requests, timed_out, member_exists, member_not_found, learner_not_ready,
                       member_not_learner, unhealthy, stopped)

struct ErrorResult {
  ErrorCode code = ErrorCode::unavailable;
  PLIMSOLL_DESCRIBE(ErrorResult, code)
};

struct Response {
  RequestId id = {};
  Revision revision = {};  ///< the store's, when it answered; 0 with ErrorCode::unavailable
  std::variant<RangeResult, PutResult, DeleteResult, TxnResult, LeaseGrantResult, LeaseResult, CompactResult,
               ErrorResult, LeaseTimeToLiveResult, LeaseLeasesResult, HashResult, DefragmentResult,
               MemberListResult, StatusResult>
      result;
  PLIMSOLL_DESCRIBE(Response, id, revision, result)
};

enum class EventType : std::uint8_t { put, remove };
PLIMSOLL_DESCRIBE_ENUM(EventType, put, remove)

/// One change of one key. A removal has key and mod_revision only.
struct Event {
  EventType type = EventType::put;
  KeyValue kv = {};
  std::optional<KeyValue> prev_kv = {};
  PLIMSOLL_DESCRIBE_OPTIONS(prev_kv)
  PLIMSOLL_DESCRIBE(Event, type, kv, prev_kv)
};

/// What answers a WatchProgressRequest names no watch of the stream.
inline constexpr WatchId all_watches{0xffffffff};

/// A message of a watch's stream, in order. Canceled and broken streams carry no events and are the last
/// message of the watch. One without events that is nothing else says how far the stream is: all events up to
/// `revision` were sent.
struct WatchResponse {
  WatchId watch = {};
  Revision revision = {};          ///< the store's, when the events were read
  std::vector<Event> events = {};  ///< whole revisions, in order; of a fragment the last one may go on
  std::optional<Revision> compact_revision = {};  ///< canceled: the start revision was below this one
  bool broken = false;                            ///< the connection failed: later events were not seen
  bool created = false;   ///< the first message (impl/store; the spec does not send it)
  bool canceled = false;  ///< the last message, asked for or not
  bool fragment = false;  ///< the next response goes on with the events of this one
  PLIMSOLL_DESCRIBE_OPTIONS(created)
  PLIMSOLL_DESCRIBE(WatchResponse, watch, revision, events, compact_revision, broken, created, canceled,
                    fragment)
};

}  // namespace plimsoll::kv
