#include "impl/service/proxy/ipvs/scheduler.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

namespace {

using namespace plimsoll;
using namespace plimsoll::service;
using namespace plimsoll::service::ipvs;

const VirtualKey vip{base::Ipv4(10, 96, 0, 1), 80, Protocol::tcp};

RealKey real(std::size_t number) {
  return {base::Ipv4(10, 244, 1, static_cast<std::uint8_t>(number)), 8080};
}

/// Servers 0, 1, ... with these weights, and connections (active, inactive).
std::vector<Candidate> servers(const std::vector<std::uint32_t>& weights,
                               const std::vector<Counts>& connections = {}) {
  std::vector<Candidate> all;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    all.push_back({real(i), weights[i], i < connections.size() ? connections[i] : Counts{}});
  }
  return all;
}

/// The digits of the servers chosen in `turns` turns; '-' for none.
std::string turns(Scheduler scheduler, const std::vector<Candidate>& candidates, int count,
                  SchedulerState state = {}) {
  std::string chosen;
  for (int i = 0; i < count; ++i) {
    const auto one = schedule(scheduler, candidates, state, {}, {});
    chosen += one ? static_cast<char>('0' + *one) : '-';
  }
  return chosen;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scheduler_test)

BOOST_AUTO_TEST_CASE(round_robin_goes_round_and_passes_over_weight_0) {
  BOOST_TEST(turns(Scheduler::rr, servers({1, 1, 1}), 7) == "0120120");
  BOOST_TEST(turns(Scheduler::rr, servers({1, 0, 5}), 5) == "02020");
  BOOST_TEST(turns(Scheduler::rr, servers({0, 0}), 2) == "--");
  BOOST_TEST(turns(Scheduler::rr, {}, 1) == "-");
}

// The sequence of the kernel's documentation: A, B, C of weights 4, 3, 2 give AABABCABC.
BOOST_AUTO_TEST_CASE(weighted_round_robin_lowers_the_bar_by_the_common_divisor) {
  BOOST_TEST(turns(Scheduler::wrr, servers({4, 3, 2}), 18) == "001012012001012012");
  BOOST_TEST(turns(Scheduler::wrr, servers({8, 4}), 6) == "001001");
  BOOST_TEST(turns(Scheduler::wrr, servers({0, 2}), 3) == "111");
  BOOST_TEST(turns(Scheduler::wrr, servers({0, 0}), 2) == "--");
}

BOOST_AUTO_TEST_CASE(weighted_round_robin_gives_turns_by_weight) {
  BOOST_TEST(rc::check([] {
    const auto weights = *rc::gen::container<std::vector<std::uint32_t>>(
        *rc::gen::inRange<std::size_t>(1, 6), rc::gen::inRange<std::uint32_t>(0, 7));
    const auto total = std::accumulate(weights.begin(), weights.end(), std::uint32_t{0});
    RC_PRE(total > 0U);
    const auto divisor = std::accumulate(weights.begin(), weights.end(), std::uint32_t{0},
                                         [](std::uint32_t a, std::uint32_t b) { return std::gcd(a, b); });
    const std::string cycle = turns(Scheduler::wrr, servers(weights), static_cast<int>(total / divisor));
    for (std::size_t i = 0; i < weights.size(); ++i) {
      RC_ASSERT(std::ranges::count(cycle, static_cast<char>('0' + i)) == weights[i] / divisor);
    }
  }));
}

BOOST_AUTO_TEST_CASE(least_connections_count_an_active_one_as_256_inactive_ones) {
  BOOST_TEST(turns(Scheduler::lc, servers({1, 1}, {{1, 0}, {0, 255}}), 1) == "1");
  BOOST_TEST(turns(Scheduler::lc, servers({1, 1}, {{1, 0}, {0, 257}}), 1) == "0");
  BOOST_TEST(turns(Scheduler::lc, servers({1, 9}, {{1, 0}, {1, 0}}), 1) == "0");
  BOOST_TEST(turns(Scheduler::lc, servers({0, 1}, {{0, 0}, {9, 0}}), 1) == "1");
}

BOOST_AUTO_TEST_CASE(weighted_least_connections_divide_by_the_weight) {
  BOOST_TEST(turns(Scheduler::wlc, servers({1, 3}, {{1, 0}, {2, 0}}), 1) == "1");
  BOOST_TEST(turns(Scheduler::wlc, servers({1, 3}, {{1, 0}, {3, 0}}), 1) == "0");
  BOOST_TEST(turns(Scheduler::wlc, servers({0, 0}), 1) == "-");
}

BOOST_AUTO_TEST_CASE(shortest_expected_delay_counts_the_new_connection) {
  // Both idle: 1/1 against 1/3.
  BOOST_TEST(turns(Scheduler::sed, servers({1, 3}), 1) == "1");
  BOOST_TEST(turns(Scheduler::wlc, servers({1, 3}), 1) == "0");
  BOOST_TEST(turns(Scheduler::sed, servers({1, 2}, {{0, 0}, {1, 0}}), 1) == "0");
  BOOST_TEST(turns(Scheduler::sed, servers({1, 3}, {{0, 0}, {1, 0}}), 1) == "1");
}

BOOST_AUTO_TEST_CASE(never_queue_takes_an_idle_server_first) {
  BOOST_TEST(turns(Scheduler::nq, servers({9, 1}, {{1, 0}, {0, 50}}), 1) == "1");
  BOOST_TEST(turns(Scheduler::nq, servers({9, 1}, {{1, 0}, {1, 0}}), 1) == "0");
  BOOST_TEST(turns(Scheduler::nq, servers({9, 0}, {{1, 0}, {0, 0}}), 1) == "0");
}

