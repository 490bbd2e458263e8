#include <boost/test/unit_test.hpp>

#include "impl/ipam/flannel/subnets.hpp"
#include "impl/ipam/flannel/test_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::ipam;

const kv::TxnResult won{true, {kv::PutResult{}}};
const kv::TxnResult lost{false, {}};

}  // namespace

BOOST_AUTO_TEST_SUITE(acquire_test)

BOOST_AUTO_TEST_CASE(a_start_lists_the_leases) {
  TestBed bed;
  bed.start();
  BOOST_CHECK(bed.request<kv::RangeRequest>().range == kv::prefix_range("/coreos.com/network/subnets/"));
  BOOST_TEST(bed.changes.empty());
  BOOST_TEST(bed.armed.empty());
}

BOOST_AUTO_TEST_CASE(a_start_withdraws_a_subnet_that_survived_the_crash) {
  TestBed bed;
  bed.state.network.subnet = TestBed::subnet(1);
  bed.start();
  BOOST_TEST(!bed.state.network.subnet.has_value());
  BOOST_CHECK(bed.changes == std::vector<NetworkChanged>{{std::nullopt}});
}

BOOST_AUTO_TEST_CASE(fln_2a_a_lease_with_our_address_is_taken_over_by_comparing_its_revision) {
  TestBed bed;
  bed.start();
  bed.answer(9, kv::RangeResult{{bed.stored(TestBed::subnet(7), TestBed::own_ip, 5)}});
  const auto granted = bed.request<kv::LeaseGrantRequest>();
  BOOST_CHECK(granted.id == lease_id(TestBed::own_ip, TestBed::incarnation, 1));
  BOOST_CHECK(granted.ttl == base::Ticks{100});
  bed.grant(9);
  const auto txn = bed.request<kv::TxnRequest>();
  const std::string key = bed.key(TestBed::subnet(7));
  BOOST_CHECK((txn.compares == std::vector<kv::Compare>{
                                   {key, kv::CompareTarget::mod_revision, kv::CompareResult::equal, 5, {}}}));
  const std::string value = lease_value(bed.attributes(TestBed::own_ip, TestBed::incarnation));
  BOOST_CHECK((txn.success == std::vector<kv::Operation>{kv::PutRequest{key, value, granted.id}}));
  bed.answer(10, won);
  BOOST_CHECK(bed.state.network.subnet == TestBed::subnet(7));
}

BOOST_AUTO_TEST_CASE(f1_takes_a_lease_over_without_looking) {
  TestBed bed(Defects().with(Defect::F1));
  bed.start();
  bed.answer(9, kv::RangeResult{{bed.stored(TestBed::subnet(7), TestBed::own_ip, 5)}});
  bed.grant(9);
  BOOST_TEST(bed.request<kv::TxnRequest>().compares.empty());
}

BOOST_AUTO_TEST_CASE(f1_leaves_creation_alone) {
  TestBed bed(Defects().with(Defect::F1));
  bed.start();
  bed.answer(9, kv::RangeResult{});
  bed.grant(9);
  BOOST_TEST(bed.request<kv::TxnRequest>().compares.size() == 1U);
}

BOOST_AUTO_TEST_CASE(fln_2a_an_incompatible_lease_of_ours_is_deleted_and_the_leases_listed_again) {
  TestBed bed;
  bed.start();
  const base::Ipv4Prefix wide(base::Ipv4(10, 5, 8, 0), 23);
  bed.answer(9, kv::RangeResult{{bed.stored(wide, TestBed::own_ip, 5)}});
  const auto txn = bed.request<kv::TxnRequest>();
  BOOST_REQUIRE(txn.compares.size() == 1U);
  BOOST_TEST(txn.compares.front().number == 5U);
  BOOST_CHECK((txn.success == std::vector<kv::Operation>{kv::DeleteRequest{{bed.key(wide), {}}}}));
  bed.answer(10, kv::TxnResult{true, {kv::DeleteResult{1}}});
  BOOST_TEST(bed.request<kv::RangeRequest>().range.key == "/coreos.com/network/subnets/");
  BOOST_TEST(bed.state.manager.races_lost == 0U);
}

BOOST_AUTO_TEST_CASE(fln_2b_the_subnet_of_last_time_is_created_if_it_is_free) {
  TestBed bed;
  bed.state.subnet_env.subnet = TestBed::subnet(77);
  bed.start();
  bed.answer(9, kv::RangeResult{{bed.stored(TestBed::subnet(1), TestBed::peer_ip, 5)}});
  bed.grant(9);
  const auto txn = bed.request<kv::TxnRequest>();
  BOOST_CHECK(
      (txn.compares ==
       std::vector<kv::Compare>{
           {bed.key(TestBed::subnet(77)), kv::CompareTarget::version, kv::CompareResult::equal, 0, {}}}));
}

