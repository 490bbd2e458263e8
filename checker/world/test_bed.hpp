// Toy components and worlds for the tests of the world.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "checker/system/content_hash.hpp"
#include "checker/world/component.hpp"
#include "checker/world/model.hpp"

namespace plimsoll::checker {

/// Does whatever a hash of its seed, state and input says, while its energy lasts: every output of a step in
/// every order.
struct Machine {
  struct Small {
    std::uint8_t value = 0;
    PLIMSOLL_DESCRIBE(Small, value)
  };
  struct Large {
    std::uint8_t value = 0;
    PLIMSOLL_DESCRIBE(Large, value)
  };
  enum class Timer : std::uint8_t { busy, until_due, may_lapse, wish };

  struct Config {
    std::uint32_t seed = 0;
    bool has_disk = false;
    bool exits = false;
    std::vector<base::ProcessId> peers;
    bool releases = false;  ///< releases one record for some of those that it appends
  };
  struct State {
    std::uint32_t energy = 0;
    std::uint8_t memory = 0;
    std::uint8_t file = 0;
    PLIMSOLL_DESCRIBE(State, energy, memory, file)
  };
  using Incoming = std::variant<Small, Large>;
  using Outgoing = std::variant<Small, Large>;
  using Input = base::Input<Incoming, Timer>;
  using Outputs = base::Outputs<Outgoing, Timer>;

  static base::TimerKind timer_kind(Timer timer) { return static_cast<base::TimerKind>(timer); }
  /// The file is not looked at on small messages.
  static PartMask reads(const Config& /*config*/, const Input& input) { return is_small(input) ? 3U : 7U; }
  static bool is_small(const Input& input) {
    const auto* received = std::get_if<base::Received<Incoming>>(&input);
    return received != nullptr && received->message.index() == 0;
  }

  static std::uint64_t number_of(const Input& input) {
    std::uint64_t number = input.index();
    if (const auto* started = std::get_if<base::Started>(&input)) {
      number += started->disk.size() * 64U + (started->disk.empty() ? 0U : started->disk.back().size()) * 8U;
      number += started->torn_tail ? 512U : 0U;
    } else if (const auto* received = std::get_if<base::Received<Incoming>>(&input)) {
      const std::uint8_t value =
          std::visit([](const auto& message) { return message.value; }, received->message);
      number += (received->from.value * 4U + received->message.index()) * 64U + value * 8U;
    } else if (const auto* fired = std::get_if<base::TimerFired<Timer>>(&input)) {
      number += (static_cast<unsigned>(fired->timer) + 1U) * 8U;
    } else {
      number += std::get<base::Disconnected>(input).peer.value * 8U;
    }
    return number;
  }

  static void step(const Config& config, State& state, const Input& input, Outputs& outputs);

 private:
  static void act(const Config& config, State& state, bool may_write_file, std::uint64_t bits,
                  Outputs& outputs);
};
PLIMSOLL_DESCRIBE_ENUM(Machine::Timer, busy, until_due, may_lapse, wish)

inline void Machine::act(const Config& config, State& state, bool may_write_file, std::uint64_t bits,
                         Outputs& outputs) {
  const auto value = static_cast<std::uint8_t>(bits >> 8U & 1U);
  const auto timer = static_cast<Timer>(bits >> 9U & 3U);
  switch (bits % 9) {
    case 0:
    case 1:
    case 2:
      if (!config.peers.empty()) {
        const base::ProcessId to = config.peers[(bits >> 16U) % config.peers.size()];
        outputs.send(to, (bits >> 11U & 1U) != 0 ? Outgoing(Small{value}) : Outgoing(Large{value}));
      }
      return;
    case 3:
    case 4:
      outputs.arm(timer, base::Ticks{static_cast<std::uint32_t>(bits >> 12U) % 3U});
      return;
    case 5:
      outputs.disarm(timer);
      return;
    case 6:
      state.memory = static_cast<std::uint8_t>(state.memory * 2U + value) % 4U;
      return;
    case 7:
      if (may_write_file) {
        state.file ^= 1U;
      }
      return;
    default:
      if (config.has_disk) {
        outputs.append(base::Bytes(value + std::size_t{1}, 'r'));
        if ((bits >> 12U & 1U) != 0) {
          outputs.sync();
          if (config.releases && (bits >> 13U & 1U) != 0) {
            outputs.release(1);
          }
        }
      }
      return;
  }
}

inline void Machine::step(const Config& config, State& state, const Input& input, Outputs& outputs) {
  const bool small = is_small(input);
  std::uint64_t bits = mix(config.seed * 1000003ULL + number_of(input) * 31U + state.memory);
  if (!small) {
    bits = mix(bits + state.file);
  }
  if (const auto* started = std::get_if<base::Started>(&input)) {
    // Restarts cost energy, so that a world has an end.
    if (started->incarnation > 0 && state.energy > 0) {
      --state.energy;
    }
    outputs.arm(Timer::wish, base::Ticks{1});
    outputs.arm(Timer::busy, {});
  } else {
    if (state.energy == 0) {
      return;
    }
    --state.energy;
  }
  if (bits % 5 == 0) {
    bits = mix(bits + outputs.choose(2 + static_cast<std::uint32_t>(bits >> 40U) % 2, "way"));
  }
  for (std::uint64_t left = 1 + (bits >> 60U) % 3; left > 0; --left) {
    bits = mix(bits + left);
    act(config, state, !small, bits, outputs);
  }
  if (config.exits && bits % 7 == 0 && !std::holds_alternative<base::Started>(input)) {
    outputs.exit("had enough");
  }
}

/// Hands a token to the next one while passes are left.
struct RingMember {
  struct Token {
    std::uint32_t passes_left = 0;
    PLIMSOLL_DESCRIBE(Token, passes_left)
  };
  enum class Timer : std::uint8_t { pass };
  struct Config {
    base::ProcessId next;
  };
  struct State {
    bool holds = false;
    std::uint32_t passes_left = 0;
    PLIMSOLL_DESCRIBE(State, holds, passes_left)
  };
  using Incoming = Token;
  using Outgoing = Token;

  static base::TimerKind timer_kind(Timer /*timer*/) { return base::TimerKind::work; }
  static void step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs) {
    if (const auto* received = std::get_if<base::Received<Token>>(&input)) {
      state = {true, received->message.passes_left};
    } else if (std::holds_alternative<base::TimerFired<Timer>>(input)) {
      outputs.send(config.next, {state.passes_left - 1});
      state = {};
      return;
    }
    if (state.holds && state.passes_left > 0) {
      outputs.arm(Timer::pass, {});
    }
  }
};
PLIMSOLL_DESCRIBE_ENUM(RingMember::Timer, pass)

[[nodiscard]] inline WorldModel ring_world(std::uint8_t members, std::uint32_t passes) {
  WorldModel model;
  for (std::uint8_t i = 0; i < members; ++i) {
    const base::ProcessId next{static_cast<std::uint8_t>((i + 1) % members)};
    const auto member =
        std::make_shared<Component<RingMember>>(RingMember::Config{next}, RingMember::State{i == 0, passes});
    member->wire<RingMember::Token>(next);
    model.add_process("p" + std::to_string(i), member);
    if (i + 1 < members || members > 2) {
      model.links.push_back({base::ProcessId{i}, next, LinkKind::local, false, ""});
    }
  }
  return model;
}

}  // namespace plimsoll::checker
