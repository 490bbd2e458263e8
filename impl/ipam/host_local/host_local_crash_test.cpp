// IPAM-7: HostLocal crashed between any two changes of files, with and without defects. Whoever restarts it
// does what runtimes do: DEL for every call whose outcome is not known.
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

constexpr Ipv4 host(std::uint8_t number) {
  return {10, 1, 0, number};
}
constexpr NodeNetwork lease() {
  return {Ipv4Prefix(Ipv4(10, 1, 0, 0), 24)};
}
HostLocal::Config with(Defect defect) {
  return {.defects = Defects().with(defect)};
}
AddRequest add(const Attachment& attachment) {
  return {attachment, {}};
}

RangeSet<Ipv4> single(Ipv4 address) {
  return RangeSet<Ipv4>::make(
             {make_range(RangeFields<Ipv4>{Ipv4Prefix(address, 24).network(), address, address, {}}).value()})
      .value();
}
HostLocal::Config three_sets(Defects defects = {}) {
  return {.from_lease = false,
          .range_sets = {single(host(2)), single({10, 2, 0, 2}), single({10, 3, 0, 2})},
          .defects = defects};
}
Ipv4 only_address(const Outcome& outcome) {
  return std::get<Added>(outcome).ips.at(0).address.address();
}

// Hands over a request and crashes after `steps` steps. Returns false if the call was over before that.
bool crash_after(HandDriven& node, decltype(CniRequest::body) body, unsigned steps) {
  node.request(std::move(body));
  for (unsigned taken = 1; taken < steps; ++taken) {
    if (!node.is_armed()) {
      return false;
    }
    node.proceed();
  }
  const bool under_way = node.is_armed();
  node.crash();
  return under_way;
}

