#include "properties/overlay/all_packets/counterexample.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "properties/overlay/conform/dataplane_driver.hpp"

namespace plimsoll::properties::overlay {
namespace {

std::string two_pods() {
  return PLIMSOLL_SOURCE_DIR "/properties/overlay/conform/testdata/two-pods.json";
}

struct Made {
  std::string document = {};
  std::map<std::string, std::vector<Cause>> causes = {};
};

Made made() {
  const auto text = read_document(two_pods());
  const auto recording = read_recording(two_pods());
  BOOST_REQUIRE(text.has_value() && recording.has_value());
  Made made;
  for (const auto& [tables, network] : recording->networks) {
    made.causes[tables] = judge_all_packets(*recording, tables).violations;
  }
  made.document = counterexample_document(*text, *recording, made.causes);
  return made;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(counterexample_test)

BOOST_AUTO_TEST_CASE(each_cause_is_a_probe_that_the_pipeline_confirms) {
  const Made file = made();
  const auto recording = parse_recording(file.document, "made");
  BOOST_REQUIRE_MESSAGE(recording.has_value(), (recording ? "" : recording.error().to_string()));
  std::size_t causes = 0;
  for (const auto& [tables, found] : file.causes) {
    causes += found.size();
  }
  BOOST_TEST(causes > 0U);
  BOOST_TEST(recording->probes.size() == causes);
  const Judgement judgement = judge(*recording);
  BOOST_TEST(judgement.total == causes);
  BOOST_TEST(judgement.reached.back() == causes);
}

BOOST_AUTO_TEST_CASE(the_tables_stay_what_they_are) {
  const auto before = boost::json::parse(*read_document(two_pods()));
  const auto after = boost::json::parse(made().document);
  for (const char* const part : {"format", "tables", "ns_tables"}) {
    BOOST_CHECK(before.at(part) == after.at(part));
  }
  BOOST_CHECK(before.at("topology").at("wires") == after.at("topology").at("wires"));
}

BOOST_AUTO_TEST_CASE(another_fate_is_noticed) {
  std::string document = made().document;
  const std::string lost = R"("delivered":[])";
  const std::size_t at = document.find(lost, document.find(R"("probes":[{"id")"));
  BOOST_REQUIRE(at != std::string::npos);
  document.replace(
      at, lost.size(),
      R"("delivered":[{"to":"n1p2","src":"10.9.1.3","dst":"10.9.1.3","ttl":64,"sport_kept":true}])");
  const auto recording = parse_recording(document, "changed");
  BOOST_REQUIRE(recording.has_value());
  BOOST_TEST(judge(*recording).reached.front() < recording->probes.size());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::overlay
