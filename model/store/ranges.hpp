// What a range request reads, given the keys as they are or were.
//
// Source: ETCD-5 of the semantics; etcd server/etcdserver/apply.go, Range (v3.4, v3.5).
#pragma once

#include <map>
#include <string>

#include "impl/base/kv.hpp"

namespace plimsoll::model::store {

using Keys = std::map<std::string, kv::KeyValue>;

/// The request's revision is not looked at: `keys` are those of that revision. `count` is of all keys in the
/// range, whatever the filters and the limit leave. Keys that are equal in what is sorted by stay in order of
/// key.
[[nodiscard]] kv::RangeResult read_range(const Keys& keys, const kv::RangeRequest& request);

}  // namespace plimsoll::model::store
