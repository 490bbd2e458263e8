#include "impl/base/box.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <variant>
#include <vector>

namespace plimsoll::base {
namespace {

struct Tree;
using Child = std::variant<std::string, Box<Tree>>;
struct Tree {
  std::uint32_t size = 7;
  std::vector<Child> children;
  bool is_rooted = false;
  PLIMSOLL_DESCRIBE_OPTIONS(children)
  PLIMSOLL_DESCRIBE(Tree, size, children, is_rooted)
};

Tree forked() {
  return {3, {Tree{1, {"leaf"}}, "leaf", Tree{}}};
}

BOOST_AUTO_TEST_SUITE(box_test)

BOOST_AUTO_TEST_CASE(copies_are_deep) {
  Box<Tree> first = forked();
  Box<Tree> second = first;
  BOOST_CHECK(first == second);
  second->size = 4;
  BOOST_TEST(first->size == 3U);
  BOOST_CHECK(first < second);
  first = second;
  BOOST_CHECK(*first == *second);
  BOOST_CHECK(Box<Tree>() == Box<Tree>(Tree{}));
}

BOOST_AUTO_TEST_CASE(values_come_back_from_their_bytes) {
  BOOST_CHECK(from_bytes<Tree>(to_bytes(forked())) == forked());
  BOOST_TEST(to_bytes(Box<Tree>(forked())) == to_bytes(forked()));
}

BOOST_AUTO_TEST_CASE(a_schema_may_refer_to_itself) {
  const Schema& schema = schema_of<Tree>();
  const Schema& child = *schema.children[1]->children[0];
  const std::vector<std::string> alternatives = {"text", "tree"};
  BOOST_TEST(child.names == alternatives, boost::test_tools::per_element());
  BOOST_TEST(child.children[1] == &schema);
  BOOST_TEST(&schema_of<Box<Tree>>() == &schema);
}

BOOST_AUTO_TEST_CASE(options_are_the_last_fields_with_what_they_hold_by_default) {
  const std::vector<Bytes> defaults = {to_bytes(std::vector<Child>()), to_bytes(false)};
  BOOST_CHECK(schema_of<Tree>().options == defaults);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::base
