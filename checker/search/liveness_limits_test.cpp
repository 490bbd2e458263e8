// What ends a liveness search early, and that nothing is then said to hold; a torus large enough for several
// workers and growing tables.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checker/search/lasso_judge.hpp"
#include "checker/search/test_bed.hpp"

namespace plimsoll::checker {
namespace {

constexpr VisitedMode modes[] = {VisitedMode::exact, VisitedMode::fingerprint};

/// Counters that go round modulo `size`, each under weak fairness: size^counters states, counters*(size-1)+1
/// levels.
class Torus final : public NumberSystem {
 public:
  enum : std::size_t { eventually_full, always_eventually_zero, eventually_moves, no_more_corner };

  Torus(std::uint32_t counters, Slot size) : counters_(counters), size_(size) {
    properties_ = {
        {"eventually-full", PropertyKind::eventually, "the first counter comes to its top", slot_bit(0)},
        {"always-eventually-zero", PropertyKind::always_eventually, "all are zero again and again"},
        {"eventually-moves", PropertyKind::leads_to, "two follows one in the first counter", slot_bit(0),
         true},
        {"no-more-corner", PropertyKind::eventually_always, "some day the far corner is avoided"}};
    for (std::uint32_t i = 0; i < counters; ++i) {
      groups_.push_back("turn " + std::to_string(i));
      fairness_.push_back({groups_.back(), Fairness::weak});
    }
  }
  [[nodiscard]] std::uint32_t width() const override { return counters_; }
  void initial(Successors& out) const override {
    const std::vector<Slot> zero(counters_, 0);
    out.append({}, ~SlotMask{0}, fingerprint(zero), zero);
  }
  [[nodiscard]] std::unique_ptr<Worker> worker() const override {
    return std::make_unique<TorusWorker>(*this);
  }
  [[nodiscard]] const std::vector<FairnessConstraint>& fairness() const override { return fairness_; }

  [[nodiscard]] std::uint64_t distinct() const {
    std::uint64_t product = 1;
    for (std::uint32_t i = 0; i < counters_; ++i) {
      product *= size_;
    }
    return product;
  }

 private:
  class TorusWorker final : public Worker {
   public:
    explicit TorusWorker(const Torus& system) : system_(system) {}
    void successors(StateView state, Fingerprint fingerprint, Successors& out) override {
      for (std::uint32_t i = 0; i < state.size(); ++i) {
        const Slot next = (state[i] + 1) % system_.size_;
        const Fingerprint after = fingerprint - contribution(i, state[i]) + contribution(i, next);
        out.append({i, i}, slot_bit(i), after, state)[i] = next;
      }
    }
    Evaluation evaluate(StateView state, PropertyMask wanted) override {
      bool is_zero = true;
      bool is_corner = true;
      for (const Slot slot : state) {
        is_zero = is_zero && slot == 0;
        is_corner = is_corner && slot == system_.size_ / 2;
      }
      PropertyMask goals = state[0] + 1 == system_.size_ ? property_bit(eventually_full) : 0;
      goals |= is_zero ? property_bit(always_eventually_zero) : 0;
      goals |= state[0] == 2 ? property_bit(eventually_moves) : 0;
      goals |= is_corner ? 0 : property_bit(no_more_corner);
      const PropertyMask causes = state[0] == 1 ? property_bit(eventually_moves) : 0;
      return {goals & wanted, causes & wanted};
    }
    Evaluation evaluate_step(StateView, const Action&, StateView, PropertyMask wanted) override {
      return {wanted, wanted};
    }
    bool may_end(StateView) override { return false; }
    FairnessMask fairness_of(StateView, const Action& action) override {
      return fairness_bit(action.payload);
    }
    [[nodiscard]] SystemStatistics statistics() const override { return {}; }

   private:
    const Torus& system_;
  };

