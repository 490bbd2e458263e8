#include "properties/raft/script_output.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::properties::raft {

BOOST_AUTO_TEST_SUITE(script_output_test)

BOOST_AUTO_TEST_CASE(levels_are_read_in_any_case) {
  BOOST_TEST((script_level("none") == ScriptLevel::none));
  BOOST_TEST((script_level("Debug") == ScriptLevel::debug));
  BOOST_TEST((script_level("WARN") == ScriptLevel::warn));
  BOOST_TEST(!script_level("warning"));
  BOOST_TEST(!script_level(""));
  BOOST_TEST(script_level_names() == "[DEBUG INFO WARN ERROR FATAL NONE]");
}

BOOST_AUTO_TEST_CASE(text_is_taken_once) {
  ScriptOutput output;
  output.write("no line end");
  BOOST_TEST(output.take() == "no line end");
  BOOST_TEST(output.take().empty());
}

BOOST_AUTO_TEST_CASE(parts_are_set_in_and_get_a_line_end) {
  ScriptOutput output;
  output.write_line("a");
  output.indented([&] {
    output.write("b\n  c\n");
    output.indented([&] { output.write("d"); });
  });
  output.write("e");
  BOOST_TEST(output.take() == "a\n  b\n    c\n    d\ne");
}

BOOST_AUTO_TEST_CASE(level_none_silences) {
  ScriptOutput output;
  output.set_level(ScriptLevel::none);
  output.write_line("a");
  output.indented([&] { output.write_line("b"); });
  BOOST_TEST(output.take().empty());
  output.set_level(ScriptLevel::fatal);
  output.write_line("c");
  BOOST_TEST(output.take() == "c\n");
}

BOOST_AUTO_TEST_CASE(log_lines_are_left_out) {
  BOOST_TEST(without_log_lines("INFO a\nb\n  DEBUG c\n  d\nWARN e\nERROR f\nFATAL g\n") == "b\n  d\n");
  BOOST_TEST(without_log_lines("ok\n").empty());
  BOOST_TEST(without_log_lines("INFO a\n").empty());
  // Only whole words at the beginning, and an "ok" only if there is nothing else.
  BOOST_TEST(without_log_lines("INFORMED a\nan INFO\nNONE b\nINFO\n") ==
             "INFORMED a\nan INFO\nNONE b\nINFO\n");
  BOOST_TEST(without_log_lines("ok\nb\n") == "ok\nb\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
