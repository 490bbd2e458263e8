// What a real etcd was recorded to answer, and that a difference would be noticed.
#include "properties/store/conform/samples_driver.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

#include "properties/conformance/failures_text.hpp"
#include "properties/conformance/shared_material.hpp"
#include "properties/conformance/text_file.hpp"
#include "properties/store/conform/samples_file.hpp"

namespace plimsoll::properties::store {
namespace {

const std::string own = PLIMSOLL_SOURCE_DIR "/properties/store/conform/testdata/etcd_3_4_23.jsonl";

/// Judges a text as if it were a file.
ConformanceResult judge(const std::string& text) {
  static int number = 0;
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() /
      ("plimsoll-samples-" + std::to_string(getpid()) + "-" + std::to_string(++number));
  std::ofstream(path) << text;
  ConformanceResult result = judge_etcd_samples(path.string());
  std::filesystem::remove(path);
  return result;
}
/// Where the text differs once `from` is written as `to`, the first time it occurs after `after`.
std::string failures_with(const std::string& after, const std::string& from, const std::string& to) {
  std::string text = *read_file(own);
  const std::size_t at = text.find(from, text.find(after));
  BOOST_REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
  const ConformanceResult result = judge(text);
  BOOST_REQUIRE(result.has_value());
  std::string names;
  for (const ConformanceFailure& failure : result->failures) {
    names += failure.what + ";";
  }
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(samples_driver_test)

BOOST_AUTO_TEST_CASE(all_recorded_answers_are_the_references) {
  const ConformanceResult result = judge_etcd_samples(own);
  BOOST_TEST(failures_text(result, own).empty());
  BOOST_REQUIRE(result.has_value());
  BOOST_TEST(result->total == 99U);
  BOOST_TEST(result->passed == 99U);
}

BOOST_AUTO_TEST_CASE(all_shared_answers_are_the_references,
                     *boost::unit_test::precondition(SharedMaterial{"etcd"})) {
  const std::string path = (SharedMaterial{"etcd"}.path() / "samples.jsonl").string();
  const ConformanceResult result = judge_etcd_samples(path);
  BOOST_TEST(failures_text(result, path).empty());
  BOOST_REQUIRE(result.has_value());
  BOOST_TEST(result->total == 85U);
  BOOST_TEST(result->passed == 85U);
}

BOOST_AUTO_TEST_CASE(a_different_answer_is_noticed) {
  BOOST_TEST(failures_with("txn: create if absent", "\"succeeded\":true", "\"succeeded\":false") ==
             "txn: create if absent;");
  BOOST_TEST(failures_with("lease: grant of a used id", "\"status\":412", "\"status\":400") ==
             "lease: grant of a used id;");
  BOOST_TEST(failures_with("range: limit, more, count", "\"count\":\"3\"", "\"count\":\"2\"") ==
             "range: limit, more, count;");
  BOOST_TEST(failures_with("lease: keys", "\"TTL\":\"", "\"TTL\":\"1") == "lease: keys;");
  BOOST_TEST(failures_with("watch: no removals", "\"created\":true", "\"created\":false") ==
             "watch: no removals;");
  BOOST_TEST(failures_with("maintenance: hash", "\"hash\":", "\"hush\":") == "maintenance: hash;");
}

BOOST_AUTO_TEST_CASE(what_a_recording_leaves_out_is_made_up_for) {
  // Two puts are not recorded: one is known by what is read, one by nothing but its revision.
  const auto result = judge(
      R"({"path":"/v3/kv/put","request":{"key":"YQ=="},"status":200,"response":{"header":{"revision":"4"}}})"
      "\n"
      R"({"path":"/v3/kv/range","request":{"key":"Yg=="},"status":200,"response":{"header":{"revision":"4"},)"
      R"("count":"1","kvs":[{"key":"Yg==","value":"MQ==","create_revision":"2","mod_revision":"2",)"
      R"("version":"1"}]}})"
      "\n");
  BOOST_TEST(failures_text(result, "").empty());
  BOOST_REQUIRE(result.has_value());
  BOOST_TEST(result->passed == 2U);
}

BOOST_AUTO_TEST_CASE(what_is_no_sample_is_an_error_with_its_line) {
  const std::string good = R"({"path":"/v3/kv/range","request":{},"status":400,"response":{}})";
  for (const std::string bad : {"{", "[]", R"({"path":"/v3/kv/range"})"}) {
    const auto samples = read_samples(good + "\n\n" + bad + "\n", "x.jsonl");
    BOOST_REQUIRE(!samples.has_value());
    BOOST_TEST(samples.error().to_string().starts_with("x.jsonl:3:1: "));
  }
  BOOST_TEST(!judge_etcd_samples("no/such/file").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::store
