// A whole database as bytes, for snapshots that go to other members or to disk.
//
// Layout: the text "plimsoll-db-1\n", the CRC-32C of what follows it (4 bytes, little-endian), the canonical
// bytes of the Backend. Source of the idea: etcd server/storage/backend's snapshots end in a SHA-256 of their
// content (etcdutl/snapshot), for they travel through networks and hands.
#pragma once

#include <cstdint>

#include <tl/expected.hpp>

#include "impl/base/bytes.hpp"
#include "impl/store/backend.hpp"

namespace plimsoll::store {

enum class SnapshotError : std::uint8_t {
  foreign,  ///< not a snapshot, or one of another version
  cut_short,
  corrupt,  ///< the checksum differs
};
PLIMSOLL_DESCRIBE_ENUM(SnapshotError, foreign, cut_short, corrupt)

/// Equal backends have equal bytes. Linear.
[[nodiscard]] base::Bytes to_snapshot(const Backend& backend);
/// Any bytes may come; those that to_snapshot() did not make are an error (up to collisions of the checksum,
/// which single flipped bits never are).
[[nodiscard]] tl::expected<Backend, SnapshotError> from_snapshot(base::BytesView bytes);

}  // namespace plimsoll::store