  std::uint32_t counters_;
  Slot size_;
  std::vector<FairnessConstraint> fairness_;
};

/// 888 million states: no test sees the end of it.
const Torus& endless() {
  static const Torus system(6, 31);
  return system;
}

void check_inconclusive(const SearchResult& result, Stop stop) {
  BOOST_TEST((result.stop == stop), "stopped for " << to_text(result.stop));
  BOOST_TEST((result.verdict == Verdict::inconclusive));
  BOOST_TEST(result.properties.size() == 4U);
  for (const PropertyOutcome& outcome : result.properties) {
    BOOST_TEST((outcome.verdict == Verdict::inconclusive));
    BOOST_TEST(!outcome.path.has_value());
  }
  BOOST_TEST(result.distinct > 0U);
}

BOOST_AUTO_TEST_SUITE(liveness_limits_test)

BOOST_AUTO_TEST_CASE(a_torus_has_the_numbers_of_its_closed_form) {
  const Torus system(4, 20);
  // The way to the far corner leads through the widest levels, where many are equally short.
  std::optional<Path> first;
  for (const VisitedMode mode : modes) {
    for (const unsigned workers : {1U, 2U, 4U}) {
      SearchOptions options;
      options.visited = mode;
      options.workers = workers;
      options.all = true;
      const SearchResult result = check_liveness(system, options);
      BOOST_TEST_CONTEXT(to_text(mode) << ", " << workers << " workers") {
        BOOST_TEST((result.stop == Stop::exhausted));
        BOOST_TEST(result.distinct == system.distinct());
        BOOST_TEST(result.generated == 1 + 4 * system.distinct());
        BOOST_TEST(result.depth == 77U);
        BOOST_TEST(result.fired == std::vector<std::uint64_t>(4, system.distinct()));
        BOOST_TEST((result.properties.at(0).verdict == Verdict::holds));
        BOOST_TEST((result.properties.at(1).verdict == Verdict::violated));
        BOOST_TEST((result.properties.at(2).verdict == Verdict::holds));
        BOOST_TEST(result.properties.at(2).engaged);
        BOOST_REQUIRE(result.properties.at(3).path.has_value());
        const Path& path = *result.properties[3].path;
        BOOST_TEST(path.actions.size() == 80U);
        first = first ? first : path;
        BOOST_TEST((path.states == first->states && path.loop == first->loop));
        BOOST_TEST((result.verdict == Verdict::violated));
        BOOST_TEST(result.visited_memory_bytes > result.distinct * 8);
        BOOST_TEST(result.memory_bytes >= result.visited_memory_bytes + result.distinct * 40);
        BOOST_TEST((result.omission_probability == 0) == (mode == VisitedMode::exact));
        BOOST_TEST(result.workers == workers);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_loop_is_no_longer_than_fairness_makes_it) {
  // Every counter has to go round once: no fair cycle is shorter.
  const Torus system(3, 7);
  SearchOptions options;
  options.selected = property_bit(Torus::always_eventually_zero);
  const SearchResult result = check_liveness(system, options);
  BOOST_REQUIRE(result.properties.at(0).path.has_value());
  const Path& path = *result.properties[0].path;
  BOOST_TEST((path.loop == 1U));
  BOOST_TEST(path.actions.size() == 1U + 3U * 7U);
  const auto worker = system.worker();
  const auto objection = judge_lasso(system, *worker, Torus::always_eventually_zero, path);
  BOOST_TEST(!objection.has_value(), objection.value_or(""));
}

BOOST_AUTO_TEST_CASE(the_number_of_states_ends_it_at_a_level) {
  for (const VisitedMode mode : modes) {
    SearchOptions options;
    options.visited = mode;
    options.limits.states_max = 5000;
    options.workers = 2;
    const SearchResult result = check_liveness(endless(), options);
    check_inconclusive(result, Stop::states);
    // Whole levels: 1, 6, 21, 56 ... sum up to binomial(n + 6, 6); 5,005 is the first of these from 5,000 on.
    BOOST_TEST(result.distinct == 5005U);
    BOOST_TEST(result.depth == 10U);
  }
}

BOOST_AUTO_TEST_CASE(the_depth_ends_it_at_a_level) {
  SearchOptions options;
  options.limits.depth_max = 5;
  const SearchResult result = check_liveness(endless(), options);
  check_inconclusive(result, Stop::depth);
  BOOST_TEST(result.depth == 5U);
  BOOST_TEST(result.distinct == 210U);
}

BOOST_AUTO_TEST_CASE(a_violation_within_a_limit_is_still_a_violation) {
  // A counter goes round from level 8, which must be expanded.
  const Torus system(4, 9);
  SearchOptions options;
  options.all = true;
  options.limits.depth_max = 9;
  SearchResult result = check_liveness(system, options);
  BOOST_TEST((result.stop == Stop::depth));
  BOOST_TEST((result.verdict == Verdict::inconclusive));
  options.limits.depth_max = 11;
  result = check_liveness(system, options);
  BOOST_TEST((result.stop == Stop::depth));
  BOOST_TEST(result.distinct < system.distinct());
  BOOST_TEST((result.properties.at(0).verdict == Verdict::inconclusive));
  BOOST_TEST((result.properties.at(1).verdict == Verdict::violated));
  BOOST_TEST((result.properties.at(2).verdict == Verdict::inconclusive));
  BOOST_TEST((result.verdict == Verdict::violated));
  BOOST_REQUIRE(result.properties[1].path.has_value());
  const auto worker = system.worker();
  const auto objection =
      judge_lasso(system, *worker, Torus::always_eventually_zero, *result.properties[1].path);
  BOOST_TEST(!objection.has_value(), objection.value_or(""));
}

BOOST_AUTO_TEST_CASE(time_ends_it) {
  for (const VisitedMode mode : modes) {
    SearchOptions options;
    options.visited = mode;
    options.workers = 2;
    options.limits.seconds_max = 0.3;
    const SearchResult result = check_liveness(endless(), options);
    check_inconclusive(result, Stop::time);
    BOOST_TEST(result.seconds >= 0.3);
  }
}

BOOST_AUTO_TEST_CASE(memory_ends_it_and_is_kept) {
  for (const VisitedMode mode : modes) {
    for (const unsigned workers : {1U, 4U}) {
      SearchOptions options;
      options.visited = mode;
      options.workers = workers;
      options.limits.memory_bytes_max = 24U << 20U;
      const SearchResult result = check_liveness(endless(), options);
      check_inconclusive(result, Stop::memory);
      BOOST_TEST(result.distinct > 10000U);
      // Each worker may fill a block of the next level before it looks again.
      BOOST_TEST(result.memory_bytes < 27U << 20U, to_text(mode) << " took " << result.memory_bytes);
    }
  }
  SearchOptions options;
  options.limits.memory_bytes_max = 1000;
  check_inconclusive(check_liveness(endless(), options), Stop::memory);
}

BOOST_AUTO_TEST_CASE(judging_needs_memory_too) {
  const Torus system(4, 15);
  SearchOptions options;
  options.selected = property_bit(Torus::eventually_full);
  const SearchResult free = check_liveness(system, options);
  BOOST_TEST((free.verdict == Verdict::holds));
  options.limits.memory_bytes_max = free.memory_bytes - 1;
  const SearchResult limited = check_liveness(system, options);
  BOOST_TEST((limited.stop == Stop::memory));
  BOOST_TEST(limited.distinct == system.distinct());
  BOOST_TEST((limited.verdict == Verdict::inconclusive));
  BOOST_TEST((limited.properties.at(0).verdict == Verdict::inconclusive));
  options.limits.memory_bytes_max = free.memory_bytes;
  BOOST_TEST((check_liveness(system, options).verdict == Verdict::holds));
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_it) {
  for (const unsigned workers : {1U, 2U}) {
    std::atomic<bool> interrupted{false};
    std::atomic<std::uint64_t> reports{0};
    std::atomic<std::uint64_t> reported_states{0};
    SearchOptions options;
    options.workers = workers;
    options.interrupted = &interrupted;
    options.progress = [&](const Progress& progress) {
      reported_states.store(progress.distinct);
      interrupted.store(reports.fetch_add(1) >= 1);
    };
    const SearchResult result = check_liveness(endless(), options);
    check_inconclusive(result, Stop::interrupted);
    BOOST_TEST(reported_states.load() > 0U);
    BOOST_TEST(result.distinct >= reported_states.load());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
