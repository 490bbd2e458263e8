#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "impl/ipam/flannel/test_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::ipam;

const base::Ipv4Prefix own = TestBed::subnet(7);

}  // namespace

BOOST_AUTO_TEST_SUITE(subnet_manager_test)

BOOST_AUTO_TEST_CASE(times_must_be_ordered) {
  SubnetManager::Config config;
  BOOST_TEST(config.check().has_value());
  config.safety_margin = config.renew_margin;
  BOOST_TEST(!config.check().has_value());
  config = {};
  config.renew_margin = config.ttl;
  BOOST_TEST(!config.check().has_value());
  config = {};
  config.retry_after = base::Ticks{0};
  BOOST_TEST(!config.check().has_value());
  config = {};
  config.create_attempts_max = 0;
  BOOST_TEST(!config.check().has_value());
  config = {};
  config.free_subnets_max = 0;
  BOOST_TEST(!config.check().has_value());
}

BOOST_AUTO_TEST_CASE(request_numbers_tell_lives_callers_and_given_up_requests_apart) {
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t life = 0; life < 3; ++life) {
    Call call{life, 0, false};
    for (std::uint32_t i = 0; i < given_up_modulus; ++i) {
      numbers.push_back(request_id(call, Caller::manager).value);
      numbers.push_back(request_id(call, Caller::watcher).value);
      give_up(call);
    }
    BOOST_TEST(call.given_up == 0U);
  }
  for (std::uint32_t expected = 0; expected < 48; ++expected) {
    BOOST_TEST(std::count(numbers.begin(), numbers.end(), expected) == 1);
  }
}

BOOST_AUTO_TEST_CASE(an_answer_closes_its_call_and_nothing_else_does) {
  Call call{2, 1, true};
  const kv::RequestId id = request_id(call, Caller::manager);
  BOOST_TEST(!take_answer(call, Caller::manager, {id.value + 2}));
  BOOST_TEST(call.open);
  BOOST_TEST(take_answer(call, Caller::manager, id));
  BOOST_TEST(!take_answer(call, Caller::manager, id));
}

BOOST_AUTO_TEST_CASE(answers_nobody_waits_for_and_strangers_are_ignored) {
  TestBed bed;
  bed.win(own, 12);
  bed.open_watch(12);
  const SubnetManager::State before = bed.state;
  const auto lost_lease = kv::Event{kv::EventType::remove, {bed.key(own), {}, {}, {13}, 0, {}}};
  for (std::uint32_t id = 0; id < 100; ++id) {
    bed.receive(kv::Response{{id}, {13}, kv::RangeResult{}});
    BOOST_TEST(bed.requests.empty());
    if (id != bed.watch_id().value) {
      bed.receive(kv::WatchResponse{{id}, {13}, {lost_lease}, std::nullopt, false});
      bed.receive(kv::WatchResponse{{id}, {13}, {}, std::nullopt, true});
    }
  }
  bed.feed(base::Disconnected{TestBed::runtime});
  bed.feed(base::Received<SubnetManager::Incoming>{
      TestBed::runtime, kv::WatchResponse{bed.watch_id(), {13}, {lost_lease}, std::nullopt, false}});
  BOOST_CHECK(bed.state == before);
  BOOST_TEST(bed.exits.empty());
}

// Found by deadlock-free in crash-during-allocation: the network came up while the runtime was down, its next
// life was never told, and its pods never started.
BOOST_AUTO_TEST_CASE(a_runtime_that_was_down_is_told_of_the_network_again) {
  TestBed bed;
  bed.feed(base::Disconnected{TestBed::runtime});
  BOOST_TEST(bed.changes.empty());
  bed.win(own, 12);
  bed.feed(base::Disconnected{TestBed::runtime});
  BOOST_CHECK(bed.changes == std::vector<NetworkChanged>{NetworkChanged{own}});
}

BOOST_AUTO_TEST_CASE(an_answer_of_the_wrong_kind_is_tried_again_later) {
  TestBed bed;
  bed.start();
  bed.answer(9, kv::CompactResult{});
  BOOST_CHECK(bed.state.manager.phase == ManagerPhase::waiting);
  BOOST_TEST(bed.armed.contains(SubnetManagerTimer::retry));
}

BOOST_AUTO_TEST_CASE(an_answered_request_leaves_no_trace_in_the_state) {
  TestBed bed;
  bed.win(own, 12);
  bed.open_watch(12);
  const Call fresh{TestBed::incarnation, 0, false};
  BOOST_CHECK(bed.state.manager.call == fresh);
  BOOST_CHECK(bed.state.view.call == fresh);
}

BOOST_AUTO_TEST_CASE(a_new_life_starts_from_nothing_but_the_file) {
  TestBed bed;
  bed.win(own, 12);
  bed.open_watch(12);
  bed.state.network = {};
  bed.armed.clear();
  bed.start(TestBed::incarnation + 1);
  SubnetManager::State expected;
  expected.manager.phase = ManagerPhase::listing;
  expected.manager.call = Call{TestBed::incarnation + 1, 0, true};
  expected.view.call.incarnation = TestBed::incarnation + 1;
  expected.subnet_env.subnet = own;
  BOOST_CHECK(bed.state == expected);
}

BOOST_AUTO_TEST_CASE(the_state_survives_its_canonical_bytes) {
  TestBed bed;
  bed.win(own, 12);
  bed.open_watch(12, {bed.stored(TestBed::subnet(8), TestBed::peer_ip, 4)});
  bed.fire(SubnetManagerTimer::renew);
  BOOST_CHECK(base::from_bytes<SubnetManager::State>(base::to_bytes(bed.state)) == bed.state);
}

BOOST_AUTO_TEST_CASE(every_defect_has_a_story_with_a_source) {
  for (std::size_t i = 0; i < defect_stories.size(); ++i) {
    const DefectStory& story = defect_stories[i];
    BOOST_TEST(static_cast<std::size_t>(story.defect) == i);
    BOOST_TEST(story.source.starts_with("https://"));
    BOOST_TEST(!story.story.empty());
    BOOST_TEST(Defects().with(story.defect).has(story.defect));
    BOOST_TEST(!Defects().has(story.defect));
  }
}

BOOST_AUTO_TEST_SUITE_END()
