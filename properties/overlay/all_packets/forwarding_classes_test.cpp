#include "properties/overlay/all_packets/forwarding_classes.hpp"

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "properties/overlay/all_packets/flat_bed.hpp"

namespace plimsoll::properties::overlay {
namespace {

using namespace flat;  // NOLINT(google-build-using-namespace): all of it is used

std::uint32_t draw(std::uint32_t below) {
  return *rc::gen::inRange<std::uint32_t>(0, below);
}

/// Every packet's story is the oracle's, and so is the number of those that are not straight.
void expect_agreement(const ForwardingClasses& classes) {
  std::uint64_t crooked = 0;
  for (NodeIndex source = 0; source < classes.cluster().nodes.size(); ++source) {
    for (const FlatAddress address : addresses(classes.cluster())) {
      const FlatStory expected = follow(classes.cluster(), source, address);
      const FlatStory found = classes.story(source, address);
      RC_ASSERT(found.fate == expected.fate);
      RC_ASSERT(found.nodes == expected.nodes);
      crooked += expected.fate == FlatFate::delivered ? 0U : 1U;
    }
  }
  RC_ASSERT(classes.crooked_pairs() == crooked);
  std::uint64_t told = 0;
  for (const ClassFinding& finding : classes.findings(100'000)) {
    RC_ASSERT(finding.story.fate != FlatFate::delivered);
    told += finding.pods;
  }
  RC_ASSERT(told == crooked);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(forwarding_classes_test)

BOOST_AUTO_TEST_CASE(healthy_clusters_are_straight) {
  for (const FlatWay way : {FlatWay::vxlan, FlatWay::direct}) {
    const ForwardingClasses classes(healthy(5, way));
    BOOST_TEST(classes.crooked_pairs() == 0U);
    BOOST_TEST(classes.classes() == 5U);
    BOOST_TEST(classes.findings(10).empty());
  }
}

BOOST_AUTO_TEST_CASE(a_missing_entry_is_told_with_its_source) {
  ForwardingClasses classes(healthy(4));
  classes.remove_entry(1, vtep + 2);
  BOOST_TEST(classes.crooked_pairs() == 2U);
  const std::vector<ClassFinding> found = classes.findings(10);
  BOOST_REQUIRE(found.size() == 1U);
  BOOST_TEST(found.front().source == 1U);
  BOOST_TEST(found.front().address == subnet_of(2) + 2);
  BOOST_TEST(to_text(found.front().story.fate) == "no forwarding entry");
  classes.set_entry(1, {vtep + 2, underlay + 2});
  BOOST_TEST(classes.crooked_pairs() == 0U);
}

BOOST_AUTO_TEST_CASE(a_narrower_route_cuts_a_class) {
  ForwardingClasses classes(healthy(3));
  classes.set_route(0, {subnet_of(1) + 2, 32, FlatWay::vxlan, subnet_of(2)});
  BOOST_TEST(classes.classes() == 4U);
  BOOST_TEST(classes.crooked_pairs() == 1U);
  BOOST_TEST(to_text(classes.story(0, subnet_of(1) + 2).fate) == "delivered by a detour");
  BOOST_TEST(to_text(classes.story(0, subnet_of(1) + 3).fate) == "delivered");
}

BOOST_AUTO_TEST_CASE(fates_are_those_of_the_tables_from_scratch) {
  BOOST_TEST(rc::check("built at once", [] { expect_agreement(ForwardingClasses(damaged(draw))); }));
}

BOOST_AUTO_TEST_CASE(fates_are_those_of_the_tables_after_every_change) {
  BOOST_TEST(rc::check("changed step by step", [] {
    ForwardingClasses classes(damaged(draw));
    for (int k = *rc::gen::inRange(1, 8); k > 0; --k) {
      change(draw, classes);
      expect_agreement(classes);
    }
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::overlay
