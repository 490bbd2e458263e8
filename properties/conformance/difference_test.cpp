#include "properties/conformance/difference.hpp"

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

namespace plimsoll::properties {
namespace {

/// The lines of a difference that belong to one side, without their signs. Requires: nothing was left out.
std::string side(const std::string& difference, char sign) {
  std::string text;
  for (std::size_t first = 0; first < difference.size();) {
    const std::size_t end = difference.find('\n', first);
    if (difference[first] == sign || difference[first] == ' ') {
      text += difference.substr(first + 1, end - first);
    }
    first = end + 1;
  }
  return text;
}

std::string any_lines() {
  std::string text;
  // So few lines that nothing is left out: what is equal is never more than three lines away.
  for (const char letter : *rc::gen::resize(4, rc::gen::container<std::string>(rc::gen::inRange('a', 'c')))) {
    text += std::string(1, letter) + "\n";
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(difference_test)

BOOST_AUTO_TEST_CASE(equal_texts_have_none) {
  BOOST_TEST(line_difference("", "").empty());
  BOOST_TEST(line_difference("a\nb\n", "a\nb\n").empty());
  BOOST_TEST(line_difference("a\nb", "a\nb\n").empty());
}

BOOST_AUTO_TEST_CASE(it_is_shown_among_equal_lines) {
  BOOST_TEST(line_difference("1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n") ==
             "@@ 1 equal line @@\n 2\n 3\n 4\n-five\n+5\n 6\n 7\n 8\n@@ 2 equal lines @@\n");
  BOOST_TEST(line_difference("", "a\n\n") == "+a\n+\n");
  BOOST_TEST(line_difference("a\n", "") == "-a\n");
}

BOOST_AUTO_TEST_CASE(it_is_as_small_as_can_be) {
  BOOST_TEST(line_difference("a\nb\nc\nd\n", "b\nc\nx\nd\n") == "-a\n b\n c\n+x\n d\n");
}

BOOST_AUTO_TEST_CASE(long_texts_that_differ_throughout_are_shown_whole) {
  std::string before;
  std::string after;
  for (int i = 0; i < 2001; ++i) {
    before += "a" + std::to_string(i) + "\nsame\n";
    after += "b" + std::to_string(i) + "\nsame\n";
  }
  const std::string difference = line_difference(before, after);
  BOOST_TEST(difference.starts_with("-a0\n-same\n-a1\n"));
  BOOST_TEST(side(difference, '-') == before);
  BOOST_TEST(side(difference, '+') == after);
}

BOOST_AUTO_TEST_CASE(both_texts_can_be_read_off) {
  BOOST_TEST(rc::check("each side is a text, and equal texts have no difference", [] {
    const std::string before = any_lines();
    const std::string after = any_lines();
    const std::string difference = line_difference(before, after);
    RC_ASSERT(difference.empty() == (before == after));
    if (!difference.empty()) {
      RC_ASSERT(side(difference, '-') == before);
      RC_ASSERT(side(difference, '+') == after);
    }
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties
