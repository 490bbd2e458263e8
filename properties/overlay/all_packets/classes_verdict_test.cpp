#include "properties/overlay/all_packets/classes_verdict.hpp"

#include <stdexcept>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/overlay/netfilter/save_format.hpp"
#include "properties/conformance/shared_material.hpp"
#include "properties/overlay/all_packets/packet_judge.hpp"
#include "properties/overlay/all_packets/test_dump.hpp"

namespace plimsoll::properties::overlay {
namespace {

namespace bed = plimsoll::overlay::bed;
using base::Ipv4;
using base::Ipv4Prefix;
using plimsoll::overlay::Route;
using plimsoll::overlay::Tables;
using Settled = SettledPairs::Settled;

constexpr std::uint8_t nodes = 3;

std::uint8_t some_number() {
  return *rc::gen::inRange<std::uint8_t>(1, nodes + 2);  // one more than there are
}

/// A gateway as flannel's backends use them, of any node.
Ipv4 some_gateway(bool vxlan) {
  return vxlan ? Ipv4(10, 244, some_number(), 0)
               : Ipv4(192, 168, 50, static_cast<std::uint8_t>(10 + some_number()));
}

void damage_routes(Tables& node, bool vxlan) {
  const Ipv4 subnet(10, 244, some_number(), 0);
  const std::uint8_t length = *rc::gen::element<std::uint8_t>(16, 23, 24, 24, 25, 31, 32);
  const Ipv4Prefix prefix(subnet.masked(length), length);
  Route route = {.destination = prefix,
                 .gateway = some_gateway(vxlan),
                 .device = vxlan ? "flannel.1" : "eth0",
                 .onlink = true};
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      std::erase_if(node.routes, [&](const Route& one) { return one.destination == Ipv4Prefix(subnet, 24); });
      return;
    case 1:
      route.type = plimsoll::overlay::RouteType::unreachable;
      route.gateway.reset();
      route.device.clear();
      route.onlink = false;
      break;
    default:
      break;
  }
  // What the kernel would refuse is no table of a kernel.
  (void)plimsoll::overlay::apply(node, plimsoll::overlay::RouteReplace{route});
}

void damage_vxlan(Tables& node) {
  const auto other = static_cast<std::uint8_t>(10 + some_number());
  const auto some = [](auto& rows) { return *rc::gen::inRange<std::size_t>(0, rows.size()); };
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      std::erase_if(node.fdb, [&](const auto& entry) { return entry.mac == bed::mac(3, some_number(), 0); });
      return;
    case 1:
      if (!node.neighbours.empty()) {
        node.neighbours.erase(node.neighbours.begin() + static_cast<std::ptrdiff_t>(some(node.neighbours)));
      }
      return;
    case 2:
      if (!node.neighbours.empty()) {
        node.neighbours[some(node.neighbours)].mac = bed::mac(3, some_number(), 0);
      }
      return;
    case 3:
      if (!node.fdb.empty()) {
        node.fdb[some(node.fdb)].remote = Ipv4(192, 168, 50, other);
      }
      return;
    default:
      if (auto* vtep = plimsoll::overlay::find_link(node, "flannel.1")) {
        vtep->address = bed::mac(3, some_number(), 7);
      }
  }
}

