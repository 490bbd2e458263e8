// A member that lags behind a leader and is watched, for random tests of the hub.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "impl/store/watch_bed.hpp"

namespace plimsoll::store {

/// The log holds the leader's writes and compactions; the member does them one by one, or takes a snapshot of
/// the leader's store. Nothing is judged here.
class LaggingBed {
 public:
  struct Opened {
    kv::WatchRequest request = {};
    kv::Revision member_revision = {};  ///< when it was opened
    std::vector<kv::WatchResponse> responses = {};
    bool is_canceled = false;
  };

  explicit LaggingBed(WatchConfig config) { member_.config = config; }

  /// Does one of the things that can happen, drawn by `what`; details are drawn by `how`.
  void step(unsigned what, unsigned how) {
    switch (what % 12) {
      case 0:
      case 1:
      case 2:
        write(how);
        break;
      case 3:
      case 4:
        apply_next();
        break;
      case 5:
        watch(how);
        break;
      case 6:
        slow_down(how);
        break;
      case 7:
        member_.sync();
        break;
      case 8:
        member_.retry();
        break;
      case 9:
        compact(how);
        break;
      case 10:
        install(how);
        break;
      default:
        ask(how);
        break;
    }
    collect();
  }
  /// Lets the member and all watchers catch up. Returns whether they do.
  bool finish() {
    member_.full.clear();
    while (applied_ < log_.size()) {
      apply_next();
    }
    for (int rounds = 0; member_.hub.has_victims() || member_.hub.has_unsynced(); ++rounds) {
      if (rounds == 1000) {
        return false;
      }
      member_.retry();
      member_.sync();
    }
    collect();
    return true;
  }

  [[nodiscard]] const WatchHub& hub() const { return member_.hub; }
  [[nodiscard]] const std::map<WatcherName, Opened>& opened() const { return opened_; }
  /// All events of the leader's, in order.
  [[nodiscard]] const std::vector<kv::Event>& history() const { return history_; }
  [[nodiscard]] kv::Revision compact_revision() const { return leader_.store.compact_revision(); }
  /// What happened that does not happen all the time.
  [[nodiscard]] const std::set<std::string>& seen() const { return seen_; }

 private:
  /// A write, or a compaction where there is a revision.
  struct Entry {
    std::vector<std::pair<std::string, std::optional<std::string>>> values;
    std::uint64_t compact_revision = 0;
  };

  static base::ProcessId client_of(unsigned how) { return {static_cast<std::uint8_t>(how % 2)}; }

  void write(unsigned how) {
    Entry entry;
    for (unsigned i = 0; i <= how % 3; ++i) {
      const unsigned key = how / 3 % 4 + i;
      entry.values.emplace_back(std::string(1, static_cast<char>('a' + key)),
                                how / 12 % 3 == 0 ? std::nullopt : std::optional(std::to_string(how)));
    }
    const kv::Revision before = leader_.store.revision();
    leader_.write(entry.values);
    if (leader_.store.revision() != before) {
      const std::vector<kv::Event> changes = leader_.store.changes(before.next(), before.next());
      history_.insert(history_.end(), changes.begin(), changes.end());
    }
    log_.push_back(entry);
  }
  void compact(unsigned how) {
    const std::uint64_t revision = leader_.store.compact_revision().value + 1 + how % 4;
    if (revision <= leader_.store.revision().value) {
      leader_.compact(revision);
      log_.push_back({{}, revision});
    }
  }
  void apply_next() {
    if (applied_ == log_.size()) {
      return;
    }
    const Entry& next = log_[applied_++];
    if (next.compact_revision != 0) {
      member_.compact(next.compact_revision);
    } else {
      member_.write(next.values);
    }
  }
  void install(unsigned how) {
    if (how % 3 == 0 && applied_ < log_.size()) {
      seen_.insert(member_.hub.synced.empty() ? "restored" : "restored-while-synced");
      member_.install(leader_.store);
      applied_ = log_.size();
    }
  }
  void watch(unsigned how) {
    kv::WatchRequest request;
    request.watch = {next_watch_++};
    const std::string key(1, static_cast<char>('a' + how % 4));
    request.range = {key, how / 4 % 2 == 0 ? "" : "f"};
    request.start_revision = {how / 8 % 12};
    request.prev_kv = how / 96 % 2 == 0;
    request.progress_notify = how / 192 % 2 == 0;
    request.no_put = how / 384 % 4 == 0;
    request.no_delete = how / 384 % 4 == 1;
    request.fragment = how / 1536 % 2 == 0;
    const base::ProcessId client = client_of(how / 3072);
    opened_[{client, request.watch}] = {request, member_.store.revision()};
    member_.watch(request, client);
  }
  void slow_down(unsigned how) {
    member_.full.clear();
    if (how % 3 == 0) {
      member_.full.insert(client_of(how / 3));
    }
  }
  void ask(unsigned how) {
    if (how % 2 == 0) {
      member_.ask_progress(client_of(how / 2));
    } else {
      member_.tick();
    }
  }
  void collect() {
    if (member_.hub.has_victims()) {
      seen_.insert("victim");
    }
    for (auto& [name, stream] : member_.streams) {
      for (const kv::WatchResponse& response : stream) {
        if (response.compact_revision) {
          seen_.insert("compacted");
        }
        if (response.fragment) {
          seen_.insert("fragment");
        }
        if (name.watch != kv::all_watches) {
          record(opened_.at(name), response);
          continue;
        }
        seen_.insert("progress-of-all");
        for (auto& [other, open] : opened_) {
          if (other.client == name.client && member_.hub.watchers.contains(other)) {
            record(open, response);
          }
        }
      }
      stream.clear();
    }
  }
  static void record(Opened& open, const kv::WatchResponse& response) {
    open.responses.push_back(response);
    open.is_canceled = response.canceled;
  }

  WatchBed leader_;
  WatchBed member_;
  std::vector<Entry> log_;
  std::size_t applied_ = 0;
  std::vector<kv::Event> history_;
  std::map<WatcherName, Opened> opened_;
  std::uint32_t next_watch_ = 1;
  std::set<std::string> seen_;
};

}  // namespace plimsoll::store
