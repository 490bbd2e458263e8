// How the files of a FileDisk hold records: one frame for each, in a form in which a write that a crash cut
// off can be told from damage.
//
//   length   4 bytes, the lowest first, as all numbers
//   type     4 bytes
//   number   8 bytes: of the record; of other frames, the one that the next record has
//   synced   8 bytes: how many records were safe when this frame was written
//   checksum 4 bytes: CRC-32C of the payload and its padding
//   checksum 4 bytes: CRC-32C of the header so far
//   payload, padded with zeros to a multiple of 32 bytes
//
// Source: etcd server/storage/wal/decoder.go (isTornEntry), encoder.go (padding), v3.5. Whatever a crash
// keeps from being written is missing at the end of the file, or is a sector of zeros: file systems extend a
// file before its blocks are written. A frame that does not verify and has neither is damaged. As frames
// begin at multiples of 32, no header lies in two sectors.
#pragma once

#include <cstdint>
#include <optional>

#include "impl/base/bytes.hpp"

namespace plimsoll::drivers {

enum class DiskFrameType : std::uint32_t {
  segment = 1,  ///< the first of a file; payload: 8 bytes, as of release
  record = 2,
  release = 3,  ///< payload: 8 bytes, the number of the oldest record that is kept
};

inline constexpr std::size_t disk_frame_header_bytes = 32;

struct DiskFrame {
  DiskFrameType type = DiskFrameType::record;
  std::uint64_t number = 0;
  std::uint64_t synced = 0;
  base::BytesView payload = {};
};

/// Appends a frame. Requires: less than 4 GiB of payload; `out` is a multiple of 32 bytes long.
void put_disk_frame(base::Bytes& out, const DiskFrame& frame);
/// The payload of segment and release frames.
[[nodiscard]] base::Bytes number_payload(std::uint64_t number);
/// Requires: a payload of 8 bytes.
[[nodiscard]] std::uint64_t payload_number(base::BytesView payload);

struct DiskFrameRead {
  enum class Kind : std::uint8_t { frame, torn, damaged };
  Kind kind = Kind::frame;
  DiskFrame frame = {};      ///< of a frame
  std::uint64_t end = 0;     ///< where the next one begins
  std::uint64_t number = 0;  ///< of a torn frame whose header is whole, so that `end` is known; else 0 and 0
};

/// The frame at `begin` of a file. Requires: begin < file.size(), a multiple of 32.
[[nodiscard]] DiskFrameRead read_disk_frame(base::BytesView file, std::uint64_t begin);

/// The beginning of a frame whose header verifies, whatever its payload: all but the payload.
struct DiskFrameHeader {
  std::uint32_t length = 0;
  DiskFrameType type = DiskFrameType::record;
  std::uint64_t number = 0;
  std::uint64_t synced = 0;
  std::uint32_t payload_crc = 0;
  std::uint64_t end = 0;  ///< where the next frame begins
};
[[nodiscard]] std::optional<DiskFrameHeader> read_disk_frame_header(base::BytesView file,
                                                                    std::uint64_t begin);

}  // namespace plimsoll::drivers
