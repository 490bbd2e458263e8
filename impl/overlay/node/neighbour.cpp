#include "impl/overlay/node/neighbour.hpp"

#include <utility>

namespace plimsoll::overlay {

bool NeighbourEntry::is_connected() const {
  return state == NeighbourState::permanent || state == NeighbourState::noarp ||
         state == NeighbourState::reachable;
}

bool NeighbourEntry::is_valid() const {
  return is_connected() || state == NeighbourState::stale || state == NeighbourState::delay ||
         state == NeighbourState::probe;
}

NeighbourTable::NeighbourTable(const CompiledTables& tables) {
  for (const auto& [device, neighbour] : tables.neighbours) {
    // A listed entry that is being resolved, or was not, is asked for anew.
    const bool known =
        neighbour.state != NeighbourState::incomplete && neighbour.state != NeighbourState::failed;
    if (known) {
      // One that was resolved has been used.
      entries_.at(key_of(device, neighbour.address)) = {
          .state = neighbour.state,
          .mac = neighbour.mac,
          .header_cached = neighbour.state != NeighbourState::permanent};
    }
  }
  entries_.keep();
}

std::vector<Skb> NeighbourTable::update(NeighbourEntry& entry, const NeighbourNews& news, Microseconds now) {
  if (entry.state == NeighbourState::permanent || entry.state == NeighbourState::noarp) {
    return {};
  }
  NeighbourState state = news.state;
  const bool was_valid = entry.is_valid();
  const bool same_mac = was_valid && entry.mac == news.mac;
  if (was_valid && !same_mac && !news.override) {
    return {};
  }
  if (same_mac && state == NeighbourState::stale) {
    state = entry.state;
  }
  if (state != entry.state || !same_mac) {
    entry.updated = now;
  }
  entry.state = state;
  entry.mac = news.mac;
  return was_valid ? std::vector<Skb>() : std::exchange(entry.queue, {});
}

}  // namespace plimsoll::overlay
