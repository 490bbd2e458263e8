// The proxier of IPVS mode with a naive kernel: by hand, and at random.
#include <deque>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/service/proxy/cluster_bed.hpp"
#include "impl/service/proxy/ipvs/proxier.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::service;
using Timer = IpvsProxierTimer;

const ipvs::VirtualKey vip{base::Ipv4(10, 96, 0, 1), 80, Protocol::tcp};
const SliceEndpoint first = ClusterBed::endpoint(1, 2);
const SliceEndpoint second = ClusterBed::endpoint(2, 2);

struct Bed {
  IpvsProxier::Config config = {};
  IpvsProxier::State state = {};
  std::deque<ipvs::Request> requests = {};
  std::map<Timer, base::Ticks> armed = {};
  std::vector<overlay::ConntrackDelete> deletes = {};
  std::uint32_t incarnation = 0;

  // The kernel.
  ipvs::Listing listing = {};
  std::set<base::Ipv4> addresses = {};
  overlay::netfilter::IpSets sets = {};
  std::map<std::string, std::string> sysctls = {};
  std::string rules = {};
  bool has_device = false;

  explicit Bed(Defects defects = {}) {
    config.plan.rules.defects = defects;
    config.node = ClusterBed::node;
  }

  void feed(const IpvsProxier::Input& input) {
    base::ScriptedChoices choices;
    IpvsProxier::Outputs outputs(choices);
    IpvsProxier::step(config, state, input, outputs);
    for (const auto& sent : outputs.sends()) {
      requests.push_back(sent.message);
    }
    for (const auto& change : outputs.timers()) {
      armed.erase(change.timer);
      if (change.armed) {
        armed.emplace(change.timer, change.after);
      }
    }
    BOOST_TEST(!outputs.exited());
  }
  void receive(IpvsProxier::Incoming message) {
    feed(base::Received<IpvsProxier::Incoming>{base::ProcessId{1}, std::move(message)});
  }
  void start() {
    armed.clear();
    requests.clear();
    feed(base::Started{incarnation++, {}});
    answer_all();
  }
  void synced() {
    receive(Synced::services);
    receive(Synced::endpoint_slices);
  }
  void fire(Timer timer) {
    if (armed.erase(timer) == 1) {
      feed(base::TimerFired<Timer>{timer});
    }
  }
  void set(const std::string& name, const std::optional<Service>& service,
           std::vector<SliceEndpoint> endpoints, Protocol protocol = Protocol::tcp) {
    receive(ServiceEvent{{"ns", name}, service});
    receive(SliceEvent{{"ns", name + "-1"}, ClusterBed::slice(name, std::move(endpoints), protocol)});
  }
  void answer(bool is_fine = true) {
    const ipvs::Request request = requests.front();
    requests.pop_front();
    ipvs::Answer answer;
    answer.id = request.id;
    answer.error = is_fine ? std::visit([&](const auto& body) { return perform(body, answer); }, request.body)
                           : std::optional(overlay::Errno::eio);
    receive(answer);
  }
  void answer_all() {
    while (!requests.empty()) {
      answer();
    }
  }
  void settle() {
    answer_all();
    for (int rounds = 0; rounds < 5; ++rounds) {
      for (const Timer timer : {Timer::drain, Timer::soon, Timer::retry, Timer::soon}) {
        fire(timer);
        answer_all();
      }
    }
  }
  [[nodiscard]] std::map<ipvs::RealKey, std::uint32_t> weights(const ipvs::VirtualKey& key) const {
    std::map<ipvs::RealKey, std::uint32_t> all;
    for (const ipvs::RealServer& server : listing.tables.at(key).servers) {
      all.emplace(server.key, server.weight);
    }
    return all;
  }

