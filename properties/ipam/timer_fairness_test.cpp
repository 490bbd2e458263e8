// Timers that share a fairness constraint, searched: whatever keeps them from firing must not be ruled out as
// unfair.
#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <type_traits>

#include "checker/search/search.hpp"
#include "checker/world/component.hpp"
#include "checker/world/view.hpp"
#include "checker/world/world_system.hpp"

namespace plimsoll::checker {
namespace {

enum class Side : std::uint8_t { left, right };
PLIMSOLL_DESCRIBE_ENUM(Side, left, right)
struct Wait {
  std::uint32_t side = 0;
  PLIMSOLL_DESCRIBE(Wait, side)
};
struct Kick {
  PLIMSOLL_DESCRIBE(Kick)
};

enum class Part : std::uint8_t { man, dog, idle };

/// A man and a dog that kick each other for ever; each kick makes the dog disarm one timer and arm the other,
/// so that one of the two is always armed and neither need ever fire.
template <class TimerType>
struct Kicker {
  using Timer = TimerType;
  using Incoming = Kick;
  using Outgoing = Kick;
  static constexpr bool never_exits = true;
  struct Config {
    base::ProcessId peer;
    Part part = Part::idle;
  };
  struct State {
    bool fired = false;
    bool side = false;
    PLIMSOLL_DESCRIBE(State, fired, side)
  };

  static base::TimerKind timer_kind(const Timer& /*timer*/) { return base::TimerKind::work; }
  static Timer timer(bool side) {
    if constexpr (std::is_enum_v<Timer>) {
      return side ? Timer::right : Timer::left;
    } else {
      return Timer{side ? 1U : 0U};
    }
  }
  static void step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& out) {
    const bool starts = std::holds_alternative<base::Started>(input);
    if (std::holds_alternative<base::TimerFired<Timer>>(input)) {
      state.fired = true;
      return;
    }
    if (config.part == Part::dog) {
      if (!starts) {
        out.disarm(timer(state.side));
        state.side = !state.side;
      }
      out.arm(timer(state.side), base::Ticks{5});
    }
    if (config.part != Part::idle && (!starts || config.part == Part::man)) {
      out.send(config.peer, {});
    }
  }
};

/// @param pairs  All but the first are idle: they are there to make the constraints coarser.
template <class Timer>
Verdict verdict_of(std::uint8_t pairs) {
  WorldModel model;
  for (std::uint8_t i = 0; i < 2 * pairs; ++i) {
    const base::ProcessId peer{static_cast<std::uint8_t>(i ^ 1U)};
    const Part part = i >= 2 ? Part::idle : i == 0 ? Part::man : Part::dog;
    const auto process =
        std::make_shared<Component<Kicker<Timer>>>(typename Kicker<Timer>::Config{peer, part});
    process->template wire<Kick>(peer);
    model.add_process("process-" + std::to_string(i), process);
    if (i % 2 == 1) {
      model.links.push_back({peer, base::ProcessId{i}, LinkKind::local, false, ""});
    }
  }
  const PartId fired = model.find_part("process-1.fired").value();
  WorldProperty fires;
  fires.property = {"fires", PropertyKind::eventually, "one of the dog's timers fires"};
  fires.parts = {fired};
  fires.state = [fired](const WorldView& view) {
    return view.part<bool>(fired) ? Truth::holds : Truth::violated;
  };
  model.properties = {fires};
  return check_liveness(WorldSystem(model), {}).verdict;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(timer_fairness_test)

BOOST_AUTO_TEST_CASE(a_heartbeat_that_arms_one_timer_and_disarms_the_other_may_starve_both) {
  BOOST_TEST((verdict_of<Side>(1) == Verdict::violated));   // a constraint for each of the two
  BOOST_TEST((verdict_of<Wait>(1) == Verdict::violated));   // one for both: they are of one kind
  BOOST_TEST((verdict_of<Side>(12) == Verdict::violated));  // one for both: the world is large
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
