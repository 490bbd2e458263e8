#include <boost/test/unit_test.hpp>

#include "impl/ipam/flannel/test_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::ipam;
using Timer = SubnetManagerTimer;
using Armed = std::map<Timer, base::Ticks>;

const kv::TxnResult won{true, {kv::PutResult{}}};
const base::Ipv4Prefix own = TestBed::subnet(7);

/// Holds 10.5.7.0/24 since revision 12, with an open watch.
TestBed holding(Defects defects = {}) {
  TestBed bed(defects);
  bed.win(own, 12);
  bed.open_watch(12);
  return bed;
}

kv::TxnResult refused(std::vector<kv::KeyValue> now) {
  return {false, {kv::RangeResult{std::move(now)}}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(renew_test)

BOOST_AUTO_TEST_CASE(fln_1_a_renewal_is_a_new_grant_and_a_put_that_compares) {
  TestBed bed = holding();
  bed.fire(Timer::renew);
  const auto granted = bed.request<kv::LeaseGrantRequest>();
  BOOST_CHECK(granted.id == lease_id(TestBed::own_ip, TestBed::incarnation, 2));
  BOOST_CHECK((bed.armed == Armed{{Timer::expiry_even, {90}}, {Timer::expiry_odd, {90}}}));
  bed.grant(12);
  const auto txn = bed.request<kv::TxnRequest>();
  BOOST_CHECK((txn.compares ==
               std::vector<kv::Compare>{
                   {bed.key(own), kv::CompareTarget::mod_revision, kv::CompareResult::equal, 12, {}}}));
  BOOST_CHECK(std::get<kv::PutRequest>(txn.success.front()).lease == granted.id);
  bed.answer(13, won);
  BOOST_CHECK((bed.state.manager.held == HeldLease{own, granted.id, {13}, Timer::expiry_odd}));
  BOOST_CHECK((bed.armed == Armed{{Timer::renew, {60}}, {Timer::expiry_odd, {90}}}));
  BOOST_TEST(bed.changes.empty());
}

BOOST_AUTO_TEST_CASE(expiry_timers_alternate) {
  TestBed bed = holding();
  for (const Timer expected : {Timer::expiry_odd, Timer::expiry_even, Timer::expiry_odd}) {
    bed.fire(Timer::renew);
    bed.grant(13);
    bed.answer(14, won);
    BOOST_CHECK(bed.state.manager.held->expiry == expected);
    BOOST_CHECK((bed.armed == Armed{{Timer::renew, {60}}, {expected, {90}}}));
  }
}

BOOST_AUTO_TEST_CASE(f1_renews_without_looking) {
  TestBed bed = holding(Defects().with(Defect::F1));
  bed.fire(Timer::renew);
  bed.grant(12);
  BOOST_TEST(bed.request<kv::TxnRequest>().compares.empty());
}

BOOST_AUTO_TEST_CASE(a_renewal_refused_because_the_lease_is_anothers_takes_the_network_down) {
  TestBed bed = holding();
  bed.fire(Timer::renew);
  bed.grant(14);
  bed.answer(14, refused({bed.stored(own, TestBed::peer_ip, 14)}));
  BOOST_TEST(!bed.state.network.subnet.has_value());
  BOOST_CHECK(bed.changes == std::vector<NetworkChanged>{{std::nullopt}});
  BOOST_TEST(!bed.state.manager.held.has_value());
  BOOST_TEST(bed.armed.empty());
  BOOST_CHECK(bed.state.manager.phase == ManagerPhase::listing);
  BOOST_TEST(bed.exits.empty());
}

BOOST_AUTO_TEST_CASE(a_renewal_refused_because_the_lease_is_gone_takes_the_network_down) {
  TestBed bed = holding();
  bed.fire(Timer::renew);
  bed.grant(14);
  bed.answer(14, refused({}));
  BOOST_TEST(!bed.state.network.subnet.has_value());
  BOOST_TEST(!bed.state.manager.held.has_value());
}

BOOST_AUTO_TEST_CASE(a_renewal_whose_answer_was_lost_is_tried_again_and_its_traces_are_recognised) {
  TestBed bed = holding();
  bed.fire(Timer::renew);
  bed.grant(12);
  bed.disconnect();
  BOOST_CHECK((bed.armed == Armed{{Timer::expiry_even, {90}}, {Timer::retry, {2}}}));
  BOOST_CHECK(bed.state.network.subnet == own);
  bed.fire(Timer::retry);
  bed.answer(13, kv::LeaseGrantResult{bed.state.manager.attempt->lease, {100}});
  bed.answer(13, refused({bed.stored(own, TestBed::own_ip, 13, TestBed::incarnation, 2)}));
  BOOST_CHECK(bed.state.manager.held->mod_revision == kv::Revision{13});
  BOOST_CHECK(bed.state.network.subnet == own);
  BOOST_TEST(bed.asked<kv::LeaseGrantRequest>());
  bed.grant(13);
  BOOST_TEST(bed.request<kv::TxnRequest>().compares.front().number == 13U);
}

BOOST_AUTO_TEST_CASE(a_renewal_that_finds_its_grant_gone_asks_for_another) {
  TestBed bed = holding();
  bed.fire(Timer::renew);
  bed.grant(12);
  bed.answer(12, kv::ErrorResult{kv::ErrorCode::lease_not_found});
  BOOST_CHECK(bed.request<kv::LeaseGrantRequest>().id == lease_id(TestBed::own_ip, TestBed::incarnation, 3));
  BOOST_CHECK((bed.armed == Armed{{Timer::expiry_even, {90}}, {Timer::expiry_odd, {90}}}));
}

BOOST_AUTO_TEST_CASE(a_lease_id_that_lives_already_is_replaced_by_the_next) {
  TestBed bed = holding();
  bed.fire(Timer::renew);
  bed.answer(12, kv::ErrorResult{kv::ErrorCode::lease_exists});
  BOOST_CHECK(bed.request<kv::LeaseGrantRequest>().id == lease_id(TestBed::own_ip, TestBed::incarnation, 3));
}

BOOST_AUTO_TEST_CASE(a_lease_that_cannot_be_renewed_in_time_is_not_used_any_more) {
  TestBed bed = holding();
  const kv::WatchId watch = bed.watch_id();
  bed.fire(Timer::renew);
  bed.answer(0, kv::ErrorResult{kv::ErrorCode::unavailable});
  bed.fire(Timer::expiry_even);
  BOOST_TEST(!bed.state.network.subnet.has_value());
  BOOST_CHECK(bed.changes == std::vector<NetworkChanged>{{std::nullopt}});
  BOOST_TEST(bed.armed.empty());
  BOOST_TEST(bed.state.view.table.empty());
  BOOST_REQUIRE(bed.requests.size() == 2U);
  BOOST_CHECK(std::get<kv::WatchCancelRequest>(bed.requests[0].body).watch == watch);
  BOOST_TEST(std::holds_alternative<kv::RangeRequest>(bed.requests[1].body));
  BOOST_CHECK(bed.state.subnet_env.subnet == own);
}

BOOST_AUTO_TEST_CASE(the_expiry_of_a_lease_ends_its_renewal_too) {
  TestBed bed = holding();
  bed.fire(Timer::renew);
  bed.grant(12);
  const kv::RequestId late = bed.requests.front().id;
  bed.fire(Timer::expiry_even);
  BOOST_TEST(bed.armed.empty());
  bed.receive(kv::Response{late, {13}, won});
  BOOST_TEST(!bed.state.network.subnet.has_value());
  BOOST_CHECK(bed.state.manager.phase == ManagerPhase::listing);
}

BOOST_AUTO_TEST_CASE(a_pending_grant_that_expires_is_abandoned_while_the_lease_lives) {
  TestBed bed = holding();
  bed.fire(Timer::renew);
  bed.fire(Timer::expiry_odd);
  BOOST_CHECK(bed.state.network.subnet == own);
  BOOST_CHECK((bed.armed == Armed{{Timer::expiry_even, {90}}, {Timer::retry, {2}}}));
}

BOOST_AUTO_TEST_CASE(fln_5_our_own_renewal_seen_by_the_watch_refreshes_the_revision) {
  TestBed bed = holding();
  bed.watch({{kv::EventType::put, bed.stored(own, TestBed::own_ip, 13, TestBed::incarnation, 2)}});
  BOOST_CHECK((bed.state.manager.held ==
               HeldLease{own, lease_id(TestBed::own_ip, TestBed::incarnation, 2), {13}, Timer::expiry_even}));
  BOOST_CHECK(bed.state.network.subnet == own);
}

BOOST_AUTO_TEST_CASE(fln_5_a_removed_own_lease_is_revoked) {
  TestBed bed = holding();
  bed.watch({{kv::EventType::remove, {bed.key(own), {}, {}, {13}, 0, {}}}});
  BOOST_TEST(bed.exits == std::vector<std::string>{"lease revoked"});
  BOOST_CHECK(bed.changes == std::vector<NetworkChanged>{{std::nullopt}});
  BOOST_TEST(!bed.state.network.subnet.has_value());
  BOOST_CHECK(bed.state.manager == Manager{});
  BOOST_CHECK(bed.state.view == LeaseView{});
}

BOOST_AUTO_TEST_CASE(fln_5_an_own_lease_that_somebody_else_wrote_is_revoked) {
  for (const kv::KeyValue& now : {TestBed().stored(own, TestBed::peer_ip, 13),
                                  TestBed().stored(own, TestBed::own_ip, 13, TestBed::incarnation - 1)}) {
    TestBed bed = holding();
    bed.watch({{kv::EventType::put, now}});
    BOOST_TEST(bed.exits.size() == 1U);
    BOOST_TEST(!bed.state.network.subnet.has_value());
  }
}

BOOST_AUTO_TEST_CASE(fln_5_news_older_than_the_lease_held_is_no_news) {
  TestBed bed = holding();
  bed.state.view.next_revision = kv::Revision{1};
  bed.watch({{kv::EventType::remove, {bed.key(own), {}, {}, {11}, 0, {}}},
             {kv::EventType::put, bed.stored(own, TestBed::own_ip, 12, TestBed::incarnation)}});
  BOOST_TEST(bed.exits.empty());
  BOOST_CHECK(bed.state.network.subnet == own);
}

BOOST_AUTO_TEST_SUITE_END()
