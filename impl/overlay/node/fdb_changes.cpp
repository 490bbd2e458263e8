// Forwarding entries of VXLAN devices and bridges (drivers/net/vxlan/vxlan_core.c vxlan_fdb_add and
// vxlan_fdb_update, net/bridge/br_fdb.c br_fdb_add).
#include <algorithm>
#include <utility>

#include "impl/overlay/node/table_changes.hpp"

namespace plimsoll::overlay {
namespace {

bool same_key(const FdbEntry& a, const FdbEntry& b) {
  return a.mac == b.mac && a.device == b.device && a.master == b.master;
}

bool same_remote(const FdbEntry& a, const FdbEntry& b) {
  return a.remote == b.remote && a.port == b.port && a.vni == b.vni;
}

/// A VXLAN entry of an address that stands for many may have several destinations.
bool takes_several(const FdbEntry& entry) {
  return entry.mac == base::Mac() || entry.mac.is_group();
}

ChangeResult check(const Tables& tables, const FdbEntry& entry) {
  const Link* link = find_link(tables, entry.device);
  if (link == nullptr) {
    return tl::unexpected(Errno::enodev);
  }
  if (entry.master) {
    return link->port ? ChangeResult() : tl::unexpected(Errno::eopnotsupp);
  }
  if (link->kind != LinkKind::vxlan) {
    return tl::unexpected(Errno::eopnotsupp);
  }
  return entry.remote ? ChangeResult() : tl::unexpected(Errno::einval);
}

std::vector<FdbEntry>::iterator find_key(Tables& tables, const FdbEntry& entry) {
  return std::ranges::find_if(tables.fdb, [&](const FdbEntry& known) { return same_key(known, entry); });
}

}  // namespace

ChangeResult add_fdb_entry(Tables& tables, const FdbEntry& entry) {
  if (auto checked = check(tables, entry); !checked) {
    return checked;
  }
  if (find_key(tables, entry) != tables.fdb.end()) {
    return tl::unexpected(Errno::eexist);
  }
  tables.fdb.push_back(entry);
  return {};
}

ChangeResult append_fdb_entry(Tables& tables, const FdbEntry& entry) {
  if (auto checked = check(tables, entry); !checked) {
    return checked;
  }
  const bool is_known = find_key(tables, entry) != tables.fdb.end();
  // A second destination of a unicast address is taken without a word, and without effect.
  const bool is_there = std::ranges::any_of(
      tables.fdb, [&](const FdbEntry& known) { return same_key(known, entry) && same_remote(known, entry); });
  if (is_there || (is_known && !takes_several(entry))) {
    return {};
  }
  tables.fdb.push_back(entry);
  return {};
}

ChangeResult replace_fdb_entry(Tables& tables, const FdbEntry& entry) {
  if (auto checked = check(tables, entry); !checked) {
    return checked;
  }
  if (!entry.master && takes_several(entry)) {
    return tl::unexpected(Errno::eopnotsupp);
  }
  const auto known = find_key(tables, entry);
  if (known == tables.fdb.end()) {
    tables.fdb.push_back(entry);
    return {};
  }
  *known = entry;
  return {};
}

ChangeResult delete_fdb_entry(Tables& tables, const FdbEntry& entry) {
  if (find_link(tables, entry.device) == nullptr) {
    return tl::unexpected(Errno::enodev);
  }
  const std::size_t erased = std::erase_if(tables.fdb, [&](const FdbEntry& known) {
    return same_key(known, entry) && (!entry.remote || same_remote(known, entry));
  });
  return erased == 0 ? ChangeResult(tl::unexpected(Errno::enoent)) : ChangeResult();
}

}  // namespace plimsoll::overlay
