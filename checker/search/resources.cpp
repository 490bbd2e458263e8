#include "checker/search/resources.hpp"

#include <algorithm>

#include "checker/search/growth.hpp"

namespace plimsoll::checker {

std::uint64_t Resources::memory_bytes() const {
  return frontier_memory_bytes.load(std::memory_order_relaxed) +
         visited_memory_bytes.load(std::memory_order_relaxed) +
         workers_memory_bytes.load(std::memory_order_relaxed) + system->statistics().memory_bytes;
}

std::uint64_t Resources::memory_peak() const {
  return std::max(memory_seen_bytes_max.load(std::memory_order_relaxed), memory_bytes());
}

void Resources::run_out_of_memory() {
  out_of_memory.store(true);
  stop.store(true);
}

void Resources::note_memory(std::uint64_t bytes) {
  std::uint64_t most = memory_seen_bytes_max.load(std::memory_order_relaxed);
  while (bytes > most &&
         !memory_seen_bytes_max.compare_exchange_weak(most, bytes, std::memory_order_relaxed)) {
  }
}

void Resources::check_memory() {
  const std::uint64_t bytes = memory_bytes();
  note_memory(bytes);
  if (bytes > options->limits.memory_bytes_max) {
    run_out_of_memory();
  }
}

bool Resources::make_room(std::size_t count) {
  const auto grow = [this, count] {
    const std::uint64_t limit = options->limits.memory_bytes_max;
    const std::uint64_t others = memory_bytes() - visited_memory_bytes.load(std::memory_order_relaxed);
    if (!grow_at_rest(*visited, count, limit > others ? limit - others : 0)) {
      run_out_of_memory();
    }
    visited_memory_bytes.store(visited->memory_bytes() + visited->parents_memory_bytes());
  };
  return reserve_together(*visited, count, rendezvous, out_of_memory, grow);
}

}  // namespace plimsoll::checker
