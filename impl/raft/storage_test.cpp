#include <boost/test/unit_test.hpp>

#include "impl/raft/storage.hpp"
#include "impl/raft/test_bed.hpp"

namespace {

using namespace plimsoll::raft;

const std::vector<Entry> three = {entry_at(1, 4), entry_at(1, 5), entry_at(2, 6)};

// Compacted up to entry 3, with entries 4 to 6.
Storage some() {
  Storage storage;
  storage.compacted = {1, 3};
  storage.append(three);
  return storage;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(storage_test)

BOOST_AUTO_TEST_CASE(terms_are_known_from_the_compacted_entry_on) {
  const Storage storage = some();
  BOOST_CHECK(storage.term(2) == tl::unexpected(StorageError::compacted));
  BOOST_CHECK(storage.term(3) == 1);
  BOOST_CHECK(storage.term(6) == 2);
  BOOST_CHECK(storage.term(7) == tl::unexpected(StorageError::unavailable));
  BOOST_TEST(storage.first_index() == 4);
  BOOST_TEST(storage.last_index() == 6);
}

BOOST_AUTO_TEST_CASE(a_slice_holds_as_much_as_fits_but_one_entry_at_least) {
  const Storage storage = some();
  BOOST_TEST(storage.slice(4, 7, no_limit)->size() == 3);
  BOOST_TEST(storage.slice(4, 7, 0)->size() == 1);
  BOOST_TEST(storage.slice(4, 7, wire_size(three[0]) + wire_size(three[1]))->size() == 2);
  BOOST_TEST(storage.slice(5, 5, no_limit)->empty());
  BOOST_CHECK(!storage.slice(3, 5, no_limit).has_value());
}

BOOST_AUTO_TEST_CASE(appending_overwrites_what_follows) {
  Storage storage = some();
  storage.append(std::vector{entry_at(3, 5)});
  BOOST_TEST(storage.last_index() == 5);
  BOOST_CHECK(storage.term(5) == 3);
  // Of entries that are compacted, only the rest is taken.
  storage.append(std::vector{entry_at(1, 3), entry_at(4, 4), entry_at(4, 5), entry_at(4, 6)});
  BOOST_TEST(storage.last_index() == 6);
  BOOST_CHECK(storage.term(4) == 4);
  storage.append(std::vector{entry_at(1, 2), entry_at(1, 3)});
  BOOST_TEST(storage.last_index() == 6);
}

BOOST_AUTO_TEST_CASE(a_snapshot_comes_first_and_compaction_later) {
  Storage storage = some();
  BOOST_CHECK(storage.create_snapshot(5, {}, "state").has_value());
  BOOST_TEST(storage.snapshot.metadata.term == 1);
  BOOST_TEST(storage.first_index() == 4);
  BOOST_CHECK(storage.create_snapshot(5, {}, "state") == tl::unexpected(StorageError::snapshot_out_of_date));
  BOOST_CHECK(storage.compact(4).has_value());
  BOOST_TEST(storage.first_index() == 5);
  BOOST_CHECK(storage.compact(4) == tl::unexpected(StorageError::compacted));
  BOOST_CHECK(storage.term(4) == 1);
}

BOOST_AUTO_TEST_CASE(installing_a_snapshot_replaces_the_log) {
  Storage storage = some();
  const Snapshot received{{{}, 9, 3}, "state"};
  BOOST_CHECK(storage.apply_snapshot(received).has_value());
  BOOST_TEST(storage.last_index() == 9);
  BOOST_CHECK(storage.term(9) == 3);
  BOOST_CHECK(storage.apply_snapshot(received) == tl::unexpected(StorageError::snapshot_out_of_date));
}

BOOST_AUTO_TEST_CASE(a_cluster_starts_from_a_configuration_alone) {
  const ConfState members{servers({1, 2}), servers({3}), {}, {}, false};
  const Storage bootstrapped = Storage::bootstrapped(members);
  BOOST_TEST(bootstrapped.last_index() == 0);
  Storage empty;
  BOOST_CHECK(empty.apply_snapshot({{members, 0, 0}, {}}).has_value());
  BOOST_CHECK(empty == bootstrapped);
  const Config config = test_config();
  const RawNode node = RawNode::start(ServerId{3}, {config, bootstrapped});
  BOOST_TEST(node.raft.is_learner());
  BOOST_CHECK(node.raft.tracker.conf_state() == members);
}

BOOST_AUTO_TEST_SUITE_END()
