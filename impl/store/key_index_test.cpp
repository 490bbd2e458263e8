#include "impl/store/key_index.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace {

using namespace plimsoll;
using namespace plimsoll::store;

// etcd's example: put(1), put(2), delete(3), put(4), delete(5).
KeyIndex example() {
  KeyIndex key;
  key.put({{1}, 0});
  key.put({{2}, 0});
  key.tombstone({{3}, 0});
  key.put({{4}, 0});
  key.tombstone({{5}, 0});
  return key;
}

std::string text(const KeyIndex& key) {
  std::string text;
  for (const KeyRevision& each : key.revisions) {
    text += std::to_string(each.at.main.value) + (each.is_tombstone ? "t " : " ");
  }
  return text;
}

std::string compacted(std::uint64_t revision, TombstoneAtRevision tombstone = TombstoneAtRevision::kept) {
  KeyIndex key = example();
  key.compact({revision}, tombstone);
  return text(key);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(key_index_test)

BOOST_AUTO_TEST_CASE(a_reader_sees_the_last_version_of_a_generation_that_has_not_ended) {
  const KeyIndex key = example();
  BOOST_CHECK(key.find({0}) == std::nullopt);
  BOOST_CHECK(key.find({1}) == (BucketKey{{1}, 0}));
  BOOST_CHECK(key.find({2}) == (BucketKey{{2}, 0}));
  BOOST_CHECK(key.find({3}) == std::nullopt);
  BOOST_CHECK(key.find({4}) == (BucketKey{{4}, 0}));
  BOOST_CHECK(key.find({5}) == std::nullopt);
  BOOST_CHECK(key.find({9}) == std::nullopt);
  BOOST_TEST(!key.live());
}

BOOST_AUTO_TEST_CASE(the_last_change_of_a_revision_is_the_one_that_is_seen) {
  KeyIndex key;
  key.put({{2}, 0});
  key.put({{2}, 3});
  BOOST_CHECK(key.find({2}) == (BucketKey{{2}, 3}));
  BOOST_TEST(key.version == 2);
}

BOOST_AUTO_TEST_CASE(a_deletion_ends_the_generation_and_the_next_one_counts_anew) {
  KeyIndex key = example();
  key.put({{7}, 2});
  BOOST_TEST(key.live());
  BOOST_CHECK(key.created == kv::Revision{7});
  BOOST_TEST(key.version == 1);
  BOOST_CHECK(key.newest() == (BucketKey{{7}, 2}));
}

// ETCD-7, and the example of etcd's key_index.go.
BOOST_AUTO_TEST_CASE(compaction_keeps_what_is_seen_at_its_revision_and_a_tombstone_there) {
  BOOST_TEST(compacted(0) == "1 2 3t 4 5t ");
  BOOST_TEST(compacted(1) == "1 2 3t 4 5t ");
  BOOST_TEST(compacted(2) == "2 3t 4 5t ");
  BOOST_TEST(compacted(3) == "3t 4 5t ");
  BOOST_TEST(compacted(4) == "4 5t ");
  BOOST_TEST(compacted(5) == "5t ");
  BOOST_TEST(compacted(6).empty());
}

BOOST_AUTO_TEST_CASE(without_the_tombstone_at_its_revision_a_deletion_is_forgotten_too_early) {
  BOOST_TEST(compacted(3, TombstoneAtRevision::removed) == "4 5t ");
  BOOST_TEST(compacted(5, TombstoneAtRevision::removed).empty());
  BOOST_TEST(compacted(4, TombstoneAtRevision::removed) == "4 5t ");
}

BOOST_AUTO_TEST_CASE(what_is_compacted_is_not_held) {
  KeyIndex key = example();
  key.compact({4}, TombstoneAtRevision::kept);
  BOOST_TEST(!key.holds({{2}, 0}));
  BOOST_TEST(!key.holds({{3}, 0}));
  BOOST_TEST(key.holds({{4}, 0}));
  BOOST_TEST(!key.holds({{4}, 1}));
}

BOOST_AUTO_TEST_CASE(the_first_row_that_is_left_tells_how_old_the_key_is) {
  KeyIndex key;
  key.restore({{8}, 1}, {{.key = "k", .create_revision = {3}, .mod_revision = {8}, .version = 4}});
  BOOST_CHECK(key.created == kv::Revision{3});
  key.put({{9}, 0});
  BOOST_TEST(key.version == 5);
  BOOST_CHECK(key.created == kv::Revision{3});
}

BOOST_AUTO_TEST_CASE(a_tombstone_may_be_all_that_is_left) {
  KeyIndex key;
  key.restore({{8}, 1}, {{.key = "k", .mod_revision = {8}}, true});
  BOOST_TEST(!key.live());
  BOOST_CHECK(key.find({9}) == std::nullopt);
  KeyIndex compacted = example();
  compacted.compact({5}, TombstoneAtRevision::kept);
  KeyIndex restored;
  restored.restore({{5}, 0}, {{.key = "k", .mod_revision = {5}}, true});
  BOOST_CHECK(compacted == restored);
}

BOOST_AUTO_TEST_SUITE_END()
