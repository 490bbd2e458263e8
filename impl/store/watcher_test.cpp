#include "impl/store/watcher.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::store {
namespace {

kv::Event put_at(std::uint64_t revision, std::string key = "a") {
  kv::Event event;
  event.kv.key = std::move(key);
  event.kv.mod_revision = {revision};
  return event;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(watcher_test)

BOOST_AUTO_TEST_CASE(a_batch_holds_whole_revisions) {
  EventBatch batch;
  for (const std::uint64_t revision : {4U, 4U, 6U, 6U, 9U, 9U}) {
    batch.add(put_at(revision), 2);
  }
  BOOST_TEST(batch.events.size() == 4U);
  BOOST_TEST(batch.revisions == 2U);
  BOOST_TEST(batch.more_revision.value == 9U);
}

BOOST_AUTO_TEST_CASE(a_batch_with_room_for_all_leaves_nothing) {
  EventBatch batch;
  batch.add(put_at(4), 1);
  batch.add(put_at(4), 1);
  BOOST_TEST(batch.events.size() == 2U);
  BOOST_TEST(batch.more_revision.value == 0U);
}

BOOST_AUTO_TEST_CASE(a_watch_wants_its_keys_and_what_its_filters_let_pass) {
  kv::WatchRequest request{{1}, {"b", "d"}};
  const kv::Event put = put_at(2, "b");
  kv::Event remove = put;
  remove.type = kv::EventType::remove;
  BOOST_TEST(wants(request, put));
  BOOST_TEST(wants(request, remove));
  BOOST_TEST(!wants(request, put_at(2, "a")));
  BOOST_TEST(!wants(request, put_at(2, "d")));
  request.no_put = true;
  BOOST_TEST(!wants(request, put));
  BOOST_TEST(wants(request, remove));
  request.no_delete = true;
  BOOST_TEST(!wants(request, remove));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::store
