// Clusters with randomly damaged tables, and random probes: whatever the tables say, some things always hold.
#include <algorithm>
#include <map>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/overlay/node/cluster_bed.hpp"

namespace plimsoll::overlay {
namespace {

std::uint8_t below(int most) {
  return static_cast<std::uint8_t>(*rc::gen::inRange(0, most));
}
std::string node_name() {
  return "n" + std::to_string(1 + below(3));
}

base::Ipv4 pod_address() {
  return {10, 244, static_cast<std::uint8_t>(1 + below(4)), static_cast<std::uint8_t>(below(6))};
}
base::Ipv4 node_address() {
  return {192, 168, 50, static_cast<std::uint8_t>(11 + below(4))};
}

/// Some change to a node's tables: it may be refused.
TableChange damage() {
  const base::Ipv4Prefix subnet(base::Ipv4(10, 244, static_cast<std::uint8_t>(1 + below(3)), 0), 24);
  const base::Mac vtep = bed::mac(3, static_cast<std::uint8_t>(1 + below(3)), 0);
  switch (below(12)) {
    case 0:
      return RouteReplace{{.destination = subnet, .gateway = node_address(), .device = "eth0"}};
    case 1:
      return RouteReplace{{.destination = subnet, .type = RouteType::unreachable}};
    case 2:
      return RouteReplace{{.destination = subnet,
                           .gateway = base::Ipv4(10, 244, static_cast<std::uint8_t>(1 + below(3)), 0),
                           .device = "flannel.1",
                           .onlink = true}};
    case 3:
      return RouteDelete{{.destination = subnet}};
    case 4:
      return FdbReplace{{.mac = vtep, .device = "flannel.1", .remote = node_address()}};
    case 5:
      return FdbDelete{{.mac = vtep, .device = "flannel.1"}};
    case 6:
      return NeighbourReplace{{.address = subnet.first(), .device = "flannel.1", .mac = vtep}};
    case 7:
      return AddressDelete{
          bed::address("cni0", base::Ipv4(10, 244, static_cast<std::uint8_t>(1 + below(3)), 1), 24)};
    case 8:
      return SysctlSet{"net.ipv4.conf.all.rp_filter", std::to_string(below(3))};
    case 9:
      return SysctlSet{"net.ipv4.ip_forward", std::to_string(below(2))};
    case 10:
      return LinkMtu{below(2) == 0 ? "eth0" : "cni0", 1300U + 50U * below(5)};
    default:
      return SysctlSet{"net.bridge.bridge-nf-call-iptables", std::to_string(below(2))};
  }
}

bed::Cluster damaged_cluster() {
  bed::Cluster made = bed::cluster(3, 2, below(2) == 0 ? bed::Backend::vxlan : bed::Backend::host_gw);
  const bool tracks = below(2) == 0;
  for (const char* name : {"n1", "n2", "n3"}) {
    Tables& tables = made.tables.at(name);
    if (tracks) {
      bed::must(tables,
                IptablesRestore{.text = "*nat\n-A PREROUTING -d 10.96.0.1/32 -j DNAT --to-destination "
                                        "10.244.2.2\n-A POSTROUTING -s 10.244.0.0/16 ! -d 10.244.0.0/16 "
                                        "-j MASQUERADE\nCOMMIT\n"});
    }
  }
  const int count = *rc::gen::inRange(0, 5);
  for (int i = 0; i < count; ++i) {
    (void)overlay::apply(made.tables.at(node_name()), damage());
  }
  return made;
}

Probe random_probe() {
  const std::uint8_t kind = below(3);
  Probe probe = {.kind = kind == 0   ? ProbeKind::udp
                         : kind == 1 ? ProbeKind::tcp
                                     : ProbeKind::icmp,
                 .source = node_name() + (below(4) == 0 ? "" : "p" + std::to_string(1 + below(2))),
                 .destination = below(4) == 0   ? node_address()
                                : below(5) == 0 ? base::Ipv4(10, 96, 0, 1)
                                                : pod_address(),
                 .port = 8080,
                 .ttl = static_cast<std::uint8_t>(1 + below(20))};
  const std::size_t sizes[] = {64, 1350, 1450, 1451, 1500, 3000};
  probe.size = sizes[below(6)];
  probe.path_mtu = below(2) == 0 ? PathMtu::dont : PathMtu::probe;
  return probe;
}

unsigned ttl_in(const std::string& packet) {
  const std::size_t at = packet.find(" ttl");
  return static_cast<unsigned>(std::stoul(packet.substr(at + 4)));
}

bool is_group(const Hop& hop) {
  return hop.macs.ends_with("ff:ff:ff:ff:ff:ff");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(node_random_test)

BOOST_AUTO_TEST_CASE(packets_come_to_an_end_and_lose_time_to_live_on_the_way) {
  BOOST_TEST(rc::check([] {
    const bed::Cluster made = damaged_cluster();
    const Probe probe = random_probe();
    const Outcome outcome = made.run(probe);
    RC_ASSERT(outcome.unknown.empty());
    const bool whole = std::ranges::none_of(outcome.path, [](const Hop& hop) {
      return hop.packet.find(" frag") != std::string::npos || is_group(hop);
    });
    // Fragments of an echo reply cannot be told from those of the request.
    unsigned before = 64;
    for (const Hop& hop : outcome.path) {
      const unsigned ttl = ttl_in(hop.packet);
      RC_ASSERT(!whole || (ttl <= unsigned{probe.ttl} && ttl <= before));
      before = whole ? ttl : before;
    }
  }));
}

BOOST_AUTO_TEST_CASE(one_packet_is_received_once) {
  BOOST_TEST(rc::check([] {
    const bed::Cluster made = damaged_cluster();
    const Outcome outcome = made.run(random_probe());
    const bool flooded = std::ranges::any_of(outcome.path, is_group);
    RC_ASSERT(flooded || outcome.delivered.size() <= 1U);
    std::map<std::pair<std::string, std::string>, int> seen;
    for (const Hop& hop : outcome.path) {
      if (hop.direction == Direction::in && !is_group(hop)) {
        RC_ASSERT((++seen[{hop.at, hop.packet}] == 1));
      }
    }
  }));
}

BOOST_AUTO_TEST_CASE(the_same_probe_has_the_same_outcome) {
  BOOST_TEST(rc::check([] {
    const bed::Cluster made = damaged_cluster();
    const Probe probe = random_probe();
    RC_ASSERT((made.run(probe) == made.run(probe)));
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay
