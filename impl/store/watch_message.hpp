// What a watch's response looks like: filtered, with what was there before, in parts that are not too large.
//
// Source: etcd server/etcdserver/api/v3rpc/watch.go (sendLoop, sendFragments), mvcc/watchable_store.go
// (watcher.send), api/etcdserverpb/rpc.proto (v3.5). Sizes are those of the protobuf encoding. Deviates: the
// header counts with the revision alone, without the ids of cluster and member and the term.
#pragma once

#include <cstdint>
#include <vector>

#include "impl/store/mvcc.hpp"
#include "impl/store/watcher.hpp"

namespace plimsoll::store {

/// The events that the watch asks for, with prev_kv if it asks for that and if it is not compacted: what one
/// can still read at the revision before.
[[nodiscard]] std::vector<kv::Event> events_for(const kv::WatchRequest& request,
                                                const std::vector<kv::Event>& events, const Mvcc& store);

[[nodiscard]] std::uint64_t wire_size(const kv::KeyValue& kv);
[[nodiscard]] std::uint64_t wire_size(const kv::Event& event);
[[nodiscard]] std::uint64_t wire_size(const kv::WatchResponse& response);

/// The response itself if it is smaller than `bytes_max` or has less than two events; otherwise its parts,
/// each smaller than `bytes_max` or of one event, each but the last marked as a fragment. Linear.
[[nodiscard]] std::vector<kv::WatchResponse> split(kv::WatchResponse response, std::uint64_t bytes_max);

}  // namespace plimsoll::store
