#include "properties/overlay/all_packets/exact.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "impl/overlay/netfilter/save_format.hpp"
#include "impl/overlay/node/cluster_bed.hpp"
#include "properties/conformance/shared_material.hpp"
#include "properties/overlay/all_packets/test_dump.hpp"

namespace plimsoll::properties::overlay {
namespace {

namespace bed = plimsoll::overlay::bed;
using base::Ipv4;
using base::Ipv4Prefix;
using bed::must;
using plimsoll::overlay::Delivery;
using plimsoll::overlay::Outcome;
using plimsoll::overlay::Tables;

constexpr std::uint8_t udp = 17;

DataplaneVerdict verdict_on(const bed::Cluster& cluster) {
  return judge_all_packets(dump_of(cluster), "now");
}

void set_rules(Tables& tables, const std::string& text) {
  auto rules = plimsoll::overlay::netfilter::parse(text);
  BOOST_REQUIRE_MESSAGE(rules.has_value(), (rules ? "" : to_text(rules.error())));
  tables.ruleset = std::move(*rules);
}

const Cause* find(const DataplaneVerdict& verdict, Fault fault) {
  const auto found = std::ranges::find_if(verdict.violations,
                                          [&](const Cause& cause) { return cause.first.fault == fault; });
  return found == verdict.violations.end() ? nullptr : &*found;
}

/// Requires: there is such a cause.
const Cause& cause_of(const DataplaneVerdict& verdict, Fault fault) {
  const Cause* cause = find(verdict, fault);
  BOOST_REQUIRE_MESSAGE(cause != nullptr, "no cause: " << to_text(fault));
  return *cause;
}

bool path_has(const Cause& cause, const std::string& part) {
  return std::ranges::any_of(cause.first.path,
                             [&](const std::string& hop) { return hop.find(part) != std::string::npos; });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(exact_test)

BOOST_AUTO_TEST_CASE(healthy_clusters_deliver_everything) {
  for (const bed::Backend backend : {bed::Backend::vxlan, bed::Backend::host_gw}) {
    const DataplaneVerdict verdict = verdict_on(bed::cluster(3, 2, backend));
    BOOST_TEST(verdict.violations.empty());
    BOOST_TEST(verdict.unknowns.empty());
    BOOST_TEST(verdict.inquiries == 6U * 5U * 3U + 6U * 3U * 3U + 3U * 6U * 3U);
    BOOST_TEST(verdict.ttl_needed == 3U);  // two nodes route it, the receiver wants one more
  }
}

BOOST_AUTO_TEST_CASE(a_missing_forwarding_entry_loses_packets_there) {
  bed::Cluster cluster = bed::cluster(2, 1);
  std::erase_if(cluster.tables["n1"].fdb, [](const auto& entry) { return entry.device == "flannel.1"; });
  const DataplaneVerdict verdict = verdict_on(cluster);
  const Cause& lost = cause_of(verdict, Fault::lost);
  BOOST_TEST(lost.first.inquiry.source == "n1");  // the shortest story: a node's own packet
  BOOST_TEST(lost.first.path.back().starts_with("n1:flannel.1 out"));
  BOOST_TEST(cause_of(verdict, Fault::reply_lost).first.inquiry.source == "n2p1");
}

BOOST_AUTO_TEST_CASE(a_missing_route_is_told_to_the_sender) {
  bed::Cluster cluster = bed::cluster(2, 1);
  std::erase_if(cluster.tables["n1"].routes, [](const auto& route) {
    return route.device == "flannel.1" || route.destination.length() == 0;
  });
  const Cause lost = cause_of(verdict_on(cluster), Fault::lost);
  BOOST_TEST(lost.first.what.find("the sender is told") != std::string::npos, lost.first.what);
}

BOOST_AUTO_TEST_CASE(a_route_by_a_third_node_is_a_detour) {
  bed::Cluster cluster = bed::cluster(3, 1);
  for (auto& route : cluster.tables["n1"].routes) {
    if (route.destination == Ipv4Prefix(Ipv4(10, 244, 2, 0), 24)) {
      route.gateway = Ipv4(10, 244, 3, 0);
    }
  }
  const Cause detour = cause_of(verdict_on(cluster), Fault::detour);
  BOOST_TEST(path_has(detour, "n3:flannel.1 out"));
}

BOOST_AUTO_TEST_CASE(nodes_that_send_to_each_other_loop) {
  bed::Cluster cluster = bed::cluster(3, 1);
  const auto subnet = Ipv4Prefix(Ipv4(10, 244, 2, 0), 24);
  std::erase_if(cluster.tables["n2"].routes, [&](const auto& route) { return route.destination == subnet; });
  must(cluster.tables["n2"],
       plimsoll::overlay::RouteReplace{
           {.destination = subnet, .gateway = Ipv4(10, 244, 3, 0), .device = "flannel.1", .onlink = true}});
  const Cause loop = cause_of(verdict_on(cluster), Fault::looped);
  BOOST_TEST(to_text(loop.first.inquiry.destination) == "10.244.2.2");
  BOOST_TEST(loop.first.path.size() > 64U);
}

BOOST_AUTO_TEST_CASE(packets_that_fit_nowhere_vanish_only_when_large) {
  bed::Cluster cluster = bed::cluster(2, 1);
  plimsoll::overlay::find_link(cluster.tables["n2"], "eth0")->mtu = 1400;
  const DataplaneVerdict verdict = verdict_on(cluster);
  BOOST_TEST(find(verdict, Fault::lost) == nullptr);
  BOOST_TEST(cause_of(verdict, Fault::too_big).first.inquiry.full_size);
}

BOOST_AUTO_TEST_CASE(two_with_one_address_are_told_from_the_tables) {
  bed::Cluster cluster = bed::cluster(2, 2);
  for (auto& address : cluster.tables["n2p2"].addresses) {
    if (address.device == "eth0") {
      address.address = Ipv4Prefix(Ipv4(10, 244, 2, 2), 24);
    }
  }
  const Cause duplicate = cause_of(verdict_on(cluster), Fault::duplicate_address);
  BOOST_TEST(duplicate.first.what == "10.244.2.2 belongs to n2p1 and n2p2");
}

BOOST_AUTO_TEST_CASE(translation_to_another_pod_is_misdelivery) {
  bed::Cluster cluster = bed::cluster(2, 2);
  set_rules(cluster.tables["n1"],
            "*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
            ":POSTROUTING ACCEPT [0:0]\n"
            "-A PREROUTING -d 10.244.2.2/32 -j DNAT --to-destination 10.244.2.3\nCOMMIT\n");
  const Cause wrong = cause_of(verdict_on(cluster), Fault::misdelivered);
  BOOST_TEST(wrong.first.what == "n2p2 receives what is not for it");
}

BOOST_AUTO_TEST_CASE(the_rule_that_decided_is_told) {
  bed::Cluster cluster = bed::cluster(2, 1);
  set_rules(cluster.tables["n1"],
            "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:ISOLATED - [0:0]\n"
            "-A FORWARD -d 10.244.2.0/24 -j ISOLATED\n-A ISOLATED -p tcp -j ACCEPT\n"
            "-A ISOLATED -j DROP\nCOMMIT\n");
  const Cause lost = cause_of(verdict_on(cluster), Fault::lost);
  BOOST_TEST(lost.first.inquiry.source == "n1p1");
  BOOST_TEST(lost.first.what ==
             "nobody receives it, n1: dropped by rule 2 of chain ISOLATED in table filter");
}

BOOST_AUTO_TEST_CASE(masquerade_between_pods_is_seen) {
  bed::Cluster cluster = bed::cluster(2, 1);
  set_rules(cluster.tables["n1"],
            "*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
            ":POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -s 10.244.0.0/16 -j MASQUERADE\nCOMMIT\n");
  const Cause masqueraded = cause_of(verdict_on(cluster), Fault::masqueraded);
  BOOST_TEST(masqueraded.first.what.starts_with("arrives with source 10.244.1."));
}

BOOST_AUTO_TEST_CASE(what_no_cluster_here_does_is_judged_too) {
  const Recording dump = dump_of(bed::cluster(2, 1));
  const ClusterView view = view_of(dump, "now");
  const Inquiry inquiry = {
      .source = "n1p1", .destination = Ipv4(10, 244, 2, 2), .protocol = udp, .port = 8080};
  const Delivery once = {.to = "n2p1", .src = Ipv4(10, 244, 1, 2), .dst = Ipv4(10, 244, 2, 2), .ttl = 62};
  const plimsoll::overlay::Reply reply = {.src = Ipv4(10, 244, 2, 2), .ttl = 62, .by = "n2p1"};
  Outcome outcome = {.delivered = {once}, .reply = reply};
  BOOST_TEST(faults_of(view, inquiry, outcome).empty());
  outcome.delivered.push_back(once);
  BOOST_CHECK(faults_of(view, inquiry, outcome).at(0).fault == Fault::multiplied);
  outcome.delivered.pop_back();
  outcome.reply->from_expected = false;
  BOOST_CHECK(faults_of(view, inquiry, outcome).at(0).fault == Fault::reply_changed);
  outcome.reply.reset();
  BOOST_CHECK(faults_of(view, inquiry, outcome).at(0).fault == Fault::reply_lost);
  outcome.unknown = "a route with several next hops";
  BOOST_CHECK(faults_of(view, inquiry, outcome).at(0).fault == Fault::unknown);
}

BOOST_AUTO_TEST_CASE(what_is_not_modelled_has_no_verdict) {
  bed::Cluster cluster = bed::cluster(2, 1);
  for (auto& route : cluster.tables["n1"].routes) {
    if (route.device == "flannel.1") {
      route.unsupported = "nexthop";
    }
  }
  const DataplaneVerdict verdict = verdict_on(cluster);
  BOOST_TEST(!verdict.unknowns.empty());
  BOOST_TEST(find(verdict, Fault::lost) == nullptr);
}

/// What became of a recorded packet, in the words of verdicts.
std::string recorded_fate(const boost::json::object& outcome) {
  std::string fate;
  for (const auto& delivery : outcome.at("delivered").as_array()) {
    fate += (fate.empty() ? "to " : " and ") + std::string(delivery.at("to").as_string());
  }
  if (outcome.contains("tcp") && outcome.at("tcp").is_string()) {
    const bool connected = outcome.at("tcp").as_string() == "connected";
    return (fate.empty() ? "" : fate + ", ") + (connected ? "connected" : "not connected");
  }
  if (fate.empty()) {
    return outcome.at("sender_error").is_null() ? "lost" : "lost, and the sender is told";
  }
  const auto& reply = outcome.at("reply");
  return fate + (reply.is_null()                       ? ", no answer"
                 : reply.at("from_expected").as_bool() ? ", answered"
                                                       : ", answered by another address");
}

/// The inquiry that a probe is one packet of, if it is the first one of its connection and nothing about it
/// is unusual.
std::optional<Inquiry> inquiry_of(const RecordedProbe& probe) {
  constexpr std::uint8_t no_short_life = 64;
  constexpr std::size_t small = 64;
  const plimsoll::overlay::Probe& sent = probe.probe;
  const bool is_tcp = sent.kind == plimsoll::overlay::ProbeKind::tcp;
  if ((!is_tcp && sent.kind != plimsoll::overlay::ProbeKind::udp) || sent.bind || probe.with_past ||
      !probe.conntrack.empty() || sent.ttl != no_short_life || sent.size != small) {
    return std::nullopt;
  }
  constexpr std::uint8_t tcp = 6;
  return Inquiry{.source = sent.source,
                 .destination = sent.destination,
                 .protocol = is_tcp ? tcp : udp,
                 .port = sent.port};
}

/// What a kernel did with the packets that the verdict is about is among what the verdict says.
BOOST_AUTO_TEST_CASE(what_a_kernel_was_seen_to_do_agrees,
                     *boost::unit_test::precondition(SharedMaterial{"dataplane"})) {
  std::size_t compared = 0;
  std::size_t lost = 0;
  for (const std::string& file : SharedMaterial{"dataplane"}.files(".gz")) {
    const auto recording = read_recording(file);
    BOOST_REQUIRE_MESSAGE(recording.has_value(), (recording ? "" : recording.error().to_string()));
    std::map<std::string, DataplaneVerdict> verdicts;
    for (const RecordedProbe& probe : recording->probes) {
      const std::optional<Inquiry> inquiry = inquiry_of(probe);
      if (!inquiry) {
        continue;
      }
      if (!verdicts.contains(probe.tables)) {
        verdicts.emplace(probe.tables, judge_all_packets(*recording, probe.tables));
      }
      const DataplaneVerdict& verdict = verdicts.at(probe.tables);
      const auto fates = verdict.fates.find(to_text(*inquiry));
      if (fates == verdict.fates.end()) {
        continue;
      }
      for (const std::string& text : probe.outcomes) {
        const std::string fate = recorded_fate(boost::json::parse(text).as_object());
        ++compared;
        lost += fate.starts_with("lost") ? 1U : 0U;
        BOOST_TEST(fates->second.contains(fate), probe.id << " " << to_text(*inquiry) << ": " << fate);
      }
    }
  }
  BOOST_TEST_MESSAGE(compared << " compared, " << lost << " lost");
  BOOST_TEST(compared > 140U);
  BOOST_TEST(lost > 30U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::overlay