 private:
  using Error = std::optional<overlay::Errno>;
  Error perform(const ipvs::Look& /*look*/, ipvs::Answer& answer) {
    answer.listing = listing;
    answer.addresses = addresses;
    return {};
  }
  Error perform(const ipvs::Change& change, ipvs::Answer& /*answer*/) {
    return make_change(listing.tables, change);
  }
  Error perform(const ipvs::SetReplace& replace, ipvs::Answer& /*answer*/) {
    sets.insert_or_assign(replace.name, replace.set);
    return {};
  }
  Error perform(const overlay::TableChange& change, ipvs::Answer& /*answer*/) {
    if (const auto* const add = std::get_if<overlay::AddressAdd>(&change)) {
      return addresses.insert(add->address.address.address()).second ? Error{} : overlay::Errno::eexist;
    }
    if (const auto* const remove = std::get_if<overlay::AddressDelete>(&change)) {
      return addresses.erase(remove->address.address.address()) == 1 ? Error{}
                                                                     : overlay::Errno::eaddrnotavail;
    }
    if (const auto* const sysctl = std::get_if<overlay::SysctlSet>(&change)) {
      sysctls[sysctl->key] = sysctl->value;
    } else if (const auto* const restore = std::get_if<overlay::IptablesRestore>(&change)) {
      rules = restore->text;
    } else if (const auto* const flows = std::get_if<overlay::ConntrackDelete>(&change)) {
      deletes.push_back(*flows);
    } else if (std::holds_alternative<overlay::LinkAdd>(change)) {
      return std::exchange(has_device, true) ? Error{overlay::Errno::eexist} : Error{};
    }
    return {};
  }
};

Bed serving(Defects defects = {}) {
  Bed bed(defects);
  bed.start();
  bed.set("web", ClusterBed::service(1), {first, second});
  bed.synced();
  bed.settle();
  BOOST_TEST(is_quiescent(bed.state));
  return bed;
}
ipvs::RealKey real(const SliceEndpoint& endpoint) {
  return {endpoint.ip, 8080};
}

/// Whether the kernel has what the services come to, and nothing that waits for nobody.
bool is_as_planned(const Bed& bed) {
  const ipvs::Plan plan = make_plan(bed.state.tracker.views, bed.state.sync.zone, bed.config.plan);
  return bed.addresses == plan.addresses && bed.sets == plan.sets &&
         reconcile(plan.tables, bed.listing).changes.empty();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ipvs_proxier_test)

