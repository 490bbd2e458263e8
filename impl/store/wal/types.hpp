// What is written into a write-ahead log besides Raft's own types.
//
// Source: etcd server/storage/wal/wal.go (Create, saveCrc, cut), walpb/record.proto (v3.5).
#pragma once

#include <cstdint>

#include "impl/base/describe_macro.hpp"
#include "impl/raft/types.hpp"

namespace plimsoll::store::wal {

/// Whose log it is; the same in every segment.
struct Metadata {
  raft::ServerId member = raft::nobody;
  std::uint64_t cluster = 0;
  PLIMSOLL_DESCRIBE(Metadata, member, cluster)
};

/// How a segment begins. It can be read without the segments before it.
struct SegmentHeader {
  std::uint64_t sequence = 0;      ///< segments before this one, those that are released included
  std::uint32_t previous_crc = 0;  ///< of the last frame of the segment before; 0 in the first segment
  Metadata metadata = {};
  PLIMSOLL_DESCRIBE(SegmentHeader, sequence, previous_crc, metadata)
};

/// The log up to an entry is no longer needed: the database, with the batches so far, has what it did.
struct SnapshotMarker {
  raft::SnapshotMetadata metadata = {};
  /// A snapshot that came from the leader: entries behind `metadata.index` that were written before do not
  /// belong to the log. False: one that the member took itself, and they stay.
  bool replaces_log = false;
  PLIMSOLL_DESCRIBE(SnapshotMarker, metadata, replaces_log)
};

}  // namespace plimsoll::store::wal
