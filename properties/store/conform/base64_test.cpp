#include "properties/store/conform/base64.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include <rapidcheck.h>

namespace plimsoll::properties::store {
namespace {

/// "byte 3": where Go says that the data is illegal.
std::string read(std::string_view text) {
  const auto bytes = from_base64(text);
  return bytes ? *bytes : "byte " + std::to_string(bytes.error());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(base64_test)

BOOST_AUTO_TEST_CASE(the_examples_of_rfc_4648) {
  for (const auto& [bytes, text] : {std::pair{"", ""},
                                    {"f", "Zg=="},
                                    {"fo", "Zm8="},
                                    {"foo", "Zm9v"},
                                    {"foob", "Zm9vYg=="},
                                    {"fooba", "Zm9vYmE="},
                                    {"foobar", "Zm9vYmFy"}}) {
    BOOST_TEST(to_base64(bytes) == text);
    BOOST_TEST(read(text) == bytes);
  }
}

// Each as etcd 3.4.23 reports it.
BOOST_AUTO_TEST_CASE(mistakes_are_told_by_the_byte_that_go_names) {
  BOOST_TEST(read("azE") == "byte 0");
  BOOST_TEST(read("_-8=") == "byte 0");
  BOOST_TEST(read("a$E=") == "byte 1");
  BOOST_TEST(read("Zm9vYg=") == "byte 7");
  BOOST_TEST(read("Zg==Zg==") == "byte 4");
  BOOST_TEST(read("Z===") == "byte 1");
  BOOST_TEST(read("Zg=a") == "byte 3");
}

BOOST_AUTO_TEST_CASE(line_ends_are_passed_over) {
  BOOST_TEST(read("Zm\r\n9v\nYg=\n=\n") == "foob");
}

BOOST_AUTO_TEST_CASE(all_bytes_come_back) {
  BOOST_TEST(rc::check("what is written is read",
                       [](const std::string& bytes) { RC_ASSERT(from_base64(to_base64(bytes)) == bytes); }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::store
