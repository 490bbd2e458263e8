// What a write-ahead log is made of: frames, of which one record of the disk holds one or several.
//
//   length of the payload   4 bytes, the lowest first
//   type                    1 byte
//   checksum                4 bytes, the lowest first
//   payload
//
// Source: etcd server/storage/wal/encoder.go, decoder.go, walpb/record.go (v3.5): {type, crc, data}, framed
// by the length. The checksum rolls: it is the CRC-32C of this frame, going on from the checksum of the frame
// before, so that a frame that is missing, repeated or out of place is found as well as one that is damaged.
// Here it covers length and type too, which etcd's does not; and a frame never straddles two records.
#pragma once

#include <cstdint>
#include <optional>

#include <tl/expected.hpp>

#include "impl/base/bytes.hpp"
#include "impl/base/describe_macro.hpp"

namespace plimsoll::store::wal {

enum class FrameType : std::uint8_t {
  segment,     ///< begins a segment: SegmentHeader; its checksum goes on from 0
  hard_state,  ///< raft::HardState; in each segment right behind its beginning, too
  entries,     ///< several raft::Entry, without gaps among them
  snapshot,    ///< SnapshotMarker
  database,    ///< all of the member's database, in bytes of the application's
  batch,       ///< changes of the database since, in bytes of the application's
};
PLIMSOLL_DESCRIBE_ENUM(FrameType, segment, hard_state, entries, snapshot, database, batch)

inline constexpr std::size_t frame_header_bytes = 9;

/// Appends a frame to `record` and turns `crc`, the checksum of the frame before, into this frame's.
/// Requires: less than 4 GiB of payload.
void put_frame(base::Bytes& record, FrameType type, base::BytesView payload, std::uint32_t& crc);

struct Frame {
  FrameType type = FrameType::segment;
  base::BytesView payload = {};  ///< within the record
};

enum class FrameFault : std::uint8_t {
  cut_short,       ///< it goes on behind the end of the record, or the record is empty
  unknown_type,    ///< of a later version, or of none
  wrong_checksum,  ///< damaged, or not the one that followed
};
PLIMSOLL_DESCRIBE_ENUM(FrameFault, cut_short, unknown_type, wrong_checksum)

/// Reads the frames of one record. Not thread-safe; the record must outlive the frames.
class FrameReader {
 public:
  /// @param crc  The checksum of the last frame of the record before.
  FrameReader(base::BytesView record, std::uint32_t crc) : left_(record), crc_(crc) {}

  [[nodiscard]] bool at_end() const { return left_.empty(); }
  /// The type that the next frame seems to have.
  [[nodiscard]] std::optional<FrameType> peek() const;
  /// The next frame, verified. Any single flipped bit of type, checksum or payload is found; one of the
  /// length makes it a checksum of other bytes, found but for one case in 2^32.
  [[nodiscard]] tl::expected<Frame, FrameFault> next();
  /// Of the frame read last.
  [[nodiscard]] std::uint32_t crc() const { return crc_; }

 private:
  base::BytesView left_;
  std::uint32_t crc_;
};

}  // namespace plimsoll::store::wal
