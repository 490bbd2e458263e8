// Watches of a recorded history, and what they are judged by.
#include "checker/history/watches.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sstream>

#include "checker/history/read.hpp"

namespace plimsoll::history {
namespace {

History sample(const std::string& name) {
  std::ifstream stream(std::string(PLIMSOLL_SOURCE_DIR) + "/checker/history/testdata/" + name);
  std::ostringstream text;
  text << stream.rdbuf();
  auto history = read(text.str(), name, std::nullopt);
  BOOST_REQUIRE(history);
  return std::move(*history);
}

std::string text_of(const std::vector<kv::Event>& changes) {
  std::string text;
  for (const kv::Event& change : changes) {
    text +=
        (change.type == kv::EventType::put ? change.kv.key + "=" + change.kv.value : "-" + change.kv.key) +
        "@" + std::to_string(change.kv.mod_revision.value) + " ";
  }
  return text;
}

/// Wants every change that is known.
std::vector<WatchFinding> complains_of_gaps(const WatchRecord& watch, const std::vector<kv::Event>* changes) {
  if (changes == nullptr) {
    return {{"known", "nothing is known"}};
  }
  std::size_t next = 0;
  for (const kv::WatchResponse& response : watch.responses) {
    for (const kv::Event& event : response.events) {
      if (event.kv.key != (*changes)[next++].kv.key) {
        return {{"whole", "a change was left out"}};
      }
    }
  }
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(watches_test)

BOOST_AUTO_TEST_CASE(changes_are_told_from_answers_and_watches) {
  History history = sample("store-good.ndjson");
  BOOST_REQUIRE(changes_of(history, {}));
  BOOST_TEST(text_of(*changes_of(history, {})) == "a=1@2 b=2@3 a=3@4 -b@4 ");
  // Something that nobody was told but the watch.
  Operation put;
  put.client = 8;
  put.verb = Verb::exchange;
  put.exchange = history.values.add({kv::PutRequest{"c", "5", {}, false, false, false}, {}});
  put.call = 100;
  history.operations.push_back(put);
  BOOST_TEST(text_of(*changes_of(history, {})) == "a=1@2 b=2@3 a=3@4 -b@4 ");
  kv::WatchResponse response;
  response.events.push_back({kv::EventType::put, {"c", "5", {5}, {5}, 1, {}}, {}});
  history.watches.push_back({7, 200, 0, response});
  BOOST_TEST(text_of(*changes_of(history, {})) == "a=1@2 b=2@3 a=3@4 -b@4 c=5@5 ");
  // And something that nobody has done: operations alone are believed.
  response.events.front().kv.value = "6";
  history.watches.back().body = response;
  BOOST_TEST(text_of(*changes_of(history, {})) == "a=1@2 b=2@3 a=3@4 -b@4 ");
  BOOST_TEST(!changes_of(sample("store-bad.ndjson"), {}));
  BOOST_TEST(!changes_of(sample("keyed-register-good.ndjson"), {}));
}

BOOST_AUTO_TEST_CASE(streams_are_told_apart) {
  History history;
  history.model = Model::store;
  const auto request = [](std::uint32_t id) {
    kv::WatchRequest watch;
    watch.watch.value = id;
    return watch;
  };
  const auto response = [](kv::WatchId id) {
    kv::WatchResponse message;
    message.watch = id;
    return message;
  };
  history.watches = {{0, 1, 1, request(1)},    {0, 2, 2, request(2)},    {5, 3, 3, request(1)},
                     {0, 4, 4, response({2})}, {0, 5, 5, response({3})}, {0, 6, 6, response(kv::all_watches)},
                     {5, 7, 7, response({1})}, {0, 8, 8, request(1)},    {0, 9, 9, response({1})}};
  const std::vector<WatchRecord> watches = watches_of(history);
  BOOST_REQUIRE(watches.size() == 4U);
  const std::vector<std::vector<std::uint32_t>> lines = {{6}, {4, 6}, {7}, {9}};
  for (std::size_t i = 0; i < watches.size(); ++i) {
    BOOST_TEST(watches[i].lines == lines[i], boost::test_tools::per_element());
    BOOST_TEST(watches[i].responses.size() == lines[i].size());
  }
}

BOOST_AUTO_TEST_CASE(the_response_that_breaks_a_guarantee_is_found) {
  const WatchVerdict good = judge_watches(sample("store-good.ndjson"), complains_of_gaps, {});
  BOOST_TEST(good.watches == 1U);
  BOOST_TEST(good.responses == 5U);
  BOOST_TEST(good.has_changes);
  BOOST_TEST(good.broken.empty());
  const WatchVerdict broken = judge_watches(sample("store-unreliable-watch.ndjson"), complains_of_gaps, {});
  BOOST_REQUIRE(broken.broken.size() == 1U);
  BOOST_TEST(broken.broken.front().line == 16U);
  BOOST_TEST(draw(broken) ==
             "  The watch of client 9 (line 1) is not whole on line 16: a change was left out\n");
}

BOOST_AUTO_TEST_CASE(without_answers_less_is_known) {
  History history = sample("store-good.ndjson");
  history.operations.clear();
  const WatchVerdict verdict = judge_watches(history, complains_of_gaps, {});
  BOOST_TEST(!verdict.has_changes);
  BOOST_REQUIRE(verdict.broken.size() == 1U);
  BOOST_TEST((verdict.broken.front().finding == WatchFinding{"known", "nothing is known"}));
  BOOST_TEST(draw(verdict).find("What really happened is not known") != std::string::npos);
  history.watches.clear();
  BOOST_TEST(judge_watches(history, complains_of_gaps, {}).watches == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::history
