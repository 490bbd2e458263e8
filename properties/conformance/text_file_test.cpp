#include "properties/conformance/text_file.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::properties {
namespace {

const std::string repository = PLIMSOLL_SOURCE_DIR;

}  // namespace

BOOST_AUTO_TEST_SUITE(text_file_test)

BOOST_AUTO_TEST_CASE(a_file_is_read_whole) {
  const auto text = read_file(repository + "/LICENSE");
  BOOST_REQUIRE(text);
  BOOST_TEST(text->size() == 11358U);
  BOOST_TEST(read_file(repository + "/LICENSE", 11358).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_no_readable_file_is_told) {
  BOOST_TEST(read_file("no/such.txt").error().to_string() == "no/such.txt:1:1: the file cannot be opened");
  BOOST_TEST(read_file(repository).error().message == "is a directory, expected a file");
  BOOST_TEST(read_file(repository + "/LICENSE", 11357).error().message ==
             "the file has more than 11357 bytes");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties
