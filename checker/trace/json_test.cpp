#include "checker/trace/json.hpp"

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

namespace plimsoll::checker {
namespace {

std::string error_of(std::string_view text) {
  const auto node = parse_json(text, "f");
  return node ? "accepted" : node.error().to_string();
}

bool alike(const scenario::Node& a, const scenario::Node& b) {
  if (a.kind != b.kind || a.text != b.text || a.quoted != b.quoted || a.items.size() != b.items.size() ||
      a.entries.size() != b.entries.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.items.size(); ++i) {
    if (!alike(a.items[i], b.items[i])) {
      return false;
    }
  }
  for (std::size_t i = 0; i < a.entries.size(); ++i) {
    if (a.entries[i].key.text != b.entries[i].key.text || !alike(a.entries[i].value, b.entries[i].value)) {
      return false;
    }
  }
  return true;
}

scenario::Node any_json(int depth) {
  const int kind = *rc::gen::inRange(0, depth > 0 ? 7 : 5);
  switch (kind) {
    case 0:
      return json_null();
    case 1:
      return json_boolean(*rc::gen::arbitrary<bool>());
    case 2:
      return json_number(*rc::gen::arbitrary<std::uint64_t>());
    case 3:
      return json_number(static_cast<double>(*rc::gen::inRange(-100000, 100000)) / 64.0);
    case 4:
      return json_text(*rc::gen::container<std::string>(rc::gen::inRange('\x01', '\x7f')));
    default:
      break;
  }
  const int count = *rc::gen::inRange(0, 5);
  std::vector<scenario::Node> items;
  std::vector<std::pair<std::string, scenario::Node>> members;
  for (int i = 0; i < count; ++i) {
    scenario::Node item = any_json(depth - 1);
    const std::string name = *rc::gen::container<std::string>(rc::gen::inRange(' ', '\x7f'));
    members.emplace_back(std::to_string(i) + name, item);
    items.push_back(std::move(item));
  }
  return kind == 5 ? json_list(std::move(items)) : json_object(std::move(members));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_test)

BOOST_AUTO_TEST_CASE(values_have_places) {
  const auto root = parse_json("{\n  \"\xc3\xa9\": [1, true]\n}", "f");
  BOOST_REQUIRE(root.has_value());
  const scenario::Node& list = root->entries[0].value;
  BOOST_TEST(list.where.to_string() == "f:2:8");
  BOOST_TEST(list.items[1].where.to_string() == "f:2:12");
  BOOST_TEST(!list.items[1].quoted);
}

BOOST_AUTO_TEST_CASE(escapes_are_read) {
  const auto root = parse_json(R"("\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83d\ude00")", "f");
  BOOST_REQUIRE(root.has_value());
  BOOST_TEST(root->text == "\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
}

BOOST_AUTO_TEST_CASE(malformed_text_is_refused_where_it_goes_wrong) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "f:1:1: expected a value, but the text ends here"},
      {"{\"a\": 1,}", "f:1:9: expected a field name in double quotes, found '}'"},
      {"[1 2]", "f:1:4: expected ',' or ']', found '2'"},
      {"[1,\n", "f:2:1: expected a value, but the text ends here"},
      {"{\"a\" 1}", "f:1:6: expected ':', found '1'"},
      {"{\"a\": 1, \"a\": 2}", "f:1:10: field 'a' is given twice"},
      {"01", "f:1:2: a number has no leading zeros"},
      {"1.", "f:1:3: expected a digit, but the text ends here"},
      {"-", "f:1:2: expected a digit, but the text ends here"},
      {"1e+", "f:1:4: expected a digit, but the text ends here"},
      {"tru", "f:1:1: expected a value, found 't'"},
      {"1 1", "f:1:3: expected nothing more, found '1'"},
      {"\"abc", "f:1:1: this string is never closed"},
      {"\"a\nb\"", "f:1:3: a string ends on the line it began on, and control characters in it are escaped"},
      {"\"\\x\"", "f:1:2: not an escape that JSON knows"},
      {"\"\\ud800\"",
       "f:1:2: \\u needs four hexadecimal digits that name a character or begin a pair of surrogates"},
      {"\"\\u12",
       "f:1:2: \\u needs four hexadecimal digits that name a character or begin a pair of surrogates"},
      {"\"\xff\"", "f:1:2: this byte is not valid UTF-8"},
      {"\xef\xbb\xbf{}", "f:1:1: expected a value, found '\xef\xbb\xbf'"},
  };
  for (const auto& [text, error] : table) {
    BOOST_TEST(error_of(text) == error);
  }
}

BOOST_AUTO_TEST_CASE(depth_is_limited) {
  BOOST_TEST(error_of(std::string(128, '[') + std::string(128, ']')) == "accepted");
  BOOST_TEST(error_of(std::string(100000, '[')) ==
             "f:1:129: values are nested more than 128 deep, the limit");
}

BOOST_AUTO_TEST_CASE(what_fits_a_line_is_written_on_one) {
  const scenario::Node node = json_object({{"a", json_list({json_number(std::uint64_t{1}), json_null()})},
                                           {"b", json_text(std::string(90, 'x'))}});
  BOOST_TEST(write_json(node) == "{\n  \"a\": [1, null],\n  \"b\": \"" + std::string(90, 'x') + "\"\n}\n");
  BOOST_TEST(write_json(json_list({json_number(0.5), json_text("\n\x01\xff")})) ==
             "[0.5, \"\\n\\u0001\xef\xbf\xbd\"]\n");
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_back) {
  BOOST_TEST(rc::check("parse(write(node)) is node", [] {
    const scenario::Node node = any_json(4);
    const auto again = parse_json(write_json(node), "f");
    RC_ASSERT(again.has_value());
    RC_ASSERT(alike(node, *again));
  }));
}

BOOST_AUTO_TEST_CASE(mutated_text_never_crashes) {
  BOOST_TEST(rc::check("any bytes are a value or an error with a place", [] {
    std::string text = write_json(any_json(3));
    const int changes = *rc::gen::inRange(1, 5);
    for (int i = 0; i < changes; ++i) {
      const std::size_t at = *rc::gen::inRange<std::size_t>(0, text.size());
      text[at] = static_cast<char>(*rc::gen::inRange(-128, 128));
    }
    const auto node = parse_json(text, "f");
    RC_ASSERT((node.has_value() || (node.error().where.line >= 1 && !node.error().message.empty())));
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
