#include "impl/base/quoted.hpp"

#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

namespace plimsoll::base {

BOOST_AUTO_TEST_SUITE(quoted_test)

BOOST_AUTO_TEST_CASE(plain_text_is_only_quoted) {
  BOOST_TEST(quoted("10.1.0.0/16") == "\"10.1.0.0/16\"");
  BOOST_TEST(quoted("") == "\"\"");
}

BOOST_AUTO_TEST_CASE(what_could_confuse_a_terminal_or_a_reader_is_escaped) {
  BOOST_TEST(quoted("a\x1b[2J") == R"("a\x1b[2J")");
  BOOST_TEST(quoted(std::string_view("\0\n", 2)) == R"("\x00\x0a")");
  BOOST_TEST(quoted("a\"b\\c") == R"("a\x22b\x5cc")");
  BOOST_TEST(quoted("\xc3\xa9") == R"("\xc3\xa9")");
}

BOOST_AUTO_TEST_CASE(long_text_is_cut) {
  BOOST_TEST(quoted(std::string(64, 'x')) == "\"" + std::string(64, 'x') + "\"");
  BOOST_TEST(quoted(std::string(65, 'x')) == "\"" + std::string(64, 'x') + "...\"");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::base
