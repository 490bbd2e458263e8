// flannel's LeaseWatcher: turns listings and watch events into what a backend is told, peer by peer.
//
// Source: flannel, pkg/lease/lease.go (LeaseWatcher.Reset, Update, add, remove) at cdf76059; rules FLN-6 and
// FLN-7. Deviates: (1) a listing reports a known peer again if its attributes changed (defect F2 does not);
// (2) the node's own lease is never among the known ones (with defect F7 it is); (3) a map and not a list, so
// events come in order of subnet.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "impl/base/prefix.hpp"
#include "impl/ipam/defects.hpp"
#include "impl/ipam/flannel/lease.hpp"

namespace plimsoll::ipam {

using LeaseTable = std::map<base::Ipv4Prefix, LeaseAttributes>;

/// A piece of news for the backend.
struct LeaseEvent {
  enum class Type : std::uint8_t { added, removed };
  Type type = Type::added;
  base::Ipv4Prefix subnet;
  /// Of a removed lease, as the watcher remembers them: the store's removals carry none (FLN-6). None: never
  /// seen.
  std::optional<LeaseAttributes> attributes;
  friend bool operator==(const LeaseEvent&, const LeaseEvent&) = default;
};

/// A listing arrived: `known` becomes what is in it. Returns the difference: first what is new, then what
/// vanished.
[[nodiscard]] std::vector<LeaseEvent> reset_leases(LeaseTable& known, const LeaseTable& listed,
                                                   const base::Ipv4Prefix& own, Defects defects);

/// A peer's lease was put.
[[nodiscard]] LeaseEvent add_lease(LeaseTable& known, const base::Ipv4Prefix& subnet,
                                   LeaseAttributes attributes);
/// A peer's lease was removed.
[[nodiscard]] LeaseEvent remove_lease(LeaseTable& known, const base::Ipv4Prefix& subnet);

/// What a backend of type `backend` does with `event`: leases of other types, and those never seen, are none
/// of its business. A peer that turns to another type leaves the table (flannel's backends leave the old
/// entry behind).
void program(LeaseTable& table, const LeaseEvent& event, BackendType backend);

}  // namespace plimsoll::ipam
