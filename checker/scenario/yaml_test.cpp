#include "checker/scenario/yaml.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "checker/scenario/source_text.hpp"

namespace plimsoll::scenario {
namespace {

/// The tree on one line: 'plain', "quoted", ~ for null, [] and {}.
std::string flat(const Node& node) {
  switch (node.kind) {
    case Kind::null:
      return "~";
    case Kind::scalar:
      return node.quoted ? '"' + node.text + '"' : node.text;
    case Kind::sequence: {
      std::string text = "[";
      for (const Node& item : node.items) {
        text += (text.size() > 1 ? " " : "") + flat(item);
      }
      return text + "]";
    }
    case Kind::mapping:
      break;
  }
  std::string text = "{";
  for (const Entry& entry : node.entries) {
    text += (text.size() > 1 ? " " : "") + flat(entry.key) + ":" + flat(entry.value);
  }
  return text + "}";
}

std::string flat(const std::string& text) {
  const auto documents = parse_yaml(text, "f");
  if (!documents) {
    return documents.error().to_string();
  }
  std::string result;
  for (const Node& document : *documents) {
    result += (result.empty() ? "" : " | ") + flat(document);
  }
  return result;
}

std::string repeat(const std::string& part, std::size_t bytes) {
  std::string text;
  while (text.size() + part.size() <= bytes) {
    text += part;
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(yaml_test)

BOOST_AUTO_TEST_CASE(documents_become_trees) {
  BOOST_TEST(flat("a: 1\nb:\n- x\n- 'y'\nc: {d: \"z\", e: }\n") == "{a:1 b:[x \"y\"] c:{d:\"z\" e:~}}");
  BOOST_TEST(flat("a: |\n  x\n  y\n") == "{a:\"x\ny\n\"}");
  BOOST_TEST(flat("# none\n") == "");
  BOOST_TEST(flat("a: 1\n---\n---\nb: 2\n") == "{a:1} | ~ | {b:2}");
  BOOST_TEST(flat("yes: no\n~: 1\n") == "f:2:1: expected a field name, found nothing");
  BOOST_TEST(flat("a: null\nb: ~\nc: Null\nd: 'null'\n") == "{a:~ b:~ c:~ d:\"null\"}");
  BOOST_TEST(flat(R"({"Network": "10.0.0.0/8", "Backend": {"Type": "vxlan"}})") ==
             R"({"Network":"10.0.0.0/8" "Backend":{"Type":"vxlan"}})");
}

BOOST_AUTO_TEST_CASE(line_ends_and_byte_order_mark_do_not_matter) {
  BOOST_TEST(flat("\xEF\xBB\xBF"
                  "a: 1\r\nb: 2\r\n") == "{a:1 b:2}");
}

BOOST_AUTO_TEST_CASE(locations_count_lines_and_characters_from_one) {
  const auto documents = parse_yaml("ü: é\nlist:\n  - {ö: [x]}\nempty:\n", "f");
  BOOST_REQUIRE(documents);
  const Node& root = documents->front();
  BOOST_TEST(root.entries[0].value.where.to_string() == "f:1:4");
  BOOST_TEST(root.find("list")->items[0].find("ö")->items[0].where.to_string() == "f:3:10");
  BOOST_TEST(root.find("empty")->where.to_string() == "f:4:1");
}

BOOST_AUTO_TEST_CASE(what_is_not_plain_yaml_is_refused) {
  BOOST_TEST(flat("a: 1\nb: 2\na: 3\n") == "f:3:1: field 'a' is given twice; the first is at 1:1");
  BOOST_TEST(flat("a: 1\n'a': 3\n") == "f:2:1: field 'a' is given twice; the first is at 1:1");
  BOOST_TEST(flat("a: &x 1\nb: *x\n") == "f:1:4: anchors ('&name') are not read");
  BOOST_TEST(flat("a: !!str 1\n") == "f:1:4: tags are not read, found 'tag:yaml.org,2002:str'");
  BOOST_TEST(flat("a: ! 1\n") == "f:1:4: tags are not read, found '!'");
  BOOST_TEST(flat("a: !mine {}\n") == "f:1:4: tags are not read, found '!mine'");
  BOOST_TEST(flat("a: {<<: {b: 1}}\n") == "f:1:5: merge keys ('<<') are not read");
  BOOST_TEST(flat("[a]: 1\n") ==
             "f:1:1: expected a field name, found a list or mapping (is a bracket left open?)");
  BOOST_TEST(flat("a:\n\tb: 1\n") == "f:2:1: a tab is used for indentation; use spaces");
  BOOST_TEST(flat("a:\n  \tb: 1\n") == "f:2:3: a tab is used for indentation; use spaces");
  BOOST_TEST(flat("[a]\n[b]\n") == "f:2:1: not valid YAML: this belongs to nothing that precedes it");
}

BOOST_AUTO_TEST_CASE(quotes_must_be_closed) {
  const std::string never_closed = "f:1:4: not valid YAML: the quote is never closed";
  BOOST_TEST(flat("a: \"x") == "f:1:6: not valid YAML: illegal EOF in scalar");
  BOOST_TEST(flat("a: \"x\n") == never_closed);
  BOOST_TEST(flat("a: \"x\\\"\n") == never_closed);
  BOOST_TEST(flat("a: 'x\n") == never_closed);
  BOOST_TEST(flat("a: \"x\n  y\"\n") == "{a:\"x y\"}");
  BOOST_TEST(flat("a: 'it''s'\n") == "{a:\"it's\"}");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_are_refused) {
  BOOST_TEST(flat(std::string("a: \0", 4)) == "f:1:4: the text contains a NUL byte");
  BOOST_TEST(flat("a: b\n\nc: \x01\n") == "f:3:4: the text contains a control character");
  BOOST_TEST(flat("a: 1\rb: 2\n") == "f:1:5: the text contains a carriage return that ends no line");
  const std::vector<std::string> ill_formed = {
      "\x80",         "\xC0\x80",         "\xC3",     "\xE0\x80\x80",        "\xED\xA0\x80", "\xE2\x82",
      "\xF0\x80\x80", "\xF4\x90\x80\x80", "\xFF\xFE", "\xF8\x88\x80\x80\x80"};
  for (const std::string& bytes : ill_formed) {
    BOOST_TEST(flat("é: " + bytes + "\n") == "f:1:4: the text is not valid UTF-8");
  }
  for (const std::string text : {"é", "€", "\xED\x9F\xBF", "\xEE\x80\x80", "\U0010FFFD"}) {
    BOOST_TEST(flat("a: " + text) == "{a:" + text + "}");
  }
}

BOOST_AUTO_TEST_CASE(limits_are_hard) {
  BOOST_TEST(flat(std::string(text_bytes_max + 1, ' ')) ==
             "f:1:1: the text has 1048577 bytes; the limit is 1048576");
  BOOST_TEST(flat(repeat(" \n", text_bytes_max)) == "");
  BOOST_TEST(flat("a:\n" + std::string(line_bytes_max, ' ') + "\n") == "{a:~}");
  BOOST_TEST(flat("a:\n" + std::string(line_bytes_max + 1, ' ')) ==
             "f:2:65537: the line has more than 65536 bytes, which is the limit");
  const std::string at_limit = repeat("[", nesting_depth_max) + repeat("]", nesting_depth_max);
  BOOST_TEST(flat(at_limit) == at_limit);
  BOOST_TEST(flat("[" + at_limit + "]") == "f:1:65: values are nested more than 64 deep, which is the limit");
  BOOST_TEST(flat("[" + repeat("a,", 2 * (nodes_max - 1)) + "]").starts_with("[a a"));
  BOOST_TEST(flat("[" + repeat("a,", 2 * nodes_max) + "]").ends_with(" values, which is the limit"));
  BOOST_TEST(flat(repeat("- a\n", 4 * nodes_max)) ==
             "f:20000:3: the text has more than 20000 values, which is the limit");
}

BOOST_AUTO_TEST_CASE(hostile_texts_end_soon) {
  const std::vector<std::string> parts = {"[",   "{",           "{a: ", "- ",    "? ",   "a: ", ": ",
                                          "[{",  "a\n",         "\"",   "---\n", "#\n",  "\n",  "!a ",
                                          "&a ", "*a ",         "]",    "}",     ",",    "'",   "|\n",
                                          ">",   "%YAML 1.2\n", "[a,",  "\\",    "[?\n", "{? ", "\"\\\n"};
  for (const std::string& part : parts) {
    std::string text;
    while (text.size() + line_bytes_max <= text_bytes_max) {
      text += repeat(part, line_bytes_max - 1) + "\n";
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto documents = parse_yaml(text, "f");
    const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    BOOST_TEST(seconds < 30.0, "a megabyte of " << part << " took " << seconds << " s");
    const bool is_within_limits = !documents || documents->size() <= nodes_max;
    BOOST_TEST(is_within_limits);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::scenario
