// What is refused before the store looks at its data: requests that make no sense in any state.
//
// Source: ETCD-3 of the semantics; etcd server/etcdserver/api/v3rpc/key.go (v3.4, v3.5).
#pragma once

#include <optional>

#include "impl/base/kv.hpp"
#include "model/store/config.hpp"

namespace plimsoll::model::store {

[[nodiscard]] std::optional<kv::ErrorCode> refusal(const kv::RangeRequest& request);
[[nodiscard]] std::optional<kv::ErrorCode> refusal(const kv::PutRequest& request);
[[nodiscard]] std::optional<kv::ErrorCode> refusal(const kv::DeleteRequest& request);
/// Both branches of it and of all that are nested in it, whether they would run or not. A branch that changes
/// a key twice is refused, so that one revision changes a key once, with two exceptions that etcd makes: it
/// looks for the key neither in a removal of all keys from some key on nor in removals of a nested
/// transaction that comes after the one that puts it.
[[nodiscard]] std::optional<kv::ErrorCode> refusal(const kv::TxnRequest& request, const Config& config);

}  // namespace plimsoll::model::store
