// Reading a write-ahead log back when a member starts.
//
// Source: etcd server/storage/wal/wal.go (ReadAll), decoder.go, repair.go (v3.5). A record that a crash cut
// off is no record of the disk (base::Started::torn_tail), so nothing has to be repaired: the log is what the
// records before it say, and the next one is written over it. Everything else that does not verify is an
// error, as in etcd, for it was synced and must not be lost.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "impl/raft/storage.hpp"
#include "impl/store/wal/writer.hpp"

namespace plimsoll::store::wal {

enum class Reason : std::uint8_t {
  no_segment_header,  ///< the disk does not begin with a segment
  cut_short,          ///< a frame goes on behind the end of its record, or the record is empty
  unknown_type,       ///< no known type of frame
  wrong_checksum,     ///< a frame is damaged, missing, repeated or out of place
  segment_missing,    ///< the segment is not the one that follows
  other_member,       ///< the segment is of another member's or another cluster's log
  entries_missing,    ///< a gap in the log of entries
  commit_beyond_log,  ///< the hard state commits entries that are not there
};
PLIMSOLL_DESCRIBE_ENUM(Reason, no_segment_header, cut_short, unknown_type, wrong_checksum, segment_missing,
                       other_member, entries_missing, commit_beyond_log)

struct WalError {
  std::size_t record = 0;  ///< of the disk, from 0; of commit_beyond_log and gaps found at the end, the last
  Reason reason = Reason::no_segment_header;
  friend bool operator==(const WalError&, const WalError&) = default;
  /// "record 3 of the write-ahead log: wrong-checksum"
  [[nodiscard]] std::string to_string() const;
};

struct Recovered {
  Writer writer = {};                        ///< goes on where the log ends; its hard state is the newest one
  raft::SnapshotMetadata snapshot = {};      ///< of the newest marker; empty: there is none
  std::vector<raft::Entry> entries = {};     ///< those behind it
  std::optional<base::Bytes> database = {};  ///< the newest
  std::vector<base::Bytes> batches = {};     ///< those behind it, oldest first

  /// What Raft starts from. The application's state is the database and the batches, so the snapshot has no
  /// data.
  [[nodiscard]] raft::Storage storage() const;
};

/// What the surviving records of a disk say. Requires: at least one record; a disk without any is a new
/// member's. Complexity: linear in the bytes; the newest database is copied once.
[[nodiscard]] tl::expected<Recovered, WalError> recover(std::span<const base::Bytes> disk);

}  // namespace plimsoll::store::wal
