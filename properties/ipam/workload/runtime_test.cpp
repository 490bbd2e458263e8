// The runtime alone, driven by hand.
#include "properties/ipam/workload/runtime.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

namespace plimsoll::properties::ipam {
namespace {

using base::Ipv4;
using base::Ipv4Prefix;
using plimsoll::ipam::Added;
using plimsoll::ipam::AddRequest;
using plimsoll::ipam::Attachment;
using plimsoll::ipam::CniError;
using plimsoll::ipam::CniRequest;
using plimsoll::ipam::CniResponse;
using plimsoll::ipam::Defect;
using plimsoll::ipam::Defects;
using plimsoll::ipam::DelRequest;
using plimsoll::ipam::Done;
using plimsoll::ipam::Failed;
using plimsoll::ipam::GcRequest;
using plimsoll::ipam::NetworkChanged;
using Body = decltype(CniRequest::body);

constexpr base::ProcessId host_local{1};
constexpr base::ProcessId flanneld{2};
constexpr Ipv4 first(10, 1, 0, 2);
constexpr Ipv4 second(10, 1, 0, 3);
const Ipv4Prefix subnet(Ipv4(10, 1, 0, 0), 24);
const Ipv4Prefix other_subnet(Ipv4(10, 2, 0, 0), 24);

const Body no_call = GcRequest{{{"no", "call"}}};
Body add(const std::string& container) {
  return AddRequest{{container, "eth0"}, {}};
}
Body del(const std::string& container) {
  return DelRequest{{container, "eth0"}};
}

class HandDriven {
 public:
  explicit HandDriven(std::vector<std::string> pods, Defects defects = {}, bool recreate = true)
      : config{host_local, flanneld, std::move(pods), defects, recreate, true} {
    state.network.subnet = subnet;
    feed(base::Started{});
  }

  // What was asked of host-local last and is not answered yet; no_call if there is nothing.
  Body asked() const { return request ? request->body : no_call; }
  void answer(decltype(CniResponse::outcome) outcome) {
    BOOST_TEST_REQUIRE(request.has_value());
    const CniResponse response{request->call, std::move(outcome)};
    request.reset();
    feed(base::Received<Runtime::Incoming>{host_local, response});
  }
  void answer_with(Ipv4 address) { answer(Added{{{Ipv4Prefix(address, 24), Ipv4(10, 1, 0, 1)}}}); }
  void network(std::optional<Ipv4Prefix> now) {
    state.network.subnet = now;
    feed(base::Received<Runtime::Incoming>{flanneld, NetworkChanged{now}});
  }
  void lose_call() {
    request.reset();
    feed(base::Disconnected{host_local});
  }
  void restart(bool reboot = false) {
    state.work = {};
    if (reboot) {
      state.sandboxes = {};
    }
    request.reset();
    armed.clear();
    feed(base::Started{++incarnation, {}});
  }
  void delete_pod(std::uint8_t pod) {
    BOOST_TEST_REQUIRE(armed.erase(DeletePod{pod}) == 1U);
    feed(base::TimerFired<DeletePod>{{pod}});
  }
  void feed(const base::Input<Runtime::Incoming, DeletePod>& input) {
    base::ScriptedChoices choices;
    base::Outputs<CniRequest, DeletePod> outputs(choices);
    Runtime::step(config, state, input, outputs);
    for (const auto& sent : outputs.sends()) {
      BOOST_TEST_REQUIRE(!request.has_value());
      BOOST_TEST((sent.to == host_local));
      request = sent.message;
    }
    for (const auto& change : outputs.timers()) {
      if (change.armed) {
        armed.insert(change.timer);
      } else {
        armed.erase(change.timer);
      }
    }
  }

