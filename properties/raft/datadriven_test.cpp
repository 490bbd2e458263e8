#include "properties/raft/datadriven.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::properties::raft {
namespace {

std::vector<Directive> parsed(std::string_view text) {
  auto directives = parse_datadriven(text, "x.txt");
  if (!directives) {
    BOOST_FAIL(directives.error().to_string());
  }
  return *std::move(directives);
}

std::string refused(std::string_view text) {
  const auto directives = parse_datadriven(text, "x.txt");
  return directives ? "accepted" : directives.error().to_string();
}

/// Prints the input again.
DirectiveOutput echo(const Directive& directive) {
  if (directive.command == "fail") {
    return script_error(directive.where, "told to fail");
  }
  return directive.input;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(datadriven_test)

BOOST_AUTO_TEST_CASE(a_directive_with_everything) {
  const auto directives = parsed(
      "# a comment\n"
      "\n"
      "  deliver-msgs 1 flag type=MsgApp drop=(2, 3,4) empty=() a=b=c\n"
      "  first line\n"
      "\n"
      "last line  \n"
      "----\n"
      "out 1\n"
      "  out 2\n"
      "\n");
  BOOST_REQUIRE(directives.size() == 1U);
  const Directive& directive = directives.front();
  BOOST_TEST(directive.command == "deliver-msgs");
  BOOST_TEST(directive.text == "deliver-msgs 1 flag type=MsgApp drop=(2, 3,4) empty=() a=b=c");
  BOOST_TEST(directive.input == "first line\n\nlast line");
  BOOST_TEST(directive.expected == "out 1\n  out 2\n");
  BOOST_TEST(directive.where.to_string() == "x.txt:3:3");
  BOOST_REQUIRE(directive.arguments.size() == 6U);
  BOOST_TEST(directive.arguments[0].key == "1");
  BOOST_TEST(directive.arguments[0].where.to_string() == "x.txt:3:16");
  BOOST_TEST(directive.arguments[1].values.empty());
  BOOST_TEST((directive.find("type")->values == std::vector<std::string>{"MsgApp"}));
  BOOST_TEST((directive.find("drop")->values == std::vector<std::string>{"2", "3", "4"}));
  BOOST_TEST(directive.find("drop")->where.to_string() == "x.txt:3:35");
  BOOST_TEST(directive.find("empty")->values.empty());
  BOOST_TEST((directive.find("a")->values == std::vector<std::string>{"b=c"}));
  BOOST_TEST(directive.find("none") == nullptr);
}

BOOST_AUTO_TEST_CASE(directives_follow_each_other) {
  const auto directives = parsed("a\n----\nb\n# no comment in output\n\nb\n----\n\n\nc\n----\nd");
  BOOST_REQUIRE(directives.size() == 3U);
  BOOST_TEST(directives[0].expected == "b\n# no comment in output\n");
  BOOST_TEST(directives[1].expected.empty());
  BOOST_TEST(directives[2].expected == "d\n");
  BOOST_TEST(directives[2].where.to_string() == "x.txt:10:1");
  BOOST_TEST(parsed("").empty());
  BOOST_TEST(parsed("# nothing but this\n\n").empty());
}

BOOST_AUTO_TEST_CASE(output_with_blank_lines_stands_between_doubled_marks) {
  const auto directives =
      parsed("a\n----\n----\none\n\n----\ntwo\n----\n----\n\nb\n----\n----\n----\n----\n");
  BOOST_REQUIRE(directives.size() == 2U);
  BOOST_TEST(directives[0].expected == "one\n\n----\ntwo\n");
  BOOST_TEST(directives[1].command == "b");
  BOOST_TEST(directives[1].expected.empty());
}

BOOST_AUTO_TEST_CASE(a_command_may_go_on_in_the_next_line) {
  const auto directives = parsed("a b=(1, \\\n   2) \\\n  c\ninput\n----\nout\n");
  BOOST_REQUIRE(directives.size() == 1U);
  BOOST_TEST((directives[0].find("b")->values == std::vector<std::string>{"1", "2"}));
  BOOST_TEST(directives[0].arguments.size() == 2U);
  BOOST_TEST(directives[0].input == "input");
}

BOOST_AUTO_TEST_CASE(line_ends_of_other_systems_are_read) {
  const auto directives = parsed("a\r\nin\r\n----\r\nout\r\n\r\nb\r\n----\r\n");
  BOOST_REQUIRE(directives.size() == 2U);
  BOOST_TEST(directives[0].input == "in");
  BOOST_TEST(directives[0].expected == "out\n");
}

BOOST_AUTO_TEST_CASE(what_is_no_script_is_refused_with_a_place) {
  BOOST_TEST(refused("a\ninput\n") == "x.txt:1:1: the directive has no ---- and so no expected output");
  BOOST_TEST(refused("\n ----\nout\n") == "x.txt:2:2: expected a directive before ----");
  BOOST_TEST(refused("a b=(1,2\n----\n") == "x.txt:1:5: the bracket is never closed");
  BOOST_TEST(refused("a b=(1)2\n----\n") == "x.txt:1:8: expected a blank after ')'");
  BOOST_TEST(refused("a =1\n----\n") == "x.txt:1:3: expected a key before '='");
  BOOST_TEST(refused("a\n----\n----\nout\n\n") == "x.txt:3:1: the doubled ---- is never closed by another");
  BOOST_TEST(refused("a\n----\n----\nout\n----\n----\nmore\n") ==
             "x.txt:7:1: expected a blank line behind the doubled ----");
  BOOST_TEST(refused("# c\na \\\n") == "x.txt:2:1: the command line goes on, but the file ends");
}

BOOST_AUTO_TEST_CASE(directives_that_print_something_else_are_counted_and_told) {
  const auto report =
      judge_datadriven_text("a\n1\n----\n1\n\nb\n1\n2\n----\n1\n3\n\nc\n----\n", "x.txt", echo);
  BOOST_REQUIRE(report);
  BOOST_TEST(report->total == 3U);
  BOOST_TEST(report->passed == 2U);
  BOOST_REQUIRE(report->failures.size() == 1U);
  BOOST_TEST(report->failures[0].line == 6U);
  BOOST_TEST(report->failures[0].what == "b");
  BOOST_TEST(report->failures[0].details == " 1\n-3\n+2\n");
}

BOOST_AUTO_TEST_CASE(both_sides_may_be_normalised) {
  const auto first_only = [](std::string_view text) { return std::string(text.substr(0, 1)); };
  const auto report = judge_datadriven_text("a\n12\n----\n13\n\nb\n2\n----\n3\n", "x.txt", echo, first_only);
  BOOST_REQUIRE(report);
  BOOST_TEST(report->passed == 1U);
}

BOOST_AUTO_TEST_CASE(an_error_ends_the_run) {
  const auto report = judge_datadriven_text("a\n----\n\nfail\n----\n", "x.txt", echo);
  BOOST_REQUIRE(!report);
  BOOST_TEST(report.error().to_string() == "x.txt:4:1: told to fail");
  BOOST_TEST(!judge_datadriven("no/such.txt", echo).has_value());
}

BOOST_AUTO_TEST_CASE(numbers_of_arguments) {
  const ScriptArgument argument{"idx", {}, {"x.txt", 3, 7}};
  BOOST_TEST(number_of(argument, "18446744073709551615").value() == ~std::uint64_t{0});
  for (const std::string_view bad : {"", "-1", "1x", " 1", "18446744073709551616"}) {
    BOOST_TEST(number_of(argument, bad).error().where.to_string() == "x.txt:3:7");
  }
  BOOST_TEST(number_of(argument, "x").error().message == "idx: expected a whole number, found \"x\"");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
