#include "impl/store/snapshot.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include <rapidcheck.h>

#include "impl/store/mvcc_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::store;

Backend some() {
  Mvcc store;
  put(store, "a", "1", {7});
  put(store, "b", "2");
  remove(store, "b");
  store.put_lease({7}, {{10}, {3}});
  store.set_consistent_index(300, 2);
  store.set_conf_state({.voters = {{1}, {2}, {3}}});
  return store.backend;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(snapshot_test)

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  BOOST_CHECK(from_snapshot(to_snapshot(some())) == some());
  BOOST_CHECK(from_snapshot(to_snapshot({})) == Backend{});
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_is_found) {
  const std::string bytes = to_snapshot(some());
  for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
    std::string flipped = bytes;
    flipped[i / 8] = static_cast<char>(static_cast<unsigned char>(flipped[i / 8]) ^ (1U << (i % 8)));
    BOOST_REQUIRE_MESSAGE(!from_snapshot(flipped), "bit " << i);
  }
}

BOOST_AUTO_TEST_CASE(every_cut_is_found) {
  const std::string bytes = to_snapshot(some());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    BOOST_REQUIRE_MESSAGE(!from_snapshot(bytes.substr(0, size)), size << " bytes");
  }
  BOOST_TEST(!from_snapshot(bytes + "x"));
}

BOOST_AUTO_TEST_CASE(errors_say_what_is_wrong) {
  BOOST_CHECK(from_snapshot("").error() == SnapshotError::cut_short);
  BOOST_CHECK(from_snapshot("plimsoll-db-2\nxxxxx").error() == SnapshotError::foreign);
  BOOST_CHECK(from_snapshot("plimsoll-db-1\nxxxxx").error() == SnapshotError::corrupt);
}

BOOST_AUTO_TEST_CASE(strange_bytes_are_refused) {
  const bool refused = rc::check("random bytes", [](const std::string& bytes) {
    RC_ASSERT(!from_snapshot(bytes));
    RC_ASSERT(!from_snapshot("plimsoll-db-1\n" + bytes + "x"));
  });
  BOOST_TEST(refused);
}

BOOST_AUTO_TEST_SUITE_END()
