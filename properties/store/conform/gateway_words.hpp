// The words of etcd's JSON: names of enumerators in order of their numbers, and of errors.
#pragma once

#include <array>
#include <string_view>

#include "impl/base/kv.hpp"

namespace plimsoll::properties::store {

inline constexpr std::array<std::string_view, 3> sort_orders = {"NONE", "ASCEND", "DESCEND"};
inline constexpr std::array<std::string_view, 5> sort_targets = {"KEY", "VERSION", "CREATE", "MOD", "VALUE"};
inline constexpr std::array<std::string_view, 4> compare_results = {"EQUAL", "GREATER", "LESS", "NOT_EQUAL"};
inline constexpr std::array<std::string_view, 5> compare_targets = {"VERSION", "CREATE", "MOD", "VALUE",
                                                                    "LEASE"};
/// Of a Compare: the member that holds what is compared with.
inline constexpr std::array<std::string_view, 5> compare_operands = {"version", "create_revision",
                                                                     "mod_revision", "value", "lease"};
inline constexpr std::array<std::string_view, 2> watch_filters = {"NOPUT", "NODELETE"};
inline constexpr std::array<std::string_view, 2> event_types = {"PUT", "DELETE"};

/// How the gateway tells an error: the HTTP status, gRPC's code, and a message.
struct ErrorWords {
  kv::ErrorCode code;
  int status;
  int grpc_code;
  std::string_view message;
};

// Source: etcd api/v3rpc/rpctypes/error.go; grpc-gateway v1, runtime/errors.go.
inline constexpr std::array error_words = {
    ErrorWords{kv::ErrorCode::compacted, 400, 11, "etcdserver: mvcc: required revision has been compacted"},
    ErrorWords{kv::ErrorCode::future_revision, 400, 11,
               "etcdserver: mvcc: required revision is a future revision"},
    ErrorWords{kv::ErrorCode::lease_not_found, 404, 5, "etcdserver: requested lease not found"},
    ErrorWords{kv::ErrorCode::lease_exists, 412, 9, "etcdserver: lease already exists"},
    ErrorWords{kv::ErrorCode::duplicate_key, 400, 3, "etcdserver: duplicate key given in txn request"},
    ErrorWords{kv::ErrorCode::empty_key, 400, 3, "etcdserver: key is not provided"},
    ErrorWords{kv::ErrorCode::too_many_operations, 400, 3, "etcdserver: too many operations in txn request"},
    ErrorWords{kv::ErrorCode::value_provided, 400, 3, "etcdserver: value is provided"},
    ErrorWords{kv::ErrorCode::lease_provided, 400, 3, "etcdserver: lease is provided"},
    ErrorWords{kv::ErrorCode::key_not_found, 400, 3, "etcdserver: key not found"},
    ErrorWords{kv::ErrorCode::lease_ttl_too_large, 400, 11, "etcdserver: too large lease TTL"},
    ErrorWords{kv::ErrorCode::no_space, 429, 8, "etcdserver: mvcc: database space exceeded"},
    ErrorWords{kv::ErrorCode::no_leader, 503, 14, "etcdserver: no leader"},
    ErrorWords{kv::ErrorCode::leader_changed, 503, 14, "etcdserver: leader changed"},
    ErrorWords{kv::ErrorCode::not_primary, 412, 9, "etcdserver: not leader"},
    ErrorWords{kv::ErrorCode::too_many_requests, 429, 8, "etcdserver: too many requests"},
    ErrorWords{kv::ErrorCode::timed_out, 503, 14, "etcdserver: request timed out"},
    ErrorWords{kv::ErrorCode::stopped, 503, 14, "etcdserver: server stopped"},
};

}  // namespace plimsoll::properties::store
