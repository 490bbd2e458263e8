// A bound on a part prunes the steps that leave it, and nothing else.
#include <boost/test/unit_test.hpp>

#include "checker/world/component.hpp"
#include "checker/world/world_system.hpp"

namespace plimsoll::checker {
namespace {

/// Counts to ten, and beside it knows whether the count is odd.
struct Counter {
  struct Config {};
  struct State {
    std::uint32_t count = 0;
    bool odd = false;
    PLIMSOLL_DESCRIBE(State, count, odd)
  };
  enum class Timer : std::uint8_t { next };
  using Incoming = std::uint32_t;
  using Outgoing = std::uint32_t;
  static constexpr bool never_exits = true;

  static void step(const Config& /*config*/, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs) {
    if (!std::holds_alternative<base::Started>(input)) {
      ++state.count;
      state.odd = state.count % 2 == 1;
    }
    if (state.count < 10) {
      outputs.arm(Timer::next, base::Ticks{0});
    }
  }
  static base::TimerKind timer_kind(Timer /*timer*/) { return base::TimerKind::work; }
};
PLIMSOLL_DESCRIBE_ENUM(Counter::Timer, next)

struct Counted {
  std::uint32_t steps = 0;
  std::size_t pruned = 0;
};

/// Follows the only way that there is.
Counted run(const std::vector<WorldBound>& bounds) {
  WorldModel model;
  model.add_process("counter", std::make_shared<Component<Counter>>(Counter::Config{}));
  model.bounds = bounds;
  const WorldSystem system(std::move(model));
  const std::unique_ptr<Worker> worker = system.worker();
  Successors initial(system.width());
  system.initial(initial);
  BOOST_REQUIRE(initial.size() == 1U);
  std::vector<Slot> state(initial.state(0).begin(), initial.state(0).end());
  for (Counted counted;; ++counted.steps) {
    Successors out(system.width());
    worker->successors(state, system.fingerprint(state), out);
    counted.pruned += out.pruned();
    if (out.size() == 0) {
      return counted;
    }
    state.assign(out.state(0).begin(), out.state(0).end());
  }
}

WorldBound at_most(std::uint32_t most) {
  return {"count", PartId{0},
          [most](base::BytesView bytes) { return base::from_bytes<std::uint32_t>(bytes) <= most; }};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bounds_test)

BOOST_AUTO_TEST_CASE(without_bounds_nothing_is_pruned) {
  const Counted counted = run({});
  BOOST_TEST(counted.steps == 10U);
  BOOST_TEST(counted.pruned == 0U);
}
BOOST_AUTO_TEST_CASE(a_step_that_leaves_a_bound_is_pruned) {
  const Counted counted = run({at_most(4)});
  BOOST_TEST(counted.steps == 4U);
  BOOST_TEST(counted.pruned == 1U);
}
BOOST_AUTO_TEST_CASE(all_bounds_count) {
  BOOST_TEST(run({at_most(7), at_most(3)}).steps == 3U);
}
BOOST_AUTO_TEST_CASE(a_bound_that_is_never_reached_prunes_nothing) {
  BOOST_TEST(run({at_most(10)}).pruned == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
