#include "impl/service/dns/records.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "impl/service/dns/test_objects.hpp"

namespace plimsoll::dns {
namespace {

/// Changes of few objects, so that they meet: services a and b, slices that may be of either, a pod.
Change random_change() {
  const std::string name(1, *rc::gen::element('a', 'b'));
  const Address address = ip(*rc::gen::element(std::string("10.0.0.1"), std::string("10.0.0.2")));
  Change change{*rc::gen::element(Kind::name_space, Kind::service, Kind::slice, Kind::pod), {"ns", name}, {}};
  if (change.kind == Kind::name_space) {
    change.name = {"", "ns"};
  }
  if (*rc::gen::inRange(0, 4) == 0) {
    return change;
  }
  const std::string service(1, *rc::gen::element('a', 'b'));
  switch (change.kind) {
    case Kind::name_space:
      change.object = Namespace{};
      break;
    case Kind::service:
      change.object = Service{
          *rc::gen::element(ServiceType::cluster_ip, ServiceType::headless, ServiceType::external_name),
          {address},
          {{"p", Protocol::tcp, 1}},
          "x.y",
          *rc::gen::arbitrary<bool>()};
      break;
    case Kind::slice:
      change.object = EndpointSlice{
          service, {{"p", Protocol::udp, 2}}, {{{address}, *rc::gen::arbitrary<bool>(), service}}};
      break;
    case Kind::pod:
      change.object = Pod{{address}};
      break;
  }
  return change;
}

Config random_config() {
  Config config;
  config.pods = *rc::gen::element(PodNames::disabled, PodNames::insecure, PodNames::verified);
  config.ignore_empty_service = *rc::gen::arbitrary<bool>();
  config.no_endpoints = !config.ignore_empty_service && *rc::gen::arbitrary<bool>();
  return config;
}

/// Whether the index that changes led to is the one that the objects alone lead to.
bool depends_on_the_objects_only(const Config& config, const std::vector<Change>& changes) {
  Index index;
  Objects objects;
  for (const Change& change : changes) {
    apply(config, index, change);
    perform(objects, change);
  }
  return index == index_of({.zone = config.zone,
                            .pods = config.pods,
                            .ttl = config.ttl,
                            .ignore_empty_service = config.ignore_empty_service,
                            .no_endpoints = config.no_endpoints},
                           objects);
}

std::vector<Change> random_changes() {
  std::vector<Change> changes(*rc::gen::inRange<std::size_t>(0, 12));
  std::ranges::generate(changes, random_change);
  return changes;
}

BOOST_AUTO_TEST_SUITE(records_test)

BOOST_AUTO_TEST_CASE(the_index_is_what_the_objects_come_to_in_any_order) {
  const auto property = [] { RC_ASSERT(depends_on_the_objects_only(random_config(), random_changes())); };
  BOOST_TEST(rc::check("index", property));
}

BOOST_AUTO_TEST_CASE(d2_and_d3_make_the_index_depend_on_history) {
  const EndpointSlice old_slice{"a", {}, {{{ip("10.0.0.1")}, true, ""}}};
  const EndpointSlice new_slice{"a", {}, {{{ip("10.0.0.2")}, true, ""}}};
  const std::vector<Change> changes = {
      {Kind::service, {"ns", "a"}, Service{ServiceType::headless}},
      {Kind::slice, {"ns", "a-1"}, old_slice},
      {Kind::slice, {"ns", "a-1"}, new_slice},
  };
  BOOST_TEST(depends_on_the_objects_only({}, changes));
  for (const Defect defect : {Defect::D2, Defect::D3}) {
    Config config;
    config.defects = config.defects.with(defect);
    BOOST_TEST(!depends_on_the_objects_only(config, changes));
  }
}

BOOST_AUTO_TEST_CASE(a_difference_leads_from_one_to_the_other) {
  const auto property = [] {
    Objects before;
    Objects after;
    for (const Change& change : random_changes()) {
      perform(before, change);
    }
    for (const Change& change : random_changes()) {
      perform(after, change);
    }
    for (const Change& change : difference(before, after)) {
      RC_ASSERT(perform(before, change));
    }
    RC_ASSERT(before == after);
  };
  BOOST_TEST(rc::check("difference", property));
}

BOOST_AUTO_TEST_CASE(a_slice_may_move_to_another_service) {
  Index index;
  apply({}, index, {Kind::service, {"ns", "a"}, Service{ServiceType::headless}});
  apply({}, index, {Kind::service, {"ns", "b"}, Service{ServiceType::headless}});
  apply({}, index, {Kind::slice, {"ns", "s"}, EndpointSlice{"a", {}, {{{ip("10.0.0.1")}, true, ""}}}});
  BOOST_TEST(index.names.contains("a.ns.svc.cluster.local"));
  apply({}, index, {Kind::slice, {"ns", "s"}, EndpointSlice{"b", {}, {{{ip("10.0.0.1")}, true, ""}}}});
  BOOST_TEST(!index.names.contains("a.ns.svc.cluster.local"));
  BOOST_TEST(index.names.contains("b.ns.svc.cluster.local"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::dns