  Runtime::Config config;
  Runtime::State state;
  std::optional<CniRequest> request;
  std::set<DeletePod> armed;
  std::uint32_t incarnation = 0;
};

// A node whose one pod runs with the first address.
HandDriven with_web_running(Defects defects = {}, bool recreate = true) {
  HandDriven node({"web"}, defects, recreate);
  if (!defects.has(Defect::I1)) {
    node.answer(Done{});
  }
  node.answer_with(first);
  return node;
}

std::vector<Ipv4> in_use(const HandDriven& node) {
  return addresses_in_use(node.state.sandboxes);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_test)

BOOST_AUTO_TEST_CASE(gc_comes_first_and_then_each_pod_gets_a_sandbox) {
  HandDriven node({"web", "db"});
  BOOST_TEST((node.asked() == Body(GcRequest{})));
  node.answer(Done{});
  BOOST_TEST((node.asked() == add("web.0")));
  BOOST_TEST(in_use(node).empty());
  node.answer_with(first);
  BOOST_TEST((node.asked() == add("db.0")));
  node.answer_with(second);
  BOOST_TEST((node.asked() == no_call));
  BOOST_TEST((in_use(node) == std::vector{first, second}));
  BOOST_TEST(node.armed.size() == 2U);
}

BOOST_AUTO_TEST_CASE(nothing_is_added_while_the_network_is_down) {
  HandDriven node({"web"});
  node.network({});
  node.answer(Done{});
  BOOST_TEST((node.asked() == no_call));
  node.network(subnet);
  BOOST_TEST((node.asked() == add("web.0")));
}

BOOST_AUTO_TEST_CASE(without_flannel_the_network_is_always_up) {
  HandDriven node({"web"});
  node.config.from_lease = false;
  node.state.network.subnet.reset();
  node.answer(Done{});
  BOOST_TEST((node.asked() == add("web.0")));
  node.answer_with(first);
  BOOST_TEST((in_use(node) == std::vector{first}));
}

BOOST_AUTO_TEST_CASE(a_restart_names_the_live_sandboxes_in_gc_and_keeps_them) {
  HandDriven node = with_web_running();
  node.restart();
  BOOST_TEST((node.asked() == Body(GcRequest{{{"web.0", "eth0"}}})));
  BOOST_TEST((in_use(node) == std::vector{first}));
  BOOST_TEST(node.armed.contains(DeletePod{0}));
  node.answer(Done{});
  BOOST_TEST((node.asked() == no_call));
}

BOOST_AUTO_TEST_CASE(after_a_reboot_gc_releases_everything_and_ids_are_new) {
  HandDriven node = with_web_running();
  node.restart(true);
  BOOST_TEST(in_use(node).empty());
  BOOST_TEST((node.asked() == Body(GcRequest{})));
  node.answer(Done{});
  BOOST_TEST((node.asked() == add("web.1")));
}

BOOST_AUTO_TEST_CASE(defect_i1_adds_after_a_reboot_without_releasing) {
  HandDriven node = with_web_running(Defects().with(Defect::I1));
  node.restart(true);
  BOOST_TEST((node.asked() == add("web.1")));
}

BOOST_AUTO_TEST_CASE(an_add_of_unknown_outcome_is_repeated_and_then_deleted) {
  HandDriven node({"web"});
  node.answer(Done{});
  const auto lost = node.request->call;
  node.lose_call();
  BOOST_TEST((node.asked() == add("web.0")));
  BOOST_TEST((node.request->call != lost));
  node.answer(Failed{CniError::already_allocated});
  BOOST_TEST((node.asked() == del("web.0")));
  node.answer(Done{});
  BOOST_TEST((node.asked() == add("web.0")));
  node.answer_with(second);
  BOOST_TEST((in_use(node) == std::vector{second}));
}

BOOST_AUTO_TEST_CASE(an_add_under_way_in_a_restart_is_repeated_after_gc) {
  HandDriven node({"web"});
  node.answer(Done{});
  node.restart();
  BOOST_TEST((node.asked() == Body(GcRequest{{{"web.0", "eth0"}}})));
  node.answer(Done{});
  BOOST_TEST((node.asked() == add("web.0")));
}

BOOST_AUTO_TEST_CASE(a_lost_gc_or_del_is_repeated) {
  HandDriven node({"web"});
  node.lose_call();
  BOOST_TEST((node.asked() == Body(GcRequest{})));
  node.answer(Done{});
  node.answer_with(first);
  node.delete_pod(0);
  BOOST_TEST((node.asked() == del("web.0")));
  node.lose_call();
  BOOST_TEST((node.asked() == del("web.0")));
}

BOOST_AUTO_TEST_CASE(answers_to_calls_given_up_are_ignored) {
  HandDriven node({"web"});
  const CniResponse stale{node.request->call, Done{}};
  node.lose_call();
  const Runtime::State before = node.state;
  node.feed(base::Received<Runtime::Incoming>{host_local, stale});
  BOOST_TEST((node.state == before));
  node.restart();
  node.feed(base::Received<Runtime::Incoming>{host_local, stale});
  BOOST_TEST(!node.state.work.collected);
}

BOOST_AUTO_TEST_CASE(loss_of_the_network_stops_every_pod_at_once) {
  HandDriven node = with_web_running();
  node.network({});
  BOOST_TEST(in_use(node).empty());
  BOOST_TEST(node.armed.empty());
  BOOST_TEST((node.asked() == del("web.0")));
  node.answer(Done{});
  BOOST_TEST((node.asked() == no_call));
  node.network(other_subnet);
  BOOST_TEST((node.asked() == add("web.0")));
}

BOOST_AUTO_TEST_CASE(the_network_is_believed_before_the_message_arrives) {
  HandDriven node({"web", "db"});
  node.answer(Done{});
  node.answer_with(first);
  node.state.network.subnet = other_subnet;
  node.answer_with(Ipv4(10, 2, 0, 2));
  BOOST_TEST((in_use(node) == std::vector{Ipv4(10, 2, 0, 2)}));
  BOOST_TEST((node.asked() == del("web.0")));
}

BOOST_AUTO_TEST_CASE(a_late_word_of_loss_stops_pods_though_the_network_is_back) {
  HandDriven node = with_web_running();
  node.feed(base::Received<Runtime::Incoming>{flanneld, NetworkChanged{}});
  BOOST_TEST(in_use(node).empty());
  BOOST_TEST((node.asked() == del("web.0")));
  node.answer(Done{});
  BOOST_TEST((node.asked() == add("web.0")));
}

BOOST_AUTO_TEST_CASE(an_add_that_succeeds_too_late_is_deleted) {
  HandDriven node({"web"});
  node.answer(Done{});
  node.network({});
  BOOST_TEST((node.asked() == add("web.0")));
  node.answer_with(first);
  BOOST_TEST(in_use(node).empty());
  BOOST_TEST((node.asked() == del("web.0")));
}

BOOST_AUTO_TEST_CASE(an_add_that_was_stopped_never_runs_though_the_network_is_back) {
  HandDriven node({"web"});
  node.answer(Done{});
  node.feed(base::Received<Runtime::Incoming>{flanneld, NetworkChanged{}});
  node.answer_with(first);
  BOOST_TEST(in_use(node).empty());
  BOOST_TEST((node.asked() == del("web.0")));
}

BOOST_AUTO_TEST_CASE(defect_i4_does_not_compare_addresses_with_the_lease) {
  HandDriven reference({"web"});
  reference.answer(Done{});
  reference.answer_with(Ipv4(10, 9, 0, 2));
  BOOST_TEST(in_use(reference).empty());

  HandDriven defective({"web"}, Defects().with(Defect::I4));
  defective.answer(Done{});
  defective.answer_with(Ipv4(10, 9, 0, 2));
  BOOST_TEST((in_use(defective) == std::vector{Ipv4(10, 9, 0, 2)}));
}

BOOST_AUTO_TEST_CASE(a_deleted_pod_is_stopped_and_comes_back) {
  HandDriven node = with_web_running();
  node.delete_pod(0);
  BOOST_TEST(in_use(node).empty());
  BOOST_TEST((node.asked() == del("web.0")));
  node.answer(Done{});
  BOOST_TEST((node.asked() == add("web.0")));
  node.answer_with(second);
  BOOST_TEST(node.armed.contains(DeletePod{0}));
  BOOST_TEST((node.state.deleted == DeletedPods{}));
}

BOOST_AUTO_TEST_CASE(without_recreate_a_deleted_pod_stays_away) {
  HandDriven node = with_web_running({}, false);
  node.delete_pod(0);
  node.answer(Done{});
  BOOST_TEST((node.asked() == no_call));
  node.restart(true);
  node.answer(Done{});
  BOOST_TEST((node.asked() == no_call));
}

BOOST_AUTO_TEST_CASE(pods_without_address_wait_until_one_is_released) {
  HandDriven node({"web", "db", "cache"});
  node.answer(Done{});
  node.answer_with(first);
  for (const std::string container : {"db.0", "cache.0"}) {
    BOOST_TEST((node.asked() == add(container)));
    node.answer(Failed{CniError::exhausted});
    BOOST_TEST((node.asked() == del(container)));
    node.answer(Done{});
  }
  BOOST_TEST((node.asked() == no_call));
  node.delete_pod(0);
  node.answer(Done{});
  BOOST_TEST((node.asked() == add("web.0")));
  BOOST_TEST(node.state.work.without_address.empty());
}

BOOST_AUTO_TEST_CASE(pods_without_address_are_tried_again_when_the_network_changes) {
  for (const CniError error : {CniError::exhausted, CniError::unusable_subnet}) {
    HandDriven node({"web"});
    node.answer(Done{});
    node.answer(Failed{error});
    node.answer(Done{});
    BOOST_TEST((node.asked() == no_call));
    node.network(other_subnet);
    BOOST_TEST((node.asked() == add("web.0")));
  }
}

BOOST_AUTO_TEST_CASE(a_range_that_was_exhausted_before_the_network_changed_says_nothing) {
  HandDriven node({"web"});
  node.answer(Done{});
  node.network(other_subnet);
  node.answer(Failed{CniError::exhausted});
  BOOST_TEST((node.asked() == del("web.0")));
  node.answer(Done{});
  BOOST_TEST((node.asked() == add("web.0")));
}

BOOST_AUTO_TEST_CASE(equal_situations_are_equal_states) {
  HandDriven node = with_web_running();
  const Runtime::State before = node.state;
  node.delete_pod(0);
  node.lose_call();
  node.answer(Done{});
  node.answer_with(first);
  BOOST_TEST((node.state == before));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::ipam
