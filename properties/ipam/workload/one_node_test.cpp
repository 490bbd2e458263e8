// Runtime and host-local together on one node, under crashes, reboots and changes of the pod network.
#include <algorithm>
#include <deque>

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>

#include "impl/ipam/host_local/host_local.hpp"
#include "properties/ipam/workload/runtime.hpp"

namespace plimsoll::properties::ipam {
namespace {

using base::Ipv4;
using base::Ipv4Prefix;
using plimsoll::ipam::CniRequest;
using plimsoll::ipam::CniResponse;
using plimsoll::ipam::Defect;
using plimsoll::ipam::Defects;
using plimsoll::ipam::HostLocal;
using plimsoll::ipam::HostLocalTimer;
using plimsoll::ipam::NetworkChanged;
using Subnet = std::optional<Ipv4Prefix>;
using HostLocalInput = base::Input<CniRequest, HostLocalTimer>;
using RuntimeInput = base::Input<Runtime::Incoming, DeletePod>;

constexpr base::ProcessId runtime_id{0};
constexpr base::ProcessId host_local_id{1};
constexpr base::ProcessId flanneld_id{2};
constexpr std::size_t pods = 3;
// Failed connections in a row: after one more the runtime might take an old answer for a new one.
const std::uint32_t failures_max = Runtime::Config().calls_lost_max - 1;

// Five addresses each.
const Ipv4Prefix here(Ipv4(10, 1, 0, 0), 29);
const Ipv4Prefix elsewhere(Ipv4(10, 2, 0, 0), 29);

template <class Input>
bool is_disconnection(const Input& input) {
  return std::holds_alternative<base::Disconnected>(input);
}

// The two processes, the messages between them in order, and the events of a node's life.
class Node {
 public:
  explicit Node(Defects defects)
      : host_local_config_{.defects = defects},
        runtime_config_{host_local_id, flanneld_id, {"web", "db", "cache"}, defects} {
    start_host_local();
    start_runtime();
    set_network(here);
  }

