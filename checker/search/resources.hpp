// What the workers of a search share besides the search itself: the visited set and its growth, the account
// of memory, the flag that ends it all.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "checker/search/rendezvous.hpp"
#include "checker/search/search.hpp"

namespace plimsoll::checker {

/// Thread-safety: the constants are set before the workers start; all else from any of them.
struct Resources {
  const System* system = nullptr;
  const SearchOptions* options = nullptr;
  VisitedSet* visited = nullptr;
  std::atomic<bool> stop{false};  ///< leave as soon as possible
  std::atomic<bool> out_of_memory{false};
  std::atomic<std::uint64_t> frontier_memory_bytes{0};  ///< of the states that wait for their expansion
  std::atomic<std::uint64_t> visited_memory_bytes{0};   ///< with parents
  std::atomic<std::uint64_t> workers_memory_bytes{0};
  std::atomic<std::uint64_t> memory_seen_bytes_max{0};
  Rendezvous rendezvous;

  [[nodiscard]] std::uint64_t memory_bytes() const;
  void run_out_of_memory();
  /// The most that was seen by check_memory(), or is taken now.
  [[nodiscard]] std::uint64_t memory_peak() const;
  /// Ends the search if more is taken than --memory allows.
  void check_memory();
  /// Keeps the peak.
  void note_memory(std::uint64_t bytes);
  /// Promises the visited set's room for `count` states to the calling worker, which must be active in the
  /// rendezvous; rests with the others if one of them needs growth. False: there is no room, and the search
  /// ends.
  [[nodiscard]] bool make_room(std::size_t count);
};

/// Brings `total` up to date with one worker's share of it, which was `accounted` so far.
inline void account(std::atomic<std::uint64_t>& total, std::uint64_t& accounted, std::uint64_t bytes) {
  total.fetch_add(bytes - accounted, std::memory_order_relaxed);
  accounted = bytes;
}

}  // namespace plimsoll::checker
