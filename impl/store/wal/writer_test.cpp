#include "impl/store/wal/writer.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "impl/store/wal/frame.hpp"
#include "impl/store/wal/test_bed.hpp"

namespace plimsoll::store::wal {
namespace {

using base::Bytes;

std::vector<raft::Entry> entries(raft::Index first, raft::Index last, raft::Term term = 1) {
  std::vector<raft::Entry> made;
  for (raft::Index index = first; index <= last; ++index) {
    made.push_back({term, index, raft::EntryType::normal, "x"});
  }
  return made;
}

std::string types_in(const Bytes& record, std::uint32_t crc) {
  std::string types;
  for (FrameReader reader(record, crc); !reader.at_end();) {
    const auto frame = reader.next();
    BOOST_REQUIRE(frame.has_value());
    types += (types.empty() ? "" : " ") + base::enumerator_text(frame->type);
  }
  return types;
}

void save_entries(LoggedDisk& disk, raft::Index first, raft::Index last) {
  const auto added = entries(first, last);
  Save what;
  what.entries = added;
  disk.save(what);
}

void save_snapshot(LoggedDisk& disk, raft::Index index, bool with_database) {
  Save what;
  what.snapshot = SnapshotMarker{{{}, index, 1}, false};
  if (with_database) {
    what.database = "database";
  }
  disk.save(what);
}

/// Every record is a segment of its own.
LoggedDisk tiny_segments() {
  LoggedDisk disk;
  disk.config.segment_bytes_max = 1;
  return disk;
}

BOOST_AUTO_TEST_SUITE(writer_test)

BOOST_AUTO_TEST_CASE(a_segment_begins_with_its_header_and_the_hard_state) {
  Writer writer = Writer::create({raft::ServerId{3}, 5});
  const Config config{200};
  BOOST_TEST(types_in(writer.save({}, config), 0) == "segment hard-state");
  Save what;
  what.hard_state = raft::HardState{4, raft::ServerId{2}, 0};
  std::uint32_t crc = writer.crc;
  BOOST_TEST(types_in(writer.save(what, config), crc) == "hard-state");
  crc = writer.crc;
  const Bytes batch(300, 'b');
  what = {};
  what.batches = {&batch, 1};
  BOOST_TEST(types_in(writer.save(what, config), crc) == "batch");
  BOOST_TEST(writer.segments.size() == 1U);
  // The segment is full: the next record begins another one, and what was the hard state is in it.
  crc = writer.crc;
  const Bytes next = writer.save(what, config);
  BOOST_TEST(types_in(next, crc) == "segment hard-state batch");
  FrameReader reader(next, 0);
  const auto header = base::from_bytes<SegmentHeader>(reader.next()->payload);
  BOOST_TEST(header.sequence == 1U);
  BOOST_TEST(header.previous_crc == crc);
  BOOST_TEST((header.metadata == Metadata{raft::ServerId{3}, 5}));
  BOOST_TEST((base::from_bytes<raft::HardState>(reader.next()->payload) ==
              raft::HardState{4, raft::ServerId{2}, 0}));
}

BOOST_AUTO_TEST_CASE(what_replaces_the_log_comes_before_the_entries_and_else_behind_them) {
  Writer writer = Writer::create({});
  const auto behind = entries(8, 9);
  const Bytes batch = "b";
  Save what;
  what.database = "d";
  what.snapshot = SnapshotMarker{{{}, 7, 1}, true};
  what.entries = behind;
  what.hard_state = raft::HardState{1, raft::nobody, 7};
  what.batches = {&batch, 1};
  BOOST_TEST(types_in(writer.save(what, {}), 0) ==
             "segment hard-state database snapshot entries hard-state batch");
  const std::uint32_t crc = writer.crc;
  const auto more = entries(10, 12);
  what = {};
  what.entries = more;
  what.snapshot = SnapshotMarker{{{}, 11, 1}, false};
  BOOST_TEST(types_in(writer.save(what, {}), crc) == "entries snapshot");
  BOOST_TEST(writer.last_index == 12U);
  BOOST_TEST(writer.snapshot_index == 11U);
}

BOOST_AUTO_TEST_CASE(nothing_is_released_without_both_a_database_and_a_marker) {
  LoggedDisk disk = tiny_segments();
  save_entries(disk, 1, 3);
  BOOST_TEST(disk.release() == 0U);
  Save what;
  what.database = "database";
  disk.save(what);
  BOOST_TEST(disk.release() == 0U);
  LoggedDisk other = tiny_segments();
  save_entries(other, 1, 3);
  save_snapshot(other, 3, false);
  BOOST_TEST(other.release() == 0U);
}

BOOST_AUTO_TEST_CASE(whole_segments_before_the_database_and_covered_by_the_marker_are_released) {
  LoggedDisk disk = tiny_segments();
  save_entries(disk, 1, 3);
  save_entries(disk, 4, 6);
  save_entries(disk, 7, 7);
  save_snapshot(disk, 5, true);
  save_entries(disk, 8, 8);
  // The second segment has entry 6, which is needed; so what is behind it stays too.
  BOOST_TEST(disk.release() == 1U);
  BOOST_TEST(disk.records.size() == 4U);
  BOOST_TEST(disk.release() == 0U);
  save_snapshot(disk, 8, false);
  BOOST_TEST(disk.release() == 2U);
  save_snapshot(disk, 8, true);
  BOOST_TEST(disk.release() == 3U);
  BOOST_TEST(disk.records.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_segment_is_kept_as_long_as_one_of_its_records_is_needed) {
  LoggedDisk disk;
  disk.config.segment_bytes_max = 1000;
  save_entries(disk, 1, 3);
  save_snapshot(disk, 3, true);
  BOOST_TEST(disk.release() == 0U);
  const Bytes batch(1000, 'b');
  Save what;
  what.batches = {&batch, 1};
  disk.save(what);
  BOOST_TEST(disk.release() == 0U);
  save_snapshot(disk, 3, true);
  BOOST_TEST(disk.writer.segments.size() == 2U);
  BOOST_TEST(disk.release() == 3U);
}

BOOST_AUTO_TEST_CASE(an_entry_that_was_overwritten_keeps_its_segment_until_the_marker_passes_it) {
  LoggedDisk disk = tiny_segments();
  save_entries(disk, 1, 9);
  save_entries(disk, 2, 2);
  save_snapshot(disk, 2, true);
  BOOST_TEST(disk.release() == 0U);
  save_entries(disk, 3, 9);
  save_snapshot(disk, 9, true);
  BOOST_TEST(disk.release() == 4U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::store::wal
