// What programs ask the kernel to change in its tables: the vocabulary of flannel's backends and of
// kube-proxy.
//
// Source: Linux, net/core/rtnetlink.c, net/ipv4/devinet.c (inet_rtm_newaddr, inet_rtm_deladdr),
// fib_frontend.c and fib_trie.c (fib_table_insert, fib_table_delete), fib_semantics.c (fib_check_nh),
// net/core/neighbour.c (neigh_add, neigh_delete), drivers/net/vxlan/vxlan_core.c (vxlan_fdb_add,
// vxlan_fdb_delete), net/bridge/br_fdb.c, iptables/iptables-restore.c. Every change is one netlink request or
// one run of a command, and happens wholly or not at all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include <tl/expected.hpp>

#include "impl/base/described.hpp"
#include "impl/overlay/node/errno.hpp"
#include "impl/overlay/node/tables.hpp"

namespace plimsoll::overlay {

/// ip link add. EEXIST if the name is taken; EINVAL for a VXLAN device whose MTU exceeds that of the device
/// below (the kernel clamps it if the MTU is left at 0). The device is down unless `link.up`.
struct LinkAdd {
  Link link = {};
  PLIMSOLL_DESCRIBE(LinkAdd, link)
};
/// ip link del: its addresses, routes, neighbours and FDB entries go too. ENODEV.
struct LinkDelete {
  std::string name = {};
  PLIMSOLL_DESCRIBE(LinkDelete, name)
};
/// ip link set up: routes of its addresses appear. ENODEV.
struct LinkUp {
  std::string name = {};
  PLIMSOLL_DESCRIBE(LinkUp, name)
};
/// ip link set down: routes through it and neighbours on it vanish; FDB entries of a VXLAN device stay if
/// they are permanent. ENODEV.
struct LinkDown {
  std::string name = {};
  PLIMSOLL_DESCRIBE(LinkDown, name)
};
/// ip link set mtu. ENODEV; EINVAL below 68, or for a VXLAN device above the MTU of the device below less 50.
struct LinkMtu {
  std::string name = {};
  std::uint32_t mtu = 1500;
  PLIMSOLL_DESCRIBE(LinkMtu, name, mtu)
};
/// ip link set address. ENODEV.
struct LinkAddress {
  std::string name = {};
  base::Mac address = {};
  PLIMSOLL_DESCRIBE(LinkAddress, name, address)
};

/// ip addr add: brings the local route and, while the device is up, the routes of its network. ENODEV;
/// EEXIST.
struct AddressAdd {
  InterfaceAddress address = {};
  PLIMSOLL_DESCRIBE(AddressAdd, address)
};
/// ip addr del: with the routes it brought, and those that prefer it as source. ENODEV; EADDRNOTAVAIL.
struct AddressDelete {
  InterfaceAddress address = {};
  PLIMSOLL_DESCRIBE(AddressDelete, address)
};

/// ip route add. EEXIST: same table, prefix, tos and metric; ENODEV; ENETDOWN: the device is down;
/// ENETUNREACH: the gateway is not on a link (unless onlink); EINVAL: host bits, or a gateway that is an
/// address of this node.
struct RouteAdd {
  Route route = {};
  PLIMSOLL_DESCRIBE(RouteAdd, route)
};
/// ip route replace: instead of the first one of the same table, prefix, tos and metric, if there is one.
struct RouteReplace {
  Route route = {};
  PLIMSOLL_DESCRIBE(RouteReplace, route)
};
/// ip route del: the first one that agrees in what is given (gateway, device, type, metric; fields at their
/// defaults agree with all). ESRCH: none.
struct RouteDelete {
  Route route = {};
  PLIMSOLL_DESCRIBE(RouteDelete, route)
};

/// ip neigh add. EEXIST; ENODEV.
struct NeighbourAdd {
  Neighbour neighbour = {};
  PLIMSOLL_DESCRIBE(NeighbourAdd, neighbour)
};
/// ip neigh replace. ENODEV.
struct NeighbourReplace {
  Neighbour neighbour = {};
  PLIMSOLL_DESCRIBE(NeighbourReplace, neighbour)
};
/// ip neigh del: by address and device. ENOENT; ENODEV.
struct NeighbourDelete {
  Neighbour neighbour = {};
  PLIMSOLL_DESCRIBE(NeighbourDelete, neighbour)
};

/// bridge fdb add: EEXIST if the address has an entry.
struct FdbAdd {
  FdbEntry entry = {};
  PLIMSOLL_DESCRIBE(FdbAdd, entry)
};
/// bridge fdb append: a further destination of an all-zeros or multicast address. For a unicast address that
/// has a destination it is accepted without effect, as is a destination that is there already.
struct FdbAppend {
  FdbEntry entry = {};
  PLIMSOLL_DESCRIBE(FdbAppend, entry)
};
/// bridge fdb replace: the address has this destination and no other. EOPNOTSUPP for all-zeros and multicast.
struct FdbReplace {
  FdbEntry entry = {};
  PLIMSOLL_DESCRIBE(FdbReplace, entry)
};
/// bridge fdb del: this destination of the address; all of them if no remote is given. ENOENT.
struct FdbDelete {
  FdbEntry entry = {};
  PLIMSOLL_DESCRIBE(FdbDelete, entry)
};

/// sysctl -w. `key` is the dotted name; devices with dots in their names are written with a slash, as
/// sysctl(8) does: "net.ipv4.conf.flannel/1.rp_filter". EINVAL: no such number.
struct SysctlSet {
  std::string key = {};
  std::string value = {};
  PLIMSOLL_DESCRIBE(SysctlSet, key, value)
};

/// iptables-restore: each table of the text is replaced (or, with noflush, changed) atomically, in the order
/// of the text. EINVAL: the text is none; tables before the bad one stay changed.
struct IptablesRestore {
  std::string text = {};
  bool noflush = false;
  PLIMSOLL_DESCRIBE(IptablesRestore, text, noflush)
};

/// conntrack -D: forgets the flows that agree in all that is given. apply() leaves this to whoever has the
/// flows: tables have none.
struct ConntrackDelete {
  std::uint8_t protocol = 0;  ///< IPPROTO_*; 0: any
  std::optional<base::Ipv4> original_destination = {};
  std::optional<base::Ipv4> reply_source = {};
  std::uint16_t original_destination_port = 0;  ///< 0: any
  PLIMSOLL_DESCRIBE_OPTIONS(original_destination)
  PLIMSOLL_DESCRIBE(ConntrackDelete, protocol, original_destination, reply_source, original_destination_port)
};

/// One request to the kernel.
using TableChange =
    std::variant<LinkAdd, LinkDelete, LinkUp, LinkDown, LinkMtu, LinkAddress, AddressAdd, AddressDelete,
                 RouteAdd, RouteReplace, RouteDelete, NeighbourAdd, NeighbourReplace, NeighbourDelete, FdbAdd,
                 FdbAppend, FdbReplace, FdbDelete, SysctlSet, IptablesRestore, ConntrackDelete>;

/// What the kernel answers.
using ChangeResult = tl::expected<void, Errno>;

/// Makes the change, or answers why not and changes nothing (an iptables-restore text of several tables is
/// the one exception, see there). Cost: linear in the size of the table.
[[nodiscard]] ChangeResult apply(Tables& tables, const TableChange& change);

}  // namespace plimsoll::overlay
