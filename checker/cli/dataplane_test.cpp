// `plimsoll dataplane` as a shell sees it.
#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "checker/cli/sandbox.hpp"
#include "checker/trace/json.hpp"

namespace plimsoll::cli {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Two pods of one node; packets that a service sends back to their sender keep its address, and die there.
std::string dump() {
  return (std::filesystem::path(PLIMSOLL_SOURCE_DIR) / "properties/overlay/conform/testdata/two-pods.json")
      .string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dataplane_test)

BOOST_AUTO_TEST_CASE(a_violation_is_1_and_shows_the_packet) {
  const Sandbox box;
  BOOST_TEST(box.run("dataplane " + dump()) == 1);
  BOOST_TEST(contains(box.out(), "a: 1 nodes, 2 pods, 1 service ports; 22 inquiries, 22 packets\n"));
  BOOST_TEST(contains(box.out(), "    n1p2 > 10.99.0.1:80 udp (1 packet like it)\n"));
  BOOST_TEST(contains(box.out(), "      n1p2:eth0 in  10.9.1.3>10.9.1.3 ttl64 udp:40001>8080 len64\n"));
  BOOST_TEST(contains(box.out(), "  => violated, 2 causes\n"));
}

BOOST_AUTO_TEST_CASE(json_says_the_same) {
  const Sandbox box;
  BOOST_TEST(box.run("dataplane " + dump() + " --tables b --json -") == 1);
  const auto root = checker::parse_json(box.out(), "out");
  BOOST_REQUIRE(root.has_value());
  BOOST_TEST(root->find("schema")->text == "plimsoll-dataplane/1");
  BOOST_REQUIRE(root->find("results")->items.size() == 1U);
  const scenario::Node& result = root->find("results")->items.at(0);
  BOOST_TEST(result.find("tables")->text == "b");
  BOOST_TEST(result.find("verdict")->text == "violated");
  const scenario::Node& violation = result.find("violations")->items.at(0);
  BOOST_TEST(violation.find("fault")->text == "lost");
  BOOST_TEST(violation.find("path")->items.size() == 5U);
}

BOOST_AUTO_TEST_CASE(a_dump_without_the_service_holds) {
  const Sandbox box;
  std::string text = box.read(dump());
  const std::string rule =
      "-A PREROUTING -d 10.99.0.1/32 -p udp -m udp --dport 80 -j DNAT "
      "--to-destination 10.9.1.3:8080";
  for (std::size_t at = text.find(rule); at != std::string::npos; at = text.find(rule)) {
    text.replace(at, rule.size(), "-A PREROUTING -d 10.99.0.9/32 -j RETURN");
  }
  box.write("healthy.json", text);
  BOOST_TEST(box.run("dataplane healthy.json") == 0);
  BOOST_TEST(
      contains(box.out(), "  => holds: all 18 inquiries are answered as they should be; TTL needed 1\n"));
  BOOST_TEST(box.run("dataplane healthy.json --engine classes") == 0);
  BOOST_TEST(box.run("dataplane healthy.json --engine exactly") == 2);
  BOOST_TEST(box.run("dataplane healthy.json --engine classes --against healthy.json") == 2);
}

BOOST_AUTO_TEST_CASE(dumps_are_compared_by_the_fates_of_packets) {
  const Sandbox box;
  std::string text = box.read(dump());
  const std::string rule = "--dport 80 -j DNAT --to-destination 10.9.1.3:8080";
  for (std::size_t at = text.find(rule); at != std::string::npos; at = text.find(rule)) {
    text.replace(at, rule.size(), "--dport 80 -j DNAT --to-destination 10.9.1.2:8080");
  }
  box.write("after.json", text);
  BOOST_TEST(box.run("dataplane " + dump() + " --tables a --against after.json") == 1);
  BOOST_TEST(contains(box.out(), "  n1p1 > 10.99.0.1:80 udp\n    before: to n1p2, answered\n    after:  "));
  BOOST_TEST(!contains(box.out(), "10.9.1.3:8080 udp\n"));
  BOOST_TEST(box.run("dataplane " + dump() + " --tables a --against " + dump() + " --json -") == 0);
  BOOST_TEST(contains(box.out(), "\"changes\": []"));
  BOOST_TEST(box.run("dataplane " + dump() + " --against after.json") == 2);
  BOOST_TEST(contains(box.err(), "tables: expected one name to compare, found 2"));
  BOOST_TEST(box.run("dataplane a.json b.json --against after.json") == 2);
  BOOST_TEST(contains(box.err(), "--against compares one dump with another"));
}

BOOST_AUTO_TEST_CASE(changes_are_tried_before_they_are_made) {
  const Sandbox box;
  BOOST_TEST(box.run("dataplane " + dump() + " --tables a --what-if 'n1p2: ip link set eth0 down'") == 1);
  BOOST_TEST(
      contains(box.out(), "  n1p1 > 10.9.1.3:8080 udp\n    before: to n1p2, answered\n    after:  lost"));
  BOOST_TEST(
      box.run("dataplane " + dump() + " --tables a --what-if 'n1: ip route add 10.77.0.0/16 dev br0'") == 0);
  BOOST_TEST(contains(box.out(), "  => 0 of 22 inquiries fare otherwise\n"));
  BOOST_TEST(box.run("dataplane " + dump() + " --tables a --what-if 'n1: ip route del 10.77.0.0/16'") == 2);
  BOOST_TEST(contains(box.err(), "the kernel refuses it"));
  BOOST_TEST(box.run("dataplane " + dump() + " --tables a --what-if 'n9: ip link set eth0 up'") == 2);
  BOOST_TEST(contains(box.err(), "there is no namespace n9"));
  BOOST_TEST(box.run("dataplane " + dump() + " --what-if 'n1: ip' --against x") == 2);
  BOOST_TEST(contains(box.err(), "--what-if compares one dump with itself"));
}

BOOST_AUTO_TEST_CASE(counterexamples_are_a_file_that_replays) {
  const Sandbox box;
  BOOST_TEST(box.run("dataplane " + dump() + " --counterexamples found.json") == 1);
  BOOST_TEST(box.run("conform dataplane found.json") == 0);
  BOOST_TEST(contains(box.out(), " probes conform\n"));
  BOOST_TEST(box.run("dataplane " + dump() + " --tables a --counterexamples -") == 1);
  BOOST_TEST(checker::parse_json(box.out(), "out").has_value());
  BOOST_TEST(box.run("dataplane " + dump() + " --counterexamples no/such/place.json") == 2);
  BOOST_TEST(box.run("dataplane " + dump() + " --counterexamples x.json --against y.json") == 2);
  BOOST_TEST(contains(box.err(), "--counterexamples is of one dump, judged"));
}

BOOST_AUTO_TEST_CASE(rules_that_no_packet_reaches_are_told) {
  const Sandbox box;
  BOOST_TEST(box.run("dataplane " + dump() + " --rules --tables a") == 0);
  BOOST_TEST(contains(box.out(), "a: n1: 0 of 4 rules are reached by no packet\n"));
  std::string text = box.read(dump());
  const std::string rule = "-A PREROUTING -d 10.99.0.1/32 -p udp -m udp --dport 80 -j DNAT ";
  for (std::size_t at = text.find(rule); at != std::string::npos;
       at = text.find(rule, at + 2 * rule.size())) {
    text.insert(at, "-A PREROUTING -p udp -j ACCEPT\", \"");
  }
  box.write("shadowed.json", text);
  BOOST_TEST(box.run("dataplane shadowed.json --rules --tables a --json -") == 1);
  BOOST_TEST(contains(box.out(), "what it is for goes elsewhere: udp"));
  BOOST_TEST(contains(box.out(), "by rule 1 of chain PREROUTING in table nat"));
  BOOST_TEST(box.run("dataplane " + dump() + " --rules --tables c") == 2);
  BOOST_TEST(box.run("dataplane " + dump() + " --rules --against x") == 2);
}

BOOST_AUTO_TEST_CASE(nothing_asked_is_nothing_proved) {
  const Sandbox box;
  box.write("empty.json", R"({"format": "plimsoll-kernel-expectations/1", "topology": {"wires": [],
    "namespaces": {"n1": "node"}, "listeners": {}}, "scenarios": [], "probes": [], "tables": {"now": {}},
    "ns_tables": {}})");
  BOOST_TEST(box.run("dataplane empty.json") == 3);
  BOOST_TEST(contains(box.out(), "  => inconclusive: no pod has anybody to send to\n"));
}

BOOST_AUTO_TEST_CASE(bad_input_is_2_and_keeps_nothing_else_from_being_judged) {
  const Sandbox box;
  box.write("no.json", "{\"format\": 1}");
  BOOST_TEST(box.run("dataplane no.json " + dump()) == 2);
  BOOST_TEST(contains(box.err(), "no.json:1:1: format: expected"));
  BOOST_TEST(contains(box.out(), "=> violated"));
  BOOST_TEST(box.run("dataplane " + dump() + " --tables c") == 2);
  BOOST_TEST(contains(box.err(), "tables: none is named c"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::cli
