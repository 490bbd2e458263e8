// A store that is written to and watched, for tests of the hub.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "impl/base/assert.hpp"
#include "impl/store/watch_hub.hpp"

namespace plimsoll::store {

struct WatchBed {
  using Stream = std::vector<kv::WatchResponse>;

  Mvcc store = {};
  WatchHub hub = {};
  WatchConfig config = {};
  std::set<base::ProcessId> full = {};  ///< clients whose channel has no room
  std::map<WatcherName, Stream> streams = {};

  static constexpr base::ProcessId alice{1};
  static constexpr base::ProcessId bob{2};

  /// Calls `use` with a context, and puts what is sent into the streams.
  template <class Use>
  void with_hub(Use use) {
    WatchOut out([this](base::ProcessId client) { return full.contains(client); });
    use(WatchContext{store, config, out});
    for (WatchOut::Sent& sent : out.take()) {
      streams[{sent.client, sent.response.watch}].push_back(std::move(sent.response));
    }
  }
  /// Puts all of `values` under one revision; a removal where there is no value.
  void write(const std::vector<std::pair<std::string, std::optional<std::string>>>& values) {
    WriteTxn txn = store.begin();
    for (const auto& [key, value] : values) {
      if (value) {
        txn.put(key, *value, {});
      } else {
        txn.remove({key, {}});
      }
    }
    const std::vector<kv::Event> changes = txn.end();
    with_hub([&](const WatchContext& context) { hub.notify(context, changes); });
  }
  void put(const std::string& key, const std::string& value) { write({{key, value}}); }
  void remove(const std::string& key) { write({{key, std::nullopt}}); }
  void compact(std::uint64_t revision) {
    PLIMSOLL_ASSERT(store.schedule_compaction({revision}).has_value());
    while (!store.compact_step(100)) {
    }
  }
  void watch(kv::WatchRequest request, base::ProcessId client = alice) {
    with_hub([&](const WatchContext& context) { hub.watch(context, client, request); });
  }
  /// Watch number 1 of alice's, on all keys.
  void watch_all(std::uint64_t start_revision = 0, bool progress_notify = false) {
    kv::WatchRequest request = all_keys();
    request.start_revision = {start_revision};
    request.progress_notify = progress_notify;
    watch(request);
  }
  void cancel(std::uint32_t watch, base::ProcessId client = alice) {
    with_hub([&](const WatchContext& context) { hub.cancel(context, client, {watch}); });
  }
  void ask_progress(base::ProcessId client = alice) {
    with_hub([&](const WatchContext& context) { hub.progress_request(context, client); });
  }
  void tick() {
    with_hub([&](const WatchContext& context) { hub.progress_tick(context); });
  }
  void sync() {
    with_hub([&](const WatchContext& context) { hub.sync(context); });
  }
  void retry() {
    with_hub([&](const WatchContext& context) { hub.retry_victims(context); });
  }
  /// A snapshot of `other` takes the place of the store.
  void install(const Mvcc& other) {
    store.install(other.backend);
    hub.restore();
  }

  [[nodiscard]] static kv::WatchRequest all_keys(std::uint32_t watch = 1) {
    kv::WatchRequest request;
    request.watch = {watch};
    request.range = {"a", std::string(1, '\0')};
    return request;
  }
  /// What a watch was sent since the last call.
  Stream take(std::uint32_t watch = 1, base::ProcessId client = alice) {
    return std::exchange(streams[{client, {watch}}], {});
  }
  /// As take(), in short: "created 1", "4: b=2@3 -a@4" (the response's revision, then the events), "progress
  /// 4", "canceled 4", "compacted 3"; "+" after a fragment.
  std::vector<std::string> said(std::uint32_t watch = 1, base::ProcessId client = alice) {
    std::vector<std::string> lines;
    for (const kv::WatchResponse& response : take(watch, client)) {
      lines.push_back(text_of(response));
    }
    return lines;
  }
  std::vector<std::string> said_to_all(base::ProcessId client = alice) {
    return said(kv::all_watches.value, client);
  }
  static std::string text_of(const kv::WatchResponse& response) {
    const std::string revision = std::to_string(response.revision.value);
    if (response.created) {
      return (response.canceled ? "refused " : "created ") + revision;
    }
    if (response.compact_revision) {
      return "compacted " + std::to_string(response.compact_revision->value);
    }
    if (response.events.empty()) {
      return (response.canceled ? "canceled " : "progress ") + revision;
    }
    std::string text = revision + ":";
    for (const kv::Event& event : response.events) {
      const bool is_put = event.type == kv::EventType::put;
      text += (is_put ? " " : " -") + event.kv.key + (is_put ? "=" + event.kv.value : "");
      text += event.prev_kv ? "(" + event.prev_kv->value + ")" : "";
      text += "@" + std::to_string(event.kv.mod_revision.value);
    }
    return text + (response.fragment ? " +" : "");
  }
};

}  // namespace plimsoll::store