// Files left after an ADD was crashed after `steps` steps and then deleted, in whatever number of steps the
// crash hit.
std::size_t files_left(const HostLocal::Config& config, unsigned steps) {
  HandDriven node(config, lease());
  crash_after(node, add(web), steps);
  node.call(DelRequest{web});
  return node.state.files.contents.size();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(host_local_crash_test)

BOOST_AUTO_TEST_CASE(ipam_7_after_the_file_before_last_reserved) {
  HandDriven node({}, lease());
  BOOST_TEST(crash_after(node, add(web), 1));
  BOOST_TEST(node.state.files.contents.at(host(2)) == file_content(web));
  BOOST_TEST(node.state.files.last_reserved.empty());
  BOOST_TEST((node.call(add(db)) == Outcome(Added{{{Ipv4Prefix(host(3), 24), host(1)}}})));
  BOOST_TEST((node.call(add(web)) == Outcome(Failed{CniError::already_allocated})));
  BOOST_TEST((node.call(DelRequest{web}) == Outcome(Done{})));
  BOOST_TEST((only_address(node.call(add(web))) == host(4)));
}

BOOST_AUTO_TEST_CASE(ipam_7_after_success_before_the_runtime_recorded_it) {
  HandDriven node({}, lease());
  node.call(add(web));
  node.crash();
  BOOST_TEST((node.call(CheckRequest{web}) == Outcome(Done{})));
  BOOST_TEST((node.call(add(web)) == Outcome(Failed{CniError::already_allocated})));
  node.call(DelRequest{web});
  BOOST_TEST(node.state.files.contents.empty());
}

BOOST_AUTO_TEST_CASE(ipam_7_nothing_leaks_wherever_an_add_is_crashed) {
  // Three sets: three files and three notes, so six steps.
  for (unsigned steps = 1; steps <= 6; ++steps) {
    BOOST_TEST_CONTEXT("crash after " << steps << " steps") {
      BOOST_TEST(files_left(three_sets(), steps) == 0U);
    }
  }
}

BOOST_AUTO_TEST_CASE(ipam_7_nothing_leaks_wherever_a_failing_add_is_crashed) {
  for (unsigned steps = 1; steps <= 6; ++steps) {
    BOOST_TEST_CONTEXT("crash after " << steps << " steps") {
      HandDriven node(three_sets());
      node.state.files.create({10, 3, 0, 2}, file_content(db));
      crash_after(node, add(web), steps);
      node.call(DelRequest{web});
      BOOST_TEST(node.state.files.contents.size() == 1U);
    }
  }
}

BOOST_AUTO_TEST_CASE(ipam_7_a_del_or_gc_that_was_crashed_is_finished_by_the_next) {
  const std::vector<decltype(CniRequest::body)> verbs{DelRequest{web}, GcRequest{}};
  for (const auto& verb : verbs) {
    for (const unsigned steps : {1U, 2U}) {
      HandDriven node(three_sets());
      node.call(add(web));
      BOOST_TEST(crash_after(node, verb, steps));
      BOOST_TEST(node.state.files.contents.size() == 3U - steps);
      node.call(verb);
      BOOST_TEST(node.state.files.contents.empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(ipam_7_a_crash_forgets_the_lock_and_those_who_wait_for_it) {
  HandDriven node({}, lease());
  node.request(add(web), 1);
  node.request(add(db), 2);
  node.crash();
  BOOST_TEST((node.state.operation == Operation{}));
  BOOST_TEST(!node.is_armed());
  BOOST_TEST((only_address(node.call(add(db))) == host(3)));
}

BOOST_AUTO_TEST_CASE(defect_i2_leaves_a_file_that_nothing_releases) {
  BOOST_TEST(files_left({}, 1) == 0U);
  BOOST_TEST(files_left(with(Defect::I2), 1) == 1U);
  BOOST_TEST(files_left(with(Defect::I2), 2) == 0U);

  HandDriven node(with(Defect::I2), lease());
  BOOST_TEST(crash_after(node, add(web), 1));
  node.call(DelRequest{web});
  node.call(GcRequest{});
  BOOST_TEST(node.state.files.contents.at(host(2)).empty());
}

BOOST_AUTO_TEST_CASE(defect_i2_shows_in_crashes_only) {
  HandDriven reference(three_sets());
  HandDriven defective(three_sets(Defects().with(Defect::I2)));
  BOOST_TEST((reference.call(add(web)) == defective.call(add(web))));
  BOOST_TEST((reference.state == defective.state));
}

BOOST_AUTO_TEST_CASE(defect_i3_hands_out_an_address_that_is_in_use) {
  for (const bool defective : {false, true}) {
    HandDriven node(defective ? with(Defect::I3) : HostLocal::Config{}, lease());
    const Ipv4 first = only_address(node.call(add(web)));
    node.crash();
    BOOST_TEST((only_address(node.call(add(db))) == first) == defective);
  }
}

BOOST_AUTO_TEST_CASE(defect_i4_gives_two_nodes_one_address) {
  const NodeNetwork other_lease{Ipv4Prefix(Ipv4(10, 9, 0, 0), 24)};
  for (const bool defective : {false, true}) {
    HostLocal::Config config{.range_sets = {single(host(2))}};
    config.defects = defective ? Defects().with(Defect::I4) : Defects();
    HandDriven here(config, lease());
    HandDriven there(config, other_lease);
    const Ipv4 address_here = only_address(here.call(add(web)));
    const Ipv4 address_there = only_address(there.call(add(web)));
    BOOST_TEST((address_here == address_there) == defective);
  }
}

BOOST_AUTO_TEST_CASE(defect_i6_gives_one_attachment_two_addresses) {
  HandDriven reference({}, lease());
  reference.call(add(web));
  BOOST_TEST((reference.call(add(web)) == Outcome(Failed{CniError::already_allocated})));

  HandDriven defective(with(Defect::I6), lease());
  BOOST_TEST((only_address(defective.call(add(web))) == host(2)));
  BOOST_TEST((only_address(defective.call(add(web))) == host(3)));
  BOOST_TEST(defective.state.files.contents.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::ipam
