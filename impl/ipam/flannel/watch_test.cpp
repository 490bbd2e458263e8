#include <boost/test/unit_test.hpp>

#include "impl/ipam/flannel/test_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::ipam;
using Timer = SubnetManagerTimer;

const base::Ipv4Prefix own = TestBed::subnet(7);
const base::Ipv4Prefix peer = TestBed::subnet(8);

/// Holds 10.5.7.0/24 since revision 12; the peer's lease is in the snapshot of revision 12, after which the
/// watch is open.
TestBed watching(Defects defects = {}) {
  TestBed bed(defects);
  bed.win(own, 12);
  bed.open_watch(12, {bed.stored(peer, TestBed::peer_ip, 4)});
  return bed;
}

kv::KeyValue own_lease(const TestBed& bed) {
  return bed.stored(own, TestBed::own_ip, 12, TestBed::incarnation);
}

LeaseTable table_with(const TestBed& bed, std::optional<std::uint32_t> peer_life) {
  LeaseTable table{{own, bed.attributes(TestBed::own_ip, TestBed::incarnation)}};
  if (peer_life) {
    table.emplace(peer, bed.attributes(TestBed::peer_ip, *peer_life));
  }
  return table;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(watch_test)

BOOST_AUTO_TEST_CASE(the_own_subnet_is_in_the_table_from_the_start) {
  TestBed bed;
  bed.win(own, 12);
  BOOST_CHECK(bed.state.view.table == table_with(bed, std::nullopt));
  BOOST_TEST(bed.asked<kv::RangeRequest>());
}

BOOST_AUTO_TEST_CASE(fln_6_a_snapshot_and_then_a_watch_from_the_next_revision) {
  TestBed bed;
  bed.win(own, 12);
  bed.open_watch(15, {bed.stored(peer, TestBed::peer_ip, 14)});
  const auto watch = bed.request<kv::WatchRequest>();
  BOOST_CHECK(watch.start_revision == kv::Revision{16});
  BOOST_CHECK(watch.range == subnets_range(bed.config.prefix));
  BOOST_CHECK(watch.watch == bed.watch_id());
  BOOST_CHECK(bed.state.view.table == table_with(bed, 0));
  BOOST_CHECK((bed.state.view.known == LeaseTable{{peer, bed.attributes(TestBed::peer_ip)}}));
}

BOOST_AUTO_TEST_CASE(fln_6_peers_come_change_and_go) {
  TestBed bed = watching();
  bed.watch({{kv::EventType::put, bed.stored(peer, TestBed::peer_ip, 13, 1)}});
  BOOST_CHECK(bed.state.view.table == table_with(bed, 1));
  BOOST_CHECK(bed.state.view.next_revision == kv::Revision{14});
  bed.watch({{kv::EventType::remove, {bed.key(peer), {}, {}, {14}, 0, {}}}});
  BOOST_CHECK(bed.state.view.table == table_with(bed, std::nullopt));
  BOOST_TEST(bed.state.view.known.empty());
  BOOST_TEST(bed.exits.empty());
}

BOOST_AUTO_TEST_CASE(fln_6_the_removal_of_a_lease_never_seen_is_ignored) {
  TestBed bed = watching();
  bed.watch({{kv::EventType::remove, {bed.key(TestBed::subnet(9)), {}, {}, {13}, 0, {}}}});
  BOOST_CHECK(bed.state.view.table == table_with(bed, 0));
}

BOOST_AUTO_TEST_CASE(unreadable_leases_and_other_keys_are_ignored) {
  TestBed bed = watching();
  kv::KeyValue scribble = bed.stored(peer, TestBed::peer_ip, 13);
  scribble.value = "scribble";
  kv::KeyValue readme{bed.config.prefix + "/subnets/readme", "hello", {14}, {14}, 1, {}};
  bed.watch({{kv::EventType::put, scribble}, {kv::EventType::put, readme}});
  BOOST_CHECK(bed.state.view.table == table_with(bed, 0));
}

BOOST_AUTO_TEST_CASE(events_seen_before_are_passed_over) {
  TestBed bed = watching();
  bed.watch({{kv::EventType::remove, {bed.key(peer), {}, {}, {4}, 0, {}}}});
  BOOST_CHECK(bed.state.view.table == table_with(bed, 0));
  BOOST_CHECK(bed.state.view.next_revision == kv::Revision{13});
}

BOOST_AUTO_TEST_CASE(fln_8_a_compacted_watch_lists_again_and_resumes_after_the_list) {
  TestBed bed = watching();
  bed.compact(20);
  BOOST_TEST(bed.asked<kv::RangeRequest>());
  bed.open_watch(21, {bed.stored(peer, TestBed::peer_ip, 4)});
  BOOST_CHECK(bed.request<kv::WatchRequest>().start_revision == kv::Revision{22});
}

BOOST_AUTO_TEST_CASE(fln_7_a_second_list_takes_changes_over_but_not_with_f2) {
  for (const bool is_defect : {false, true}) {
    TestBed bed = watching(is_defect ? Defects().with(Defect::F2) : Defects());
    bed.compact(20);
    bed.open_watch(21, {bed.stored(peer, TestBed::peer_ip, 18, 1)});
    BOOST_CHECK(bed.state.view.table == table_with(bed, is_defect ? 0 : 1));
  }
}

BOOST_AUTO_TEST_CASE(fln_7_a_second_list_removes_what_vanished) {
  TestBed bed = watching();
  bed.compact(20);
  bed.open_watch(21);
  BOOST_CHECK(bed.state.view.table == table_with(bed, std::nullopt));
}

BOOST_AUTO_TEST_CASE(fln_7_a_second_list_leaves_the_own_subnet_alone_but_not_with_f7) {
  for (const bool is_defect : {false, true}) {
    TestBed bed = watching(is_defect ? Defects().with(Defect::F7) : Defects());
    bed.compact(20);
    bed.open_watch(21, {bed.stored(peer, TestBed::peer_ip, 4)});
    BOOST_TEST(bed.state.view.table.contains(own) == !is_defect);
    BOOST_TEST(bed.state.view.table.contains(peer));
  }
}

BOOST_AUTO_TEST_CASE(a_list_without_our_lease_means_revoked) {
  TestBed bed = watching();
  bed.compact(20);
  bed.answer_watcher(21, kv::RangeResult{{bed.stored(peer, TestBed::peer_ip, 4)}});
  BOOST_TEST(bed.exits == std::vector<std::string>{"lease revoked"});
  BOOST_TEST(!bed.state.network.subnet.has_value());
}

BOOST_AUTO_TEST_CASE(a_list_in_which_our_lease_is_anothers_means_revoked) {
  TestBed bed = watching();
  bed.compact(20);
  bed.answer_watcher(21, kv::RangeResult{{bed.stored(own, TestBed::peer_ip, 19)}});
  BOOST_TEST(bed.exits.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_list_older_than_our_lease_says_nothing_about_it) {
  TestBed bed;
  bed.win(own, 12);
  bed.answer_watcher(11, kv::RangeResult{});
  BOOST_TEST(bed.exits.empty());
  BOOST_CHECK(bed.request<kv::WatchRequest>().start_revision == kv::Revision{12});
}

BOOST_AUTO_TEST_CASE(a_broken_watch_is_opened_again_where_it_ended_under_a_new_id) {
  TestBed bed = watching();
  bed.watch({{kv::EventType::put, bed.stored(peer, TestBed::peer_ip, 13, 1)}});
  const kv::WatchId before = bed.watch_id();
  bed.break_watch();
  BOOST_TEST(bed.requests.empty());
  BOOST_TEST(bed.armed.contains(Timer::retry));
  bed.fire(Timer::retry);
  BOOST_CHECK(bed.request<kv::WatchRequest>().start_revision == kv::Revision{14});
  BOOST_CHECK(bed.watch_id() != before);
  bed.receive(kv::WatchResponse{
      before, {20}, {{kv::EventType::remove, {bed.key(own), {}, {}, {20}, 0, {}}}}, {}, false});
  BOOST_TEST(bed.exits.empty());
}

BOOST_AUTO_TEST_CASE(a_lost_connection_breaks_the_watch_or_the_list_under_way) {
  TestBed open = watching();
  open.disconnect();
  open.fire(Timer::retry);
  BOOST_TEST(open.asked<kv::WatchRequest>());

  TestBed listing;
  listing.win(own, 12);
  const kv::RequestId before = listing.requests.front().id;
  listing.disconnect();
  listing.fire(Timer::retry);
  BOOST_TEST(listing.asked<kv::RangeRequest>());
  BOOST_CHECK(listing.requests.front().id != before);
  listing.receive(kv::Response{before, {12}, kv::RangeResult{{own_lease(listing)}}});
  BOOST_CHECK(listing.state.view.phase == ViewPhase::listing);
}

BOOST_AUTO_TEST_CASE(a_list_that_fails_is_asked_for_again_later) {
  TestBed bed;
  bed.win(own, 12);
  bed.answer_watcher(0, kv::ErrorResult{kv::ErrorCode::unavailable});
  BOOST_TEST(bed.requests.empty());
  bed.fire(Timer::retry);
  BOOST_TEST(bed.asked<kv::RangeRequest>());
}

BOOST_AUTO_TEST_CASE(one_retry_serves_manager_and_watcher) {
  TestBed bed = watching();
  bed.fire(Timer::renew);
  bed.disconnect();
  bed.fire(Timer::retry);
  BOOST_REQUIRE(bed.requests.size() == 2U);
  BOOST_TEST(std::holds_alternative<kv::LeaseGrantRequest>(bed.requests[0].body));
  BOOST_TEST(std::holds_alternative<kv::WatchRequest>(bed.requests[1].body));
  BOOST_CHECK(bed.requests[0].id != bed.requests[1].id);
}

BOOST_AUTO_TEST_SUITE_END()
