// The writing side of a write-ahead log: turns what must survive into records of the disk.
//
// Source: etcd server/storage/wal/wal.go (Save, SaveSnapshot, cut, ReleaseLockTo), v3.5. A log is a sequence
// of segments; a segment is a run of records, of which the first begins with a segment header and the hard
// state, so that the segments before it may go. etcd's segments are files and its database is another file;
// here the database is in the log, as bytes of the application's: all of it from time to time, and batches of
// changes since.
//
//   wal::Writer wal = wal::Writer::create({member, cluster});           // the disk is empty; else recover()
//   outputs.append(wal.save({.entries = ready.entries, .hard_state = ready.hard_state}, config));
//   outputs.sync();
//   outputs.release(wal.release());
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "impl/base/bytes.hpp"
#include "impl/store/wal/types.hpp"

namespace plimsoll::store::wal {

struct Config {
  /// A segment that has reached this size is the last one no longer: the next record begins another. 64 MB in
  /// etcd. At least 1.
  std::uint64_t segment_bytes_max = std::uint64_t{64} << 20U;
};

/// What becomes one record of the disk: all of it survives, or nothing.
struct Save {
  /// Everything that earlier batches changed is in it.
  std::optional<base::BytesView> database = {};
  /// Takes effect before the entries if it replaces the log, else after them.
  std::optional<SnapshotMarker> snapshot = {};
  std::span<const raft::Entry> entries = {};  ///< replace whatever has their indexes, and all behind it
  std::optional<raft::HardState> hard_state = {};
  std::span<const base::Bytes> batches = {};  ///< change the database above
};

/// One segment that is still on the disk.
struct Segment {
  std::uint64_t records = 0;
  raft::Index last_entry = 0;  ///< the highest index that was ever written into it; 0: none
  PLIMSOLL_DESCRIBE(Segment, records, last_entry)
};

/// What the writer remembers of its log; recover() makes the same of what is on the disk.
///
/// Thread-safety: a value.
struct Writer {
  Metadata metadata = {};
  std::uint64_t sequence = 0;          ///< that of the next segment
  std::uint32_t crc = 0;               ///< of the last frame
  std::uint64_t segment_bytes = 0;     ///< of the last segment
  std::vector<Segment> segments = {};  ///< oldest first
  raft::HardState hard_state = {};
  raft::Index last_index = 0;                     ///< of the log of entries
  raft::Index snapshot_index = 0;                 ///< of the newest marker
  std::optional<std::uint64_t> database_at = {};  ///< the sequence of the segment with the newest database
  std::optional<std::uint64_t> snapshot_at = {};  ///< and with the newest marker
  PLIMSOLL_DESCRIBE(Writer, metadata, sequence, crc, segment_bytes, segments, hard_state, last_index,
                    snapshot_index, database_at, snapshot_at)

  /// A log that has nothing yet, for a disk without records.
  [[nodiscard]] static Writer create(Metadata metadata);

  /// The record to append. Requires: no gap between the log and the entries, none among them; a hard state
  /// that commits nothing that is not in the log; a marker not before the newest one and, unless it replaces
  /// the log, within it. Complexity: linear in what is saved.
  [[nodiscard]] base::Bytes save(const Save& what, const Config& config);

  /// How many of the disk's oldest records are needed no more, to be released in a step that syncs or later;
  /// the writer takes them for gone. They are whole segments before both the newest database and the newest
  /// marker, in which no entry is behind that marker. Complexity: linear in the segments.
  [[nodiscard]] std::size_t release();

 private:
  void begin_segment(base::Bytes& record);
  void put_entries(base::Bytes& record, std::span<const raft::Entry> entries);
  void put_snapshot(base::Bytes& record, const SnapshotMarker& marker);
};

}  // namespace plimsoll::store::wal
