#include "model/service/ingress.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::model::ingress {

BOOST_AUTO_TEST_SUITE(ingress_test)

BOOST_AUTO_TEST_CASE(prefixes_match_element_by_element) {
  const auto prefix = [](const char* path, const char* of_request) {
    return matches({.path = path}, "foo.com", of_request);
  };
  BOOST_TEST(prefix("/", "/any"));
  BOOST_TEST(prefix("/aaa/bbb", "/aaa/bbb"));
  BOOST_TEST(prefix("/aaa/bbb/", "/aaa/bbb"));
  BOOST_TEST(prefix("/aaa/bbb", "/aaa/bbb/ccc"));
  BOOST_TEST(!prefix("/aaa/bb", "/aaa/bbb"));
  BOOST_TEST(!prefix("/aaa", "/aaaccc"));
  BOOST_TEST(!prefix("/aaa", "/AAA"));
}

BOOST_AUTO_TEST_CASE(exact_paths_match_byte_by_byte) {
  const Entry entry = {.path = "/foo", .is_exact = true};
  BOOST_TEST(matches(entry, "", "/foo"));
  BOOST_TEST(!matches(entry, "", "/foo/"));
  BOOST_TEST(!matches(entry, "", "/FOO"));
}

BOOST_AUTO_TEST_CASE(a_wildcard_stands_for_one_label) {
  const Entry entry = {.host = "*.foo.com"};
  BOOST_TEST(matches(entry, "bar.foo.com", "/"));
  BOOST_TEST(!matches(entry, "baz.bar.foo.com", "/"));
  BOOST_TEST(!matches(entry, "foo.com", "/"));
}

BOOST_AUTO_TEST_CASE(the_closest_host_then_the_longest_path_then_the_exact_one_then_the_oldest_wins) {
  const std::vector<Entry> entries = {
      {.host = "", .path = "/a/b/c", .age = 0, .backend = 1},
      {.host = "*.foo.com", .path = "/a/b", .age = 1, .backend = 2},
      {.host = "bar.foo.com", .path = "/a", .age = 2, .backend = 3},
      {.host = "bar.foo.com", .path = "/a", .is_exact = true, .age = 3, .backend = 4},
      {.host = "bar.foo.com", .path = "/a/b", .age = 5, .backend = 5},
      {.host = "bar.foo.com", .path = "/a/b", .age = 4, .backend = 6},
  };
  BOOST_TEST(backend_of(entries, "bar.foo.com", "/a").value() == 4U);
  BOOST_TEST(backend_of(entries, "bar.foo.com", "/a/").value() == 3U);
  BOOST_TEST(backend_of(entries, "bar.foo.com", "/a/b/c").value() == 6U);
  BOOST_TEST(backend_of(entries, "baz.foo.com", "/a/b/c").value() == 2U);
  BOOST_TEST(backend_of(entries, "elsewhere", "/a/b/c").value() == 1U);
  BOOST_TEST(!backend_of(entries, "elsewhere", "/").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::model::ingress
