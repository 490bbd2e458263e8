#include "properties/overlay/all_packets/forwarding_classes.hpp"

#include <set>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

namespace plimsoll::properties::overlay {
namespace {

constexpr FlatAddress pod_network = 0x0af40000;  // 10.244.0.0
constexpr FlatAddress underlay = 0xc0a83200;     // 192.168.50.0
constexpr FlatMac vtep = 0x020000000000;
constexpr std::uint8_t subnet_length = 28;
constexpr FlatAddress subnet_size = 16;

FlatAddress subnet_of(NodeIndex node) {
  return pod_network + node * subnet_size;
}

/// As flannel makes it: every node knows all others, two pods each.
FlatCluster healthy(NodeIndex nodes, FlatWay way = FlatWay::vxlan) {
  FlatCluster cluster;
  for (NodeIndex node = 0; node < nodes; ++node) {
    FlatNode made = {.underlay = underlay + node, .vtep = vtep + node};
    for (NodeIndex peer = 0; peer < nodes; ++peer) {
      if (peer == node) {
        made.routes.push_back({subnet_of(node), subnet_length, FlatWay::bridge, 0});
        made.routes.push_back({subnet_of(node) + 1, 32, FlatWay::itself, 0});
        continue;
      }
      const FlatAddress gateway = way == FlatWay::vxlan ? subnet_of(peer) : underlay + peer;
      made.routes.push_back({subnet_of(peer), subnet_length, way, gateway});
      made.neighbours.push_back({subnet_of(peer), vtep + peer});
      made.entries.push_back({vtep + peer, underlay + peer});
    }
    cluster.nodes.push_back(std::move(made));
    cluster.pods.push_back({subnet_of(node) + 2, node});
    cluster.pods.push_back({subnet_of(node) + 3, node});
  }
  return cluster;
}

std::set<FlatAddress> addresses(const FlatCluster& cluster) {
  std::set<FlatAddress> all;
  for (const FlatPod& pod : cluster.pods) {
    all.insert(pod.address);
  }
  return all;
}

/// Every packet's story is the oracle's, and so is the number of those that are not straight.
void expect_agreement(const ForwardingClasses& classes) {
  std::uint64_t crooked = 0;
  for (NodeIndex source = 0; source < classes.cluster().nodes.size(); ++source) {
    for (const FlatAddress address : addresses(classes.cluster())) {
      const FlatStory expected = follow(classes.cluster(), source, address);
      const FlatStory found = classes.story(source, address);
      RC_ASSERT(found.fate == expected.fate);
      RC_ASSERT(found.nodes == expected.nodes);
      crooked += expected.fate == FlatFate::delivered ? 0U : 1U;
    }
  }
  RC_ASSERT(classes.crooked_pairs() == crooked);
  std::uint64_t told = 0;
  for (const ClassFinding& finding : classes.findings(100'000)) {
    RC_ASSERT(finding.story.fate != FlatFate::delivered);
    told += finding.pods;
  }
  RC_ASSERT(told == crooked);
}

NodeIndex some_node(const FlatCluster& cluster) {
  return *rc::gen::inRange<NodeIndex>(0, static_cast<NodeIndex>(cluster.nodes.size()));
}

FlatRoute some_route(const FlatCluster& cluster) {
  const std::uint8_t length = *rc::gen::element<std::uint8_t>(0, 26, 27, 28, 29, 30, 31, 32);
  const auto any = static_cast<FlatAddress>(*rc::gen::inRange(0, 64));
  const FlatWay way = *rc::gen::element(FlatWay::bridge, FlatWay::vxlan, FlatWay::vxlan, FlatWay::direct,
                                        FlatWay::itself, FlatWay::unreachable, FlatWay::away);
  FlatRoute route = {.length = length, .way = way};
  route.first = length == 0 ? 0 : (pod_network + any) & (0xffffffffU << (32U - length));
  if (way == FlatWay::vxlan) {
    route.gateway = subnet_of(some_node(cluster));
  } else if (way == FlatWay::direct) {
    route.gateway = underlay + *rc::gen::inRange<FlatAddress>(0, 7);
  }
  return route;
}

FlatMac some_mac() {
  return vtep + *rc::gen::inRange<FlatMac>(0, 6);
}

/// One change of one node's tables.
void change(ForwardingClasses& classes) {
  const FlatCluster& cluster = classes.cluster();
  const NodeIndex node = some_node(cluster);
  switch (*rc::gen::inRange(0, 7)) {
    case 0:
    case 1:
      return classes.set_route(node, some_route(cluster));
    case 2: {
      const auto& routes = cluster.nodes[node].routes;
      if (!routes.empty()) {
        const FlatRoute route = routes[*rc::gen::inRange<std::size_t>(0, routes.size())];
        classes.remove_route(node, route.first, route.length);
      }
      return;
    }
    case 3:
      return classes.set_neighbour(node, {subnet_of(some_node(cluster)), some_mac()});
    case 4:
      return classes.remove_neighbour(node, subnet_of(some_node(cluster)));
    case 5:
      return classes.set_entry(node, {some_mac(), underlay + *rc::gen::inRange<FlatAddress>(0, 7)});
    default:
      return classes.remove_entry(node, some_mac());
  }
}

/// A cluster that is not as flannel makes it.
FlatCluster damaged() {
  const auto nodes = *rc::gen::inRange<NodeIndex>(1, 6);
  FlatCluster cluster = healthy(nodes, *rc::gen::element(FlatWay::vxlan, FlatWay::direct));
  for (int k = *rc::gen::inRange(0, 3); k > 0; --k) {  // pods elsewhere, addresses taken twice
    cluster.pods.push_back({pod_network + *rc::gen::inRange<FlatAddress>(0, 96), some_node(cluster)});
  }
  if (*rc::gen::inRange(0, 4) == 0) {
    cluster.nodes[some_node(cluster)].underlay = cluster.nodes[some_node(cluster)].underlay;
    cluster.nodes[some_node(cluster)].vtep = some_mac();
  }
  ForwardingClasses classes(std::move(cluster));
  for (int k = *rc::gen::inRange(0, 6); k > 0; --k) {
    change(classes);
  }
  return classes.cluster();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(forwarding_classes_test)

BOOST_AUTO_TEST_CASE(healthy_clusters_are_straight) {
  for (const FlatWay way : {FlatWay::vxlan, FlatWay::direct}) {
    const ForwardingClasses classes(healthy(5, way));
    BOOST_TEST(classes.crooked_pairs() == 0U);
    BOOST_TEST(classes.classes() == 5U);
    BOOST_TEST(classes.findings(10).empty());
  }
}

BOOST_AUTO_TEST_CASE(a_missing_entry_is_told_with_its_source) {
  ForwardingClasses classes(healthy(4));
  classes.remove_entry(1, vtep + 2);
  BOOST_TEST(classes.crooked_pairs() == 2U);
  const std::vector<ClassFinding> found = classes.findings(10);
  BOOST_REQUIRE(found.size() == 1U);
  BOOST_TEST(found.front().source == 1U);
  BOOST_TEST(found.front().address == subnet_of(2) + 2);
  BOOST_TEST(to_text(found.front().story.fate) == "no forwarding entry");
  classes.set_entry(1, {vtep + 2, underlay + 2});
  BOOST_TEST(classes.crooked_pairs() == 0U);
}

BOOST_AUTO_TEST_CASE(a_narrower_route_cuts_a_class) {
  ForwardingClasses classes(healthy(3));
  classes.set_route(0, {subnet_of(1) + 2, 32, FlatWay::vxlan, subnet_of(2)});
  BOOST_TEST(classes.classes() == 4U);
  BOOST_TEST(classes.crooked_pairs() == 1U);
  BOOST_TEST(to_text(classes.story(0, subnet_of(1) + 2).fate) == "delivered by a detour");
  BOOST_TEST(to_text(classes.story(0, subnet_of(1) + 3).fate) == "delivered");
}

BOOST_AUTO_TEST_CASE(fates_are_those_of_the_tables_from_scratch) {
  BOOST_TEST(rc::check("built at once", [] { expect_agreement(ForwardingClasses(damaged())); }));
}

BOOST_AUTO_TEST_CASE(fates_are_those_of_the_tables_after_every_change) {
  BOOST_TEST(rc::check("changed step by step", [] {
    ForwardingClasses classes(damaged());
    for (int k = *rc::gen::inRange(1, 8); k > 0; --k) {
      change(classes);
      expect_agreement(classes);
    }
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::overlay
