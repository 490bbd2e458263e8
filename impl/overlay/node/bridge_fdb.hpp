// What a bridge knows of addresses: entries that someone wrote, and what it learned from the frames that
// passed.
//
// Source: Linux, net/bridge/br_fdb.c (br_fdb_find_rcu, br_fdb_update). Not modelled: ageing, which takes
// longer than any packet lives.
#pragma once

#include <map>
#include <optional>
#include <utility>

#include "impl/overlay/node/compiled.hpp"

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
      entries_.try_emplace({entry.bridge, entry.mac}, Entry{entry.port, entry.local, true});
    }
  }

  [[nodiscard]] std::optional<Entry> find(DeviceId bridge, base::Mac mac) const {
    const auto found = entries_.find({bridge, mac});
    return found == entries_.end() ? std::nullopt : std::optional(found->second);
  }

  /// A frame from `mac` came in by `port`. A local address never moves; any other does.
  void learn(DeviceId bridge, base::Mac mac, DeviceId port) {
    const auto [entry, is_new] = entries_.try_emplace({bridge, mac}, Entry{port, false, false});
    if (!is_new && !entry->second.local) {
      entry->second.port = port;
    }
  }

 private:
  std::map<std::pair<DeviceId, base::Mac>, Entry> entries_;
};

}  // namespace plimsoll::overlay
