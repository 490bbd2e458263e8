// Devices and kernel parameters (net/core/rtnetlink.c, dev.c, drivers/net/vxlan/vxlan_core.c,
// net/ipv4/devinet.c).
#include <algorithm>
#include <charconv>
#include <utility>

#include "impl/overlay/node/table_changes.hpp"

namespace plimsoll::overlay {
namespace {

constexpr std::uint32_t vxlan_headroom = 50;
constexpr std::uint32_t smallest_mtu = 68;

/// The greatest MTU of a VXLAN device; none if nothing limits it (vxlan_change_mtu, vxlan_config_apply).
std::optional<std::uint32_t> vxlan_mtu_max(const Tables& tables, const Link& link) {
  const Link* below = link.vxlan ? find_link(tables, link.vxlan->link) : nullptr;
  return below == nullptr ? std::nullopt : std::optional(below->mtu - vxlan_headroom);
}

/// What goes with a device, or with its being up: all routes through it, all neighbours on it.
void forget_paths(Tables& tables, const std::string& name, bool local_too) {
  std::erase_if(tables.routes, [&](const Route& route) {
    return route.device == name && (local_too || route.type != RouteType::local);
  });
  std::erase_if(tables.neighbours, [&](const Neighbour& neighbour) { return neighbour.device == name; });
}

}  // namespace

ChangeResult add_link(Tables& tables, Link link) {
  if (find_link(tables, link.name) != nullptr) {
    return tl::unexpected(Errno::eexist);
  }
  if (link.vxlan && !link.vxlan->link.empty() && find_link(tables, link.vxlan->link) == nullptr) {
    return tl::unexpected(Errno::enodev);
  }
  if (const auto most = vxlan_mtu_max(tables, link)) {
    if (link.mtu == 0) {
      link.mtu = *most;
    } else if (link.mtu > *most) {
      return tl::unexpected(Errno::einval);
    }
  }
  if (link.index == 0) {
    for (const Link& other : tables.links) {
      link.index = std::max(link.index, other.index);
    }
    ++link.index;
  }
  const auto defaults = tables.sysctls.conf.find(std::string(conf_default));
  InterfaceSysctls conf = defaults == tables.sysctls.conf.end() ? InterfaceSysctls() : defaults->second;
  conf.forwarding = conf.forwarding || tables.sysctls.ip_forward;
  tables.sysctls.conf.emplace(link.name, conf);
  tables.links.push_back(std::move(link));
  return {};
}

ChangeResult delete_link(Tables& tables, const std::string& name) {
  if (find_link(tables, name) == nullptr) {
    return tl::unexpected(Errno::enodev);
  }
  forget_paths(tables, name, true);
  std::erase_if(tables.addresses, [&](const InterfaceAddress& address) { return address.device == name; });
  std::erase_if(tables.fdb, [&](const FdbEntry& entry) { return entry.device == name; });
  std::erase_if(tables.links, [&](const Link& link) { return link.name == name; });
  tables.sysctls.conf.erase(name);
  for (Link& link : tables.links) {
    if (link.port && link.port->bridge == name) {
      link.port.reset();
    }
  }
  return {};
}

ChangeResult set_link_up(Tables& tables, const std::string& name) {
  Link* link = find_link(tables, name);
  if (link == nullptr) {
    return tl::unexpected(Errno::enodev);
  }
  if (link->up) {
    return {};
  }
  link->up = true;
  for (const InterfaceAddress& address : tables.addresses) {
    if (address.device == name) {
      add_network_routes(tables, address);
    }
  }
  return {};
}

ChangeResult set_link_down(Tables& tables, const std::string& name) {
  Link* link = find_link(tables, name);
  if (link == nullptr) {
    return tl::unexpected(Errno::enodev);
  }
  link->up = false;
  forget_paths(tables, name, false);
  // vxlan_stop flushes what is not permanent.
  std::erase_if(tables.fdb, [&](const FdbEntry& entry) { return entry.device == name && !entry.permanent; });
  return {};
}

ChangeResult set_link_mtu(Tables& tables, const std::string& name, std::uint32_t mtu) {
  Link* link = find_link(tables, name);
  if (link == nullptr) {
    return tl::unexpected(Errno::enodev);
  }
  const auto most = vxlan_mtu_max(tables, *link);
  if (mtu < smallest_mtu || (most && mtu > *most)) {
    return tl::unexpected(Errno::einval);
  }
  link->mtu = mtu;
  return {};
}

namespace {

bool assign(InterfaceSysctls& conf, std::string_view name, unsigned value) {
  const bool flag = value != 0;
  const auto level = static_cast<std::uint8_t>(value);
  if (name == "rp_filter") {
    conf.rp_filter = level;
  } else if (name == "forwarding") {
    conf.forwarding = flag;
  } else if (name == "send_redirects") {
    conf.send_redirects = flag;
  } else if (name == "accept_redirects") {
    conf.accept_redirects = flag;
  } else if (name == "accept_local") {
    conf.accept_local = flag;
  } else if (name == "route_localnet") {
    conf.route_localnet = flag;
  } else if (name == "proxy_arp") {
    conf.proxy_arp = flag;
  } else if (name == "arp_ignore") {
    conf.arp_ignore = level;
  } else if (name == "arp_announce") {
    conf.arp_announce = level;
  } else if (name == "arp_filter") {
    conf.arp_filter = level;
  } else if (name == "src_valid_mark") {
    conf.src_valid_mark = flag;
  } else {
    return false;
  }
  return true;
}

/// Forwarding of "all" is copied to every device (inet_forward_change).
void forward_all(Sysctls& sysctls, bool forwarding) {
  sysctls.ip_forward = forwarding;
  for (auto& [name, conf] : sysctls.conf) {
    conf.forwarding = forwarding;
  }
}

/// Parameters of the namespace that have a field.
bool assign_global(Sysctls& sysctls, std::string_view key, unsigned value) {
  if (key == "net.ipv4.ip_forward") {
    forward_all(sysctls, value != 0);
  } else if (key == "net.bridge.bridge-nf-call-iptables") {
    sysctls.bridge_nf_call_iptables = value != 0;
  } else if (key == "net.netfilter.nf_conntrack_tcp_be_liberal") {
    sysctls.conntrack_tcp_be_liberal = value != 0;
  } else if (key == "net.netfilter.nf_conntrack_tcp_loose") {
    sysctls.conntrack_tcp_loose = value != 0;
  } else if (key == "net.ipv4.ip_default_ttl") {
    sysctls.ip_default_ttl = static_cast<std::uint8_t>(value);
  } else if (key == "net.ipv4.icmp_errors_use_inbound_ifaddr") {
    sysctls.icmp_errors_use_inbound_ifaddr = value != 0;
  } else {
    return false;
  }
  return true;
}

}  // namespace

ChangeResult set_sysctl(Tables& tables, const std::string& key, const std::string& value) {
  unsigned number = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool is_number = failure == std::errc() && end == value.data() + value.size() && number <= 255;
  constexpr std::string_view conf_prefix = "net.ipv4.conf.";
  if (key.starts_with(conf_prefix)) {
    const std::size_t dot = key.rfind('.');
    std::string device = key.substr(conf_prefix.size(), dot - conf_prefix.size());
    std::ranges::replace(device, '/', '.');
    const std::string name = key.substr(dot + 1);
    const auto conf = tables.sysctls.conf.find(device);
    if (conf == tables.sysctls.conf.end()) {
      return tl::unexpected(Errno::enoent);
    }
    if (!is_number) {
      return tl::unexpected(Errno::einval);
    }
    if (device == conf_all && name == "forwarding") {
      forward_all(tables.sysctls, number != 0);
      return {};
    }
    if (assign(conf->second, name, number)) {
      return {};
    }
  } else if (is_number && assign_global(tables.sysctls, key, number)) {
    return {};
  }
  tables.sysctls.others[key] = value;
  return {};
}

}  // namespace plimsoll::overlay
