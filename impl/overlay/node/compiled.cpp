#include "impl/overlay/node/compiled.hpp"

#include <algorithm>
#include <utility>

#include "impl/base/stable_sort.hpp"

namespace plimsoll::overlay {
namespace {

const InterfaceSysctls& conf_of(const Sysctls& sysctls, std::string_view name) {
  static const InterfaceSysctls none = {};
  const auto found = sysctls.conf.find(std::string(name));
  return found == sysctls.conf.end() ? none : found->second;
}

DeviceConf merged(const Sysctls& sysctls, std::string_view name) {
  const InterfaceSysctls& all = conf_of(sysctls, conf_all);
  const InterfaceSysctls& own = conf_of(sysctls, name);
  return DeviceConf{.rp_filter = std::max(all.rp_filter, own.rp_filter),
                    .forwarding = own.forwarding,
                    .send_redirects = all.send_redirects || own.send_redirects,
                    .accept_local = all.accept_local || own.accept_local,
                    .route_localnet = all.route_localnet || own.route_localnet,
                    .proxy_arp = all.proxy_arp || own.proxy_arp,
                    .src_valid_mark = all.src_valid_mark || own.src_valid_mark,
                    .arp_filter = all.arp_filter != 0 || own.arp_filter != 0,
                    .arp_ignore = std::max(all.arp_ignore, own.arp_ignore),
                    .arp_announce = std::max(all.arp_announce, own.arp_announce)};
}

void add_devices(CompiledTables& compiled, const Tables& tables) {
  std::vector<const Link*> links;
  links.reserve(tables.links.size());
  for (const Link& link : tables.links) {
    links.push_back(&link);
  }
  base::stable_sort(links, {}, [](const Link* link) { return link->index; });
  for (const Link* link : links) {
    Device device = {.name = link->name,
                     .kind = link->kind,
                     .mtu = link->mtu,
                     .mac = link->address,
                     .up = link->up,
                     .carrier = link->carrier,
                     .vxlan = link->vxlan,
                     .conf = merged(tables.sysctls, link->name)};
    if (link->kind == LinkKind::other) {
      device.unsupported = "a device of kind " + link->kind_name;
    }
    if (link->kind == LinkKind::loopback) {
      compiled.loopback = static_cast<DeviceId>(compiled.devices.size());
    }
    compiled.devices.push_back(std::move(device));
  }
}

void add_ports(CompiledTables& compiled, const Tables& tables) {
  for (const Link& link : tables.links) {
    const DeviceId id = compiled.find(link.name);
    const DeviceId bridge = link.port ? compiled.find(link.port->bridge) : no_device;
    if (bridge == no_device) {
      continue;
    }
    compiled.devices[id].bridge = bridge;
    compiled.devices[id].port = *link.port;
    std::vector<DeviceId>& ports = compiled.devices[bridge].ports;
    ports.insert(std::ranges::lower_bound(ports, id, std::greater<>()), id);
  }
}

void add_addresses(CompiledTables& compiled, const Tables& tables) {
  for (const InterfaceAddress& address : tables.addresses) {
    const DeviceId id = compiled.find(address.device);
    if (id == no_device) {
      continue;
    }
    std::vector<LocalAddress>& own = compiled.devices[id].addresses;
    const bool secondary = std::ranges::any_of(own, [&](const LocalAddress& other) {
      return other.address.network() == address.address.network() && other.scope == address.scope;
    });
    own.push_back({address.address, address.scope, secondary});
  }
}

std::uint64_t order_of(DeviceId device, base::Mac mac) {
  return std::uint64_t{device} << 48U | number_of(mac);
}

void add_vxlan_entry(CompiledTables& compiled, const FdbEntry& entry, DeviceId device) {
  const VxlanRemote remote = {*entry.remote, entry.port, entry.vni};
  for (VxlanEntry& known : compiled.vxlan_entries) {
    if (known.device == device && known.mac == entry.mac) {
      known.remotes.push_back(remote);
      return;
    }
  }
  compiled.vxlan_entries.push_back({order_of(device, entry.mac), device, entry.mac, {remote}});
}

void add_fdb(CompiledTables& compiled, const Tables& tables) {
  for (const FdbEntry& entry : tables.fdb) {
    const DeviceId id = compiled.find(entry.device);
    if (id == no_device) {
      continue;
    }
    const Device& device = compiled.devices[id];
    if (entry.remote && device.kind == LinkKind::vxlan) {
      add_vxlan_entry(compiled, entry, id);
    } else if (entry.master) {
      const DeviceId bridge = device.kind == LinkKind::bridge ? id : device.bridge;
      compiled.bridge_entries.push_back({bridge, entry.mac, id, entry.permanent});
    }
  }
  // A bridge always knows its own address and those of its ports (br_fdb_add_local).
  for (DeviceId id = 0; std::size_t{id} < compiled.devices.size(); ++id) {
    const Device& device = compiled.devices[id];
    const DeviceId bridge = device.kind == LinkKind::bridge ? id : device.bridge;
    if (bridge != no_device) {
      compiled.bridge_entries.push_back({bridge, device.mac, id, true});
    }
  }
}

void sort_for_search(CompiledTables& compiled) {
  std::ranges::sort(compiled.vxlan_entries, {}, &VxlanEntry::order);
  for (DeviceId id = 0; std::size_t{id} < compiled.devices.size(); ++id) {
    const Device& device = compiled.devices[id];
    if (device.vxlan && device.up) {
      compiled.vxlan_devices.push_back(id);
    }
    for (const LocalAddress& own : device.addresses) {
      compiled.local_addresses.push_back(own.address.address());
    }
  }
  std::ranges::sort(compiled.local_addresses);
}

/// in_dev_select_addr, and the same with a network to prefer.
std::optional<base::Ipv4> first_address(const Device& device, base::Ipv4 towards, Scope scope) {
  std::optional<base::Ipv4> first;
  for (const LocalAddress& own : device.addresses) {
    const Scope nearest = device.conf.route_localnet ? Scope::host : Scope::link;
    if (own.secondary || std::min(own.scope, nearest) > scope) {
      continue;
    }
    if (towards == base::Ipv4() || own.address.contains(towards)) {
      return own.address.address();
    }
    first = first ? first : own.address.address();
  }
  return first;
}

}  // namespace

DeviceId CompiledTables::find(std::string_view name) const {
  const auto found = std::ranges::find(devices, name, &Device::name);
  return found == devices.end() ? no_device : static_cast<DeviceId>(found - devices.begin());
}

bool CompiledTables::is_local(base::Ipv4 address) const {
  return std::ranges::binary_search(local_addresses, address);
}

const VxlanEntry* CompiledTables::find_vxlan(DeviceId device, base::Mac mac) const {
  const std::uint64_t order = order_of(device, mac);
  const auto found = std::ranges::lower_bound(vxlan_entries, order, {}, &VxlanEntry::order);
  return found != vxlan_entries.end() && found->order == order ? &*found : nullptr;
}

CompiledTables compile(const Tables& tables) {
  CompiledTables compiled;
  compiled.sysctls = tables.sysctls;
  compiled.sysctls.conf.clear();
  add_devices(compiled, tables);
  add_ports(compiled, tables);
  add_addresses(compiled, tables);
  add_fdb(compiled, tables);
  for (const Neighbour& neighbour : tables.neighbours) {
    const DeviceId id = compiled.find(neighbour.device);
    if (id != no_device) {
      compiled.neighbours.emplace_back(id, neighbour);
    }
  }
  sort_for_search(compiled);
  return compiled;
}

base::Ipv4 select_address(const CompiledTables& tables, DeviceId device, base::Ipv4 towards, Scope scope) {
  if (device != no_device) {
    if (const auto own = first_address(tables[device], towards, scope)) {
      return *own;
    }
  }
  // Addresses other than loopback's own, on the loopback device, are preferred; then those of any device.
  for (const Device& other : tables.devices) {
    for (const LocalAddress& own : other.addresses) {
      if (!own.secondary && own.scope != Scope::link && own.scope <= scope) {
        return own.address.address();
      }
    }
  }
  return {};
}

}  // namespace plimsoll::overlay
