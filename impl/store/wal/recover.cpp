#include "impl/store/wal/recover.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/store/wal/frame.hpp"

namespace plimsoll::store::wal {
namespace {

using raft::Entry;
using raft::Index;

using Checked = tl::expected<void, Reason>;

Reason reason_of(FrameFault fault) {
  switch (fault) {
    case FrameFault::cut_short:
      return Reason::cut_short;
    case FrameFault::unknown_type:
      return Reason::unknown_type;
    case FrameFault::wrong_checksum:
      return Reason::wrong_checksum;
  }
  PLIMSOLL_ASSERT(false);
}

/// Takes frames in, one after the other. What has verified was written by put_frame(), so payloads decode.
class Reading {
 public:
  Checked take_record(base::BytesView record);
  /// Requires: all records were taken.
  tl::expected<Recovered, Reason> finish();

 private:
  Checked take(const Frame& frame);
  Checked begin_segment(base::BytesView payload);
  Checked take_entries(std::vector<Entry> added);
  Checked take_snapshot(const SnapshotMarker& marker);
  [[nodiscard]] Index last_index() const { return before_ + found_.entries.size(); }

  Recovered found_;
  /// The entries are those behind this one. In a log whose first segments were released nobody knows which
  /// that is, until the first entries, or a marker that replaces the log.
  Index before_ = 0;
  bool knows_before_ = false;
};

Checked Reading::take_record(base::BytesView record) {
  Writer& writer = found_.writer;
  const std::size_t size = record.size();
  FrameReader reader(record, writer.crc);
  if (writer.segments.empty() && reader.peek() != FrameType::segment) {
    return tl::unexpected(Reason::no_segment_header);
  }
  do {
    const auto frame = reader.next();
    if (!frame) {
      return tl::unexpected(reason_of(frame.error()));
    }
    if (Checked taken = take(*frame); !taken) {
      return taken;
    }
    writer.crc = reader.crc();
  } while (!reader.at_end());
  writer.segment_bytes += size;
  ++writer.segments.back().records;
  return {};
}

Checked Reading::take(const Frame& frame) {
  Writer& writer = found_.writer;
  if (frame.type == FrameType::segment) {
    return begin_segment(frame.payload);
  }
  switch (frame.type) {
    case FrameType::hard_state:
      writer.hard_state = base::from_bytes<raft::HardState>(frame.payload);
      break;
    case FrameType::entries:
      return take_entries(base::from_bytes<std::vector<Entry>>(frame.payload));
    case FrameType::snapshot:
      return take_snapshot(base::from_bytes<SnapshotMarker>(frame.payload));
    case FrameType::database:
      found_.database = base::Bytes(frame.payload);
      found_.batches.clear();
      writer.database_at = writer.sequence - 1;
      break;
    case FrameType::batch:
      found_.batches.emplace_back(frame.payload);
      break;
    case FrameType::segment:
      break;
  }
  return {};
}

Checked Reading::begin_segment(base::BytesView payload) {
  Writer& writer = found_.writer;
  const auto header = base::from_bytes<SegmentHeader>(payload);
  if (writer.segments.empty()) {
    writer.metadata = header.metadata;
    knows_before_ = header.sequence == 0;
  } else if (header.sequence != writer.sequence || header.previous_crc != writer.crc) {
    return tl::unexpected(Reason::segment_missing);
  } else if (header.metadata != writer.metadata) {
    return tl::unexpected(Reason::other_member);
  }
  writer.sequence = header.sequence + 1;
  writer.segments.push_back({});
  writer.segment_bytes = 0;
  return {};
}

Checked Reading::take_entries(std::vector<Entry> added) {
  Segment& segment = found_.writer.segments.back();
  segment.last_entry = std::max(segment.last_entry, added.back().index);
  const auto fresh = std::find_if(added.begin(), added.end(),
                                  [&](const Entry& entry) { return entry.index > found_.snapshot.index; });
  if (fresh == added.end()) {
    return {};
  }
  const Index first = fresh->index;
  if (!knows_before_ || first <= before_) {
    // The log's own beginning is in a segment that was released.
    before_ = first - 1;
    knows_before_ = true;
    found_.entries.clear();
  } else if (first > last_index() + 1) {
    return tl::unexpected(Reason::entries_missing);
  }
  found_.entries.resize(static_cast<std::size_t>(first - 1 - before_));
  found_.entries.insert(found_.entries.end(), std::make_move_iterator(fresh),
                        std::make_move_iterator(added.end()));
  return {};
}

Checked Reading::take_snapshot(const SnapshotMarker& marker) {
  const Index index = marker.metadata.index;
  found_.snapshot = marker.metadata;
  found_.writer.snapshot_index = index;
  found_.writer.snapshot_at = found_.writer.sequence - 1;
  if (marker.replaces_log) {
    found_.entries.clear();
    before_ = index;
    knows_before_ = true;
  } else if (!knows_before_) {
    return {};
  } else if (index > last_index()) {
    return tl::unexpected(Reason::entries_missing);
  } else if (index > before_) {
    found_.entries.erase(found_.entries.begin(),
                         found_.entries.begin() + static_cast<std::ptrdiff_t>(index - before_));
    before_ = index;
  }
  return {};
}

tl::expected<Recovered, Reason> Reading::finish() {
  if (!knows_before_) {
    before_ = found_.snapshot.index;
  }
  if (before_ > found_.snapshot.index) {
    return tl::unexpected(Reason::entries_missing);
  }
  raft::HardState& hard_state = found_.writer.hard_state;
  if (hard_state.commit > last_index()) {
    return tl::unexpected(Reason::commit_beyond_log);
  }
  found_.writer.last_index = last_index();
  return std::move(found_);
}

}  // namespace

std::string WalError::to_string() const {
  return "record " + std::to_string(record) + " of the write-ahead log: " + base::enumerator_text(reason);
}

raft::Storage Recovered::storage() const {
  raft::Storage stored;
  stored.hard_state = writer.hard_state;
  stored.snapshot.metadata = snapshot;
  stored.compacted = {snapshot.term, snapshot.index};
  stored.entries = entries;
  // The commit index need not be written with each entry (RAFT-S5), and a snapshot is of committed ones.
  stored.hard_state.commit = std::max(stored.hard_state.commit, snapshot.index);
  return stored;
}

tl::expected<Recovered, WalError> recover(std::span<const base::Bytes> disk) {
  PLIMSOLL_ASSERT(!disk.empty());
  Reading reading;
  for (std::size_t i = 0; i < disk.size(); ++i) {
    if (const Checked taken = reading.take_record(disk[i]); !taken) {
      return tl::unexpected(WalError{i, taken.error()});
    }
  }
  auto found = reading.finish();
  if (!found) {
    return tl::unexpected(WalError{disk.size() - 1, found.error()});
  }
  return *std::move(found);
}

}  // namespace plimsoll::store::wal
