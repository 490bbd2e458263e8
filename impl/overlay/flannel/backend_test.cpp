#include "impl/overlay/flannel/backend.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "impl/overlay/flannel/oracle.hpp"
#include "impl/overlay/flannel/rules.hpp"
#include "impl/overlay/flannel/test_bed.hpp"
#include "impl/overlay/netfilter/save_format.hpp"

namespace plimsoll::overlay::flannel {
BOOST_AUTO_TEST_SUITE(backend_test)

BOOST_AUTO_TEST_CASE(FLN_V_start) {
  TestBed bed(BackendKind::vxlan);
  bed.start();
  const Link& link = device(bed);
  BOOST_TEST(link.name == "flannel.1");
  BOOST_TEST(link.mtu == 1450U);
  BOOST_TEST(link.up);
  VxlanInfo info;
  info.vni = 1, info.local = TestBed::own_ip, info.link = "eth0", info.port = 8472;
  BOOST_TEST((link.vxlan == info));
  BOOST_TEST(
      (bed.acquisition->attributes == LeaseAttributes{TestBed::own_ip, "vxlan", VxlanData{1, link.address}}));
  BOOST_TEST((found(bed) == oracle(bed)));
  BOOST_TEST(bed.subnet_file == subnet_env(bed.config, bed.own_subnet));
  const std::string saved = netfilter::print(bed.tables.ruleset);
  for (const RuleChain& chain : all_rules(bed.config, bed.own_subnet)) {
    BOOST_TEST(are_present(chain, saved), chain.chain);
  }
}

BOOST_AUTO_TEST_CASE(FLN_V_a_device_of_the_same_configuration_is_kept_with_its_address) {
  TestBed bed(BackendKind::vxlan);
  bed.start();
  const base::Mac first = device(bed).address;
  bed.start();
  BOOST_TEST((device(bed).address == first));
  BOOST_TEST((bed.acquisition->attributes.vxlan->vtep_mac == first));
}

BOOST_AUTO_TEST_CASE(FLN_V_a_device_of_another_configuration_is_made_anew) {
  TestBed bed(BackendKind::vxlan);
  bed.start();
  const base::Mac first = device(bed).address;
  bed.config.port = 4789;
  bed.start();
  BOOST_TEST(device(bed).vxlan->port == 4789);
  BOOST_TEST((device(bed).address != first));
  BOOST_TEST((bed.acquisition->attributes.vxlan->vtep_mac == device(bed).address));
  BOOST_TEST((found(bed) == oracle(bed)));
}

BOOST_AUTO_TEST_CASE(FLN_V_a_stored_address_is_used_again) {
  TestBed bed(BackendKind::vxlan);
  bed.config.stored_mac = base::Mac::locally_administered(4711);
  bed.start();
  BOOST_TEST((device(bed).address == *bed.config.stored_mac));
}

BOOST_AUTO_TEST_CASE(addresses_of_an_earlier_subnet_go) {
  TestBed bed(BackendKind::vxlan);
  bed.start();
  bed.change(AddressAdd{{"flannel.1", {base::Ipv4(172, 16, 0, 1), 32}, Scope::global, {}}});
  bed.own_subnet = TestBed::subnet_of(200);
  bed.start();
  BOOST_TEST((found(bed).addresses == std::set{base::Ipv4(10, 5, 200, 0), base::Ipv4(172, 16, 0, 1)}));
}

BOOST_AUTO_TEST_CASE(a_start_that_fails_ends_flanneld) {
  TestBed bed(BackendKind::vxlan);
  refuse_once<LinkAdd>(bed, Errno::eopnotsupp);
  bed.start();
  BOOST_TEST(bed.exit_reason.value() == "failed to create the VXLAN device: EOPNOTSUPP");
  refuse_once<AddressAdd>(bed, Errno::eperm);
  bed.start();
  BOOST_TEST(bed.exit_reason.value() == "the kernel answered EPERM");
  BOOST_TEST((bed.state == Backend::State()));
  bed.start();
  BOOST_TEST(!bed.exit_reason.has_value());
  bed.receive(LeaseRevoked{});
  BOOST_TEST(bed.exit_reason.value() == "lease revoked");
}

BOOST_AUTO_TEST_CASE(FLN_V_neighbour_fdb_route_in_this_order) {
  TestBed bed(BackendKind::vxlan);
  bed.start();
  bed.asked.clear();
  bed.add(2, near_2);
  BOOST_TEST((names(bed.changes()) == Names{"NeighbourReplace", "FdbReplace", "RouteReplace"}));
  BOOST_TEST((found(bed) == oracle(bed)));
  bed.asked.clear();
  bed.remove(2);
  BOOST_TEST((names(bed.changes()) == Names{"NeighbourDelete", "FdbDelete", "RouteDelete"}));
  BOOST_TEST((found(bed) == oracle(bed)));
}

BOOST_AUTO_TEST_CASE(FLN_V_a_failure_takes_back_what_was_done) {
  TestBed bed(BackendKind::vxlan);
  bed.start();
  bed.asked.clear();
  refuse_once<NeighbourReplace>(bed, Errno::eio);
  bed.add(2, near_2);
  BOOST_TEST((names(bed.changes()) == Names{"NeighbourReplace"}));
  bed.asked.clear();
  refuse_once<FdbReplace>(bed, Errno::eio);
  bed.fire(BackendTimer::retry);
  BOOST_TEST((names(bed.changes()) == Names{"NeighbourReplace", "FdbReplace", "NeighbourDelete"}));
  bed.asked.clear();
  refuse_once<RouteReplace>(bed, Errno::enetunreach);
  bed.fire(BackendTimer::retry);
  BOOST_TEST((names(bed.changes()) ==
              Names{"NeighbourReplace", "FdbReplace", "RouteReplace", "NeighbourDelete", "FdbDelete"}));
  BOOST_TEST(found(bed).neighbours.empty());
  bed.fire(BackendTimer::retry);
  BOOST_TEST((found(bed) == oracle(bed)));
  BOOST_TEST(!bed.armed.contains(BackendTimer::retry));
}

BOOST_AUTO_TEST_CASE(FLN_V_a_removal_does_not_stop_at_a_failure) {
  TestBed bed(BackendKind::vxlan);
  bed.start();
  bed.add(2, near_2);
  bed.asked.clear();
  refuse_once<NeighbourDelete>(bed, Errno::eio);
  bed.remove(2);
  BOOST_TEST((names(bed.changes()) == Names{"NeighbourDelete", "FdbDelete", "RouteDelete"}));
  BOOST_TEST(found(bed).neighbours.size() == 1U);
  bed.fire(BackendTimer::retry);
  BOOST_TEST((found(bed) == oracle(bed)));
}

BOOST_AUTO_TEST_CASE(FLN_V_leases_of_other_backends_are_none_of_its_business) {
  TestBed bed(BackendKind::vxlan);
  bed.start();
  bed.add(TestBed::subnet_of(2), {near_2, "host-gw", {}});
  bed.add(TestBed::subnet_of(3), {near_3, "vxlan", {}});  // unreadable data
  BOOST_TEST(found(bed).routes.empty());
  bed.add(4, far_4);
  bed.add(TestBed::subnet_of(4), {far_4, "host-gw", {}});
  BOOST_TEST((found(bed) == oracle(bed)));
}

BOOST_AUTO_TEST_CASE(FLN_V_direct_routing_only_where_there_is_no_gateway) {
  TestBed bed(BackendKind::vxlan);
  bed.config.direct_routing = true;
  bed.start();
  bed.add(2, near_2);
  bed.add(4, far_4);
  BOOST_TEST((found(bed) == oracle(bed)));
  BOOST_TEST(found(bed).neighbours.size() == 1U);
  // A peer that moves away from the link is looked for through the tunnel, and back.
  bed.add(2, far_4, 1);
  BOOST_TEST(found(bed).neighbours.size() == 2U);
  bed.add(2, near_2, 2);
  BOOST_TEST((found(bed) == oracle(bed)));
  bed.remove(2);
  bed.remove(4);
  BOOST_TEST((found(bed) == oracle(bed)));
}

BOOST_AUTO_TEST_CASE(F3_a_peer_with_a_new_device_keeps_its_old_entries) {
  for (const bool defective : {false, true}) {
    TestBed bed(BackendKind::vxlan, defective ? Defects().with(Defect::F3) : Defects());
    bed.start();
    bed.add(2, near_2, 0);
    bed.add(2, near_2, 1);
    BOOST_TEST((found(bed) == oracle(bed)) == !defective);
    BOOST_TEST(found(bed).fdb.size() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(two_leases_of_one_node_share_its_fdb_entry) {
  TestBed bed(BackendKind::vxlan);
  bed.start();
  bed.add(2, near_2);
  bed.add(3, near_2);
  bed.remove(2);
  BOOST_TEST((found(bed) == oracle(bed)));
  BOOST_TEST(found(bed).fdb.size() == 1U);
}

BOOST_AUTO_TEST_CASE(F4_what_vanished_while_flanneld_was_down_stays) {
  for (const bool defective : {false, true}) {
    for (const BackendKind kind : {BackendKind::vxlan, BackendKind::host_gw, BackendKind::udp}) {
      TestBed bed(kind, defective ? Defects().with(Defect::F4) : Defects());
      bed.start();
      bed.add(2, near_2);
      bed.add(3, near_3);
      bed.leases.erase(TestBed::subnet_of(2));
      Route stale;
      stale.destination = TestBed::subnet_of(9);
      stale.gateway = near_3;
      stale.device = "eth0";
      bed.change(RouteAdd{stale});
      bed.start();
      BOOST_TEST((found(bed) == oracle(bed)) == !defective);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_listing_that_comes_while_entries_are_looked_at_is_looked_after_too) {
  TestBed bed(BackendKind::host_gw);
  bed.start();
  bed.armed.clear();
  std::optional<Question> question = bed.step(base::TimerFired<BackendTimer>{BackendTimer::check});
  const auto answer_once = [&] {
    KernelAnswer message{bed.state.node.incarnation, answer(bed.tables, *question)};
    question = bed.step(base::Received<Backend::Incoming>{TestBed::kernel, std::move(message)});
  };
  answer_once();  // the rules; the routes are asked for
  const Answer routes_before = answer(bed.tables, *question);
  Route stale;
  stale.destination = TestBed::subnet_of(9);
  stale.gateway = near_3;
  stale.device = "eth0";
  bed.change(RouteAdd{stale});
  bed.step(base::Received<Backend::Incoming>{TestBed::manager, LeaseEvents{{}, true}});
  question = bed.step(base::Received<Backend::Incoming>{
      TestBed::kernel, KernelAnswer{bed.state.node.incarnation, routes_before}});
  while (question) {
    answer_once();
  }
  BOOST_TEST((found(bed) == oracle(bed)));
  BOOST_TEST(bed.armed.contains(BackendTimer::check));
}

BOOST_AUTO_TEST_CASE(F5_a_lease_that_the_kernel_refused_once_is_forgotten) {
  for (const bool defective : {false, true}) {
    TestBed bed(BackendKind::vxlan, defective ? Defects().with(Defect::F5) : Defects());
    bed.start();
    refuse_once<RouteReplace>(bed, Errno::eio);
    bed.add(2, near_2);
    BOOST_TEST(bed.armed.contains(BackendTimer::retry) == !defective);
    bed.fire_if_armed(BackendTimer::retry);
    bed.fire(BackendTimer::check);
    BOOST_TEST((found(bed) == oracle(bed)) == !defective);
  }
}

BOOST_AUTO_TEST_CASE(F6_routes_that_went_with_their_device_stay_away) {
  for (const bool defective : {false, true}) {
    TestBed bed(BackendKind::vxlan, defective ? Defects().with(Defect::F6) : Defects());
    bed.start();
    bed.add(2, near_2);
    bed.change(LinkDown{"flannel.1"});
    bed.change(LinkUp{"flannel.1"});
    BOOST_TEST(found(bed).routes.empty());
    bed.fire(BackendTimer::check);
    BOOST_TEST((found(bed) == oracle(bed)) == !defective);
  }
}

/// Whoever sends here by the new lease would get the packet back.
BOOST_AUTO_TEST_CASE(routes_to_the_own_subnet_from_when_it_was_anothers_go_at_once) {
  for (const BackendKind kind : {BackendKind::vxlan, BackendKind::host_gw}) {
    for (const bool defective : {false, true}) {
      TestBed bed(kind, defective ? Defects().with(Defect::F4) : Defects());
      bed.start();
      bed.add(2, near_2);
      bed.own_subnet = TestBed::subnet_of(2);
      bed.leases.clear();
      bed.state = Backend::State{};
      bed.acquisition.reset();
      bed.feed(base::Started{bed.lives++, {}});
      bed.receive(LeaseAcquired{bed.own_subnet});
      const auto leads_away = [&](const Route& route) {
        return route.destination == bed.own_subnet && route.gateway.has_value();
      };
      BOOST_TEST((std::ranges::count_if(bed.tables.routes, leads_away) == 1) == defective);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay::flannel
