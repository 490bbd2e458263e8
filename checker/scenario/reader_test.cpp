#include "checker/scenario/reader.hpp"

#include <array>
#include <functional>
#include <string>

#include <boost/test/unit_test.hpp>

#include "checker/scenario/yaml.hpp"

namespace plimsoll::scenario {
namespace {

/// The error, or "", after `decode` read `text`.
std::string error_of(const std::string& text, const std::function<void(MapReader&)>& decode) {
  const auto documents = parse_yaml(text, "f");
  BOOST_REQUIRE_MESSAGE(documents.has_value() && documents->size() == 1, text);
  FirstError errors;
  MapReader fields(documents->front(), "parameters", errors);
  decode(fields);
  fields.finish();
  return errors.error() ? errors.error()->to_string() : "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reader_test)

BOOST_AUTO_TEST_CASE(every_type_is_read) {
  const auto decode = [](MapReader& fields) {
    constexpr std::array<std::string_view, 2> colours = {"red", "green"};
    BOOST_TEST(fields.string("s") == "x y");
    BOOST_TEST(fields.word("w") == "a-b");
    BOOST_TEST(fields.boolean("b"));
    BOOST_TEST(fields.uint("u", {1, 9}) == 7U);
    BOOST_TEST(fields.one_of("o", colours) == 1U);
    BOOST_TEST(fields.optional_duration("d").value().count() == 5000);
    BOOST_TEST(fields.optional_memory_bytes("m").value() == 1024U);
    BOOST_TEST(fields.optional_list("l").size() == 2U);
    BOOST_TEST(fields.node("n")->entries.size() == 1U);
    const auto counts = fields.optional_counts("c", {});
    BOOST_TEST(counts.at(0).name == "crash");
    BOOST_TEST(counts.at(0).count == 2U);
    BOOST_TEST(counts.at(0).where.to_string() == "f:10:5");
    const auto map = fields.optional_string_map("p");
    BOOST_TEST(map.at(1).second == "4");
    BOOST_TEST(fields.optional_words("ws").size() == 2U);
    BOOST_TEST(!fields.optional_string("empty").has_value());
    BOOST_TEST(!fields.optional_string("absent").has_value());
  };
  BOOST_TEST(error_of("s: x y\nw: a-b\nb: true\nu: 7\no: green\nd: 5s\nm: 1KiB\nl: [1, 2]\nn: {x: y}\n"
                      "c: {crash: 2}\np: {a: b, c: '4'}\nws: [a, b]\nempty:\n",
                      decode) == "");
}

BOOST_AUTO_TEST_CASE(unknown_fields_come_with_a_suggestion) {
  const auto decode = [](MapReader& fields) {
    (void)fields.optional_uint("faults", {});
    (void)fields.optional_uint("bounds", {});
  };
  BOOST_TEST(error_of("bounds: 1\nfautls: 1\n", decode) ==
             "f:2:1: unknown field 'fautls' in 'parameters', did you mean 'faults'?");
  BOOST_TEST(error_of("zebra: 1\n", decode) == "f:1:1: unknown field 'zebra' in 'parameters'");
}

BOOST_AUTO_TEST_CASE(a_misspelt_required_field_is_reported_as_unknown_not_as_missing) {
  const auto decode = [](MapReader& fields) { (void)fields.uint("managers", {1, 7}); };
  BOOST_TEST(error_of("manager: 3\n", decode) ==
             "f:1:1: unknown field 'manager' in 'parameters', did you mean 'managers'?");
  BOOST_TEST(error_of("{}\n", decode) == "f:1:1: field 'managers' is missing in 'parameters'");
  BOOST_TEST(error_of("managers:\n", decode) == "f:1:1: field 'managers' has no value in 'parameters'");
  BOOST_TEST(error_of("managers: x\n", decode) ==
             "f:1:11: 'managers': expected an integer between 1 and 7, found 'x'");
  BOOST_TEST(error_of("[a]\n", decode) == "f:1:1: expected a mapping for 'parameters', found a list");
}

BOOST_AUTO_TEST_CASE(refused_fields_say_why) {
  const auto decode = [](MapReader& fields) {
    fields.accept("b");
    fields.refuse("a", "is gone");
  };
  BOOST_TEST(error_of("b: 1\na: 2\n", decode) == "f:2:1: field 'a' of 'parameters' is gone");
  BOOST_TEST(error_of("b: {c: 1}\n", decode) == "");
}

BOOST_AUTO_TEST_CASE(the_first_error_stays) {
  const auto decode = [](MapReader& fields) {
    (void)fields.boolean("a");
    (void)fields.boolean("b");
  };
  BOOST_TEST(error_of("b: 1\na: 2\n", decode) == "f:2:4: 'a': expected true or false, found '2'");
}

BOOST_AUTO_TEST_CASE(lists_of_words_are_sets) {
  const auto decode = [](MapReader& fields) { (void)fields.optional_words("w"); };
  BOOST_TEST(error_of("w: [a, b, a]\n", decode) == "f:1:11: 'w': 'a' is listed twice");
  BOOST_TEST(error_of("w: [a, B]\n", decode) == "f:1:8: 'w': expected a word in kebab-case, found 'B'");
  BOOST_TEST(error_of("w: a\n", decode) == "f:1:4: 'w': expected a list, found 'a'");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::scenario