BOOST_AUTO_TEST_CASE(the_node_is_set_up_first) {
  const Bed bed = serving();
  BOOST_TEST(bed.has_device);
  BOOST_TEST(bed.sysctls.at("net.ipv4.vs.expire_nodest_conn") == "1");
  BOOST_TEST(bed.sysctls.at("net.ipv4.vs.expire_quiescent_template") == "1");
  BOOST_TEST(!bed.sysctls.contains("net.ipv4.vs.conn_reuse_mode"));
  BOOST_TEST(is_as_planned(bed));
  BOOST_TEST(bed.rules.find("--match-set KUBE-CLUSTER-IP") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(p11_and_p12_set_their_sysctls) {
  const Bed bed = serving(Defects().with(Defect::P11).with(Defect::P12));
  BOOST_TEST(bed.sysctls.at("net.ipv4.vs.conn_reuse_mode") == "0");
  BOOST_TEST(bed.sysctls.at("net.ipv4.vs.expire_quiescent_template") == "0");
}

BOOST_AUTO_TEST_CASE(a_removed_endpoint_is_drained) {
  Bed bed = serving();
  bed.listing.connections[vip][real(first)] = {1, 0};
  bed.set("web", ClusterBed::service(1), {second});
  bed.settle();
  BOOST_TEST(bed.weights(vip).at(real(first)) == 0U);
  BOOST_TEST(bed.armed.contains(Timer::drain));
  bed.listing.connections.clear();
  bed.fire(Timer::soon);
  bed.fire(Timer::drain);
  bed.settle();
  BOOST_TEST(!bed.weights(vip).contains(real(first)));
  BOOST_TEST(!bed.armed.contains(Timer::drain));
}

BOOST_AUTO_TEST_CASE(p10_an_endpoint_that_comes_back_after_a_restart_takes_connections) {
  for (const bool is_defect : {false, true}) {
    Bed bed = serving(is_defect ? Defects().with(Defect::P10) : Defects());
    bed.listing.connections[vip][real(first)] = {1, 0};
    bed.set("web", ClusterBed::service(1), {second});
    bed.settle();
    bed.start();
    bed.set("web", ClusterBed::service(1), {first, second});
    bed.synced();
    bed.settle();
    BOOST_TEST(bed.weights(vip).at(real(first)) == (is_defect ? 0U : 1U));
  }
}

BOOST_AUTO_TEST_CASE(kpx_9_flows_of_udp_endpoints_are_deleted) {
  Bed bed;
  bed.start();
  bed.synced();
  bed.set("dns", ClusterBed::service(1, Protocol::udp), {first}, Protocol::udp);
  bed.settle();
  bed.deletes.clear();
  bed.set("dns", ClusterBed::service(1, Protocol::udp), {second}, Protocol::udp);
  bed.settle();
  BOOST_REQUIRE(bed.deletes.size() == 1U);
  BOOST_CHECK(bed.deletes.front().reply_source == first.ip);
}

BOOST_AUTO_TEST_CASE(kpx_10_a_request_that_fails_fails_the_sync) {
  Bed bed = serving();
  bed.set("api", ClusterBed::service(2), {first});
  bed.fire(Timer::soon);
  bed.answer();
  bed.answer(false);
  bed.answer_all();
  BOOST_TEST(!is_quiescent(bed.state));
  BOOST_TEST(bed.armed.contains(Timer::retry));
  bed.settle();
  BOOST_TEST(is_quiescent(bed.state));
  BOOST_TEST(is_as_planned(bed));
}

BOOST_AUTO_TEST_CASE(kpx_10_after_any_history_the_kernel_has_what_services_come_to) {
  BOOST_TEST(rc::check([] {
    const auto below = [](int count) {
      return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, count));
    };
    Bed bed;
    std::map<std::string, std::pair<std::optional<Service>, std::vector<SliceEndpoint>>> world;
    bed.start();
    bed.synced();
    for (int i = below(60); i > 0; --i) {
      const int kind = below(10);
      if (kind < 3) {
        const int number = below(2);
        const std::string name = "s" + std::to_string(number);
        auto& [service, endpoints] = world[name];
        service.reset();
        if (below(4) != 0) {
          service = ClusterBed::service(static_cast<std::uint8_t>(number + 1));
          service->affinity_seconds = below(2) == 0 ? 0 : 60;
        }
        endpoints.clear();
        for (std::uint8_t pod = 2; pod < 5; ++pod) {
          if (below(2) == 0) {
            endpoints.push_back(ClusterBed::endpoint(1, pod));
          }
        }
        bed.set(name, service, endpoints);
      } else if (kind < 7 && !bed.requests.empty()) {
        bed.answer(below(6) != 0);
      } else if (kind == 7) {
        bed.fire(static_cast<Timer>(below(4)));
      } else if (kind == 8 && !bed.listing.tables.empty()) {
        const auto& [key, service] = *bed.listing.tables.begin();
        if (!service.servers.empty()) {
          bed.listing.connections[key][service.servers.front().key] = {1, 0};
        }
      } else if (kind == 9 && below(4) == 0) {
        bed.start();
        for (const auto& [name, each] : world) {
          bed.set(name, each.first, each.second);
        }
        bed.synced();
      }
    }
    bed.settle();
    RC_ASSERT(is_quiescent(bed.state));
    bed.listing.connections.clear();
    bed.fire(Timer::drain);
    bed.settle();
    RC_ASSERT(is_as_planned(bed));
  }));
}

BOOST_AUTO_TEST_SUITE_END()
