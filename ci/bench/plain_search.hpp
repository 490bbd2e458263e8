// The yardstick: breadth-first search as one would write it in an afternoon, on the same System.
//
// Whole states in a std::unordered_set, one thread, no batches, no parents, no properties. The ratio of the
// engine's speed to this one's travels between machines where seconds do not.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <unordered_set>
#include <vector>

#include "checker/system/content_hash.hpp"
#include "checker/system/system.hpp"

namespace plimsoll::bench {

struct PlainResult {
  std::uint64_t distinct = 0;
  std::uint64_t generated = 0;
  double seconds = 0;
};

struct StateHash {
  std::size_t operator()(const std::vector<checker::Slot>& state) const noexcept {
    std::uint64_t bits = state.size();
    for (const checker::Slot slot : state) {
      bits = checker::fold_multiply(bits ^ slot, 0x9e3779b97f4a7c15ULL);
    }
    return static_cast<std::size_t>(bits);
  }
};

/// Explores all of `system`. The worker is the engine's own, so what is compared is the search and its sets,
/// not the steps. Cost: a copy of every distinct state, some hundred bytes, and as much again while it waits
/// in the queue.
[[nodiscard]] inline PlainResult plain_search(const checker::System& system) {
  const auto start = std::chrono::steady_clock::now();
  PlainResult result;
  std::unordered_set<std::vector<checker::Slot>, StateHash> seen;
  std::deque<std::vector<checker::Slot>> queue;
  const auto take = [&](const checker::Successors& found) {
    for (std::size_t i = 0; i < found.size(); ++i) {
      const checker::StateView state = found.state(i);
      std::vector<checker::Slot> copy(state.begin(), state.end());
      if (seen.insert(copy).second) {
        queue.push_back(std::move(copy));
      }
    }
    result.generated += found.size();
  };
  const std::unique_ptr<checker::Worker> worker = system.worker();
  checker::Successors found(system.width());
  system.initial(found);
  take(found);
  while (!queue.empty()) {
    const std::vector<checker::Slot> state = std::move(queue.front());
    queue.pop_front();
    found.clear();
    const checker::Fingerprint fingerprint = system.fingerprint(state);
    found.begin(fingerprint);
    worker->successors(state, fingerprint, found);
    take(found);
  }
  result.distinct = seen.size();
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace plimsoll::bench
