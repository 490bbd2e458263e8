// What a bridge knows of addresses: entries that someone wrote, and what it learned from the frames that
// passed.
//
// Source: Linux, net/bridge/br_fdb.c (br_fdb_find_rcu, br_fdb_update). Not modelled: ageing, which takes
// longer than any packet lives.
#pragma once

#include <cstdint>

#include "impl/overlay/node/compiled.hpp"
#include "impl/overlay/node/flat_table.hpp"

namespace plimsoll::overlay {

class BridgeFdb {
 public:
  struct Entry {
    DeviceId port = no_device;
    bool local = false;  ///< the frame is for this node
    bool fixed = false;  ///< written, not learned
  };

  explicit BridgeFdb(const CompiledTables& tables) {
    for (const BridgeEntry& entry : tables.bridge_entries) {
      const std::uint64_t key = key_of(entry.bridge, entry.mac);
      if (entries_.find(key) == nullptr) {
        entries_.at(key) = Entry{entry.port, entry.local, true};
      }
    }
    entries_.keep();
  }

  /// Null if the address is not known. Good until something is learned.
  [[nodiscard]] const Entry* find(DeviceId bridge, base::Mac mac) const {
    return entries_.find(key_of(bridge, mac));
  }

  /// A frame from `mac` came in by `port`. A local address never moves; any other does.
  void learn(DeviceId bridge, base::Mac mac, DeviceId port) {
    const std::uint64_t key = key_of(bridge, mac);
    const Entry* const known = entries_.find(key);
    if (known == nullptr || (!known->local && known->port != port)) {
      entries_.at(key).port = port;
    }
  }

  /// Forgets what was learned. Cost: linear in that.
  void reset() { entries_.reset(); }

 private:
  [[nodiscard]] static std::uint64_t key_of(DeviceId bridge, base::Mac mac) {
    return std::uint64_t{bridge} << 48U | number_of(mac);
  }

  FlatTable<Entry> entries_;
};

}  // namespace plimsoll::overlay
