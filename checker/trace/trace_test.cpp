#include "checker/trace/trace.hpp"

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "checker/trace/itf_value.hpp"
#include "checker/trace/json.hpp"

namespace plimsoll::checker {
namespace {

const std::filesystem::path corpus = std::filesystem::path(PLIMSOLL_SOURCE_DIR) / "checker/trace/corpus";

/// Texts of any bytes now and then, so that those which are not UTF-8 come up too.
std::string any_text() {
  const bool any_bytes = *rc::gen::inRange(0, 4) == 0;
  return any_bytes ? *rc::gen::container<std::string>(rc::gen::arbitrary<char>())
                   : *rc::gen::container<std::string>(rc::gen::inRange(' ', '\x7f'));
}

std::string any_number() {
  const std::string digits = std::to_string(*rc::gen::arbitrary<std::uint64_t>() >> *rc::gen::inRange(0, 64));
  const bool is_negative = *rc::gen::arbitrary<bool>();
  return (is_negative && digits != "0" ? "-" : "") + digits;
}

Datum any_datum(int depth);

std::vector<Datum::Member> any_members(int depth, bool are_fields) {
  std::vector<Datum::Member> members;
  const int count = *rc::gen::inRange(0, 4);
  for (int i = 0; i < count; ++i) {
    const std::string name =
        are_fields ? *rc::gen::element<std::string>("tag", "value", "x", "y-z") : any_text();
    Datum value = any_datum(depth - 1);
    members.emplace_back(
        are_fields && i > 1 ? name + std::to_string(i) : (are_fields && i == 1 ? "1" : "") + name,
        std::move(value));
  }
  return members;
}

Datum any_datum(int depth) {
  Datum datum;
  datum.kind = static_cast<Datum::Kind>(*rc::gen::inRange(0, depth > 0 ? 7 : 4));
  switch (datum.kind) {
    case Datum::Kind::absent:
      break;
    case Datum::Kind::boolean:
      datum.text = *rc::gen::arbitrary<bool>() ? "true" : "false";
      break;
    case Datum::Kind::number:
      datum.text = any_number();
      break;
    case Datum::Kind::text:
      datum.text = any_text();
      break;
    case Datum::Kind::list: {
      const int count = *rc::gen::inRange(0, 4);
      for (int i = 0; i < count; ++i) {
        datum.items.push_back(any_datum(depth - 1));
      }
      break;
    }
    case Datum::Kind::record:
    case Datum::Kind::map:
      datum.members = any_members(depth, datum.kind == Datum::Kind::record);
      break;
  }
  return datum;
}

Trace small_trace() {
  Trace trace;
  trace.scenario_text = "apiVersion: plimsoll/v1\nkind: Scenario\n";
  trace.scenario_file = "jugs.yaml";
  trace.overrides = {{"faults.crash=1"}, {"F1"}};
  trace.defects = {"F1"};
  trace.property = "big-is-never-four";
  trace.engine = "bfs";
  trace.visited = "exact";
  trace.version = "0.1.0";
  const auto jugs = [](std::uint64_t small, std::uint64_t big) {
    return Datum::of_record({{"small", Datum::of_number(small)}, {"big", Datum::of_number(big)}});
  };
  trace.behaviour = {{jugs(0, 0), jugs(0, 5), jugs(3, 2)},
                     {{"fill", {{"jug", "big"}}}, {"pour", {{"from", "big"}}}}};
  return trace;
}

void check_equal(const Trace& a, const Trace& b) {
  BOOST_TEST(a.scenario_text == b.scenario_text);
  BOOST_TEST(a.scenario_file == b.scenario_file);
  BOOST_TEST(a.overrides.set == b.overrides.set);
  BOOST_TEST(a.overrides.defects == b.overrides.defects);
  BOOST_TEST(a.defects == b.defects);
  BOOST_TEST(a.property == b.property);
  BOOST_TEST((a.shown == b.shown));
  BOOST_TEST(a.engine == b.engine);
  BOOST_TEST(a.visited == b.visited);
  BOOST_TEST(a.version == b.version);
  BOOST_TEST((a.behaviour == b.behaviour));
}

/// Lines `file|line:column: message` of the corpus' table.
std::map<std::string, std::string> expected_errors() {
  std::ifstream stream(corpus / "expected.txt");
  std::map<std::string, std::string> table;
  for (std::string line; std::getline(stream, line);) {
    const std::size_t bar = line.find('|');
    BOOST_REQUIRE(bar != std::string::npos);
    table[line.substr(0, bar)] = line.substr(bar + 1);
  }
  return table;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(trace_test)

BOOST_AUTO_TEST_CASE(a_trace_is_read_back_as_it_was_written) {
  Trace trace = small_trace();
  const auto again = read_itf(write_itf(trace), "t");
  BOOST_REQUIRE(again.has_value());
  check_equal(trace, *again);
  trace.shown = Shown::witness;
  trace.overrides = {};
  trace.defects = {};
  trace.scenario_text = "line\r\nwithout end";
  const auto witness = read_itf(write_itf(trace), "t");
  BOOST_REQUIRE(witness.has_value());
  check_equal(trace, *witness);
}

BOOST_AUTO_TEST_CASE(a_loop_is_written_as_the_format_has_it) {
  Trace trace = small_trace();
  trace.behaviour.states[2] = trace.behaviour.states[1];
  trace.behaviour.loop = 1;
  const std::string text = write_itf(trace);
  BOOST_TEST(text.ends_with("\n  ],\n  \"loop\": 1\n}\n"));
  BOOST_TEST(text.find("is violated by 2 steps, of which the last 1 repeat for ever") != std::string::npos);
  const auto again = read_itf(text, "t");
  BOOST_REQUIRE(again.has_value());
  check_equal(trace, *again);
}

BOOST_AUTO_TEST_CASE(any_value_is_read_back_as_it_was_written) {
  BOOST_TEST(rc::check("from_itf(parse(write(to_itf(d)))) is d", [] {
    const Datum datum = any_datum(4);
    const auto node = parse_json(write_json(to_itf(datum)), "f");
    RC_ASSERT(node.has_value());
    const auto again = from_itf(*node);
    RC_ASSERT(again.has_value());
    RC_ASSERT(datum == *again);
  }));
}

BOOST_AUTO_TEST_CASE(any_behaviour_is_read_back_as_it_was_written) {
  BOOST_TEST(rc::check("read(write(t)) is t", [] {
    Trace trace = small_trace();
    trace.scenario_text = *rc::gen::container<std::string>(rc::gen::inRange('\x01', '\x7f'));
    Behaviour behaviour;
    behaviour.states.push_back(any_datum(3));
    const int steps = *rc::gen::inRange(0, 4);
    for (int i = 0; i < steps; ++i) {
      std::string name = any_text();
      std::string value = any_text();
      behaviour.labels.push_back({std::move(name), {{"p", std::move(value)}}});
      behaviour.states.push_back(any_datum(3));
    }
    const int end = *rc::gen::inRange(0, 3);
    behaviour.ends = end == 1;
    if (end == 2 && steps > 0) {
      const auto loop = static_cast<std::size_t>(*rc::gen::inRange(0, steps));
      behaviour.loop = loop;
      behaviour.states.back() = behaviour.states[loop];
    }
    trace.behaviour = behaviour;
    const auto again = read_itf(write_itf(trace), "t");
    RC_ASSERT(again.has_value());
    RC_ASSERT(again->behaviour == behaviour);
    RC_ASSERT(again->scenario_text == trace.scenario_text);
  }));
}

BOOST_AUTO_TEST_CASE(numbers_beyond_double_precision_are_bigints) {
  const auto written = [](const std::string& digits) {
    Datum datum = Datum::of_number(0);
    datum.text = digits;
    return write_json(to_itf(datum));
  };
  BOOST_TEST(written("9007199254740991") == "9007199254740991\n");
  BOOST_TEST(written("9007199254740992") == "{\"#bigint\": \"9007199254740992\"}\n");
  BOOST_TEST(written("-9007199254740992") == "{\"#bigint\": \"-9007199254740992\"}\n");
}

BOOST_AUTO_TEST_CASE(a_change_in_a_state_is_a_change_of_one_line) {
  Trace trace = small_trace();
  const std::string before = write_itf(trace);
  trace.behaviour.states[1].members[1].second.text = "4";
  const std::string after = write_itf(trace);
  std::istringstream old_lines(before);
  std::istringstream new_lines(after);
  std::size_t changed = 0;
  std::string old_line;
  for (std::string new_line; std::getline(new_lines, new_line) && std::getline(old_lines, old_line);) {
    changed += old_line != new_line ? 1 : 0;
    BOOST_TEST(new_line.size() <= 110U);
  }
  BOOST_TEST(changed == 1U);
}

BOOST_AUTO_TEST_CASE(every_truncation_is_refused) {
  const std::string text = write_itf(small_trace());
  for (std::size_t length = 0; length + 1 < text.size(); ++length) {
    const auto trace = read_itf(text.substr(0, length), "t");
    BOOST_REQUIRE_MESSAGE(!trace.has_value(), "accepted with " << length << " bytes");
    BOOST_REQUIRE(!trace.error().message.empty());
  }
}

BOOST_AUTO_TEST_CASE(each_bad_trace_is_refused_as_the_table_says) {
  const std::map<std::string, std::string> expected = expected_errors();
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    const std::string name = entry.path().filename().string();
    if (name == "expected.txt") {
      continue;
    }
    ++count;
    const auto trace = load_trace(entry.path().string());
    BOOST_TEST(!trace.has_value(), name << " is accepted");
    BOOST_TEST(expected.contains(name), name << " is not in expected.txt");
    if (!trace && expected.contains(name)) {
      BOOST_TEST(trace.error().to_string() == entry.path().string() + ":" + expected.at(name));
    }
  }
  BOOST_TEST(count == expected.size());
  BOOST_TEST(count >= 20U);
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_read_are_errors) {
  BOOST_TEST(load_trace("no/such/file").error().to_string() == "no/such/file:1:1: the file cannot be opened");
  BOOST_TEST(load_trace(corpus.string()).error().message == "the file cannot be read");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
