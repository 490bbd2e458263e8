// The neighbour table: addresses that were resolved, are being resolved, or could not be.
//
// Source: Linux, net/core/neighbour.c (__neigh_event_send, neigh_update, neigh_timer_handler),
// net/ipv4/arp.c. Not modelled: the ageing of entries once they are resolved (REACHABLE to STALE to PROBE),
// which takes longer than any packet lives.
#pragma once

#include <cstdint>
#include <vector>

#include "impl/overlay/node/compiled.hpp"
#include "impl/overlay/node/flat_table.hpp"
#include "impl/overlay/node/skb.hpp"

namespace plimsoll::overlay {

/// Questions are asked this often (mcast_solicit) before an entry fails.
inline constexpr unsigned neighbour_probes_max = 3;

/// Time in a node, in microseconds since some beginning.
using Microseconds = std::uint64_t;

struct NeighbourEntry {
  NeighbourState state = NeighbourState::failed;
  base::Mac mac = {};
  Microseconds updated = 0;     ///< when state or address last changed
  unsigned probes = 0;          ///< questions asked since the entry is incomplete
  bool header_cached = false;   ///< hh_cache: a packet was sent through the entry
  std::vector<Skb> queue = {};  ///< waiting for the answer

  [[nodiscard]] bool is_connected() const;  ///< NUD_CONNECTED
  [[nodiscard]] bool is_valid() const;      ///< NUD_VALID
};

/// What an ARP packet says about a neighbour.
struct NeighbourNews {
  base::Mac mac = {};
  NeighbourState state = NeighbourState::reachable;  ///< reachable: answered; stale: merely heard of
  bool override = true;                              ///< may replace another address
};

/// The entries of one node by device and address.
///
/// Thread-safety: a plain value.
class NeighbourTable {
 public:
  /// Entries that someone wrote, or that a listing shows.
  explicit NeighbourTable(const CompiledTables& tables);

  /// The entry, to be changed; a new one, in state failed, if there is none.
  [[nodiscard]] NeighbourEntry& at(DeviceId device, base::Ipv4 address) {
    return entries_.at(key_of(device, address));
  }
  /// The entry; null if there is none.
  [[nodiscard]] const NeighbourEntry* find(DeviceId device, base::Ipv4 address) const {
    return entries_.find(key_of(device, address));
  }
  /// As it was in the beginning. Cost: linear in the number of entries that at() gave.
  void reset() { entries_.reset(); }

  /// Takes the news (neigh_update), as long as nobody wrote the entry himself.
  /// @return the packets that waited and may go now, in the order in which they came.
  [[nodiscard]] static std::vector<Skb> update(NeighbourEntry& entry, const NeighbourNews& news,
                                               Microseconds now);

 private:
  [[nodiscard]] static std::uint64_t key_of(DeviceId device, base::Ipv4 address) {
    return std::uint64_t{device} << 32U | address.value();
  }

  FlatTable<NeighbourEntry> entries_;
};

}  // namespace plimsoll::overlay