BOOST_AUTO_TEST_CASE(fln_2b_the_subnet_of_last_time_is_passed_over_if_taken_or_incompatible) {
  for (const base::Ipv4Prefix& previous : {TestBed::subnet(2), base::Ipv4Prefix(base::Ipv4(10, 5, 8, 0), 23),
                                           base::Ipv4Prefix(base::Ipv4(10, 9, 1, 0), 24)}) {
    TestBed bed;
    bed.state.subnet_env.subnet = previous;
    bed.start();
    const base::Ipv4Prefix wide(base::Ipv4(10, 5, 2, 0), 23);
    bed.answer(9, kv::RangeResult{{bed.stored(wide, TestBed::peer_ip, 5)}});
    BOOST_CHECK(bed.state.manager.attempt->subnet == TestBed::subnet(1));
  }
}

BOOST_AUTO_TEST_CASE(a_configured_previous_subnet_stands_in_for_the_file) {
  TestBed bed;
  bed.state.subnet_env.subnet = TestBed::subnet(77);
  bed.config.previous_subnet = TestBed::subnet(78);
  bed.start();
  bed.answer(9, kv::RangeResult{});
  BOOST_CHECK(bed.state.manager.attempt->subnet == TestBed::subnet(78));
}

BOOST_AUTO_TEST_CASE(fln_2c_chance_picks_among_the_first_100_free_subnets) {
  TestBed bed;
  bed.answers = {99};
  bed.start();
  bed.answer(9, kv::RangeResult{{bed.stored(TestBed::subnet(50), TestBed::peer_ip, 5)}});
  BOOST_CHECK(bed.state.manager.attempt->subnet == TestBed::subnet(101));
  BOOST_TEST(bed.state.manager.attempt->seen.value == 0U);
}

BOOST_AUTO_TEST_CASE(a_subnet_with_an_unreadable_lease_is_not_offered) {
  TestBed bed;
  bed.start();
  kv::KeyValue foreign = bed.stored(TestBed::subnet(1), TestBed::peer_ip, 5);
  foreign.value = "scribble";
  bed.answer(9, kv::RangeResult{{foreign}});
  BOOST_CHECK(bed.state.manager.attempt->subnet == TestBed::subnet(2));
}

BOOST_AUTO_TEST_CASE(a_full_network_is_listed_again_later) {
  TestBed bed;
  bed.start();
  const base::Ipv4Prefix everything(base::Ipv4(10, 5, 0, 0), 16);
  bed.answer(9, kv::RangeResult{{bed.stored(everything, TestBed::peer_ip, 5)}});
  BOOST_TEST(bed.requests.empty());
  BOOST_CHECK(bed.armed == (std::map<SubnetManagerTimer, base::Ticks>{{SubnetManagerTimer::retry, {2}}}));
  bed.fire(SubnetManagerTimer::retry);
  BOOST_TEST(bed.request<kv::RangeRequest>().range.key == "/coreos.com/network/subnets/");
}

BOOST_AUTO_TEST_CASE(the_clock_of_a_lease_starts_before_the_store_hears_of_it) {
  TestBed bed;
  bed.start();
  bed.answer(9, kv::RangeResult{});
  BOOST_TEST(bed.asked<kv::LeaseGrantRequest>());
  BOOST_CHECK(bed.armed ==
              (std::map<SubnetManagerTimer, base::Ticks>{{SubnetManagerTimer::expiry_even, {90}}}));
}

BOOST_AUTO_TEST_CASE(a_lease_won_brings_the_network_up) {
  TestBed bed;
  bed.win(TestBed::subnet(7), 12);
  BOOST_CHECK(bed.state.network.subnet == TestBed::subnet(7));
  BOOST_CHECK(bed.changes == std::vector<NetworkChanged>{{TestBed::subnet(7)}});
  BOOST_CHECK(bed.state.subnet_env.subnet == TestBed::subnet(7));
  const HeldLease expected{TestBed::subnet(7),
                           lease_id(TestBed::own_ip, TestBed::incarnation, 1),
                           {12},
                           SubnetManagerTimer::expiry_even};
  BOOST_CHECK(bed.state.manager.held == expected);
  BOOST_TEST(!bed.state.manager.attempt.has_value());
  BOOST_CHECK(bed.armed == (std::map<SubnetManagerTimer, base::Ticks>{
                               {SubnetManagerTimer::renew, {60}}, {SubnetManagerTimer::expiry_even, {90}}}));
}

