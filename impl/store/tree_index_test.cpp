#include "impl/store/tree_index.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace plimsoll;
using namespace plimsoll::store;

TreeIndex abc() {
  TreeIndex index;
  index.entry("a").put({{2}, 0});
  index.entry("b").put({{3}, 0});
  index.entry("c").put({{4}, 0});
  return index;
}
std::string keys(const TreeIndex& index, const std::string& key, const std::string& range_end) {
  std::string text;
  for (const auto& [each, entry] : index.span({key, range_end})) {
    text += each;
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tree_index_test)

BOOST_AUTO_TEST_CASE(ranges_are_half_open) {
  const TreeIndex index = abc();
  BOOST_TEST(keys(index, "a", "c") == "ab");
  BOOST_TEST(keys(index, "aa", "d") == "bc");
  BOOST_TEST(keys(index, "c", "a").empty());
  BOOST_TEST(keys(index, "b", "b").empty());
}

BOOST_AUTO_TEST_CASE(no_end_is_one_key_and_the_zero_byte_is_all_from_there) {
  const TreeIndex index = abc();
  BOOST_TEST(keys(index, "b", "") == "b");
  BOOST_TEST(keys(index, "bb", "").empty());
  BOOST_TEST(keys(index, "b", std::string(1, '\0')) == "bc");
  BOOST_TEST(keys(index, std::string(1, '\0'), std::string(1, '\0')) == "abc");
}

BOOST_AUTO_TEST_CASE(keys_of_which_nothing_is_left_leave) {
  TreeIndex index = abc();
  index.entry("b").tombstone({{5}, 0});
  index.compact({6}, TombstoneAtRevision::kept);
  BOOST_TEST(keys(index, "a", "d") == "ac");
  BOOST_TEST(index.find("b") == nullptr);
  BOOST_TEST(index.find("c") != nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
