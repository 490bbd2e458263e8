// What flanneld asks of its node's kernel: changes of its tables, and looks at them.
//
// Source: the calls of github.com/vishvananda/netlink that flannel makes (LinkByName, AddrList,
// RouteListFiltered, RouteGet, NeighList), each one netlink request of rtnetlink(7), and of iptables-save.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "impl/base/described_net.hpp"
#include "impl/overlay/node/errno.hpp"
#include "impl/overlay/node/table_change.hpp"
#include "impl/overlay/node/tables.hpp"

namespace plimsoll::overlay::flannel {

/// ip link show. ENODEV.
struct ShowLink {
  std::string name = {};
  PLIMSOLL_DESCRIBE(ShowLink, name)
};
/// ip addr show dev. ENODEV.
struct ShowAddresses {
  std::string device = {};
  PLIMSOLL_DESCRIBE(ShowAddresses, device)
};
/// ip route show: the unicast routes of the main table whose destination lies in `within`.
struct ShowRoutes {
  base::Ipv4Prefix within = {};
  PLIMSOLL_DESCRIBE(ShowRoutes, within)
};
/// ip route get: the route that a packet of this node's own would take. ENETUNREACH, EHOSTUNREACH...
struct FindRoute {
  base::Ipv4 destination = {};
  PLIMSOLL_DESCRIBE(FindRoute, destination)
};
/// ip neigh show dev ... nud permanent.
struct ShowNeighbours {
  std::string device = {};
  PLIMSOLL_DESCRIBE(ShowNeighbours, device)
};
/// bridge fdb show dev ... self.
struct ShowFdb {
  std::string device = {};
  PLIMSOLL_DESCRIBE(ShowFdb, device)
};
/// iptables-save.
struct ShowRules {
  PLIMSOLL_DESCRIBE(ShowRules)
};

/// One request.
using Question = std::variant<TableChange, ShowLink, ShowAddresses, ShowRoutes, FindRoute, ShowNeighbours,
                              ShowFdb, ShowRules>;

/// The change is made.
struct Done {
  PLIMSOLL_DESCRIBE(Done)
};
/// The request failed.
struct Failed {
  Errno error = Errno::eio;
  PLIMSOLL_DESCRIBE(Failed, error)
};
/// The text of iptables-save.
struct RulesText {
  std::string text = {};
  PLIMSOLL_DESCRIBE(RulesText, text)
};
/// What came back: Done for changes, the listing asked for, or Failed. FindRoute finds one route.
using Answer = std::variant<Done, Failed, Link, std::vector<InterfaceAddress>, std::vector<Route>,
                            std::vector<Neighbour>, std::vector<FdbEntry>, RulesText>;

/// What the kernel with these tables answers; a change is made. Cost: linear in the table.
[[nodiscard]] Answer answer(Tables& tables, const Question& question);

}  // namespace plimsoll::overlay::flannel
