#include "impl/store/sorted_run.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace {

using namespace plimsoll::store;
using namespace std::string_literals;

SortedRun<int> run_of(const std::vector<std::string>& keys) {
  SortedRun<int> run;
  int value = 0;
  for (const std::string& key : keys) {
    run.insert(run.search(key).number, key, value++);
  }
  return run;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sorted_run_test)

BOOST_AUTO_TEST_CASE(heads_compare_as_the_first_eight_bytes_do) {
  BOOST_TEST(head_of("") == 0U);
  BOOST_TEST(head_of("a") < head_of("aa"));
  BOOST_TEST(head_of("a") < head_of("b"));
  BOOST_TEST(head_of("\x7f") < head_of("\x80"));
  BOOST_TEST(head_of("12345678") == head_of("123456789"));
  BOOST_TEST(head_of("a") == head_of("a\0"s));
}

BOOST_AUTO_TEST_CASE(keys_that_only_differ_behind_their_heads_are_told_apart) {
  const auto run = run_of({"b/12345678z", "a", "b/12345678", "b/12345678y", "b/1"});
  BOOST_TEST(run.search("b/12345678").is_there);
  BOOST_TEST(run.search("b/12345678").number == 2U);
  BOOST_TEST(!run.search("b/12345678x").is_there);
  BOOST_TEST(run.search("b/12345678x").number == 3U);
  BOOST_TEST(run.search("b/12345678yy").number == 4U);
  BOOST_TEST(run.search("b/12345678zz").number == 5U);
}

BOOST_AUTO_TEST_CASE(zero_bytes_count) {
  const auto run = run_of({"a\0"s, "a", "a\0\0"s, ""});
  for (std::size_t zeros = 0; zeros < 3; ++zeros) {
    const auto place = run.search("a" + std::string(zeros, '\0'));
    BOOST_TEST(place.is_there);
    BOOST_TEST(place.number == zeros + 1);
  }
  BOOST_TEST(!run.search("\0"s).is_there);
}

BOOST_AUTO_TEST_CASE(keys_beside_what_all_others_begin_with_are_found_missing) {
  const auto run = run_of({"/pods/a", "/pods/b"});
  BOOST_TEST(run.search("/nodes").number == 0U);
  BOOST_TEST(run.search("/pod").number == 0U);
  BOOST_TEST(run.search("/pods/").number == 0U);
  BOOST_TEST(run.search("/pods0").number == 2U);
}

BOOST_AUTO_TEST_CASE(the_first_key_can_be_lowered) {
  auto run = run_of({"b1", "b2"});
  run.lower_first("a");
  BOOST_TEST(run.search("a").is_there);
  BOOST_TEST(!run.search("b1").is_there);
  BOOST_TEST(run.search("b2").is_there);
}

BOOST_AUTO_TEST_CASE(a_half_is_split_off) {
  auto lower = run_of({"a1", "a2", "b1", "b2", "b3"});
  const auto upper = lower.split(10);
  BOOST_TEST(lower.size() == 2U);
  BOOST_TEST(lower.search("a2").is_there);
  BOOST_TEST(!lower.search("b1").is_there);
  BOOST_TEST(upper.size() == 3U);
  BOOST_TEST(upper.search("b3").number == 2U);
  BOOST_TEST(upper[2].second == 4);
}

BOOST_AUTO_TEST_SUITE_END()
