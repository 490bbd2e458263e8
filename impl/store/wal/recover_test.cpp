#include "impl/store/wal/recover.hpp"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

#include "impl/store/wal/frame.hpp"
#include "impl/store/wal/test_bed.hpp"

namespace plimsoll::store::wal {
namespace {

using base::Bytes;
using Records = std::vector<Bytes>;

std::vector<raft::Entry> entries(raft::Index first, raft::Index last, raft::Term term) {
  std::vector<raft::Entry> made;
  for (raft::Index index = first; index <= last; ++index) {
    made.push_back({term, index, raft::EntryType::normal, "x"});
  }
  return made;
}

std::string text(const tl::expected<Recovered, WalError>& found) {
  return found ? "recovered" : found.error().to_string();
}

/// A log by hand, which may be one that no writer makes.
struct HandMade {
  Records records = {};
  std::uint32_t crc = 0;

  HandMade& record() {
    records.emplace_back();
    return *this;
  }
  template <class Payload>
  HandMade& frame(FrameType type, const Payload& payload) {
    put_frame(records.back(), type, base::to_bytes(payload), crc);
    return *this;
  }
  HandMade& segment(std::uint64_t sequence, std::uint64_t cluster = 1) {
    return record().frame(FrameType::segment, SegmentHeader{sequence, crc, {raft::ServerId{1}, cluster}});
  }
};

/// Uniform whatever RapidCheck's size.
std::size_t below(std::size_t count) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, count));
}
Dice any_dice(std::size_t count) {
  return {below(std::size_t{1} << 60U), count};
}

void flip(Bytes& record, std::size_t bit) {
  record[bit / 8] = static_cast<char>(record[bit / 8] ^ (1 << bit % 8));
}

BOOST_AUTO_TEST_SUITE(recover_test)

BOOST_AUTO_TEST_CASE(a_member_starts_from_what_it_saved) {
  LoggedDisk disk;
  const auto first = entries(1, 5, 1);
  const auto replaced = entries(4, 6, 2);
  const Records batches = {"one", "two"};
  Save what;
  what.entries = first;
  what.hard_state = raft::HardState{1, raft::ServerId{2}, 2};
  what.batches = batches;
  disk.save(what);
  what = {};
  what.entries = replaced;
  what.hard_state = raft::HardState{2, raft::nobody, 4};
  what.database = "database";
  what.snapshot = SnapshotMarker{{{raft::ServerSet{raft::ServerId{7}}, {}, {}, {}, false}, 3, 1}, false};
  disk.save(what);
  what = {};
  what.batches = {batches.data(), 1};
  disk.save(what);
  const auto found = recover(disk.records);
  BOOST_REQUIRE(found.has_value());
  const raft::Storage storage = found->storage();
  BOOST_TEST((storage.hard_state == raft::HardState{2, raft::nobody, 4}));
  BOOST_TEST(
      (storage.snapshot.metadata == what.snapshot.value_or(SnapshotMarker{found->snapshot, false}).metadata));
  BOOST_TEST(storage.snapshot.metadata.conf_state.voters.size() == 1U);
  BOOST_TEST((storage.compacted == raft::EntryId{1, 3}));
  BOOST_TEST((storage.entries == replaced));
  BOOST_TEST(found->database.value_or("none") == "database");
  BOOST_TEST((found->batches == Records{"one"}));
  BOOST_TEST((found->writer == disk.writer));
}

BOOST_AUTO_TEST_CASE(a_snapshot_of_the_leaders_takes_the_place_of_the_log) {
  LoggedDisk disk;
  const auto stale = entries(1, 9, 1);
  Save what;
  what.entries = stale;
  disk.save(what);
  what = {};
  what.snapshot = SnapshotMarker{{{}, 5, 2}, true};
  disk.save(what);
  const auto found = recover(disk.records);
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST(found->entries.empty());
  // A commit index need not be written, and the snapshot says that there is one.
  BOOST_TEST(found->writer.hard_state.commit == 0U);
  BOOST_TEST(found->storage().hard_state.commit == 5U);
}

BOOST_AUTO_TEST_CASE(any_crash_leaves_what_was_synced_or_more) {
  std::size_t crashes = 0;
  std::size_t released = 0;
  std::size_t lost = 0;
  BOOST_TEST(rc::check("of any history", [&] {
    const LoggedDisk last = play(any_dice(1500), [&](LoggedDisk& disk) {
      if (disk.records.empty()) {
        disk.writer = Writer::create(disk.writer.metadata);
        ++lost;
        return;
      }
      const auto found = recover(disk.records);
      RC_ASSERT(text(found) == "recovered");
      RC_ASSERT(contents_of(*found) == disk.now);
      RC_ASSERT(found->writer == disk.writers.back());
      RC_ASSERT(found->storage().last_index() == disk.now.last_index());
      disk.writer = found->writer;
      ++crashes;
      released += found->writer.sequence > found->writer.segments.size() ? 1 : 0;
    });
    RC_ASSERT(last.synced <= last.records.size());
  }));
  BOOST_TEST(crashes > 500U);
  BOOST_TEST(released > 100U);
  BOOST_TEST(lost > 0U);
}

