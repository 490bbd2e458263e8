// Worlds for the tests of partial-order reduction: a pipeline, clusters that share nothing, one who never
// stops; and properties that look at a few parts.
#pragma once

#include <string>
#include <vector>

#include "checker/world/test_bed.hpp"
#include "checker/world/view.hpp"

namespace plimsoll::checker {

/// Makes items while there are some left to be made, and passes on what it gets. Whoever has nobody to pass
/// them on to collects them.
struct Stage {
  struct Item {
    std::uint8_t number = 0;
    PLIMSOLL_DESCRIBE(Item, number)
  };
  enum class Timer : std::uint8_t { make };
  struct Config {
    std::vector<base::ProcessId> next;  ///< one or none
  };
  struct State {
    std::uint8_t left = 0;
    std::uint8_t collected = 0;
    PLIMSOLL_DESCRIBE(State, left, collected)
  };
  using Incoming = Item;
  using Outgoing = Item;
  static constexpr bool never_exits = true;

  static base::TimerKind timer_kind(Timer /*timer*/) { return base::TimerKind::work; }
  static void step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs) {
    if (const auto* received = std::get_if<base::Received<Item>>(&input)) {
      if (config.next.empty()) {
        ++state.collected;
      } else {
        outputs.send(config.next[0], received->message);
      }
      return;
    }
    if (std::holds_alternative<base::TimerFired<Timer>>(input)) {
      --state.left;
      outputs.send(config.next[0], {state.left});
    }
    if (state.left > 0) {
      outputs.arm(Timer::make, {});
    }
  }
};
PLIMSOLL_DESCRIBE_ENUM(Stage::Timer, make)

/// The first of `stages` makes `items`.
[[nodiscard]] inline WorldModel pipeline_world(std::uint8_t stages, std::uint8_t items,
                                               LinkKind kind = LinkKind::local) {
  WorldModel model;
  for (std::uint8_t i = 0; i < stages; ++i) {
    const base::ProcessId next{static_cast<std::uint8_t>(i + 1)};
    const bool is_last = i + 1 == stages;
    Stage::Config config;
    if (!is_last) {
      config.next.push_back(next);
      model.links.push_back({base::ProcessId{i}, next, kind});
    }
    const auto made = static_cast<std::uint8_t>(i == 0 ? items : 0);
    const auto stage = std::make_shared<Component<Stage>>(config, Stage::State{made, 0});
    if (!is_last) {
      stage->wire<Stage::Item>(next);
    }
    model.add_process("stage-" + std::to_string(i), stage);
  }
  return model;
}

/// Two rings that have nothing to do with each other.
[[nodiscard]] inline WorldModel two_rings_world(std::uint8_t members, std::uint32_t passes) {
  WorldModel model;
  for (std::uint8_t ring = 0; ring < 2; ++ring) {
    for (std::uint8_t i = 0; i < members; ++i) {
      const base::ProcessId self{static_cast<std::uint8_t>(ring * members + i)};
      const base::ProcessId next{static_cast<std::uint8_t>(ring * members + (i + 1) % members)};
      const auto member = std::make_shared<Component<RingMember>>(RingMember::Config{next},
                                                                  RingMember::State{i == 0, passes});
      member->wire<RingMember::Token>(next);
      model.add_process("p" + std::to_string(self.value), member);
      model.links.push_back({self, next, LinkKind::local});
    }
  }
  return model;
}

/// Turns for ever, as it has unfinished work for ever.
struct Spinner {
  struct Word {
    bool said = false;
    PLIMSOLL_DESCRIBE(Word, said)
  };
  enum class Timer : std::uint8_t { turn };
  struct Config {};
  struct State {
    bool turned = false;
    PLIMSOLL_DESCRIBE(State, turned)
  };
  using Incoming = Word;
  using Outgoing = Word;
  static constexpr bool never_exits = true;

  static base::TimerKind timer_kind(Timer /*timer*/) { return base::TimerKind::work; }
  static void step(const Config& /*config*/, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs) {
    state.turned ^= std::holds_alternative<base::TimerFired<Timer>>(input);
    outputs.arm(Timer::turn, {});
  }
};
PLIMSOLL_DESCRIBE_ENUM(Spinner::Timer, turn)

/// Comes true once, when it is due: that is not work, for which the world would have to wait.
struct Dream {
  struct Word {
    bool said = false;
    PLIMSOLL_DESCRIBE(Word, said)
  };
  enum class Timer : std::uint8_t { due };
  struct Config {};
  struct State {
    bool is_true = false;
    PLIMSOLL_DESCRIBE(State, is_true)
  };
  using Incoming = Word;
  using Outgoing = Word;
  static constexpr bool never_exits = true;

  static base::TimerKind timer_kind(Timer /*timer*/) { return base::TimerKind::deadline; }
  static void step(const Config& /*config*/, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs) {
    if (std::holds_alternative<base::TimerFired<Timer>>(input)) {
      state.is_true = true;
    } else {
      outputs.arm(Timer::due, {});
    }
  }
};
PLIMSOLL_DESCRIBE_ENUM(Dream::Timer, due)

/// Two that have nothing to do with each other, before any time has passed.
[[nodiscard]] inline WorldModel two_dreams_world() {
  WorldModel model;
  for (const char* name : {"dream-0", "dream-1"}) {
    model.add_process(name, std::make_shared<Component<Dream>>(Dream::Config{}));
  }
  model.time.discrete = true;
  model.time.ticks_max = 1;
  return model;
}

inline base::ProcessId add_spinner(WorldModel& model) {
  return model.add_process("spinner", std::make_shared<Component<Spinner>>(Spinner::Config{}));
}

/// Is a part a value? Nowhere, somewhere, or where nothing more happens, as `kind` and `at_quiescence` say.
template <class Part>
[[nodiscard]] WorldProperty about(PropertyKind kind, PartId part, Part value, bool at_quiescence = false) {
  WorldProperty property;
  property.property.id = "part-" + std::to_string(part.value);
  property.property.kind = kind;
  property.parts = {part};
  property.at_quiescence = at_quiescence;
  property.state = [part, value, kind](const WorldView& view) {
    const bool is_there = view.part<Part>(part) == value;
    return is_there == (kind == PropertyKind::sometimes) ? Truth::holds : Truth::violated;
  };
  return property;
}

}  // namespace plimsoll::checker
