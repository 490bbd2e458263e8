#include "impl/overlay/flannel/lease_feed.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace plimsoll;
using namespace plimsoll::overlay::flannel;

base::Ipv4Prefix subnet(std::uint8_t number) {
  return {base::Ipv4(10, 244, number, 0), 24};
}
PublishedLease lease(std::uint8_t node, std::uint64_t device = 1, std::string ipv6_data = {}) {
  const VxlanData data = {1, base::Mac::locally_administered(device)};
  return {{base::Ipv4(192, 168, 50, node), "vxlan", data}, std::move(ipv6_data)};
}
const PublishedLeases two = {{subnet(1), lease(1)}, {subnet(2), lease(2)}};

LeaseFeed fed(const FeedConfig& config = {}, const PublishedLeases& leases = two) {
  LeaseFeed feed;
  (void)take_listing(feed, leases, subnet(1), config);
  return feed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lease_feed_test)

BOOST_AUTO_TEST_CASE(a_listing_tells_of_all_peers) {
  LeaseFeed feed;
  const LeaseEvents told = take_listing(feed, two, subnet(1), {});
  BOOST_TEST(told.listing);
  BOOST_TEST_REQUIRE(told.events.size() == 1U);
  BOOST_TEST((told.events[0].subnet == subnet(2)));
  BOOST_TEST((feed.phase == FeedPhase::watching));
}

BOOST_AUTO_TEST_CASE(a_listing_tells_of_what_vanished) {
  LeaseFeed feed = fed();
  const LeaseEvents told = take_listing(feed, {{subnet(1), lease(1)}}, subnet(1), {});
  BOOST_TEST_REQUIRE(told.events.size() == 1U);
  BOOST_TEST((told.events[0].subnet == subnet(2) && !told.events[0].attributes));
}

BOOST_AUTO_TEST_CASE(F7_the_own_lease_is_reported_as_vanished_by_a_second_listing) {
  for (const bool is_defective : {false, true}) {
    const FeedConfig config = {.defects = is_defective ? Defects().with(Defect::F7) : Defects()};
    LeaseFeed feed = fed(config);
    const LeaseEvents told = take_listing(feed, two, subnet(1), config);
    BOOST_TEST((told.events.back().subnet == subnet(1) && !told.events.back().attributes) == is_defective);
  }
}

BOOST_AUTO_TEST_CASE(a_change_of_a_peer_is_told_and_one_of_the_own_lease_is_not) {
  LeaseFeed feed = fed();
  BOOST_TEST(take_change(feed, {subnet(2), lease(2, 7)}, subnet(1), {}).has_value());
  BOOST_TEST(!take_change(feed, {subnet(2), lease(2, 7)}, subnet(1), {}).has_value());
  BOOST_TEST(!take_change(feed, {subnet(1), lease(1, 7)}, subnet(1), {}).has_value());
  const auto gone = take_change(feed, {subnet(2), std::nullopt}, subnet(1), {});
  BOOST_TEST((gone && !gone->attributes));
  BOOST_TEST(feed.known.empty());
}

BOOST_AUTO_TEST_CASE(F9_a_change_of_the_part_of_IPv4_alone_is_dropped) {
  for (const bool is_defective : {false, true}) {
    const FeedConfig config = {true, is_defective ? Defects().with(Defect::F9) : Defects()};
    LeaseFeed feed = fed(config, {{subnet(2), lease(2, 1, "a")}});
    BOOST_TEST(take_change(feed, {subnet(2), lease(2, 2, "a")}, subnet(1), config).has_value() !=
               is_defective);
    BOOST_TEST(take_change(feed, {subnet(2), lease(2, 2, "b")}, subnet(1), config).has_value());
  }
}

BOOST_AUTO_TEST_CASE(F12_a_watch_is_asked_for_again_and_again_where_a_listing_is_needed) {
  LeaseFeed feed = fed();
  take_compaction(feed, {});
  BOOST_TEST((feed.phase == FeedPhase::must_list));
  take_compaction(feed, {.defects = Defects().with(Defect::F12)});
  BOOST_TEST((feed.phase == FeedPhase::spinning));
}

BOOST_AUTO_TEST_SUITE_END()
