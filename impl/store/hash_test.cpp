#include "impl/store/hash.hpp"

#include <boost/test/unit_test.hpp>
#include <utility>
#include <vector>

#include "impl/store/mvcc_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::store;

using Hashes = std::vector<std::pair<std::uint64_t, std::uint32_t>>;

// What an etcd 3.4.23 was asked, over /members/hashkv.
Mvcc example() {
  Mvcc store;
  put(store, "a", "1");
  put(store, "b", "2");
  put(store, "a", "3");
  put(store, "c", "", {77});
  remove(store, "a");
  WriteTxn txn = store.begin();
  txn.put("a", std::string(200, 'x'), {});
  txn.put("d", "4", {});
  txn.end();
  put(store, "b", "5");
  return store;
}

void compact(Mvcc& store, std::uint64_t revision) {
  BOOST_REQUIRE(store.schedule_compaction({revision}).has_value());
  while (!store.compact_step(2)) {
  }
}

void check(const Mvcc& store, const Hashes& wanted) {
  for (const auto& [revision, hash] : wanted) {
    const auto result = hash_kv(store, {revision});
    BOOST_REQUIRE(result.has_value());
    BOOST_TEST(result->hash == hash, "at revision " << revision);
    BOOST_CHECK(result->compact_revision == store.compact_revision());
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hash_test)

BOOST_AUTO_TEST_CASE(is_etcd_s) {
  check(Mvcc{}, {{0, 1084519789}, {1, 1084519789}});
  check(example(), {{0, 1296445054},
                    {1, 1084519789},
                    {2, 2587454935},
                    {3, 1827592406},
                    {4, 2069675932},
                    {5, 1872302060},
                    {6, 481734608},
                    {7, 2543165651},
                    {8, 1296445054}});
}

BOOST_AUTO_TEST_CASE(is_etcd_s_after_compactions_too) {
  Mvcc store = example();
  compact(store, 4);
  check(store, {{0, 4079392740}, {5, 2934205096}, {6, 3536606629}, {7, 3331677384}, {8, 4079392740}});
  compact(store, 6);
  check(store, {{0, 1975516685}, {7, 1704605893}, {8, 1975516685}});
}

BOOST_AUTO_TEST_CASE(does_not_depend_on_how_far_the_compaction_is) {
  Mvcc store = example();
  BOOST_REQUIRE(store.schedule_compaction({6}).has_value());
  do {
    check(store, {{7, 1704605893}, {8, 1975516685}});
  } while (!store.compact_step(1));
}

BOOST_AUTO_TEST_CASE(does_not_depend_on_it_if_nothing_is_left_either) {
  Mvcc store;
  put(store, "a", "1");
  remove(store, "a");
  BOOST_REQUIRE(store.schedule_compaction({3}).has_value());
  const auto before = hash_kv(store, {});
  while (!store.compact_step(1)) {
  }
  BOOST_CHECK(hash_kv(store, {}) == before);
}

BOOST_AUTO_TEST_CASE(other_revisions_are_refused) {
  Mvcc store = example();
  compact(store, 4);
  BOOST_CHECK(hash_kv(store, {3}).error() == kv::ErrorCode::compacted);
  BOOST_CHECK(hash_kv(store, {9}).error() == kv::ErrorCode::future_revision);
  BOOST_CHECK(hash_kv(store, {4}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
