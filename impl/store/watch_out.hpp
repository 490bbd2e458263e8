// Where the messages of watches go: what is sent in a step, and who has no room for it.
//
// Source: etcd server/storage/mvcc/watcher.go (the channel of a stream, of 128 responses), v3rpc/watch.go
// (the control stream), v3.5. Etcd puts events, progress notifications and notices of compaction into the
// stream's channel if there is room; answers to requests wait for room. Here whoever runs the hub says when
// there is none.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "impl/base/ids.hpp"
#include "impl/base/kv.hpp"

namespace plimsoll::store {

/// Thread-safety: none.
class WatchOut {
 public:
  /// Asked before each message that needs room.
  using IsFull = std::function<bool(base::ProcessId client)>;
  struct Sent {
    base::ProcessId client;
    kv::WatchResponse response;
  };

  /// There is always room.
  WatchOut() = default;
  explicit WatchOut(IsFull is_full) : is_full_(std::move(is_full)) {}

  [[nodiscard]] bool has_room(base::ProcessId client) const { return !is_full_ || !is_full_(client); }
  void send(base::ProcessId client, kv::WatchResponse response) {
    sent_.push_back({client, std::move(response)});
  }
  /// What was sent since the last call, in order.
  [[nodiscard]] std::vector<Sent> take() { return std::exchange(sent_, {}); }

 private:
  IsFull is_full_;
  std::vector<Sent> sent_;
};

}  // namespace plimsoll::store
