// The backends host-gw and udp, the rules, and what all backends have in common.
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
BOOST_AUTO_TEST_SUITE(backend_others_test)

BOOST_AUTO_TEST_CASE(FLN_H_routes_via_the_nodes_themselves) {
  TestBed bed(BackendKind::host_gw);
  bed.start();
  BOOST_TEST((bed.acquisition->attributes == LeaseAttributes{TestBed::own_ip, "host-gw", {}}));
  bed.add(2, near_2);
  bed.add(3, near_3);
  bed.remove(3);
  BOOST_TEST((found(bed) == oracle(bed)));
}

BOOST_AUTO_TEST_CASE(FLN_H_a_route_with_another_gateway_is_replaced) {
  TestBed bed(BackendKind::host_gw);
  bed.start();
  Route other;
  other.destination = TestBed::subnet_of(2);
  other.gateway = near_3;
  other.device = "eth0";
  bed.change(RouteAdd{other});
  bed.asked.clear();
  bed.add(2, near_2);
  BOOST_TEST((names(bed.changes()) == Names{"RouteDelete", "RouteAdd"}));
  BOOST_TEST((found(bed) == oracle(bed)));
  bed.asked.clear();
  bed.add(2, near_2);
  BOOST_TEST(bed.changes().empty());
}

BOOST_AUTO_TEST_CASE(FLN_H_every_ten_seconds_missing_routes_are_added) {
  TestBed bed(BackendKind::host_gw);
  bed.start();
  bed.add(2, near_2);
  BOOST_TEST((bed.armed.at(BackendTimer::check) == base::Ticks{10}));
  Route gone;
  gone.destination = TestBed::subnet_of(2);
  bed.change(RouteDelete{gone});
  bed.fire(BackendTimer::check);
  BOOST_TEST((found(bed) == oracle(bed)));
  BOOST_TEST((bed.armed.at(BackendTimer::check) == base::Ticks{10}));
}

BOOST_AUTO_TEST_CASE(FLN_H_peers_that_are_not_on_the_link_are_refused_by_the_kernel) {
  TestBed bed(BackendKind::host_gw);
  bed.start();
  bed.add(4, far_4);
  BOOST_TEST(found(bed).routes.empty());
  BOOST_TEST(bed.armed.contains(BackendTimer::retry));
}

BOOST_AUTO_TEST_CASE(FLN_U_start) {
  TestBed bed(BackendKind::udp);
  bed.start();
  BOOST_TEST(device(bed).name == "flannel0");
  BOOST_TEST(device(bed).mtu == 1472U);
  BOOST_TEST((found(bed) == oracle(bed)));
  BOOST_TEST(std::any_of(bed.tables.routes.begin(), bed.tables.routes.end(), [&](const Route& route) {
    return route.destination == bed.config.network && route.device == "flannel0" && !route.gateway;
  }));
  BOOST_TEST((bed.acquisition->attributes == LeaseAttributes{TestBed::own_ip, "udp", {}}));
}

BOOST_AUTO_TEST_CASE(FLN_U_leases_are_flannelds_own_routes) {
  TestBed bed(BackendKind::udp);
  bed.config.port = 5678;
  bed.start();
  bed.asked.clear();
  bed.add(2, near_2);
  bed.add(3, near_3);
  bed.add(2, far_4);
  BOOST_TEST((bed.state.udp_routes ==
              UdpRoutes{{TestBed::subnet_of(2), far_4, 5678}, {TestBed::subnet_of(3), near_3, 5678}}));
  bed.remove(2);
  BOOST_TEST((bed.state.udp_routes == UdpRoutes{{TestBed::subnet_of(3), near_3, 5678}}));
  BOOST_TEST(bed.asked.empty());
  bed.start();
  BOOST_TEST((bed.state.udp_routes == UdpRoutes{{TestBed::subnet_of(3), near_3, 5678}}));
}

BOOST_AUTO_TEST_CASE(FLN_U_the_next_free_name_is_taken) {
  TestBed bed(BackendKind::udp);
  Link other;
  other.name = "flannel0";
  other.kind = LinkKind::dummy;
  bed.refuse = [&, first = true](const Question& question) mutable -> std::optional<Errno> {
    const auto* change = std::get_if<TableChange>(&question);
    if (change != nullptr && std::holds_alternative<LinkAdd>(*change) && std::exchange(first, false)) {
      return Errno::eexist;
    }
    return std::nullopt;
  };
  bed.start();
  BOOST_TEST(device(bed).name == "flannel1");
  BOOST_TEST((found(bed) == oracle(bed)));
}

BOOST_AUTO_TEST_CASE(FLN_M_rules_that_somebody_flushed_come_back) {
  TestBed bed(BackendKind::host_gw);
  bed.start();
  const std::string before = netfilter::print(bed.tables.ruleset);
  bed.change(IptablesRestore{"*nat\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n", false});
  BOOST_TEST(netfilter::print(bed.tables.ruleset) != before);
  bed.fire(BackendTimer::check);
  BOOST_TEST(netfilter::print(bed.tables.ruleset) == before);
  bed.asked.clear();
  bed.fire(BackendTimer::check);
  BOOST_TEST(bed.changes().empty());
}

BOOST_AUTO_TEST_CASE(answers_to_an_earlier_life_are_passed_over) {
  TestBed bed(BackendKind::vxlan);
  bed.start();
  const Backend::State before = bed.state;
  bed.step(base::Received<Backend::Incoming>{TestBed::kernel, KernelAnswer{7, Failed{Errno::eio}}});
  BOOST_TEST((bed.state == before));
  bed.step(
      base::Received<Backend::Incoming>{TestBed::kernel, KernelAnswer{bed.state.node.incarnation, Done{}}});
  BOOST_TEST((bed.state == before));
}

BOOST_AUTO_TEST_CASE(the_own_lease_needs_no_entries) {
  for (const BackendKind kind : {BackendKind::vxlan, BackendKind::host_gw, BackendKind::udp}) {
    TestBed bed(kind);
    bed.start();
    bed.add(bed.own_subnet, bed.attributes_of(TestBed::own_ip));
    BOOST_TEST((found(bed) == oracle(bed)));
    BOOST_TEST(bed.state.udp_routes.empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay::flannel
