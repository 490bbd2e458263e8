#include "properties/overlay/conform/dataplane_driver.hpp"

#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "properties/conformance/shared_material.hpp"
#include "properties/overlay/conform/conntrack_lines.hpp"
#include "properties/overlay/conform/gunzip.hpp"
#include "properties/overlay/conform/score.hpp"

namespace plimsoll::properties::overlay {
namespace {

std::string own_recording() {
  return (std::filesystem::path(PLIMSOLL_SOURCE_DIR) / "properties/overlay/conform/testdata/two-pods.json")
      .string();
}

std::string error_of(const std::string& text) {
  const auto recording = parse_recording(text, "x.json");
  return recording ? "" : recording.error().to_string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dataplane_driver_test)

BOOST_AUTO_TEST_CASE(our_own_recording_is_predicted_hop_by_hop) {
  const auto recording = read_recording(own_recording());
  BOOST_REQUIRE_MESSAGE(recording.has_value(), (recording ? "" : recording.error().to_string()));
  const Judgement judgement = judge(*recording);
  BOOST_TEST(judgement.total >= 6U);
  for (const std::uint64_t reached : judgement.reached) {
    BOOST_TEST(reached == judgement.total);
  }
  const ConformanceResult report = judge_dataplane(own_recording());
  BOOST_REQUIRE(report.has_value());
  BOOST_TEST(report->passed == report->total);
  BOOST_TEST(report->predictions.size() == report->total);
}

BOOST_AUTO_TEST_CASE(a_wrong_expectation_fails) {
  auto recording = read_recording(own_recording());
  BOOST_REQUIRE(recording.has_value());
  std::string& outcome = recording->probes.front().outcomes.front();
  outcome.replace(outcome.find("\"delivered\""), 11, "\"not_delivered\"");
  const Judgement judgement = judge(*recording);
  BOOST_TEST(judgement.reached.front() == judgement.total - 1);
  BOOST_REQUIRE(judgement.failures.size() == 1U);
  BOOST_TEST(judgement.failures.front().details.find("verdict") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(bad_input_is_told_with_its_place) {
  BOOST_TEST(error_of("{").starts_with("x.json:1:"));
  BOOST_TEST(error_of("[]") == "x.json:1:1: the document: expected an object");
  BOOST_TEST(error_of("{}") == "x.json:1:1: the document: expected a member \"format\"");
  BOOST_TEST(error_of(R"({"format": "other"})") ==
             "x.json:1:1: format: expected \"plimsoll-kernel-expectations/1\"");
  BOOST_TEST(
      error_of(
          R"({"format": "plimsoll-kernel-expectations/1", "topology": {"wires": [{"a": "ul", "b": ""}]}})") ==
      "x.json:1:1: topology.wires[0].a: expected namespace:device");
}

BOOST_AUTO_TEST_CASE(damaged_gzip_is_an_error) {
  BOOST_TEST(is_gzip("\x1f\x8b and so on"));
  BOOST_TEST(!gunzip("\x1f\x8b and so on").has_value());
}

BOOST_AUTO_TEST_CASE(tiers_need_the_ones_before) {
  const auto outcome = [](const std::string& verdict, const std::string& reply, const std::string& errors,
                          const std::string& path) {
    return R"({"verdict":")" + verdict + R"(","delivered":[{"to":"a","ttl":64}],"reply":)" + reply +
           R"(,"sender_error":null,"icmp_errors":)" + errors + R"(,"path":)" + path + R"(,"reply_path":[]})";
  };
  const std::string hop = R"([{"at":"x","pkt":"1>2 udp:40001>80"}])";
  const std::string drawn = R"([{"pkt":"1>2 udp:40077>80","at":"x"}])";
  const std::string error = R"([{"from_ns":"a","msg":"b"}])";
  const std::string expected = outcome("delivered", "null", "[]", hop);
  BOOST_TEST(tier(expected, expected) == 4U);
  BOOST_TEST(tier(expected, outcome("delivered", "null", "[]", drawn)) == 4U);
  BOOST_TEST(tier(expected, outcome("delivered", "null", "[]", "[]")) == 3U);
  BOOST_TEST(tier(expected, outcome("delivered", "null", error, hop)) == 2U);
  BOOST_TEST(tier(expected, outcome("delivered", "\"something\"", "[]", hop)) == 1U);
  BOOST_TEST(tier(expected, outcome("unknown", "null", "[]", hop)) == 0U);
}

BOOST_AUTO_TEST_CASE(lines_of_conntrack) {
  const auto flow = flow_of_line(
      "udp 17 * src=10.244.1.2 dst=10.96.0.21 sport=45001 dport=80 src=10.244.2.3 dst=10.244.1.2 sport=8080 "
      "dport=45001 mark=0 use=1");
  BOOST_REQUIRE(flow.has_value());
  BOOST_TEST(flow->dst_nat);
  BOOST_TEST(!flow->src_nat);
  BOOST_TEST(flow->seen_reply);
  BOOST_TEST(flow->reply.src_port == 8080);
  BOOST_TEST(!flow_of_line("nothing of the kind").has_value());
}

BOOST_AUTO_TEST_CASE(the_recordings_of_a_real_kernel,
                     *boost::unit_test::precondition(SharedMaterial{"dataplane"})) {
  for (const std::string& file : SharedMaterial{"dataplane"}.files(".gz")) {
    const auto recording = read_recording(file);
    BOOST_REQUIRE_MESSAGE(recording.has_value(), (recording ? "" : recording.error().to_string()));
    const Judgement judgement = judge(*recording);
    BOOST_TEST(judgement.reached[0] == judgement.total, file);
    BOOST_TEST(judgement.reached[1] * 100 >= judgement.total * 99, file);
    BOOST_TEST(judgement.reached[2] * 100 >= judgement.total * 99, file);
    BOOST_TEST(judgement.reached[3] * 100 >= judgement.total * 95, file);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::overlay
