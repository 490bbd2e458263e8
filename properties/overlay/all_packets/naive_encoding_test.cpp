#include "properties/overlay/all_packets/naive_encoding.hpp"

#include <algorithm>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "properties/overlay/all_packets/flat_bed.hpp"

namespace plimsoll::properties::overlay {
namespace {

using namespace flat;  // NOLINT(google-build-using-namespace): all of it is used

std::uint32_t draw(std::uint32_t below) {
  return *rc::gen::inRange<std::uint32_t>(0, below);
}

/// Whether Z3 finds just the packets that the classes do not call straight, with the same fates.
void expect_same_packets(const FlatCluster& cluster) {
  const ForwardingClasses classes(cluster);
  NaiveEncoding formula(cluster);
  std::uint64_t found = 0;
  while (const auto packet = formula.next()) {
    ++found;
    RC_ASSERT(classes.story(packet->source, packet->destination).fate == packet->fate);
  }
  RC_ASSERT(found == classes.crooked_pairs());
}

bool has_one_underlay(const FlatCluster& cluster) {
  std::set<FlatAddress> all;
  return std::ranges::all_of(cluster.nodes,
                             [&](const FlatNode& node) { return all.insert(node.underlay).second; });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(naive_encoding_test)

BOOST_AUTO_TEST_CASE(healthy_clusters_have_no_crooked_packet) {
  for (const FlatWay way : {FlatWay::vxlan, FlatWay::direct}) {
    NaiveEncoding formula(healthy(4, way));
    BOOST_TEST(!formula.next().has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_loop_is_found_with_its_packet) {
  FlatCluster cluster = healthy(3);
  for (FlatRoute& route : cluster.nodes[1].routes) {
    if (route.first == subnet_of(1) && route.length == subnet_length) {
      route.way = FlatWay::vxlan;
      route.gateway = subnet_of(0);
    }
  }
  NaiveEncoding formula(cluster);
  const auto packet = formula.next();
  BOOST_REQUIRE(packet.has_value());
  BOOST_TEST(to_text(packet->fate) == "looped");
  BOOST_CHECK(packet->destination == subnet_of(1) + 2 || packet->destination == subnet_of(1) + 3);
}

BOOST_AUTO_TEST_CASE(classes_and_z3_agree_on_every_packet) {
  BOOST_TEST(rc::check("Z3 finds the same packets", [] {
    const FlatCluster cluster = damaged(draw);
    RC_PRE(has_one_underlay(cluster));
    expect_same_packets(cluster);
  }));
}

BOOST_AUTO_TEST_CASE(z3_certifies_the_classes) {
  BOOST_TEST(rc::check("classes cover, are disjoint, and are whole", [] {
    const ForwardingClasses classes(damaged(draw));
    RC_ASSERT(fault_of(classes.cluster(), classes.ranges()) == ClassFault::none);
  }));
}

BOOST_AUTO_TEST_CASE(false_classes_are_refused) {
  const ForwardingClasses classes(healthy(3));
  std::vector<ClassRange> ranges = classes.ranges();
  BOOST_REQUIRE(ranges.size() == 3U);
  BOOST_CHECK(fault_of(classes.cluster(), ranges) == ClassFault::none);
  const std::vector<ClassRange> fewer(ranges.begin() + 1, ranges.end());
  BOOST_CHECK(fault_of(classes.cluster(), fewer) == ClassFault::uncovered);
  std::vector<ClassRange> wider = ranges;
  wider[0].last = wider[1].first;
  BOOST_CHECK(fault_of(classes.cluster(), wider) == ClassFault::shared);
  const std::vector<ClassRange> joined = {{ranges[0].first, ranges[1].last}, ranges[2]};
  BOOST_CHECK(fault_of(classes.cluster(), joined) == ClassFault::torn);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::overlay
