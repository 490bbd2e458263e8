// A system small enough to know by heart, for the tests of traces and of the command line: two jugs of 3 and
// 5 litres.
//
// Source: the puzzle of "Die Hard 3" as Lamport tells it in the TLA+ video course, lecture 4. 16 states are
// reachable; the shortest way to 4 litres in the big jug has 6 steps.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "checker/system/spec_system.hpp"

namespace plimsoll::checker {

struct Jugs {
  std::uint8_t small = 0;  ///< litres
  std::uint8_t big = 0;
  PLIMSOLL_DESCRIBE(Jugs, small, big)
};
struct Fill {
  std::string jug;
  PLIMSOLL_DESCRIBE(Fill, jug)
};
struct Empty {
  std::string jug;
  PLIMSOLL_DESCRIBE(Empty, jug)
};
struct Pour {
  std::string from;
  PLIMSOLL_DESCRIBE(Pour, from)
};
/// Never possible, so that there is an action that never fires.
struct Drink {
  PLIMSOLL_DESCRIBE(Drink)
};

struct JugSpec {
  using State = Jugs;
  using Action = std::variant<Fill, Empty, Pour, Drink>;

  std::uint8_t small_litres = 3;
  bool may_empty = true;

  [[nodiscard]] std::vector<State> initial() const { return {Jugs{}}; }
  void next(const State& jugs, const std::function<void(const Action&, State)>& emit) const {
    const auto go = [&](const Action& action, int small, int big) {
      const Jugs after{static_cast<std::uint8_t>(small), static_cast<std::uint8_t>(big)};
      if (after != jugs) {
        emit(action, after);
      }
    };
    const int room_small = small_litres - jugs.small;
    const int room_big = 5 - jugs.big;
    const int to_big = jugs.small < room_big ? jugs.small : room_big;
    const int to_small = jugs.big < room_small ? jugs.big : room_small;
    go(Fill{"small"}, small_litres, jugs.big);
    go(Fill{"big"}, jugs.small, 5);
    if (may_empty) {
      go(Empty{"small"}, 0, jugs.big);
      go(Empty{"big"}, jugs.small, 0);
    }
    go(Pour{"small"}, jugs.small - to_big, jugs.big + to_big);
    go(Pour{"big"}, jugs.small + to_small, jugs.big - to_small);
  }
};

/// Properties: 0 big-is-never-four (violated), 1 small-holds-two (witnessed), 2 big-grows-by-at-most-four (a
/// step property, violated by the first filling), 3 deadlock-free, 4 small-fits (holds), 5 big-holds-nine
/// (never witnessed).
inline std::unique_ptr<SpecSystem<JugSpec>> make_water_jugs(JugSpec spec = {}) {
  auto system = std::make_unique<SpecSystem<JugSpec>>(spec);
  system->always("big-is-never-four", "the big jug never holds 4 litres",
                 [](const Jugs& j) { return j.big != 4; });
  system->sometimes("small-holds-two", "the small jug sometimes holds 2 litres",
                    [](const Jugs& j) { return j.small == 2; });
  system->step("big-grows-by-at-most-four", "no step adds 5 litres",
               [](const Jugs& a, const JugSpec::Action&, const Jugs& b) { return b.big <= a.big + 4; });
  system->deadlock_free([](const Jugs&) { return false; });
  system->always("small-fits", "the small jug never holds more than 3 litres",
                 [](const Jugs& j) { return j.small <= 3; });
  system->sometimes("big-holds-nine", "the big jug sometimes holds 9 litres",
                    [](const Jugs& j) { return j.big == 9; });
  return system;
}

}  // namespace plimsoll::checker
