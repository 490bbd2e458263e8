#include "impl/overlay/node/table_change.hpp"

#include <algorithm>
#include <utility>

#include "impl/overlay/netfilter/save_format.hpp"
#include "impl/overlay/node/table_changes.hpp"

namespace plimsoll::overlay {
namespace {

ChangeResult failed(Errno error) {
  return tl::unexpected(error);
}

ChangeResult change(Tables& tables, const LinkAdd& add) {
  return add_link(tables, add.link);
}
ChangeResult change(Tables& tables, const LinkDelete& del) {
  return delete_link(tables, del.name);
}
ChangeResult change(Tables& tables, const LinkUp& up) {
  return set_link_up(tables, up.name);
}
ChangeResult change(Tables& tables, const LinkDown& down) {
  return set_link_down(tables, down.name);
}
ChangeResult change(Tables& tables, const LinkMtu& mtu) {
  return set_link_mtu(tables, mtu.name, mtu.mtu);
}
ChangeResult change(Tables& tables, const LinkAddress& address) {
  Link* link = find_link(tables, address.name);
  if (link == nullptr) {
    return failed(Errno::enodev);
  }
  link->address = address.address;
  return {};
}

ChangeResult change(Tables& tables, const AddressAdd& add) {
  return add_address(tables, add.address);
}
ChangeResult change(Tables& tables, const AddressDelete& del) {
  return delete_address(tables, del.address);
}

ChangeResult change(Tables& tables, const RouteAdd& add) {
  return add_route(tables, add.route, false);
}
ChangeResult change(Tables& tables, const RouteReplace& add) {
  return add_route(tables, add.route, true);
}
ChangeResult change(Tables& tables, const RouteDelete& del) {
  return delete_route(tables, del.route);
}

auto neighbour_at(Tables& tables, const Neighbour& neighbour) {
  return std::ranges::find_if(tables.neighbours, [&](const Neighbour& known) {
    return known.address == neighbour.address && known.device == neighbour.device;
  });
}

ChangeResult put_neighbour(Tables& tables, const Neighbour& neighbour, bool replace) {  // neigh_add
  if (find_link(tables, neighbour.device) == nullptr) {
    return failed(Errno::enodev);
  }
  const auto known = neighbour_at(tables, neighbour);
  if (known == tables.neighbours.end()) {
    tables.neighbours.push_back(neighbour);
    return {};
  }
  if (!replace) {
    return failed(Errno::eexist);
  }
  *known = neighbour;
  return {};
}

ChangeResult change(Tables& tables, const NeighbourAdd& add) {
  return put_neighbour(tables, add.neighbour, false);
}
ChangeResult change(Tables& tables, const NeighbourReplace& add) {
  return put_neighbour(tables, add.neighbour, true);
}
ChangeResult change(Tables& tables, const NeighbourDelete& del) {  // neigh_delete
  if (find_link(tables, del.neighbour.device) == nullptr) {
    return failed(Errno::enodev);
  }
  const auto known = neighbour_at(tables, del.neighbour);
  if (known == tables.neighbours.end()) {
    return failed(Errno::enoent);
  }
  tables.neighbours.erase(known);
  return {};
}

ChangeResult change(Tables& tables, const FdbAdd& add) {
  return add_fdb_entry(tables, add.entry);
}
ChangeResult change(Tables& tables, const FdbAppend& add) {
  return append_fdb_entry(tables, add.entry);
}
ChangeResult change(Tables& tables, const FdbReplace& add) {
  return replace_fdb_entry(tables, add.entry);
}
ChangeResult change(Tables& tables, const FdbDelete& del) {
  return delete_fdb_entry(tables, del.entry);
}

ChangeResult change(Tables& tables, const SysctlSet& set) {
  return set_sysctl(tables, set.key, set.value);
}

ChangeResult change(Tables& tables, const IptablesRestore& restore) {
  const auto done = netfilter::restore(tables.ruleset, restore.text, {.noflush = restore.noflush});
  return done ? ChangeResult() : failed(Errno::einval);
}

ChangeResult change(Tables& /*tables*/, const ConntrackDelete& /*del*/) {
  return {};
}

}  // namespace

ChangeResult apply(Tables& tables, const TableChange& requested) {
  return std::visit([&](const auto& one) { return change(tables, one); }, requested);
}

}  // namespace plimsoll::overlay
