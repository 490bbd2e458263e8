#include <boost/test/unit_test.hpp>

#include "impl/raft/log.hpp"
#include "impl/raft/test_bed.hpp"

namespace {

using namespace plimsoll::raft;

// The first half of the entries in storage, the others unstable; their terms from index 1 on.
struct Halves {
  Storage storage;
  Log log;

  explicit Halves(const std::vector<Term>& terms) {
    std::vector<Entry> entries;
    for (const Term term : terms) {
      entries.push_back(entry_at(term, entries.size() + 1));
    }
    const auto cut = static_cast<std::ptrdiff_t>(entries.size() / 2);
    storage.append(std::vector(entries.begin(), entries.begin() + cut));
    log = Log::from(storage);
    log.append(storage, std::vector(entries.begin() + cut, entries.end()));
  }
  [[nodiscard]] std::vector<Term> terms() const {
    std::vector<Term> found;
    for (Index index = 1; index <= log.last_index(storage); ++index) {
      found.push_back(*log.term(storage, index));
    }
    return found;
  }
};

// Without limits, and without asynchronous writes.
std::size_t handed_out(const Halves& halves) {
  return halves.log.next_committed_entries(halves.storage, true, no_limit).size();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(log_test)

BOOST_AUTO_TEST_CASE(a_slice_goes_over_storage_and_what_is_unstable) {
  const Halves halves({1, 1, 2, 2, 3, 3});
  const std::uint64_t one = wire_size(entry_at(1, 1));
  for (Index lo = 1; lo <= 7; ++lo) {
    for (Index hi = lo; hi <= 7; ++hi) {
      for (std::uint64_t limit = 0; limit <= 7; ++limit) {
        const auto found = halves.log.slice(halves.storage, lo, hi, limit * one);
        const std::uint64_t expected = std::min(hi - lo, std::max<std::uint64_t>(limit, 1));
        BOOST_REQUIRE_EQUAL(found->size(), expected);
        for (const Entry& entry : *found) {
          BOOST_REQUIRE_EQUAL(entry.index, lo + static_cast<Index>(&entry - found->data()));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(terms_beyond_either_end_are_errors) {
  Halves halves({1, 1, 2, 2});
  BOOST_CHECK(halves.log.term(halves.storage, 0) == 0);
  BOOST_CHECK(halves.log.term(halves.storage, 5) == tl::unexpected(StorageError::unavailable));
  BOOST_CHECK(halves.storage.compact(2).has_value());
  BOOST_CHECK(halves.log.term(halves.storage, 1) == tl::unexpected(StorageError::compacted));
  BOOST_CHECK(halves.log.term(halves.storage, 2) == 1);
  BOOST_CHECK(!halves.log.slice(halves.storage, 2, 4, no_limit).has_value());
}

BOOST_AUTO_TEST_CASE(raft_r1_received_entries_replace_what_conflicts_and_nothing_else) {
  Halves halves({1, 1, 2, 2});
  const Log before = halves.log;
  halves.log.append_received(halves.storage, std::vector{entry_at(1, 2), entry_at(2, 3)});
  BOOST_CHECK(halves.log == before);  // an old message truncates nothing
  halves.log.append_received(halves.storage, std::vector{entry_at(1, 2), entry_at(3, 3), entry_at(3, 4)});
  BOOST_CHECK((halves.terms() == std::vector<Term>{1, 1, 3, 3}));
  halves.log.append_received(halves.storage, std::vector{entry_at(4, 2)});
  BOOST_CHECK((halves.terms() == std::vector<Term>{1, 4}));
}

BOOST_AUTO_TEST_CASE(raft_r2_a_hint_skips_whole_terms) {
  const Halves halves({1, 1, 4, 4, 6, 6});
  const auto hint = [&](Index from, Term limit) {
    const Hint found = halves.log.find_conflict_by_term(halves.storage, from, limit);
    return std::pair(found.index, found.term);
  };
  BOOST_CHECK(hint(6, 6) == std::pair(Index{6}, Term{6}));
  BOOST_CHECK(hint(6, 5) == std::pair(Index{4}, Term{4}));
  BOOST_CHECK(hint(5, 3) == std::pair(Index{2}, Term{1}));
  BOOST_CHECK(hint(6, 0) == std::pair(Index{0}, Term{0}));
}

BOOST_AUTO_TEST_CASE(raft_r2_a_hint_stops_where_terms_are_not_known) {
  Halves halves({1, 1, 4, 4, 6, 6});
  BOOST_CHECK(halves.storage.compact(3).has_value());
  const Hint found = halves.log.find_conflict_by_term(halves.storage, 6, 1);
  BOOST_TEST(found.index == 2);
  BOOST_TEST(found.term == 0);
}

BOOST_AUTO_TEST_CASE(raft_r4_the_commit_index_never_goes_back) {
  Halves halves({1, 1, 2, 2});
  halves.log.commit_to(halves.storage, 3);
  halves.log.commit_to(halves.storage, 2);
  BOOST_TEST(halves.log.committed == 3);
}

BOOST_AUTO_TEST_CASE(raft_e3_up_to_date_is_by_term_and_then_by_length) {
  const Halves halves({1, 1, 2, 2});
  const auto up_to_date = [&](EntryId id) { return halves.log.is_up_to_date(halves.storage, id); };
  BOOST_TEST(up_to_date({2, 4}));
  BOOST_TEST(up_to_date({2, 5}));
  BOOST_TEST(!up_to_date({2, 3}));
  BOOST_TEST(up_to_date({3, 1}));
  BOOST_TEST(!up_to_date({1, 9}));
}

BOOST_AUTO_TEST_CASE(committed_entries_are_handed_out_once) {
  Halves halves({1, 1, 2, 2});
  BOOST_TEST(handed_out(halves) == 0);
  halves.log.commit_to(halves.storage, 3);
  BOOST_TEST(handed_out(halves) == 3 - halves.log.applied);
  halves.log.accept_applying(3, 0, true, no_limit);
  BOOST_TEST(handed_out(halves) == 0);
  BOOST_TEST(!halves.log.has_next_committed_entries(true));
  halves.log.applied_to(3, 0, no_limit);
  BOOST_TEST(halves.log.applied == 3);
}

BOOST_AUTO_TEST_CASE(with_asynchronous_writes_only_durable_entries_are_handed_out) {
  Halves halves({1, 1, 2, 2});
  halves.log.commit_to(halves.storage, 4);
  BOOST_TEST(halves.log.next_committed_entries(halves.storage, false, no_limit).size() == 2);
}

BOOST_AUTO_TEST_CASE(handing_out_pauses_at_the_limit) {
  Halves halves({1, 1, 2, 2});
  halves.log.commit_to(halves.storage, 4);
  const std::uint64_t one = wire_size(entry_at(1, 1));
  const std::uint64_t limit = one + 1;
  BOOST_TEST(halves.log.next_committed_entries(halves.storage, true, limit).size() == 1);
  halves.log.accept_applying(1, one, true, limit);
  BOOST_TEST(!halves.log.has_next_committed_entries(true));
  halves.log.applied_to(1, one, limit);
  BOOST_TEST(halves.log.has_next_committed_entries(true));
}

BOOST_AUTO_TEST_CASE(raft_s3_a_pending_snapshot_comes_before_committed_entries) {
  Halves halves({1, 1});
  halves.log.restore({{{}, 5, 2}, "state"});
  halves.log.append(halves.storage, std::vector{entry_at(2, 6)});
  halves.log.commit_to(halves.storage, 6);
  BOOST_TEST(!halves.log.has_next_committed_entries(true));
  halves.log.unstable.accept_in_progress();
  BOOST_TEST(!halves.log.has_next_committed_entries(true));
  halves.log.unstable.stable_snapshot_to(5);
  halves.log.applied_to(5, 0, no_limit);
  BOOST_TEST(halves.log.has_next_committed_entries(true));
}

BOOST_AUTO_TEST_SUITE_END()