BOOST_AUTO_TEST_CASE(any_flipped_bit_in_any_record_is_found_there) {
  BOOST_TEST(rc::check("of any history", [] {
    LoggedDisk disk = play(any_dice(300));
    for (int i = 0; i < 20; ++i) {
      const std::size_t record = below(disk.records.size());
      const std::size_t bit = below(disk.records[record].size() * 8);
      flip(disk.records[record], bit);
      const auto found = recover(disk.records);
      flip(disk.records[record], bit);
      RC_ASSERT(!found.has_value());
      RC_ASSERT(found.error().record == record);
    }
    RC_ASSERT(text(recover(disk.records)) == "recovered");
  }));
}

BOOST_AUTO_TEST_CASE(a_record_that_is_missing_repeated_or_out_of_place_is_found) {
  BOOST_TEST(rc::check("of any history", [] {
    const LoggedDisk disk = play(any_dice(300));
    // The first record may be missing as if it were released, and the last one as if it never was.
    RC_PRE(disk.records.size() > 3U);
    const std::size_t place = 1 + below(disk.records.size() - 2);
    const auto at = [&](Records& records) { return records.begin() + static_cast<std::ptrdiff_t>(place); };
    Records missing = disk.records;
    missing.erase(at(missing));
    RC_ASSERT(!recover(missing).has_value());
    Records repeated = disk.records;
    repeated.insert(at(repeated), disk.records[place]);
    RC_ASSERT(!recover(repeated).has_value());
    Records exchanged = disk.records;
    std::swap(exchanged[place], exchanged[place + 1]);
    RC_ASSERT(!recover(exchanged).has_value());
  }));
}

BOOST_AUTO_TEST_CASE(an_error_names_record_and_reason) {
  const auto number = raft::HardState{1, raft::nobody, 3};
  HandMade log;
  BOOST_TEST(text(recover(log.record().frame(FrameType::hard_state, number).records)) ==
             "record 0 of the write-ahead log: no-segment-header");
  log = {};
  log.segment(0).record();
  BOOST_TEST(text(recover(log.records)) == "record 1 of the write-ahead log: cut-short");
  log = {};
  log.segment(0).segment(2);
  BOOST_TEST(text(recover(log.records)) == "record 1 of the write-ahead log: segment-missing");
  log = {};
  log.segment(0).segment(1, 2);
  BOOST_TEST(text(recover(log.records)) == "record 1 of the write-ahead log: other-member");
  log = {};
  log.segment(0).frame(FrameType::entries, entries(2, 3, 1));
  BOOST_TEST(text(recover(log.records)) == "record 0 of the write-ahead log: entries-missing");
  log = {};
  log.segment(0).record().frame(FrameType::snapshot, SnapshotMarker{{{}, 2, 1}, false});
  BOOST_TEST(text(recover(log.records)) == "record 1 of the write-ahead log: entries-missing");
  log = {};
  log.segment(0).frame(FrameType::entries, entries(1, 2, 1)).record().frame(FrameType::hard_state, number);
  BOOST_TEST(text(recover(log.records)) == "record 1 of the write-ahead log: commit-beyond-log");
}

// What was released had entries that nobody needs, and those that remain begin anywhere.
BOOST_AUTO_TEST_CASE(a_log_whose_beginning_was_released_must_reach_back_to_its_marker) {
  const auto log_with = [](raft::Index marked_first, raft::Index first, raft::Index marked) {
    HandMade log;
    log.segment(5).frame(FrameType::snapshot, SnapshotMarker{{{}, marked_first, 1}, false});
    log.record().frame(FrameType::entries, entries(first, first + 2, 1));
    log.record().frame(FrameType::snapshot, SnapshotMarker{{{}, marked, 1}, false});
    return recover(log.records);
  };
  const auto found = log_with(7, 10, 9);
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST((found->entries == entries(10, 12, 1)));
  BOOST_TEST((log_with(7, 10, 11)->entries == entries(12, 12, 1)));
  BOOST_TEST(text(log_with(7, 10, 8)) == "record 2 of the write-ahead log: entries-missing");
  BOOST_TEST(text(log_with(7, 10, 13)) == "record 2 of the write-ahead log: entries-missing");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::store::wal
