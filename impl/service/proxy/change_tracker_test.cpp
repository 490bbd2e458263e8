#include "impl/service/proxy/change_tracker.hpp"

#include <boost/test/unit_test.hpp>

#include "impl/service/proxy/cluster_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::service;

const ObjectName web{"ns", "web"};

std::vector<std::string> texts(const PortView& view) {
  std::vector<std::string> all;
  for (const Endpoint& endpoint : view.endpoints) {
    all.push_back(to_text(endpoint));
  }
  return all;
}

/// web with one endpoint, in the kernel.
ClusterBed programmed() {
  ClusterBed bed;
  bed.add("web", ClusterBed::service(1), {ClusterBed::endpoint(1, 2)});
  begin_sync(bed.tracker);
  BOOST_TEST(finish_sync(bed.tracker).size() == 1U);
  return bed;
}

void set_endpoints(ClusterBed& bed, std::vector<SliceEndpoint> endpoints) {
  slice_changed(bed.tracker, ClusterBed::node, {"ns", "web-1"},
                ClusterBed::slice("web", std::move(endpoints)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(change_tracker_test)

BOOST_AUTO_TEST_CASE(headless_and_external_name_services_come_to_nothing) {
  ClusterBed bed;
  Service headless = ClusterBed::service(1);
  headless.cluster_ip.reset();
  bed.add("headless", headless, {ClusterBed::endpoint(1, 2)});
  Service external = ClusterBed::service(2);
  external.type = ServiceType::external_name;
  bed.add("external", external, {});
  BOOST_TEST(bed.tracker.views.empty());
  BOOST_TEST(bed.tracker.changed.empty());
}

BOOST_AUTO_TEST_CASE(slices_that_come_before_their_service_wait_for_it) {
  ClusterBed bed;
  slice_changed(bed.tracker, ClusterBed::node, {"ns", "web-1"},
                ClusterBed::slice("web", {ClusterBed::endpoint(1, 2)}));
  BOOST_TEST(bed.tracker.changed.empty());
  service_changed(bed.tracker, ClusterBed::node, web, ClusterBed::service(1));
  BOOST_TEST(texts(bed.view("web")) == (std::vector<std::string>{"10.244.1.2:8080"}));
}

BOOST_AUTO_TEST_CASE(endpoints_of_several_slices_are_joined_in_the_order_of_their_texts) {
  ClusterBed bed;
  bed.add("web", ClusterBed::service(1), {ClusterBed::endpoint(2, 3), ClusterBed::endpoint(1, 10)});
  slice_changed(bed.tracker, ClusterBed::node, {"ns", "web-2"},
                ClusterBed::slice("web", {ClusterBed::endpoint(1, 2)}));
  BOOST_TEST(texts(bed.view("web")) ==
             (std::vector<std::string>{"10.244.1.10:8080", "10.244.1.2:8080", "10.244.2.3:8080"}));
}

BOOST_AUTO_TEST_CASE(an_endpoint_in_two_slices_is_one_and_the_local_one_wins) {
  ClusterBed bed;
  SliceEndpoint elsewhere = ClusterBed::endpoint(1, 2);
  elsewhere.node = "n2";
  bed.add("web", ClusterBed::service(1), {elsewhere});
  BOOST_TEST(!bed.view("web").endpoints.front().local);
  slice_changed(bed.tracker, ClusterBed::node, {"ns", "web-2"},
                ClusterBed::slice("web", {ClusterBed::endpoint(1, 2)}));
  BOOST_REQUIRE(bed.view("web").endpoints.size() == 1U);
  BOOST_TEST(bed.view("web").endpoints.front().local);
}

BOOST_AUTO_TEST_CASE(ports_are_told_apart_by_name_and_protocol) {
  ClusterBed bed;
  Service both = ClusterBed::service(1);
  both.ports.push_back({"p80", Protocol::udp, 80, 0});
  bed.add("web", both, {ClusterBed::endpoint(1, 2)});
  BOOST_TEST(bed.view("web", Protocol::tcp).endpoints.size() == 1U);
  BOOST_TEST(bed.view("web", Protocol::udp).endpoints.empty());
}

BOOST_AUTO_TEST_CASE(a_health_check_port_belongs_to_load_balancers_of_policy_local) {
  for (const bool is_balancer : {false, true}) {
    ClusterBed bed;
    Service service = ClusterBed::node_port(ClusterBed::service(1), 30001);
    service.type = is_balancer ? ServiceType::load_balancer : ServiceType::node_port;
    service.external_policy = TrafficPolicy::local;
    service.health_check_node_port = 31000;
    bed.add("web", service, {});
    BOOST_TEST(bed.view("web").port.health_check_node_port == (is_balancer ? 31000 : 0));
    BOOST_TEST(bed.view("web").port.external_local);
  }
}

BOOST_AUTO_TEST_CASE(the_external_policy_of_a_service_without_outside_is_of_no_account) {
  ClusterBed bed;
  Service service = ClusterBed::service(1);
  service.external_policy = TrafficPolicy::local;
  bed.add("web", service, {});
  BOOST_TEST(!bed.view("web").port.external_local);
}

BOOST_AUTO_TEST_CASE(a_change_and_its_undoing_come_to_nothing) {
  ClusterBed bed = programmed();
  set_endpoints(bed, {});
  BOOST_TEST(bed.tracker.changed.size() == 1U);
  set_endpoints(bed, {ClusterBed::endpoint(1, 2)});
  BOOST_TEST(bed.tracker.changed.empty());
}

BOOST_AUTO_TEST_CASE(several_changes_are_one_since_the_first) {
  ClusterBed bed = programmed();
  const ServiceView before = bed.tracker.views.at(web);
  set_endpoints(bed, {});
  set_endpoints(bed, {ClusterBed::endpoint(2, 2)});
  service_changed(bed.tracker, ClusterBed::node, web, std::nullopt);
  begin_sync(bed.tracker);
  const auto changes = finish_sync(bed.tracker);
  BOOST_REQUIRE(changes.size() == 1U);
  BOOST_CHECK(changes.front().before == before);
  BOOST_TEST(changes.front().after.empty());
}

BOOST_AUTO_TEST_CASE(what_changes_during_a_sync_is_for_the_next_one) {
  ClusterBed bed = programmed();
  set_endpoints(bed, {});
  begin_sync(bed.tracker);
  set_endpoints(bed, {ClusterBed::endpoint(3, 3)});
  const auto first = finish_sync(bed.tracker);
  BOOST_TEST(first.front().after.begin()->second.endpoints.empty());
  begin_sync(bed.tracker);
  const auto second = finish_sync(bed.tracker);
  BOOST_CHECK(second.front().before == first.front().after);
  BOOST_TEST(second.front().after.begin()->second.endpoints.size() == 1U);
}

BOOST_AUTO_TEST_CASE(kpx_10_what_a_failed_sync_wrote_is_pending_again_since_the_first_change) {
  ClusterBed bed = programmed();
  const ServiceView before = bed.tracker.views.at(web);
  set_endpoints(bed, {});
  begin_sync(bed.tracker);
  set_endpoints(bed, {ClusterBed::endpoint(3, 3)});
  abandon_sync(bed.tracker);
  BOOST_CHECK(bed.tracker.changed.at(web) == before);
  begin_sync(bed.tracker);
  abandon_sync(bed.tracker);
  set_endpoints(bed, {ClusterBed::endpoint(1, 2)});
  BOOST_TEST(bed.tracker.changed.empty());
}

BOOST_AUTO_TEST_CASE(a_change_undone_during_a_failed_sync_is_not_pending) {
  ClusterBed bed = programmed();
  set_endpoints(bed, {});
  begin_sync(bed.tracker);
  set_endpoints(bed, {ClusterBed::endpoint(1, 2)});
  BOOST_TEST(bed.tracker.changed.size() == 1U);
  abandon_sync(bed.tracker);
  BOOST_TEST(bed.tracker.changed.empty());
}

BOOST_AUTO_TEST_CASE(a_slice_may_change_its_service) {
  ClusterBed bed;
  bed.add("web", ClusterBed::service(1), {ClusterBed::endpoint(1, 2)});
  bed.add("api", ClusterBed::service(2), {});
  slice_changed(bed.tracker, ClusterBed::node, {"ns", "web-1"},
                ClusterBed::slice("api", {ClusterBed::endpoint(1, 2)}));
  BOOST_TEST(bed.view("web").endpoints.empty());
  BOOST_TEST(bed.view("api").endpoints.size() == 1U);
  slice_changed(bed.tracker, ClusterBed::node, {"ns", "web-1"}, std::nullopt);
  BOOST_TEST(bed.view("api").endpoints.empty());
}

BOOST_AUTO_TEST_CASE(unknown_slices_may_go) {
  ClusterBed bed;
  slice_changed(bed.tracker, ClusterBed::node, {"ns", "web-1"}, std::nullopt);
  BOOST_CHECK(bed.tracker == ChangeTracker{});
}

BOOST_AUTO_TEST_SUITE_END()
