#include "impl/ipam/flannel/lease_watcher.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace plimsoll;
using namespace plimsoll::ipam;
using Type = LeaseEvent::Type;

const base::Ipv4Prefix own{base::Ipv4(10, 5, 1, 0), 24};
const base::Ipv4Prefix peer{base::Ipv4(10, 5, 2, 0), 24};
const base::Ipv4Prefix stranger{base::Ipv4(10, 5, 3, 0), 24};

LeaseAttributes at(std::uint8_t host, std::string data = "1") {
  return {base::Ipv4(192, 0, 2, host), "vxlan", std::move(data)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lease_watcher_test)

BOOST_AUTO_TEST_CASE(a_listing_adds_what_is_new_and_removes_what_vanished) {
  LeaseTable known{{peer, at(2)}};
  const std::vector<LeaseEvent> events = reset_leases(known, {{own, at(1)}, {stranger, at(3)}}, own, {});
  BOOST_CHECK(
      (events == std::vector<LeaseEvent>{{Type::added, stranger, at(3)}, {Type::removed, peer, at(2)}}));
  BOOST_CHECK((known == LeaseTable{{stranger, at(3)}}));
}

BOOST_AUTO_TEST_CASE(a_listing_without_changes_is_no_news) {
  LeaseTable known{{peer, at(2)}};
  BOOST_CHECK(reset_leases(known, {{own, at(1)}, {peer, at(2)}}, own, {}).empty());
  BOOST_CHECK(reset_leases(known, {{own, at(1)}, {peer, at(2)}}, own, {}).empty());
}

BOOST_AUTO_TEST_CASE(a_known_peer_with_new_attributes_is_added_again_but_not_with_F2) {
  LeaseTable known{{peer, at(2, "1")}};
  LeaseTable known_with_defect = known;
  const LeaseTable listed{{own, at(1)}, {peer, at(2, "2")}};
  const std::vector<LeaseEvent> events = reset_leases(known, listed, own, {});
  BOOST_CHECK((events == std::vector<LeaseEvent>{{Type::added, peer, at(2, "2")}}));
  BOOST_CHECK(reset_leases(known_with_defect, listed, own, Defects().with(Defect::F2)).empty());
  BOOST_CHECK(known == known_with_defect);
}

BOOST_AUTO_TEST_CASE(the_second_listing_reports_the_own_lease_as_removed_only_with_F7) {
  const LeaseTable listed{{own, at(1)}};
  LeaseTable known;
  BOOST_CHECK(reset_leases(known, listed, own, {}).empty());
  BOOST_CHECK(reset_leases(known, listed, own, {}).empty());
  LeaseTable with_own;
  const Defects defects = Defects().with(Defect::F7);
  BOOST_CHECK(reset_leases(with_own, listed, own, defects).empty());
  const std::vector<LeaseEvent> events = reset_leases(with_own, listed, own, defects);
  BOOST_CHECK((events == std::vector<LeaseEvent>{{Type::removed, own, at(1)}}));
}

BOOST_AUTO_TEST_CASE(a_removal_carries_the_attributes_that_were_remembered) {
  LeaseTable known;
  BOOST_CHECK((add_lease(known, peer, at(2)) == LeaseEvent{Type::added, peer, at(2)}));
  BOOST_CHECK((remove_lease(known, peer) == LeaseEvent{Type::removed, peer, at(2)}));
  BOOST_CHECK((remove_lease(known, peer) == LeaseEvent{Type::removed, peer, std::nullopt}));
  BOOST_TEST(known.empty());
}

BOOST_AUTO_TEST_CASE(a_backend_follows_leases_of_its_own_type) {
  LeaseTable table;
  program(table, {Type::added, peer, at(2)}, BackendType::vxlan);
  program(table, {Type::added, stranger, at(3)}, BackendType::host_gw);
  BOOST_CHECK((table == LeaseTable{{peer, at(2)}}));
  program(table, {Type::removed, peer, std::nullopt}, BackendType::vxlan);
  BOOST_CHECK((table == LeaseTable{{peer, at(2)}}));
  program(table, {Type::removed, peer, at(2)}, BackendType::vxlan);
  BOOST_TEST(table.empty());
}

BOOST_AUTO_TEST_CASE(a_peer_that_turns_to_another_type_leaves_the_table) {
  LeaseTable table{{peer, at(2)}};
  program(table, {Type::added, peer, LeaseAttributes{base::Ipv4(192, 0, 2, 2), "host-gw", {}}},
          BackendType::vxlan);
  BOOST_TEST(table.empty());
}

BOOST_AUTO_TEST_SUITE_END()
