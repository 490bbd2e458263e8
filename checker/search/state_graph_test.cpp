#include "checker/search/state_graph.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <vector>

#include "checker/search/graph_bed.hpp"

namespace plimsoll::checker {
namespace {

BOOST_AUTO_TEST_SUITE(state_graph_test)

BOOST_AUTO_TEST_CASE(what_was_filed_is_found) {
  StateGraph graph;
  fill(graph, {{{{{2, 5}, {1, 8}, {1, 3}}, 15, 1}}, {{{{0, 0}}, 0, 0}, {{}, 0, 1}}});
  BOOST_TEST(graph.size() == 3U);
  BOOST_TEST(graph.transitions() == 4U);
  BOOST_TEST(graph.level_count() == 2U);
  BOOST_TEST(graph.level_of(0) == 0U);
  BOOST_TEST(graph.level_of(1) == 1U);
  BOOST_TEST(graph.level_of(2) == 1U);
  // By target, then by what they take.
  const auto targets = graph.targets(0);
  BOOST_TEST(std::vector<StateNumber>(targets.begin(), targets.end()) == (std::vector<StateNumber>{1, 1, 2}),
             boost::test_tools::per_element());
  BOOST_TEST(graph.taken(0, 0) == 3U);
  BOOST_TEST(graph.taken(0, 1) == 8U);
  BOOST_TEST(graph.taken(0, 2) == 5U);
  BOOST_TEST(graph.profile(0).enabled == 15U);
  BOOST_TEST(!graph.profile(1).is_terminal);
  BOOST_TEST(graph.profile(2).is_terminal);
  BOOST_TEST(graph.profile(2).holds == 1U);
  BOOST_TEST(graph.profiles().size() == 3U);
  BOOST_TEST(graph.memory_bytes() >= 4 * 8 + 3 * 4 + 4 * 6U);
}

BOOST_AUTO_TEST_CASE(equal_profiles_and_masks_are_kept_once) {
  StateGraph graph;
  fill(graph, {std::vector<HandMadeState>(1000, HandMadeState{{{7, 9}}, 1, 1})});
  BOOST_TEST(graph.profiles().size() == 1U);
  std::uint16_t id = 1;
  BOOST_TEST(graph.intern(9, id));
  BOOST_TEST(id == 0U);
}

BOOST_AUTO_TEST_CASE(more_masks_than_numbers_are_refused) {
  StateGraph graph;
  std::uint16_t id = 0;
  bool all_fit = true;
  for (FairnessMask mask = 0; mask < 65'536; ++mask) {
    all_fit = graph.intern(mask, id) && all_fit;
  }
  BOOST_TEST(all_fit);
  BOOST_TEST(!graph.intern(65'536, id));
  BOOST_TEST(graph.intern(65'535, id));
  BOOST_TEST(graph.mask(id) == 65'535U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
