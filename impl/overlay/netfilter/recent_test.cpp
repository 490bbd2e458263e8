#include <string>

#include <boost/test/unit_test.hpp>

#include "impl/overlay/netfilter/recent.hpp"
#include "impl/overlay/netfilter/test_bed.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

RecentMatch match(RecentMatch::Operation operation, std::uint32_t seconds = 0) {
  RecentMatch made;
  made.operation = operation;
  made.seconds = seconds;
  return made;
}
using Operation = RecentMatch::Operation;

}  // namespace

BOOST_AUTO_TEST_SUITE(recent_test)

BOOST_AUTO_TEST_CASE(an_address_is_remembered_for_so_many_seconds) {
  RecentLists lists;
  const base::Ipv4 client = ip("10.0.0.1");
  BOOST_TEST(!recent_matches(match(Operation::rcheck, 10), lists, client, 64, 100));
  BOOST_TEST(recent_matches(match(Operation::set), lists, client, 64, 100));
  BOOST_TEST(recent_matches(match(Operation::rcheck, 10), lists, client, 64, 110));
  BOOST_TEST(!recent_matches(match(Operation::rcheck, 10), lists, client, 64, 111));
  BOOST_TEST(recent_matches(match(Operation::rcheck), lists, client, 64, 1000));
  BOOST_TEST(!recent_matches(match(Operation::rcheck), lists, ip("10.0.0.2"), 64, 100));
}

BOOST_AUTO_TEST_CASE(an_update_prolongs) {
  RecentLists lists;
  const base::Ipv4 client = ip("10.0.0.1");
  BOOST_TEST(recent_matches(match(Operation::set), lists, client, 64, 0));
  BOOST_TEST(recent_matches(match(Operation::update, 10), lists, client, 64, 8));
  BOOST_TEST(recent_matches(match(Operation::rcheck, 10), lists, client, 64, 18));
  BOOST_TEST(!recent_matches(match(Operation::update, 10), lists, client, 64, 19));
}

BOOST_AUTO_TEST_CASE(removal_hits_negation_and_masks) {
  RecentLists lists;
  const base::Ipv4 client = ip("10.0.0.1");
  RecentMatch thrice = match(Operation::rcheck);
  thrice.hit_count = 3;
  for (int packet = 1; packet <= 3; ++packet) {
    BOOST_TEST(recent_matches(match(Operation::set), lists, client, 64, 0));
    BOOST_TEST(recent_matches(thrice, lists, client, 64, 0) == (packet == 3));
  }
  RecentMatch not_seen = match(Operation::rcheck);
  not_seen.negated = true;
  BOOST_TEST(!recent_matches(not_seen, lists, client, 64, 0));
  BOOST_TEST(recent_matches(not_seen, lists, ip("10.0.0.2"), 64, 0));
  RecentMatch network = match(Operation::set);
  network.mask = ip("255.255.255.0");
  network.list = "networks";
  BOOST_TEST(recent_matches(network, lists, ip("10.0.7.1"), 64, 0));
  network.operation = Operation::rcheck;
  BOOST_TEST(recent_matches(network, lists, ip("10.0.7.200"), 64, 0));
  BOOST_TEST(recent_matches(match(Operation::remove), lists, client, 64, 0));
  BOOST_TEST(!recent_matches(match(Operation::remove), lists, client, 64, 0));
  BOOST_TEST(!recent_matches(match(Operation::rcheck), lists, client, 64, 0));
}

BOOST_AUTO_TEST_CASE(a_ttl_that_differs_is_another_sender) {
  RecentLists lists;
  RecentMatch same = match(Operation::rcheck);
  same.same_ttl = true;
  BOOST_TEST(recent_matches(match(Operation::set), lists, ip("10.0.0.1"), 64, 0));
  BOOST_TEST(recent_matches(same, lists, ip("10.0.0.1"), 64, 0));
  BOOST_TEST(!recent_matches(same, lists, ip("10.0.0.1"), 63, 0));
}

BOOST_AUTO_TEST_CASE(a_full_list_forgets_the_oldest) {
  RecentLists lists;
  for (std::uint32_t client = 0; client <= recent_entries_max; ++client) {
    BOOST_TEST(recent_matches(match(Operation::set), lists, base::Ipv4(client), 64, client));
  }
  BOOST_TEST(!recent_matches(match(Operation::rcheck), lists, base::Ipv4(0U), 64, 200));
  BOOST_TEST(recent_matches(match(Operation::rcheck), lists, base::Ipv4(1U), 64, 200));
  BOOST_TEST(lists.at("DEFAULT").entries.size() == recent_entries_max);
}

BOOST_AUTO_TEST_CASE(reaping_removes_what_is_over) {
  RecentLists lists;
  RecentMatch reaping = match(Operation::rcheck, 10);
  reaping.reap = true;
  BOOST_TEST(recent_matches(match(Operation::set), lists, ip("10.0.0.1"), 64, 0));
  BOOST_TEST(recent_matches(match(Operation::set), lists, ip("10.0.0.2"), 64, 50));
  BOOST_TEST(recent_matches(reaping, lists, ip("10.0.0.2"), 64, 55));
  BOOST_TEST(lists.at("DEFAULT").entries.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay::netfilter
