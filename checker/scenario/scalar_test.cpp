#include "checker/scenario/scalar.hpp"

#include <array>
#include <string>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "checker/scenario/suggestion.hpp"
#include "checker/scenario/yaml.hpp"

namespace plimsoll::scenario {
namespace {

Node node_of(const std::string& text) {
  const auto documents = parse_yaml(text, "f");
  BOOST_REQUIRE_MESSAGE(documents.has_value() && documents->size() == 1, text);
  return documents->front();
}

template <typename T>
std::string message(const tl::expected<T, Error>& result) {
  return result ? "" : result.error().message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scalar_test)

BOOST_AUTO_TEST_CASE(strings_are_what_core_schema_leaves) {
  for (const std::string text : {"yes", "no", "on", "off", "0o17", "080", "10.0.0.1", "1:2", "a b", "0x",
                                 ".5x", "1_0", "'5'", "\"true\"", "'null'", "''"}) {
    const auto value = as_string(node_of(text));
    BOOST_TEST(value.has_value(), text << ": " << message(value));
  }
  for (const std::string text : {"5", "-5", "1.5", "1e3", "0", "true", "False", "TRUE"}) {
    BOOST_TEST(message(as_string(node_of(text))) ==
               "expected a string (put it in quotes), found '" + text + "'");
  }
  BOOST_TEST(message(as_string(node_of("[a]"))) == "expected a string, found a list");
}

BOOST_AUTO_TEST_CASE(integers_are_decimal_and_in_range) {
  const std::string expected = "expected an integer between 1 and 64, found ";
  BOOST_TEST(as_uint(node_of("1"), {1, 64}).value() == 1U);
  BOOST_TEST(as_uint(node_of("64"), {1, 64}).value() == 64U);
  BOOST_TEST(as_uint(node_of("18446744073709551615"), {0, UINT64_MAX}).value() == UINT64_MAX);
  for (const std::string text :
       {"0", "65", "-1", "+1", "080", "0o17", "0x10", "1.0", "1e1", "yes", "18446744073709551616"}) {
    BOOST_TEST(message(as_uint(node_of(text), {1, 64})) == expected + "'" + text + "'");
  }
  BOOST_TEST(message(as_uint(node_of("'5'"), {1, 64})) == expected + "the string '5'");
  BOOST_TEST(message(as_uint(node_of("{}"), {1, 64})) == expected + "a mapping");
  BOOST_TEST(message(as_uint(node_of("~"), {1, 64})) == expected + "nothing");
}

BOOST_AUTO_TEST_CASE(bools_are_true_and_false_only) {
  BOOST_TEST(as_bool(node_of("true")).value());
  BOOST_TEST(!as_bool(node_of("False")).value());
  for (const std::string text : {"yes", "on", "1", "tRue", "y"}) {
    BOOST_TEST(message(as_bool(node_of(text))) == "expected true or false, found '" + text + "'");
  }
  BOOST_TEST(message(as_bool(node_of("'true'"))) == "expected true or false, found the string 'true'");
}

BOOST_AUTO_TEST_CASE(durations_and_sizes_need_a_unit) {
  using namespace std::chrono_literals;
  const bool durations_are_read = parse_duration("250ms") == 250ms && parse_duration("5s") == 5s &&
                                  parse_duration("2m") == 2min && parse_duration("1h") == 1h &&
                                  parse_duration("0s") == 0ms && parse_duration("1000h") == 1000h;
  BOOST_TEST(durations_are_read);
  for (const char* text :
       {"", "5", "s", "-5s", "5 s", "05s", "1.5s", "1001h", "5S", "99999999999999999999s"}) {
    BOOST_TEST(!parse_duration(text).has_value(), text);
  }
  BOOST_TEST(parse_memory_bytes("64KiB").value() == 65536U);
  BOOST_TEST(parse_memory_bytes("512MiB").value() == 512U << 20U);
  BOOST_TEST(parse_memory_bytes("2GiB").value() == 2ULL << 30U);
  for (const char* text : {"", "2", "2GB", "2G", "GiB", "1025GiB", "2gib"}) {
    BOOST_TEST(!parse_memory_bytes(text).has_value(), text);
  }
  BOOST_TEST(message(as_duration(node_of("5"))) ==
             "expected a duration such as 250ms, 5s, 2m or 1h, found '5'");
  BOOST_TEST(message(as_memory_bytes(node_of("5"))) ==
             "expected a memory size such as 64KiB, 512MiB or 2GiB, found '5'");
}

BOOST_AUTO_TEST_CASE(words_are_kebab_case) {
  for (const char* text : {"a", "crash", "unique-pod-ip", "f1", "a-1"}) {
    BOOST_TEST(is_kebab_case(text), text);
  }
  for (const char* text : {"", "-a", "a-", "a--b", "A", "1a", "a_b", "a b", "é"}) {
    BOOST_TEST(!is_kebab_case(text), text);
  }
  constexpr std::array<std::string_view, 3> words = {"bfs", "dfs", "walk"};
  BOOST_TEST(as_one_of(node_of("dfs"), words).value() == 1U);
  BOOST_TEST(message(as_one_of(node_of("wlak"), words)) ==
             "expected bfs, dfs or walk, found 'wlak', did you mean 'walk'?");
}

BOOST_AUTO_TEST_CASE(suggestions_are_near) {
  constexpr std::array<std::string_view, 4> names = {"faults", "bounds", "nodes", "time"};
  BOOST_TEST(suggestion("fautls", names) == ", did you mean 'faults'?");
  BOOST_TEST(suggestion("Nodes", names) == ", did you mean 'nodes'?");
  BOOST_TEST(suggestion("tmie", names) == ", did you mean 'time'?");
  BOOST_TEST(suggestion("bound", names) == ", did you mean 'bounds'?");
  BOOST_TEST(suggestion("emit", names) == "");
  BOOST_TEST(suggestion("", names) == "");
  BOOST_TEST(suggestion(std::string(1000, 'x'), names) == "");
}

BOOST_AUTO_TEST_CASE(every_integer_reads_back) {
  BOOST_TEST(rc::check("as_uint inverts std::to_string", [] {
    const auto value = *rc::gen::arbitrary<std::uint64_t>();
    RC_ASSERT(parse_uint(std::to_string(value)) == value);
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::scenario
