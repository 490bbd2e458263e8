// Sizes in bytes, as etcd-io/raft counts them: its limits are in terms of the protobuf encoding of entries.
//
// Source: raft.proto of etcd-io/raft (proto2; term, index and type are always written), util.go. Raft's
// limits on messages (max_size_per_message, max_committed_size_per_ready) count whole entries; those on what
// is inflight or not committed yet count only the data.
#pragma once

#include <span>

#include "impl/raft/types.hpp"

namespace plimsoll::raft {

inline constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

/// Of a base-128 number: 1 to 10.
[[nodiscard]] std::uint64_t varint_size(std::uint64_t value);
/// Of an encoded entry.
[[nodiscard]] std::uint64_t wire_size(const Entry& entry);
/// Of the encoded entries, together.
[[nodiscard]] std::uint64_t wire_size(std::span<const Entry> entries);
/// Of the data alone.
[[nodiscard]] std::uint64_t payload_size(const Entry& entry);
[[nodiscard]] std::uint64_t payload_size(std::span<const Entry> entries);

/// The longest prefix of `entries` whose size is at most `bytes`, but at least one entry if there is any.
[[nodiscard]] std::span<const Entry> limit_size(std::span<const Entry> entries, std::uint64_t bytes);

}  // namespace plimsoll::raft