/// What makes a node's forwarding more than a matter of destinations, or looks as if it did.
void damage_otherwise(bed::Cluster& cluster, Tables& node) {
  static const std::string head =
      "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n";
  static const std::vector<std::string> rules = {
      "-A FORWARD -s 10.244.0.0/16 -j ACCEPT\n-A FORWARD -d 10.244.0.0/16 -j ACCEPT\n-A FORWARD -j DROP\n",
      "-A FORWARD -s 10.244.2.0/24 -j DROP\n",
      "-A FORWARD -d 10.96.0.0/12 -j DROP\n",
      "-A FORWARD -m conntrack --ctstate INVALID -j DROP\n",
      "-A INPUT -p udp -m udp --dport 8472 -j DROP\n",
      "-A FORWARD -i cni0 -o flannel.1 -p tcp -j REJECT --reject-with icmp-port-unreachable\n"};
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      (void)plimsoll::overlay::apply(node, plimsoll::overlay::SysctlSet{"net.ipv4.ip_forward", "0"});
      return;
    case 1:
      plimsoll::overlay::find_link(node, "eth0")->mtu = *rc::gen::element(1400U, 1500U, 1499U);
      return;
    case 2:
      for (auto& address : cluster.tables["n2p1"].addresses) {
        if (address.device == "eth0") {
          address.address = Ipv4Prefix(Ipv4(10, 244, some_number(), 2), 24);
        }
      }
      return;
    default: {
      const auto read = plimsoll::overlay::netfilter::parse(head + *rc::gen::elementOf(rules) + "COMMIT\n");
      RC_ASSERT(read.has_value());
      node.ruleset = *read;
    }
  }
}

bed::Cluster some_cluster() {
  const bool vxlan = *rc::gen::inRange(0, 3) > 0;
  bed::Cluster cluster = bed::cluster(nodes, 2, vxlan ? bed::Backend::vxlan : bed::Backend::host_gw);
  const int damages = *rc::gen::inRange(0, 5);
  for (int done = 0; done < damages; ++done) {
    Tables& node = cluster.tables["n" + std::to_string(*rc::gen::inRange(1, nodes + 1))];
    const int kind = *rc::gen::inRange(0, 10);
    if (kind < 5) {
      damage_routes(node, vxlan);
    } else if (kind < 9) {
      damage_vxlan(node);
    } else {
      damage_otherwise(cluster, node);
    }
  }
  return cluster;
}

struct Count {
  std::size_t right = 0;
  std::size_t crooked = 0;
  std::size_t open = 0;
};

/// Whatever the rows settle, the pipeline says too.
Count compare(const Recording& dump, const std::string& tables) {
  Count count;
  PacketJudge judge(dump, tables);
  const ClusterView& view = judge.view();
  const SettledPairs settled(dump, tables, view);
  for (const auto& [pod, own] : view.addresses) {
    for (const auto& [address, owners] : view.owners) {
      const Settled told = settled.settle(pod, own.front(), address);
      if (owners.contains(pod) || told == Settled::open) {
        count.open += owners.contains(pod) ? 0U : 1U;
        continue;
      }
      const bool is_right = judge.judge_pair(pod, address);
      if (is_right != (told == Settled::right)) {
        const auto story = [&](const FlatStory& one) {
          std::string text = " " + std::string(to_text(one.fate));
          for (const NodeIndex node : one.nodes) {
            text += " " + settled.flattened().nodes[node];
          }
          return text;
        };
        std::string why = pod + " to " + to_text(address) + (is_right ? " is right, not" : " is wrong, not") +
                          story(settled.there(pod, address)) + " and back" +
                          story(settled.back(own.front(), address));
        for (const Cause& cause : judge.verdict().violations) {
          why += "; " + std::string(to_text(cause.first.fault)) + " " + cause.first.what;
        }
        throw std::runtime_error(why);
      }
      ++(is_right ? count.right : count.crooked);
    }
  }
  return count;
}

void set_rules(Tables& tables, const std::string& text) {
  auto rules = plimsoll::overlay::netfilter::parse(text);
  BOOST_REQUIRE_MESSAGE(rules.has_value(), (rules ? "" : to_text(rules.error())));
  tables.ruleset = std::move(*rules);
}

