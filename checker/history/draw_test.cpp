// What people get to see of a violation.
#include "checker/history/draw.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <numeric>
#include <sstream>

#include "checker/history/read.hpp"

namespace plimsoll::history {
namespace {

std::string drawn(const std::string& sample) {
  std::ifstream stream(std::string(PLIMSOLL_SOURCE_DIR) + "/checker/history/testdata/" + sample);
  std::ostringstream text;
  text << stream.rdbuf();
  auto history = read(text.str(), sample, std::nullopt);
  BOOST_REQUIRE(history);
  Verdict verdict = judge(*history, {});
  BOOST_REQUIRE(verdict.violation);
  explain(*verdict.violation, *history, {});
  return "\n" + draw(*verdict.violation, history->values);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(draw_test)

BOOST_AUTO_TEST_CASE(violations_are_drawn) {
  BOOST_TEST(drawn("keyed-register-bad.ndjson") == R"(
  key "r0":
  2 operations can be put in order, and then not client 2's read -> 5 (lines 9 to 10).
  These contradict each other, whatever the others did until then:
    client 2                     |- 3: read -> 5 -|
    client 3  |- 3: read -> 7 -|
  What overlaps it, but for 1 that never returned:
    client 2  |- 3: read -> 5 -|
)");
  BOOST_TEST(drawn("key-value-bad.edn") == R"(
  key "x":
  3 operations can be put in order, and then not client 0's get -> "ab" (lines 9 to 10).
  These contradict each other, whatever the others did until then:
    client 0                    |- get -> "ab" -|
    client 1  |- get -> "ba" -|
)");
}

BOOST_AUTO_TEST_CASE(wide_lanes_are_continued_below) {
  History history;
  for (std::uint32_t i = 0; i < 4; ++i) {
    Operation write;
    write.client = i % 2 == 0 ? 9 : 10;
    write.verb = Verb::write;
    write.argument = history.values.word(std::to_string(i));
    write.call = 2 * i;
    write.returned = 2 * i + 1;
    history.operations.push_back(write);
  }
  const std::vector<std::uint32_t> all = {0, 1, 2, 3};
  BOOST_TEST("\n" + draw_lanes(history.operations, all, history.values, 60) == R"(
    client  9  |- write 0 -|               |- write 2 -|
    client 10                |- write 1 -|               |-
    ...
    client 10  write 3 -|
)");
}

BOOST_AUTO_TEST_CASE(long_values_are_cut) {
  History history;
  Operation put;
  put.verb = Verb::put;
  put.argument = history.values.string(std::string(1000, 'x'));
  history.operations.push_back(put);
  const std::vector<std::uint32_t> all = {0};
  const std::string text = draw_lanes(history.operations, all, history.values, 100);
  BOOST_TEST(text.find("xxx... ") != std::string::npos);
  BOOST_TEST(text.size() < 100U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::history