BOOST_AUTO_TEST_CASE(fln_3_the_loser_of_a_creation_race_lists_again) {
  TestBed bed;
  bed.start();
  bed.answer(9, kv::RangeResult{});
  bed.grant(9);
  bed.answer(10, lost);
  BOOST_TEST(bed.exits.empty());
  BOOST_TEST(bed.request<kv::RangeRequest>().range.key == "/coreos.com/network/subnets/");
  BOOST_TEST(bed.armed.empty());
  bed.answer(10, kv::RangeResult{{bed.stored(TestBed::subnet(1), TestBed::peer_ip, 10)}});
  BOOST_CHECK(bed.state.manager.attempt->subnet == TestBed::subnet(2));
  BOOST_CHECK(bed.state.manager.attempt->lease == lease_id(TestBed::own_ip, TestBed::incarnation, 2));
}

BOOST_AUTO_TEST_CASE(fln_3_the_process_ends_after_the_last_attempt_allowed) {
  TestBed bed;
  bed.config.create_attempts_max = 3;
  bed.start();
  for (int race = 1; race <= 3; ++race) {
    BOOST_TEST(bed.exits.empty());
    bed.answer(9, kv::RangeResult{});
    bed.grant(9);
    bed.answer(10, lost);
  }
  BOOST_TEST(bed.exits.size() == 1U);
  BOOST_CHECK(bed.state.manager == Manager{});
}

BOOST_AUTO_TEST_CASE(f8_the_loser_of_a_creation_race_exits_at_once) {
  TestBed bed(Defects().with(Defect::F8));
  bed.start();
  bed.answer(9, kv::RangeResult{});
  bed.grant(9);
  bed.answer(10, lost);
  BOOST_TEST(bed.exits.size() == 1U);
}

BOOST_AUTO_TEST_CASE(f8_is_about_creation_only) {
  TestBed bed(Defects().with(Defect::F8));
  bed.start();
  bed.answer(9, kv::RangeResult{{bed.stored(TestBed::subnet(7), TestBed::own_ip, 5)}});
  bed.grant(9);
  bed.answer(10, lost);
  BOOST_TEST(bed.exits.empty());
}

BOOST_AUTO_TEST_CASE(a_grant_that_may_run_out_before_its_key_is_written_is_abandoned) {
  TestBed bed;
  bed.start();
  bed.answer(9, kv::RangeResult{});
  bed.grant(9);
  const kv::RequestId late = bed.requests.front().id;
  bed.fire(SubnetManagerTimer::expiry_even);
  BOOST_TEST(!bed.state.manager.attempt.has_value());
  bed.receive(kv::Response{late, {10}, won});
  BOOST_TEST(!bed.state.network.subnet.has_value());
  bed.fire(SubnetManagerTimer::retry);
  BOOST_CHECK(bed.requests.front().id != late);
  BOOST_TEST(bed.asked<kv::RangeRequest>());
}

BOOST_AUTO_TEST_CASE(a_grant_that_ran_out_at_the_store_starts_the_search_over) {
  TestBed bed;
  bed.start();
  bed.answer(9, kv::RangeResult{});
  bed.grant(9);
  bed.answer(9, kv::ErrorResult{kv::ErrorCode::lease_not_found});
  BOOST_TEST(bed.asked<kv::RangeRequest>());
  BOOST_TEST(bed.armed.empty());
}

BOOST_AUTO_TEST_CASE(every_other_error_is_tried_again_later) {
  for (const kv::ErrorCode code : {kv::ErrorCode::unavailable, kv::ErrorCode::compacted,
                                   kv::ErrorCode::future_revision, kv::ErrorCode::duplicate_key}) {
    for (int answered = 0; answered < 3; ++answered) {
      TestBed bed;
      bed.start();
      if (answered > 0) {
        bed.answer(9, kv::RangeResult{});
      }
      if (answered > 1) {
        bed.grant(9);
      }
      bed.answer(0, kv::ErrorResult{code});
      BOOST_TEST(bed.requests.empty());
      BOOST_CHECK(bed.armed == (std::map<SubnetManagerTimer, base::Ticks>{{SubnetManagerTimer::retry, {2}}}));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_lost_connection_leads_to_a_new_list_in_which_the_own_lease_may_stand) {
  TestBed bed;
  bed.start();
  bed.answer(9, kv::RangeResult{});
  bed.grant(9);
  bed.disconnect();
  BOOST_CHECK(bed.armed == (std::map<SubnetManagerTimer, base::Ticks>{{SubnetManagerTimer::retry, {2}}}));
  bed.fire(SubnetManagerTimer::retry);
  bed.answer(10,
             kv::RangeResult{{bed.stored(TestBed::subnet(1), TestBed::own_ip, 10, TestBed::incarnation)}});
  BOOST_CHECK(bed.state.manager.attempt->seen == kv::Revision{10});
}

BOOST_AUTO_TEST_SUITE_END()