std::string irregular_of(const bed::Cluster& cluster, const std::string& node) {
  const Recording dump = dump_of(cluster);
  const Flattened flat = flatten(dump, "now", view_of(dump, "now"));
  BOOST_TEST(flat.no_underlay == "");
  const auto found = flat.irregular.find(node);
  return found == flat.irregular.end() ? "" : found->second;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(classes_verdict_test)

BOOST_AUTO_TEST_CASE(healthy_clusters_are_settled_without_a_packet) {
  for (const bed::Backend backend : {bed::Backend::vxlan, bed::Backend::host_gw}) {
    const DataplaneVerdict verdict = judge_by_classes(dump_of(bed::cluster(3, 2, backend)), "now");
    BOOST_TEST(verdict.violations.empty());
    BOOST_TEST(verdict.unknowns.empty());
    BOOST_TEST(verdict.inquiries == 6U * 5U * 3U + 6U * 3U * 3U + 3U * 6U * 3U);
    BOOST_TEST(verdict.packets == 6U * 3U * 3U + 3U * 6U * 3U);  // of nodes, and to nobody
  }
}

BOOST_AUTO_TEST_CASE(rows_and_pipeline_agree_on_damaged_clusters) {
  Count all;
  const bool holds = rc::check("rows and pipeline agree", [&] {
    const Count one = compare(dump_of(some_cluster()), "now");
    all.right += one.right;
    all.crooked += one.crooked;
    all.open += one.open;
  });
  BOOST_TEST(holds);
  BOOST_TEST(all.right > all.open);
  BOOST_TEST(all.crooked * 5U > all.open);
}

BOOST_AUTO_TEST_CASE(both_engines_name_the_same_causes) {
  bed::Cluster cluster = bed::cluster(3, 2);
  std::erase_if(cluster.tables["n1"].fdb, [](const auto& entry) { return entry.device == "flannel.1"; });
  plimsoll::overlay::find_link(cluster.tables["n3"], "eth0")->mtu = 1400;
  const Recording dump = dump_of(cluster);
  const DataplaneVerdict exact = judge_all_packets(dump, "now");
  const DataplaneVerdict classes = judge_by_classes(dump, "now");
  BOOST_REQUIRE(exact.violations.size() == classes.violations.size());
  for (std::size_t index = 0; index < exact.violations.size(); ++index) {
    BOOST_CHECK(exact.violations[index].first.fault == classes.violations[index].first.fault);
    BOOST_TEST(exact.violations[index].first.what == classes.violations[index].first.what);
  }
  BOOST_TEST(classes.packets < exact.packets);
}

BOOST_AUTO_TEST_CASE(a_node_that_is_not_as_usual_says_why) {
  bed::Cluster cluster = bed::cluster(2, 1);
  BOOST_TEST(irregular_of(cluster, "n1") == "");
  cluster.tables["n1"].sysctls.conf["cni0"].rp_filter = 1;
  BOOST_TEST(irregular_of(cluster, "n1") == "strict rp_filter of cni0");
  BOOST_TEST(irregular_of(cluster, "n2") == "");
  cluster = bed::cluster(2, 1);
  set_rules(cluster.tables["n2"],
            "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
            "-A FORWARD -s 10.244.1.0/24 -p udp -m udp --dport 53 -j DROP\nCOMMIT\n");
  BOOST_TEST(irregular_of(cluster, "n2") == "rule 1 of FORWARD may do something to its packets");
  BOOST_TEST(irregular_of(cluster, "n1") == "");
}

BOOST_AUTO_TEST_CASE(recorded_tables_get_the_same_verdict_from_both,
                     *boost::unit_test::precondition(SharedMaterial{"dataplane"})) {
  std::size_t settled = 0;
  for (const std::string& file : SharedMaterial{"dataplane"}.files(".gz")) {
    const auto recording = read_recording(file);
    BOOST_REQUIRE_MESSAGE(recording.has_value(), (recording ? "" : recording.error().to_string()));
    for (const auto& [name, network] : recording->networks) {
      const Count count = compare(*recording, name);
      settled += count.right + count.crooked;
    }
  }
  BOOST_TEST(settled > 3000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::overlay
