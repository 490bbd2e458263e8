// For tests: the calibration models written down a second time, as their sources tell them and without regard
// to speed. Only counts are compared, so only what tells states apart is here.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "properties/calibration/naive_search.hpp"

namespace plimsoll::properties::calibration {

/// Peterson's algorithm line by line: a program counter and variables by name, as in BEEM's source.
[[nodiscard]] inline Counts peterson_naively(int n) {
  using Memory = std::map<std::string, int>;
  const auto of = [](const char* variable, int i) { return variable + std::to_string(i); };
  const auto next = [&](const Memory& memory) {
    std::vector<Memory> successors;
    const auto step = [&](int i, int line, const Memory& writes) {
      Memory after = memory;
      for (const auto& [variable, value] : writes) {
        after[variable] = value;
      }
      after[of("line", i)] = line;
      successors.push_back(std::move(after));
    };
    for (int i = 1; i <= n; ++i) {
      const int j = memory.at(of("j", i));
      const int k = memory.at(of("k", i));
      switch (memory.at(of("line", i))) {
        case 0:  // the noncritical section
          step(i, 1, {{of("j", i), 1}});
          break;
        case 1:  // for j = 1 .. n - 1: Q[i] := j
          j < n ? step(i, 2, {{of("Q", i), j}}) : step(i, 4, {});
          break;
        case 2:  // TURN[j] := i
          step(i, 3, {{of("TURN", j), i}, {of("k", i), 1}});
          break;
        case 3:  // wait until (for all k other than i: Q[k] < j) or TURN[j] is not i
          if (k <= n && (k == i || memory.at(of("Q", k)) < j)) {
            step(i, 3, {{of("k", i), k + 1}});
          }
          if (k > n || memory.at(of("TURN", j)) != i) {
            step(i, 1, {{of("j", i), j + 1}});
          }
          break;
        default:  // the critical section; Q[i] := 0
          step(i, 0, {{of("Q", i), 0}});
          break;
      }
    }
    return successors;
  };
  Memory initial;
  for (int i = 1; i <= n; ++i) {
    for (const char* variable : {"line", "j", "Q"}) {
      initial[of(variable, i)] = 0;
    }
    initial[of("k", i)] = 1;
    initial[of("TURN", i)] = 1;
  }
  return naive_search(initial, next);
}

/// Dining philosophers by forks: who holds each one, and who is not hungry.
[[nodiscard]] inline Counts dining_philosophers_naively(int n, bool last_is_right_handed) {
  enum Mood { hungry, eating, thinking };
  using Table = std::pair<std::vector<int>, std::vector<int>>;  // holder of each fork or -1; moods
  const auto next = [&](const Table& table) {
    std::vector<Table> successors;
    const auto& [holders, moods] = table;
    for (int i = 0; i < n; ++i) {
      const auto self = static_cast<std::size_t>(i);
      std::vector<std::size_t> forks = {self, static_cast<std::size_t>((i + 1) % n)};
      if (last_is_right_handed && i == n - 1) {
        std::swap(forks[0], forks[1]);
      }
      Table after = table;
      if (moods[self] == eating) {
        after.first[forks[0]] = after.first[forks[1]] = -1;
        after.second[self] = thinking;
      } else if (moods[self] == thinking) {
        after.second[self] = hungry;
      } else {
        const std::size_t wanted = holders[forks[0]] == i ? forks[1] : forks[0];
        if (holders[wanted] != -1) {
          continue;
        }
        after.first[wanted] = i;
        after.second[self] = wanted == forks[1] ? eating : hungry;
      }
      successors.push_back(std::move(after));
    }
    return successors;
  };
  const auto size = static_cast<std::size_t>(n);
  return naive_search(Table{std::vector<int>(size, -1), std::vector<int>(size, hungry)}, next);
}

/// The alternating-bit protocol with its channels as queues; a frame is (bit, message modulo three).
[[nodiscard]] inline Counts alternating_bit_naively(std::size_t capacity, int duplicates) {
  using Frame = std::pair<bool, int>;
  struct State {
    Frame sending = {false, 0};
    bool heard = false;
    Frame received = {false, 0};
    std::deque<Frame> frames;
    std::deque<bool> acks;
    int duplicates = 0;

    auto operator<=>(const State&) const = default;
  };
  const auto next = [&](const State& state) {
    std::vector<State> successors;
    const auto step = [&](const auto& change) {
      successors.push_back(state);
      change(successors.back());
    };
    const auto misbehave = [&](auto queue) {
      if ((state.*queue).empty()) {
        return;
      }
      step([&](State& after) { (after.*queue).pop_front(); });
      if (state.duplicates > 0 && (state.*queue).size() < capacity) {
        step([&](State& after) {
          (after.*queue).push_front((after.*queue).front());
          --after.duplicates;
        });
      }
    };
    if (state.heard == state.sending.first) {
      step([](State& after) { after.sending = {!after.heard, (after.sending.second + 1) % 3}; });
    } else if (state.frames.size() < capacity) {
      step([](State& after) { after.frames.push_back(after.sending); });
    }
    if (!state.acks.empty()) {
      step([](State& after) {
        after.heard = after.acks.front();
        after.acks.pop_front();
      });
    }
    if (!state.frames.empty()) {
      step([](State& after) {
        if (after.frames.front().first != after.received.first) {
          after.received = after.frames.front();
        }
        after.frames.pop_front();
      });
    }
    if (state.acks.size() < capacity) {
      step([](State& after) { after.acks.push_back(after.received.first); });
    }
    misbehave(&State::frames);
    misbehave(&State::acks);
    return successors;
  };
  State initial;
  initial.duplicates = duplicates;
  return naive_search(initial, next);
}

}  // namespace plimsoll::properties::calibration
