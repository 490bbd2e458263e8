// Searches on a machine that has no threads left, and workers that wait for somebody whose memory has run
// out.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <new>
#include <optional>
#include <vector>

#include "checker/search/growth.hpp"
#include "checker/search/test_bed.hpp"
#include "checker/search/work_pool.hpp"
#include "checker/system/crew.hpp"
#include "checker/system/no_more_threads.hpp"

namespace plimsoll::checker {
namespace {

/// From its exploration on there are no more threads: the supervisor has its own by then.
class LonelyGrid final : public GridSystem {
 public:
  using GridSystem::GridSystem;
  void initial(Successors& out) const override {
    GridSystem::initial(out);
    if (!without_) {
      without_.emplace();
    }
  }

 private:
  mutable std::optional<NoMoreThreads> without_;
};

/// A set with room for as many states as it was grown by, whose memory runs out in a way of its own.
class SmallSet {
 public:
  enum class End : std::uint8_t { refuses, throws };
  SmallSet(std::uint64_t room_max, End end) : room_max_(room_max), end_(end) {}

  [[nodiscard]] bool reserve(std::uint64_t count) {
    std::uint64_t used = used_.load();
    while (used + count <= room_) {
      if (used_.compare_exchange_weak(used, used + count)) {
        return true;
      }
    }
    return false;
  }
  void retract(std::uint64_t count) { used_ -= count; }
  [[nodiscard]] bool grow(std::uint64_t count, std::uint64_t /*memory_bytes_max*/) {
    if (room_ + count > room_max_) {
      if (end_ == End::throws) {
        throw std::bad_alloc();
      }
      return false;
    }
    room_ += count;
    return true;
  }
  [[nodiscard]] std::uint64_t used() const { return used_; }

 private:
  const std::uint64_t room_max_;
  const End end_;
  std::uint64_t room_ = 0;  ///< changes while all are at rest
  std::atomic<std::uint64_t> used_{0};
};

BOOST_AUTO_TEST_SUITE(scarce_threads_test)

BOOST_AUTO_TEST_CASE(engines_do_without_threads) {
  // Levels of more states than one worker is given alone, and tables that grow.
  for (const VisitedMode mode : {VisitedMode::exact, VisitedMode::fingerprint}) {
    for (const auto& search : {search_breadth_first, search_depth_first, check_liveness}) {
      const LonelyGrid system(4, 14);
      SearchOptions options;
      options.visited = mode;
      options.workers = 4;
      const SearchResult result = search(system, options);
      BOOST_TEST((result.stop == Stop::exhausted));
      BOOST_TEST(result.distinct == system.distinct());
      BOOST_TEST(result.generated == system.generated());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_search_without_a_supervisor_is_not_begun) {
  const GridSystem system(2, 3);
  const NoMoreThreads without;
  const SearchOptions options;
  for (const auto& search : {search_breadth_first, search_depth_first, search_random_walks, check_liveness}) {
    BOOST_CHECK_THROW((void)search(system, options), std::bad_alloc);
  }
}

BOOST_AUTO_TEST_CASE(a_worker_that_never_comes_is_not_waited_for) {
  WorkPool pool(3);
  pool.withdraw();
  pool.withdraw();
  Donation donation{StateStack(1), {}};
  BOOST_TEST(!pool.take(donation));
}

BOOST_AUTO_TEST_CASE(what_was_given_outlives_the_withdrawal_of_others) {
  WorkPool pool(2);
  pool.give({StateStack(1), {7}});
  pool.withdraw();
  Donation donation{StateStack(1), {}};
  BOOST_TEST(pool.take(donation));
  BOOST_TEST(donation.path == std::vector<Fingerprint>({7}));
  BOOST_TEST(!pool.take(donation));
}

BOOST_AUTO_TEST_CASE(all_go_home_when_growth_fails_in_whatever_way) {
  constexpr unsigned workers = 4;
  constexpr std::uint64_t room_max = 3000;
  for (const SmallSet::End end : {SmallSet::End::refuses, SmallSet::End::throws}) {
    SmallSet set(room_max, end);
    Rendezvous rendezvous;
    rendezvous.enter(workers);
    std::atomic<bool> out_of_memory{false};
    const auto work = [&](unsigned i) {
      const std::uint64_t count = i + 1;
      while (reserve_together(set, count, rendezvous, out_of_memory, [&] {
        if (!grow_at_rest(set, count, 0)) {
          out_of_memory = true;
        }
      })) {
      }
      rendezvous.leave();
    };
    run_crew(workers, work, [&](unsigned) { rendezvous.leave(); });
    BOOST_TEST(out_of_memory.load());
    // What is left over is less than what somebody asked for, besides one growth for each of the others.
    BOOST_TEST(set.used() <= room_max);
    BOOST_TEST(set.used() + workers * workers > room_max);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
