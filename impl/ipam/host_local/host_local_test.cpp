// HostLocal without crashes: one case for each statement.
#include "impl/ipam/host_local/host_local.hpp"

#include <array>
#include <string>

#include <boost/test/unit_test.hpp>

#include "impl/ipam/host_local/hand_driven.hpp"

namespace plimsoll::ipam {
namespace {

using base::Ipv4;
using base::Ipv4Prefix;
using Outcome = decltype(CniResponse::outcome);

const Attachment web{"web.0", "eth0"};
const Attachment db{"db.0", "eth0"};
const Attachment cache{"cache.0", "eth0"};
constexpr Ipv4 gateway(10, 1, 0, 1);

constexpr Ipv4 host(std::uint8_t number) {
  return {10, 1, 0, number};
}
constexpr NodeNetwork lease(unsigned length) {
  return {Ipv4Prefix(Ipv4(10, 1, 0, 0), length)};
}
AddRequest add(const Attachment& attachment) {
  return {attachment, {}};
}
Outcome added(Ipv4 address, unsigned length) {
  return Added{{{Ipv4Prefix(address, length), gateway}}};
}
Outcome failed(CniError error) {
  return Failed{error};
}

RangeSet<Ipv4> range_set(Ipv4Prefix subnet, Ipv4 start, Ipv4 end) {
  return RangeSet<Ipv4>::make({make_range(RangeFields<Ipv4>{subnet, start, end, {}}).value()}).value();
}
// Two addresses at 10.1.0.2, one at 10.2.0.2.
HostLocal::Config two_sets() {
  return {.from_lease = false,
          .range_sets = {range_set({Ipv4(10, 1, 0, 0), 24}, host(2), host(3)),
                         range_set({Ipv4(10, 2, 0, 0), 24}, Ipv4(10, 2, 0, 2), Ipv4(10, 2, 0, 2))}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(host_local_test)

BOOST_AUTO_TEST_CASE(ipam_1_neither_gateway_nor_network_nor_broadcast_address_is_handed_out) {
  HandDriven node({}, lease(29));
  for (std::uint8_t number = 2; number <= 6; ++number) {
    const Attachment attachment{"web." + std::to_string(number), "eth0"};
    BOOST_TEST((node.call(add(attachment)) == added(host(number), 29)));
  }
  BOOST_TEST((node.call(add(db)) == failed(CniError::exhausted)));
  BOOST_TEST(node.state.files.contents.size() == 5U);
}

BOOST_AUTO_TEST_CASE(ipam_2_a_file_appears_with_its_content_in_one_step) {
  HandDriven node({}, lease(24));
  node.request(add(web));
  BOOST_TEST(node.state.files.contents.at(host(2)) == "web.0\r\neth0");
  BOOST_TEST(node.state.files.last_reserved.empty());
  BOOST_TEST(node.responses.empty());
  node.proceed();
  BOOST_TEST((node.state.files.last_reserved.at(0) == host(2)));
  BOOST_TEST(node.responses.size() == 1U);
  BOOST_TEST(!node.is_armed());
}

BOOST_AUTO_TEST_CASE(ipam_2_calls_wait_for_the_lock_in_order_of_arrival) {
  HandDriven node({}, lease(24));
  const base::ProcessId other{7};
  node.request(add(web), 1);
  node.request(add(db), 2, other);
  node.request(DelRequest{web}, 3);
  BOOST_TEST(node.state.files.contents.size() == 1U);
  while (node.is_armed()) {
    node.proceed();
  }
  BOOST_TEST_REQUIRE(node.responses.size() == 3U);
  BOOST_TEST((node.responses[0] == HandDriven::Sent{HandDriven::runtime, {{1}, added(host(2), 24)}}));
  BOOST_TEST((node.responses[1] == HandDriven::Sent{other, {{2}, added(host(3), 24)}}));
  BOOST_TEST((node.responses[2] == HandDriven::Sent{HandDriven::runtime, {{3}, Done{}}}));
  BOOST_TEST((node.state.operation == Operation{}));
}

BOOST_AUTO_TEST_CASE(ipam_3_a_released_address_is_not_used_again_before_the_range_wraps) {
  HandDriven node({}, lease(29));
  for (const std::uint8_t number : std::to_array<std::uint8_t>({2, 3, 4, 5, 6, 2})) {
    BOOST_TEST((node.call(add(web)) == added(host(number), 29)));
    BOOST_TEST((node.call(DelRequest{web}) == Outcome(Done{})));
  }
}

BOOST_AUTO_TEST_CASE(ipam_3_a_last_address_outside_the_range_is_passed_over) {
  HandDriven node({}, lease(24));
  node.state.files.last_reserved[0] = Ipv4(10, 9, 0, 77);
  BOOST_TEST((node.call(add(web)) == added(host(2), 24)));
}

BOOST_AUTO_TEST_CASE(ipam_4_a_second_add_is_an_error_for_the_interface_only) {
  HandDriven node({}, lease(24));
  BOOST_TEST((node.call(add(web)) == added(host(2), 24)));
  BOOST_TEST((node.call(add(web)) == failed(CniError::already_allocated)));
  BOOST_TEST((node.call(AddRequest{web, host(9)}) == failed(CniError::already_allocated)));
  BOOST_TEST((node.call(add({"web.0", "eth1"})) == added(host(3), 24)));
  BOOST_TEST(node.state.files.contents.size() == 2U);
}

BOOST_AUTO_TEST_CASE(ipam_4_an_address_of_an_earlier_lease_counts_too) {
  HandDriven node({}, lease(24));
  node.state.files.create(Ipv4(10, 9, 0, 2), file_content(web));
  BOOST_TEST((node.call(add(web)) == failed(CniError::already_allocated)));
  BOOST_TEST((node.call(add(db)) == added(host(2), 24)));
}

BOOST_AUTO_TEST_CASE(ipam_4_a_requested_address_must_be_in_range_free_and_no_gateway) {
  HandDriven node({}, lease(24));
  BOOST_TEST((node.call(AddRequest{web, host(77)}) == added(host(77), 24)));
  BOOST_TEST((node.state.files.last_reserved.at(0) == host(77)));
  BOOST_TEST((node.call(AddRequest{db, host(77)}) == failed(CniError::not_free)));
  BOOST_TEST((node.call(AddRequest{db, gateway}) == failed(CniError::is_gateway)));
  BOOST_TEST((node.call(AddRequest{db, host(255)}) == failed(CniError::not_in_range)));
  BOOST_TEST((node.call(AddRequest{db, Ipv4(10, 2, 0, 5)}) == failed(CniError::not_in_range)));
  BOOST_TEST(node.state.files.contents.size() == 1U);
}

BOOST_AUTO_TEST_CASE(ipam_5_del_releases_and_may_be_repeated) {
  HandDriven node({}, lease(24));
  node.call(add(web));
  node.call(add(db));
  BOOST_TEST((node.call(DelRequest{web}) == Outcome(Done{})));
  BOOST_TEST(!node.state.files.holds(host(2)));
  BOOST_TEST(node.state.files.holds(host(3)));
  BOOST_TEST((node.call(DelRequest{web}) == Outcome(Done{})));
  BOOST_TEST(node.state.files.contents.size() == 1U);
}

BOOST_AUTO_TEST_CASE(ipam_5_del_removes_all_own_files_and_leaves_those_of_old_versions) {
  HandDriven node({}, lease(24));
  node.state.files.create(host(2), file_content(web));
  node.state.files.create(host(3), file_content(web));
  node.state.files.create(host(4), web.container_id);
  node.call(DelRequest{web});
  BOOST_TEST(node.state.files.contents.size() == 1U);
  BOOST_TEST(node.state.files.holds(host(4)));
  node.call(DelRequest{web});
  BOOST_TEST(node.state.files.contents.empty());
}

BOOST_AUTO_TEST_CASE(ipam_6_one_address_of_each_set_or_none) {
  HandDriven node(two_sets());
  const Outcome both =
      Added{{{Ipv4Prefix(host(2), 24), gateway}, {Ipv4Prefix(Ipv4(10, 2, 0, 2), 24), Ipv4(10, 2, 0, 1)}}};
  BOOST_TEST((node.call(add(web)) == both));
  BOOST_TEST((node.call(add(db)) == failed(CniError::exhausted)));
  BOOST_TEST(node.state.files.contents.size() == 2U);
  BOOST_TEST(!node.state.files.holds(host(3)));
  BOOST_TEST((node.state.files.last_reserved.at(0) == host(3)));
  BOOST_TEST((node.call(DelRequest{web}) == Outcome(Done{})));
  BOOST_TEST(node.state.files.contents.empty());
}

BOOST_AUTO_TEST_CASE(ipam_6_a_failed_add_keeps_what_the_attachment_held_before) {
  HandDriven node(two_sets());
  node.state.files.create(Ipv4(10, 2, 0, 2), file_content(web));
  BOOST_TEST((node.call(add(web)) == failed(CniError::already_allocated)));
  BOOST_TEST(node.state.files.contents.size() == 1U);
  BOOST_TEST(node.state.files.holds(Ipv4(10, 2, 0, 2)));
}

BOOST_AUTO_TEST_CASE(a_requested_address_is_taken_from_the_set_that_contains_it) {
  HandDriven node(two_sets());
  const Outcome outcome = node.call(AddRequest{web, Ipv4(10, 2, 0, 2)});
  BOOST_TEST_REQUIRE(std::holds_alternative<Added>(outcome));
  BOOST_TEST((std::get<Added>(outcome).ips.at(0).address.address() == host(2)));
  BOOST_TEST((std::get<Added>(outcome).ips.at(1).address.address() == Ipv4(10, 2, 0, 2)));
}

BOOST_AUTO_TEST_CASE(without_a_usable_subnet_add_fails_and_del_works) {
  HandDriven node({}, {});
  node.state.files.create(host(2), file_content(web));
  BOOST_TEST((node.call(add(db)) == failed(CniError::network_down)));
  BOOST_TEST((node.call(DelRequest{web}) == Outcome(Done{})));
  BOOST_TEST(node.state.files.contents.empty());
  node.state.network = lease(31);
  BOOST_TEST((node.call(add(db)) == failed(CniError::unusable_subnet)));
}

BOOST_AUTO_TEST_CASE(addresses_come_from_the_lease_of_the_moment) {
  HandDriven node({}, lease(24));
  node.call(add(web));
  node.state.network.subnet = Ipv4Prefix(Ipv4(10, 7, 0, 0), 24);
  const Outcome outcome = node.call(add(db));
  BOOST_TEST_REQUIRE(std::holds_alternative<Added>(outcome));
  BOOST_TEST((std::get<Added>(outcome).ips.at(0).address.address() == Ipv4(10, 7, 0, 2)));
}

BOOST_AUTO_TEST_CASE(check_asks_whether_the_attachment_holds_an_address) {
  HandDriven node({}, lease(24));
  BOOST_TEST((node.call(CheckRequest{web}) == failed(CniError::nothing_allocated)));
  node.call(add(web));
  BOOST_TEST((node.call(CheckRequest{web}) == Outcome(Done{})));
  BOOST_TEST((node.call(CheckRequest{db}) == failed(CniError::nothing_allocated)));
}

BOOST_AUTO_TEST_CASE(gc_keeps_what_valid_attachments_hold) {
  HandDriven node({}, lease(24));
  node.call(add(web));
  node.call(add(db));
  node.call(add(cache));
  BOOST_TEST((node.call(GcRequest{{db}}) == Outcome(Done{})));
  BOOST_TEST(node.state.files.contents.size() == 1U);
  BOOST_TEST(node.state.files.holds(host(3)));
  BOOST_TEST((node.call(GcRequest{{}}) == Outcome(Done{})));
  BOOST_TEST(node.state.files.contents.empty());
}

BOOST_AUTO_TEST_CASE(every_verb_refuses_an_attachment_that_is_not_valid) {
  HandDriven node({}, lease(24));
  const Attachment bad{"web\r\n0", "eth0"};
  BOOST_TEST((node.call(add(bad)) == failed(CniError::invalid_attachment)));
  BOOST_TEST((node.call(DelRequest{bad}) == failed(CniError::invalid_attachment)));
  BOOST_TEST((node.call(CheckRequest{bad}) == failed(CniError::invalid_attachment)));
  BOOST_TEST((node.call(GcRequest{{web, bad}}) == failed(CniError::invalid_attachment)));
  BOOST_TEST(node.state.files.contents.empty());
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_takes_its_waiting_calls_along) {
  HandDriven node({}, lease(24));
  const base::ProcessId other{7};
  node.request(add(web), 1);
  node.request(add(db), 2);
  node.request(add(cache), 3, other);
  node.disconnect(HandDriven::runtime);
  while (node.is_armed()) {
    node.proceed();
  }
  BOOST_TEST(node.state.files.contents.size() == 2U);
  BOOST_TEST(node.state.files.contents.at(host(2)) == file_content(web));
  BOOST_TEST(node.state.files.contents.at(host(3)) == file_content(cache));
}

BOOST_AUTO_TEST_CASE(a_disconnection_between_two_calls_leaves_nothing_to_proceed_with) {
  HandDriven node({}, lease(24));
  node.request(add(web), 1);
  node.request(add(db), 2);
  node.proceed();
  BOOST_TEST(node.is_armed());
  node.disconnect(HandDriven::runtime);
  BOOST_TEST(!node.is_armed());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::ipam
