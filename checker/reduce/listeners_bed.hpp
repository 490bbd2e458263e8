// A world for the tests of reduce: speakers and listeners whose words are of a round, and who ignore what is
// of a round that is over.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "checker/world/component.hpp"
#include "checker/world/view.hpp"
#include "checker/world/world_system.hpp"

namespace plimsoll::checker {

/// Speaks to its peer in its round, goes on to the next, and counts what it hears of its own.
struct Listener {
  struct Word {
    std::uint8_t round = 0;
    PLIMSOLL_DESCRIBE(Word, round)
  };
  struct Whisper {
    std::uint8_t round = 0;
    PLIMSOLL_DESCRIBE(Whisper, round)
  };
  /// What is_stale() says that is not so.
  enum class Flaw : std::uint8_t {
    none,
    present_is_past,    ///< of words of this very round
    rounds_come_again,  ///< true when it is said: but whoever has heard two words starts anew
  };
  struct Config {
    base::ProcessId peer;
    Flaw flaw = Flaw::none;
  };
  struct State {
    std::uint8_t round = 0;
    std::uint8_t heard = 0;
    PLIMSOLL_DESCRIBE(State, round, heard)
  };
  using Incoming = std::variant<Word, Whisper>;
  using Outgoing = Incoming;
  enum class Timer : std::uint8_t { speak, go_on };
  static constexpr bool never_exits = true;

  static base::TimerKind timer_kind(Timer /*timer*/) { return base::TimerKind::whim; }

  static void step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs) {
    if (const auto* received = std::get_if<base::Received<Incoming>>(&input)) {
      if (round_of(received->message) == state.round) {
        ++state.heard;
      }
      if (config.flaw == Flaw::rounds_come_again && state.heard == 2) {
        state = {};
      }
      return;
    }
    if (const auto* fired = std::get_if<base::TimerFired<Timer>>(&input)) {
      if (fired->timer == Timer::go_on) {
        ++state.round;
      } else {
        outputs.send(config.peer, Word{state.round});
        outputs.send(config.peer, Whisper{state.round});
      }
    }
    outputs.arm(Timer::speak, base::Ticks{0});
    outputs.arm(Timer::go_on, base::Ticks{0});
  }

  static constexpr std::uint32_t stale_reads = 0b01;
  static bool is_stale(const Config& config, const State& state, const Incoming& message) {
    const bool is_present = round_of(message) == state.round;
    return round_of(message) < state.round || (is_present && config.flaw == Flaw::present_is_past);
  }

 private:
  static std::uint8_t round_of(const Incoming& message) {
    return std::visit([](const auto& said) { return said.round; }, message);
  }
};
PLIMSOLL_DESCRIBE_ENUM(Listener::Timer, speak, go_on)

/// What a world of two listeners has in it.
struct Conversation {
  LinkKind kind = LinkKind::datagram;
  std::map<std::string, std::uint32_t> budgets = {};  ///< besides what is said
  std::uint32_t link_messages_max = 0;
  std::uint32_t messages_max = 0;
  bool urgent = false;
  WorldTime time = {};
  Listener::Flaw flaw = Listener::Flaw::none;
};

namespace listeners {

inline void add_properties(WorldModel& model) {
  const PartId heard = model.find_part("listener-1.heard").value();
  const PartId round = model.find_part("listener-1.round").value();
  WorldProperty never;
  never.property = {"hears-little", PropertyKind::always, "the first listener hears two words at most"};
  never.parts = {heard};
  never.state = [heard](const WorldView& view) {
    return view.part<std::uint8_t>(heard) > 2 ? Truth::violated : Truth::holds;
  };
  WorldProperty witness;
  witness.property = {"hears-late", PropertyKind::sometimes, "it hears something in its last round"};
  witness.parts = {heard, round};
  witness.state = [heard, round](const WorldView& view) {
    const bool late = view.part<std::uint8_t>(heard) > 0 && view.part<std::uint8_t>(round) > 1;
    return late ? Truth::holds : Truth::vacuous;
  };
  WorldProperty step;
  step.property = {"hears-in-its-round", PropertyKind::step, "who goes on has heard something"};
  step.parts = {heard, round};
  step.step = [heard, round](const WorldView& before, const WorldView& after) {
    const bool goes_on = before.part<std::uint8_t>(round) < after.part<std::uint8_t>(round);
    return goes_on && before.part<std::uint8_t>(heard) == 0 ? Truth::violated : Truth::holds;
  };
  model.properties = {never, witness, step};
}

}  // namespace listeners

[[nodiscard]] inline WorldModel conversation_world(const Conversation& conversation) {
  WorldModel model;
  for (std::uint8_t i = 0; i < 2; ++i) {
    const base::ProcessId peer{static_cast<std::uint8_t>(1 - i)};
    const auto listener = std::make_shared<Component<Listener>>(Listener::Config{peer, conversation.flaw});
    listener->wire<Listener::Incoming>(peer);
    const std::string name = "listener-" + std::to_string(i + 1);
    const base::ProcessId process = model.add_process(name, listener);
    model.units.push_back({name, "crash", {process}, model.processes.back().parts});
  }
  model.links.push_back({base::ProcessId{0}, base::ProcessId{1}, conversation.kind, conversation.urgent,
                         "disconnect", conversation.link_messages_max});
  model.mailbox_messages_max = 3;
  model.messages_max = conversation.messages_max;
  model.time = conversation.time;
  model.budgets = {{"speak", 2}, {"go-on", 3}};
  model.budgets.insert(conversation.budgets.begin(), conversation.budgets.end());
  listeners::add_properties(model);
  return model;
}

}  // namespace plimsoll::checker
