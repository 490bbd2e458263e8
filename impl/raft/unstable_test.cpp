#include <boost/test/unit_test.hpp>

#include "impl/raft/test_bed.hpp"
#include "impl/raft/unstable.hpp"

namespace {

using namespace plimsoll::raft;

// Entries 5 and 6 of term 1, the first of them being written.
Unstable some() {
  Unstable unstable;
  unstable.offset = 5;
  unstable.offset_in_progress = 5;
  unstable.truncate_and_append(std::vector{entry_at(1, 5)});
  unstable.accept_in_progress();
  unstable.truncate_and_append(std::vector{entry_at(1, 6)});
  return unstable;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(unstable_test)

BOOST_AUTO_TEST_CASE(what_was_handed_out_is_not_handed_out_again) {
  Unstable unstable = some();
  BOOST_TEST(unstable.next_entries().size() == 1);
  BOOST_TEST(unstable.next_entries().front().index == 6);
  unstable.accept_in_progress();
  BOOST_TEST(unstable.next_entries().empty());
  BOOST_TEST(unstable.entries.size() == 2);
}

BOOST_AUTO_TEST_CASE(entries_leave_when_they_are_durable) {
  Unstable unstable = some();
  unstable.stable_to({1, 5});
  BOOST_TEST(unstable.offset == 6);
  BOOST_TEST(unstable.offset_in_progress == 6);
  BOOST_CHECK(unstable.term(5) == std::nullopt);
  BOOST_CHECK(unstable.last_index() == Index{6});
  unstable.stable_to({1, 6});
  BOOST_CHECK(unstable.last_index() == std::nullopt);
}

BOOST_AUTO_TEST_CASE(another_entry_s_durability_says_nothing) {
  const Unstable before = some();
  Unstable unstable = before;
  unstable.stable_to({2, 5});
  unstable.stable_to({1, 4});
  unstable.stable_to({1, 7});
  BOOST_CHECK(unstable == before);
}

BOOST_AUTO_TEST_CASE(truncation_starts_writing_over) {
  Unstable unstable = some();
  unstable.accept_in_progress();
  unstable.truncate_and_append(std::vector{entry_at(2, 6), entry_at(2, 7)});
  BOOST_TEST(unstable.offset_in_progress == 6);
  BOOST_TEST(unstable.next_entries().size() == 2);
  // Before what is held: storage's entries are overwritten.
  unstable.truncate_and_append(std::vector{entry_at(3, 4)});
  BOOST_TEST(unstable.offset == 4);
  BOOST_TEST(unstable.entries.size() == 1);
  BOOST_TEST(unstable.next_entries().size() == 1);
}

BOOST_AUTO_TEST_CASE(a_snapshot_replaces_everything_until_it_is_durable) {
  Unstable unstable = some();
  unstable.restore({{{}, 9, 2}, "state"});
  BOOST_CHECK(unstable.first_index() == Index{10});
  BOOST_CHECK(unstable.last_index() == Index{9});
  BOOST_CHECK(unstable.term(9) == Term{2});
  BOOST_TEST(unstable.next_snapshot() != nullptr);
  unstable.accept_in_progress();
  BOOST_TEST(unstable.next_snapshot() == nullptr);
  unstable.stable_snapshot_to(8);
  BOOST_TEST(unstable.snapshot.has_value());
  unstable.stable_snapshot_to(9);
  BOOST_TEST(!unstable.snapshot.has_value());
  BOOST_TEST(!unstable.snapshot_in_progress);
}

BOOST_AUTO_TEST_SUITE_END()