// The oracle: each scheduler that compares, by dividing.
BOOST_AUTO_TEST_CASE(least_ones_are_the_first_of_the_least) {
  BOOST_TEST(rc::check([] {
    const auto count = *rc::gen::inRange<std::size_t>(1, 6);
    std::vector<std::uint32_t> weights;
    std::vector<Counts> connections;
    for (std::size_t i = 0; i < count; ++i) {
      weights.push_back(*rc::gen::inRange<std::uint32_t>(0, 5));
      connections.push_back(
          {*rc::gen::inRange<std::uint32_t>(0, 5), *rc::gen::inRange<std::uint32_t>(0, 600)});
    }
    const auto candidates = servers(weights, connections);
    for (const Scheduler scheduler : {Scheduler::lc, Scheduler::wlc, Scheduler::sed}) {
      const auto load = [&](std::size_t i) {
        const Counts& counts = connections[i];
        const double divisor = scheduler == Scheduler::lc ? 1.0 : weights[i];
        return (scheduler == Scheduler::sed ? counts.active + 1.0 : counts.active * 256.0 + counts.inactive) /
               divisor;
      };
      std::string expected = "-";
      for (std::size_t i = 0, best = count; i < count; ++i) {
        if (weights[i] != 0 && (best == count || load(i) < load(best) - 1e-9)) {
          best = i;
          expected = static_cast<char>('0' + i);
        }
      }
      RC_ASSERT(turns(scheduler, candidates, 1) == expected);
    }
  }));
}

BOOST_AUTO_TEST_CASE(hashes_keep_an_address_where_it_is_and_spread_all) {
  SchedulerState unused;
  std::map<std::size_t, int> by_source;
  std::map<std::size_t, int> by_destination;
  const auto candidates = servers({3, 1});
  for (std::uint32_t i = 0; i < 4096; ++i) {
    const base::Ipv4 address(0x0a000000 + i);
    const auto source = schedule(Scheduler::sh, candidates, unused, address, {});
    const auto destination = schedule(Scheduler::dh, candidates, unused, {}, address);
    BOOST_REQUIRE(source.has_value() && destination.has_value());
    BOOST_REQUIRE(source == schedule(Scheduler::sh, candidates, unused, address, base::Ipv4(i)));
    ++by_source[*source];
    ++by_destination[*destination];
  }
  // 256 buckets: three of four to the first by weight, every other one without.
  BOOST_TEST(by_source[0] > 2 * by_source[1]);
  BOOST_TEST(by_destination[0] > by_destination[1] / 2);
  BOOST_TEST(by_destination[1] > by_destination[0] / 2);
}

BOOST_AUTO_TEST_CASE(a_hashed_server_of_weight_0_serves_nobody) {
  SchedulerState unused;
  int refused = 0;
  for (std::uint32_t i = 0; i < 1024; ++i) {
    refused += schedule(Scheduler::sh, servers({0, 1}), unused, base::Ipv4(i), {}).has_value() ? 0 : 1;
  }
  BOOST_TEST(refused > 256);
  BOOST_TEST(refused < 768);
}

BOOST_AUTO_TEST_CASE(round_robin_goes_on_where_a_removed_server_was) {
  Tables tables;
  State state;
  BOOST_TEST(!make_change(tables, state, ServiceSet{vip, Scheduler::rr, 0}).has_value());
  for (const std::size_t number : {2U, 1U, 0U}) {  // the last one added is the list's head
    BOOST_TEST(!make_change(tables, state, ServerAdd{vip, {real(number), 1}}).has_value());
  }
  BOOST_CHECK(tables.at(vip).servers.front().key == real(0));
  state.schedulers[vip].last = real(1);
  BOOST_TEST(!make_change(tables, state, ServerDelete{vip, real(1)}).has_value());
  BOOST_CHECK(state.schedulers.at(vip).last == real(0));
  state.schedulers[vip].last = real(0);
  BOOST_TEST(!make_change(tables, state, ServerDelete{vip, real(0)}).has_value());
  BOOST_TEST(!state.schedulers.at(vip).last.has_value());
}

BOOST_AUTO_TEST_CASE(a_new_weight_lowers_the_bar_of_weighted_round_robin) {
  Tables tables;
  State state;
  BOOST_TEST(!make_change(tables, state, ServiceSet{vip, Scheduler::wrr, 0}).has_value());
  BOOST_TEST(!make_change(tables, state, ServerAdd{vip, {real(0), 9}}).has_value());
  state.schedulers[vip] = {real(0), 9};
  BOOST_TEST(!make_change(tables, state, ServerEdit{vip, {real(0), 4}}).has_value());
  BOOST_TEST(state.schedulers.at(vip).current_weight == 1);  // 4 - (4 - 1)
  BOOST_TEST(!state.schedulers.at(vip).last.has_value());
}

BOOST_AUTO_TEST_CASE(changes_of_what_is_not_there_are_refused) {
  Tables tables;
  using overlay::Errno;
  BOOST_CHECK(make_change(tables, ServiceDelete{vip}) == Errno::esrch);
  BOOST_CHECK(make_change(tables, ServerAdd{vip, {real(0), 1}}) == Errno::esrch);
  BOOST_CHECK(make_change(tables, ServiceSet{vip, Scheduler::rr, 0}) == std::nullopt);
  BOOST_CHECK(make_change(tables, ServerEdit{vip, {real(0), 1}}) == Errno::enoent);
  BOOST_CHECK(make_change(tables, ServerDelete{vip, real(0)}) == Errno::enoent);
  BOOST_CHECK(make_change(tables, ServerAdd{vip, {real(0), 1}}) == std::nullopt);
  BOOST_CHECK(make_change(tables, ServerAdd{vip, {real(0), 1}}) == Errno::eexist);
}

BOOST_AUTO_TEST_SUITE_END()
