// A write-ahead log for tests: what it says is kept a second time, as plain values, and any history of saves,
// releases and crashes can be played from a seed.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "impl/store/wal/recover.hpp"

namespace plimsoll::store::wal {

/// What a log says, by the definition of each of its frames.
struct Contents {
  raft::HardState hard_state = {};
  raft::SnapshotMetadata snapshot = {};
  std::vector<raft::Entry> entries = {};
  std::optional<base::Bytes> database = {};
  std::vector<base::Bytes> batches = {};
  PLIMSOLL_DESCRIBE(Contents, hard_state, snapshot, entries, database, batches)

  [[nodiscard]] raft::Index last_index() const { return snapshot.index + entries.size(); }
};

[[nodiscard]] inline Contents contents_of(const Recovered& found) {
  return {found.writer.hard_state, found.snapshot, found.entries, found.database, found.batches};
}

/// Numbers that a seed stands for (splitmix64), so many of them; after that only 0.
class Dice {
 public:
  Dice(std::uint64_t seed, std::size_t count) : state_(seed), left_(count) {}
  [[nodiscard]] bool at_end() const { return left_ == 0; }
  /// Less than `count`.
  [[nodiscard]] std::uint32_t below(std::uint32_t count) {
    if (at_end()) {
      return 0;
    }
    --left_;
    std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15ULL;
    mixed = (mixed ^ mixed >> 30U) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ mixed >> 27U) * 0x94d049bb133111ebULL;
    return static_cast<std::uint32_t>((mixed ^ mixed >> 31U) % count);
  }
  [[nodiscard]] bool one_in(std::uint32_t count) { return below(count) == count - 1; }

 private:
  std::uint64_t state_;
  std::size_t left_;
};

/// A member's disk and its log, with what the log says after each of the disk's records.
struct LoggedDisk {
  Config config = {};
  Writer writer = Writer::create({raft::ServerId{7}, 21});
  std::vector<base::Bytes> records = {};
  std::vector<Contents> after = {};  ///< after[i]: the first i + 1 records, and those released before
  std::vector<Writer> writers = {};  ///< writers[i]: then
  Contents now = {};
  std::size_t synced = 0;

  void save(const Save& what) {
    records.push_back(writer.save(what, config));
    tell(what);
    after.push_back(now);
    writers.push_back(writer);
  }
  void sync() { synced = records.size(); }
  /// Requires: everything is synced.
  std::size_t release() {
    const std::size_t segments = writer.segments.size();
    const std::size_t count = writer.release();
    const auto gone = static_cast<std::ptrdiff_t>(count);
    records.erase(records.begin(), records.begin() + gone);
    after.erase(after.begin(), after.begin() + gone);
    writers.erase(writers.begin(), writers.begin() + gone);
    for (Writer& then : writers) {
      then.segments.erase(
          then.segments.begin(),
          then.segments.begin() + static_cast<std::ptrdiff_t>(segments - writer.segments.size()));
    }
    synced -= count;
    return count;
  }
  /// Those synced survive, and `more` besides.
  void crash(std::size_t more) {
    records.resize(std::min(records.size(), synced + more));
    after.resize(records.size());
    writers.resize(records.size());
    synced = records.size();
    now = records.empty() ? Contents{} : after.back();
  }

 private:
  void tell(const Save& what) {
    if (what.database) {
      now.database = base::Bytes(*what.database);
      now.batches.clear();
    }
    if (what.snapshot && what.snapshot->replaces_log) {
      now.entries.clear();
      now.snapshot = what.snapshot->metadata;
    }
    for (const raft::Entry& entry : what.entries) {
      std::erase_if(now.entries, [&](const raft::Entry& other) { return other.index >= entry.index; });
      now.entries.push_back(entry);
    }
    if (what.snapshot && !what.snapshot->replaces_log) {
      now.snapshot = what.snapshot->metadata;
      std::erase_if(now.entries, [&](const raft::Entry& other) { return other.index <= now.snapshot.index; });
    }
    now.hard_state = what.hard_state.value_or(now.hard_state);
    now.batches.insert(now.batches.end(), what.batches.begin(), what.batches.end());
  }
};

/// Saves something that a member could save now.
inline void save_anything(LoggedDisk& disk, Dice& dice) {
  const Contents& now = disk.now;
  Save what;
  const raft::Term term = now.hard_state.term + (dice.one_in(4) ? 1 : 0);
  raft::HardState hard_state{term, raft::ServerId{dice.below(3)}, now.hard_state.commit};
  raft::Index last = now.last_index();
  base::Bytes database(dice.below(40), 'd');
  if (dice.one_in(6)) {
    what.database = database;
  }
  if (dice.one_in(9)) {
    last = hard_state.commit + 1 + dice.below(5);
    what.snapshot = SnapshotMarker{{{}, last, term}, true};
    what.database = database;
    hard_state.commit = last;
  }
  std::vector<raft::Entry> entries;
  if (dice.one_in(2)) {
    // From anywhere behind what is committed: the suffix that is there gives way.
    raft::Index next = last - dice.below(static_cast<std::uint32_t>(last - hard_state.commit) + 1) + 1;
    for (std::uint32_t left = 1 + dice.below(4); left > 0; --left, ++next) {
      entries.push_back({term, next, raft::EntryType::normal, base::Bytes(dice.below(9), 'e')});
    }
    what.entries = entries;
    last = entries.back().index;
  }
  hard_state.commit += dice.below(static_cast<std::uint32_t>(last - hard_state.commit) + 1);
  if (!what.snapshot && dice.one_in(5)) {
    const raft::Index from = now.snapshot.index;
    const raft::Index index = from + dice.below(static_cast<std::uint32_t>(hard_state.commit - from) + 1);
    what.snapshot = SnapshotMarker{{{}, index, term}, false};
  }
  what.hard_state = hard_state;
  std::vector<base::Bytes> batches(dice.below(3), base::Bytes(dice.below(12), 'b'));
  what.batches = batches;
  disk.save(what);
}

/// Called after each crash, before the log goes on: `disk` is what survived.
using AtCrash = std::function<void(LoggedDisk& disk)>;

/// Plays saves, syncs, releases and crashes as the dice have it.
[[nodiscard]] inline LoggedDisk play(Dice dice, const AtCrash& at_crash = nullptr) {
  LoggedDisk disk;
  disk.config.segment_bytes_max = 1 + dice.below(300);
  while (!dice.at_end()) {
    save_anything(disk, dice);
    if (dice.one_in(2)) {
      disk.sync();
    }
    if (dice.one_in(3)) {
      disk.sync();
      disk.release();
    }
    if (at_crash && dice.one_in(5)) {
      disk.crash(dice.below(4));
      at_crash(disk);
    }
  }
  return disk;
}

}  // namespace plimsoll::store::wal
