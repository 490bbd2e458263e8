// A process whose timers others may put off, and a way through all states of a world: for the tests of
// fairness.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "checker/world/component.hpp"
#include "checker/world/world_system.hpp"

namespace plimsoll::checker {

/// Arms timers at its start and, if told so, anew at each message; sends messages at its start and, if told
/// so, back.
struct Watchdog {
  enum class Timer : std::uint8_t { chore, bark };
  struct Kick {
    PLIMSOLL_DESCRIBE(Kick)
  };
  struct Config {
    base::ProcessId peer;
    std::uint32_t kicks = 0;
    std::vector<Timer> timers;
    std::uint32_t ticks = 0;
    bool put_off_by_kicks = true;
    bool kicks_back = false;
  };
  struct State {
    bool fired = false;
    PLIMSOLL_DESCRIBE(State, fired)
  };
  using Incoming = Kick;
  using Outgoing = Kick;
  static constexpr bool never_exits = true;

  static base::TimerKind timer_kind(Timer timer) {
    return timer == Timer::chore ? base::TimerKind::work : base::TimerKind::deadline;
  }
  static void step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs) {
    if (std::holds_alternative<base::TimerFired<Timer>>(input)) {
      state.fired = true;
      return;
    }
    const bool is_start = std::holds_alternative<base::Started>(input);
    if (is_start || config.put_off_by_kicks) {
      for (const Timer timer : config.timers) {
        outputs.arm(timer, base::Ticks{config.ticks});
      }
    }
    const std::uint32_t kicks = is_start ? config.kicks : config.kicks_back ? 1 : 0;
    for (std::uint32_t i = 0; i < kicks; ++i) {
      outputs.send(config.peer, {});
    }
  }
};
PLIMSOLL_DESCRIBE_ENUM(Watchdog::Timer, chore, bark)

/// A man, who has no timers, and a dog, linked locally; both kick the other.
[[nodiscard]] inline WorldModel watchdog_world(Watchdog::Config man, Watchdog::Config dog) {
  WorldModel model;
  man.peer = base::ProcessId{1};
  dog.peer = base::ProcessId{0};
  for (const auto& [name, config] : {std::pair("man", man), std::pair("dog", dog)}) {
    const auto process = std::make_shared<Component<Watchdog>>(config);
    process->wire<Watchdog::Kick>(config.peer);
    model.add_process(name, process);
  }
  model.links = {{base::ProcessId{0}, base::ProcessId{1}, LinkKind::local, false, ""}};
  return model;
}
/// The man kicks `kicks` times; the dog has these timers, each of two ticks.
[[nodiscard]] inline WorldModel watchdog_world(std::vector<Watchdog::Timer> timers, std::uint32_t kicks) {
  return watchdog_world({{}, kicks, {}, 0}, {{}, 0, std::move(timers), 2});
}

/// Names of the constraints in `mask`.
[[nodiscard]] inline std::string text_of(const WorldSystem& system, FairnessMask mask) {
  std::string text;
  for (std::size_t i = 0; i < system.fairness().size(); ++i) {
    if ((mask & fairness_bit(i)) != 0) {
      text += (text.empty() ? "" : ", ") + system.fairness()[i].name;
    }
  }
  return text;
}

/// Goes through a world's states, breadth-first, and hands each with its transitions to `visit`.
template <class Visit>
void for_each_state(const WorldSystem& system, std::size_t states_max, Visit&& visit) {
  const auto worker = system.worker();
  std::set<std::vector<Slot>> seen;
  std::vector<std::vector<Slot>> states;
  const auto note = [&](const Successors& out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      std::vector<Slot> state(out.state(i).begin(), out.state(i).end());
      if (seen.insert(state).second) {
        states.push_back(std::move(state));
      }
    }
  };
  Successors out(system.width());
  system.initial(out);
  note(out);
  for (std::size_t next = 0; next < states.size() && next < states_max; ++next) {
    const std::vector<Slot> state = states[next];
    out.clear();
    worker->successors(state, system.fingerprint(state), out);
    visit(*worker, state, out);
    note(out);
  }
}

}  // namespace plimsoll::checker