  bool deliver_request() {
    if (requests_.empty()) {
      return false;
    }
    const HostLocalInput input = std::move(requests_.front());
    requests_.pop_front();
    feed_host_local(input);
    return true;
  }
  bool proceed() {
    if (!proceed_armed_) {
      return false;
    }
    proceed_armed_ = false;
    feed_host_local(base::TimerFired<HostLocalTimer>{HostLocalTimer::proceed});
    return true;
  }
  bool deliver_response() {
    if (responses_.empty()) {
      return false;
    }
    const RuntimeInput input = std::move(responses_.front());
    responses_.pop_front();
    feed_runtime(input);
    return true;
  }
  bool deliver_network() {
    if (changes_.empty()) {
      return false;
    }
    const NetworkChanged change = changes_.front();
    changes_.pop_front();
    feed_runtime(base::Received<Runtime::Incoming>{flanneld_id, change});
    return true;
  }
  bool delete_pod(std::uint8_t pod) {
    if (deletions_.erase(DeletePod{pod}) == 0) {
      return false;
    }
    feed_runtime(base::TimerFired<DeletePod>{{pod}});
    return true;
  }
  // What was under way to the runtime may arrive still; then it learns of the crash, perhaps long after.
  void crash_host_local(bool responses_arrive) {
    if (too_many_failures()) {
      return;
    }
    requests_.clear();
    if (!responses_arrive) {
      responses_.clear();
    }
    responses_.push_back(base::Disconnected{host_local_id});
    start_host_local();
  }
  // What was under way to host-local may arrive still; both ends go on.
  void break_connection(bool requests_arrive) {
    if (too_many_failures()) {
      return;
    }
    if (!requests_arrive) {
      requests_.clear();
    }
    requests_.push_back(base::Disconnected{runtime_id});
    responses_.clear();
    responses_.push_back(base::Disconnected{host_local_id});
  }
  // What was under way to host-local may arrive still.
  void crash_runtime(bool requests_arrive) {
    if (!requests_arrive) {
      requests_.clear();
    }
    requests_.push_back(base::Disconnected{runtime_id});
    responses_.clear();
    changes_.clear();
    start_runtime();
  }
  void reboot() {
    requests_.clear();
    responses_.clear();
    changes_.clear();
    runtime.sandboxes = {};
    set_network({});
    start_host_local();
    start_runtime();
  }
  void set_network(Subnet subnet) {
    host_local.network.subnet = subnet;
    runtime.network.subnet = subnet;
    changes_.push_back({subnet});
  }
  // Runs until nothing is under way.
  void settle() {
    unsigned steps = 0;
    while (deliver_network() || proceed() || deliver_request() || deliver_response()) {
      ++steps;
      PLIMSOLL_ASSERT(steps < 10'000);
    }
  }

  bool addresses_are_unique() const {
    const std::vector<Ipv4> used = addresses_in_use(runtime.sandboxes);
    return std::adjacent_find(used.begin(), used.end()) == used.end();
  }
  // Every address in use has the file of the sandbox that uses it.
  bool uses_what_it_holds() const {
    return std::all_of(runtime.sandboxes.by_container.begin(), runtime.sandboxes.by_container.end(),
                       [this](const auto& entry) {
                         const std::string content = file_content(attachment_of(entry.first));
                         const std::vector<Ipv4>& used = entry.second.addresses;
                         return std::all_of(used.begin(), used.end(), [&](const Ipv4& address) {
                           const auto file = host_local.files.contents.find(address);
                           return file != host_local.files.contents.end() && file->second == content;
                         });
                       });
  }
  bool nothing_leaks() const {
    return addresses_in_use(runtime.sandboxes).size() == host_local.files.contents.size();
  }
  bool every_pod_runs() const { return addresses_in_use(runtime.sandboxes).size() == pods; }

  HostLocal::State host_local;
  Runtime::State runtime;

 private:
  bool too_many_failures() const {
    const auto unheard = std::count_if(responses_.begin(), responses_.end(), is_disconnection<RuntimeInput>);
    return unheard + runtime.work.calls_lost >= failures_max;
  }
  void start_host_local() {
    host_local.operation = {};
    proceed_armed_ = false;
    feed_host_local(base::Started{host_local_starts_++, {}});
  }
  void start_runtime() {
    runtime.work = {};
    deletions_.clear();
    feed_runtime(base::Started{runtime_starts_++, {}});
  }
  void feed_host_local(const HostLocalInput& input) {
    base::ScriptedChoices choices;
    base::Outputs<CniResponse, HostLocalTimer> outputs(choices);
    HostLocal::step(host_local_config_, host_local, input, outputs);
    for (const auto& sent : outputs.sends()) {
      responses_.push_back(base::Received<Runtime::Incoming>{host_local_id, sent.message});
    }
    for (const auto& change : outputs.timers()) {
      proceed_armed_ = change.armed;
    }
  }
  void feed_runtime(const RuntimeInput& input) {
    base::ScriptedChoices choices;
    base::Outputs<CniRequest, DeletePod> outputs(choices);
    Runtime::step(runtime_config_, runtime, input, outputs);
    for (const auto& sent : outputs.sends()) {
      requests_.push_back(base::Received<CniRequest>{runtime_id, sent.message});
    }
    for (const auto& change : outputs.timers()) {
      if (change.armed) {
        deletions_.insert(change.timer);
      } else {
        deletions_.erase(change.timer);
      }
    }
  }

  HostLocal::Config host_local_config_;
  Runtime::Config runtime_config_;
  std::deque<HostLocalInput> requests_;
  std::deque<RuntimeInput> responses_;
  std::deque<NetworkChanged> changes_;
  std::set<DeletePod> deletions_;
  bool proceed_armed_ = false;
  std::uint32_t host_local_starts_ = 0;
  std::uint32_t runtime_starts_ = 0;
};

constexpr std::uint32_t events = 27;

// Half of the events move calls along, so that most of them are over before something goes wrong.
void happen(Node& node, std::uint32_t event) {
  switch (event) {
    case 0:
      return node.crash_host_local(false);
    case 1:
      return node.crash_runtime(false);
    case 2:
      return node.crash_runtime(true);
    case 3:
      return node.reboot();
    case 4:
      return node.set_network({});
    case 5:
      return node.set_network(here);
    case 6:
      return node.set_network(elsewhere);
    case 7:
    case 8:
    case 9:
      node.delete_pod(static_cast<std::uint8_t>(event - 7));
      return;
    case 10:
    case 11:
      node.deliver_network();
      return;
    case 24:
      return node.crash_host_local(true);
    case 25:
    case 26:
      return node.break_connection(event == 25);
    default:
      break;
  }
  if (event % 3 == 0) {
    node.deliver_request();
  } else if (event % 3 == 1) {
    node.proceed();
  } else {
    node.deliver_response();
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(one_node_test)

BOOST_AUTO_TEST_CASE(whatever_happens_addresses_are_unique_and_none_leaks) {
  BOOST_TEST(rc::check("addresses are unique and none leaks", [] {
    const auto story = *rc::gen::scale(
        4.0, rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(0, events)));
    Node node({});
    for (const std::uint32_t event : story) {
      happen(node, event);
      RC_ASSERT(node.addresses_are_unique());
      RC_ASSERT(node.uses_what_it_holds());
      RC_ASSERT(base::from_bytes<HostLocal::State>(base::to_bytes(node.host_local)) == node.host_local);
      RC_ASSERT(base::from_bytes<Runtime::State>(base::to_bytes(node.runtime)) == node.runtime);
    }
    node.set_network(here);
    node.settle();
    RC_ASSERT(node.every_pod_runs());
    RC_ASSERT(node.nothing_leaks());
  }));
}

BOOST_AUTO_TEST_CASE(an_add_that_is_repeated_after_the_lease_changed_holds_one_address) {
  Node node({});
  node.deliver_request();
  node.deliver_response();
  node.deliver_request();
  node.crash_host_local(false);
  node.set_network(elsewhere);
  node.settle();
  BOOST_TEST(node.every_pod_runs());
  BOOST_TEST(node.nothing_leaks());
}

BOOST_AUTO_TEST_CASE(when_the_network_stays_down_nothing_is_held) {
  Node node({});
  node.settle();
  BOOST_TEST(node.every_pod_runs());
  node.set_network({});
  node.settle();
  BOOST_TEST(addresses_in_use(node.runtime.sandboxes).empty());
  BOOST_TEST(node.host_local.files.contents.empty());
}

BOOST_AUTO_TEST_CASE(defect_i1_exhausts_the_range_by_reboots) {
  for (const bool defective : {false, true}) {
    Node node(defective ? Defects().with(Defect::I1) : Defects());
    node.settle();
    node.reboot();
    node.set_network(here);
    node.settle();
    BOOST_TEST(node.nothing_leaks() != defective);
    BOOST_TEST(node.every_pod_runs() != defective);
  }
}

BOOST_AUTO_TEST_CASE(defect_i2_leaks_an_address_in_one_crash) {
  for (const bool defective : {false, true}) {
    Node node(defective ? Defects().with(Defect::I2) : Defects());
    node.deliver_request();
    node.deliver_response();
    node.deliver_request();
    node.crash_host_local(false);
    node.settle();
    BOOST_TEST(node.every_pod_runs());
    BOOST_TEST(node.nothing_leaks() != defective);
  }
}

BOOST_AUTO_TEST_CASE(defect_i3_lets_two_pods_use_one_address) {
  for (const bool defective : {false, true}) {
    Node node(defective ? Defects().with(Defect::I3) : Defects());
    node.settle();
    node.crash_host_local(false);
    node.delete_pod(1);
    node.settle();
    BOOST_TEST(node.addresses_are_unique() != defective);
  }
}

BOOST_AUTO_TEST_CASE(defect_i6_leaks_the_first_of_two_addresses) {
  for (const bool defective : {false, true}) {
    Node node(defective ? Defects().with(Defect::I6) : Defects());
    node.deliver_request();
    node.deliver_response();
    node.deliver_request();
    node.crash_host_local(false);
    node.settle();
    BOOST_TEST(node.every_pod_runs());
    BOOST_TEST(node.nothing_leaks() != defective);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::ipam
