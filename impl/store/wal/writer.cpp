#include "impl/store/wal/writer.hpp"

#include <algorithm>
#include <string>

#include "impl/base/assert.hpp"
#include "impl/store/wal/frame.hpp"

namespace plimsoll::store::wal {

Writer Writer::create(Metadata metadata) {
  Writer writer;
  writer.metadata = metadata;
  return writer;
}

base::Bytes Writer::save(const Save& what, const Config& config) {
  base::Bytes record;
  if (segments.empty() || segment_bytes >= config.segment_bytes_max) {
    begin_segment(record);
  }
  if (what.database) {
    put_frame(record, FrameType::database, *what.database, crc);
    database_at = sequence - 1;
  }
  if (what.snapshot && what.snapshot->replaces_log) {
    put_snapshot(record, *what.snapshot);
  }
  if (!what.entries.empty()) {
    put_entries(record, what.entries);
  }
  if (what.snapshot && !what.snapshot->replaces_log) {
    put_snapshot(record, *what.snapshot);
  }
  if (what.hard_state) {
    hard_state = *what.hard_state;
    put_frame(record, FrameType::hard_state, base::to_bytes(hard_state), crc);
  }
  PLIMSOLL_ASSERT_KNOWN(hard_state.commit <= last_index, "commit " + std::to_string(hard_state.commit) +
                                                             ", last is " + std::to_string(last_index));
  for (const base::Bytes& batch : what.batches) {
    put_frame(record, FrameType::batch, batch, crc);
  }
  segment_bytes += record.size();
  ++segments.back().records;
  return record;
}

void Writer::begin_segment(base::Bytes& record) {
  put_frame(record, FrameType::segment, base::to_bytes(SegmentHeader{sequence, crc, metadata}), crc);
  put_frame(record, FrameType::hard_state, base::to_bytes(hard_state), crc);
  segments.push_back({});
  segment_bytes = 0;
  ++sequence;
}

void Writer::put_entries(base::Bytes& record, std::span<const raft::Entry> entries) {
  PLIMSOLL_ASSERT_KNOWN(
      entries.front().index <= last_index + 1,
      "entry " + std::to_string(entries.front().index) + ", last is " + std::to_string(last_index));
  // As std::vector<raft::Entry> is encoded, which is what recover() decodes.
  base::ByteWriter payload;
  payload.put_unsigned(entries.size());
  raft::Index next = entries.front().index;
  for (const raft::Entry& entry : entries) {
    PLIMSOLL_ASSERT_KNOWN(entry.index == next, "a gap before entry " + std::to_string(entry.index));
    base::encode(payload, entry);
    ++next;
  }
  put_frame(record, FrameType::entries, payload.bytes(), crc);
  // What the newest snapshot stands for cannot have changed: only entries behind it replace others.
  if (next - 1 > snapshot_index) {
    last_index = next - 1;
  }
  segments.back().last_entry = std::max(segments.back().last_entry, next - 1);
}

void Writer::put_snapshot(base::Bytes& record, const SnapshotMarker& marker) {
  const raft::Index index = marker.metadata.index;
  PLIMSOLL_ASSERT_KNOWN(snapshot_index <= index && (marker.replaces_log || index <= last_index),
                        "snapshot " + std::to_string(index) + " after " + std::to_string(snapshot_index) +
                            ", last is " + std::to_string(last_index));
  put_frame(record, FrameType::snapshot, base::to_bytes(marker), crc);
  snapshot_index = index;
  snapshot_at = sequence - 1;
  if (marker.replaces_log) {
    last_index = index;
  }
}

std::size_t Writer::release() {
  if (!database_at || !snapshot_at) {
    return 0;
  }
  const std::uint64_t oldest = sequence - segments.size();
  const auto needed = static_cast<std::ptrdiff_t>(std::min(*database_at, *snapshot_at) - oldest);
  const auto first_kept =
      std::find_if(segments.begin(), segments.begin() + needed,
                   [&](const Segment& segment) { return segment.last_entry > snapshot_index; });
  std::size_t records = 0;
  for (auto segment = segments.begin(); segment != first_kept; ++segment) {
    records += static_cast<std::size_t>(segment->records);
  }
  segments.erase(segments.begin(), first_kept);
  return records;
}

}  // namespace plimsoll::store::wal
