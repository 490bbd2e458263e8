// Tables made ready for packets: names turned into small numbers, parameters of "all" and of the device
// merged, ports listed with their bridge.
//
// Source: Linux, include/linux/inetdevice.h (IN_DEV_ORCONF, IN_DEV_MAXCONF and what each parameter uses),
// net/bridge/br_if.c (br_add_if puts a new port at the head of the list).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "impl/overlay/node/tables.hpp"

namespace plimsoll::overlay {

/// A device of one node: its place in CompiledTables::devices.
using DeviceId = std::uint16_t;
inline constexpr DeviceId no_device = 0xffff;

/// net.ipv4.conf of a device as the kernel reads it: merged with "all".
struct DeviceConf {
  std::uint8_t rp_filter = 0;  ///< the greater
  bool forwarding = false;     ///< the device's own
  bool send_redirects = true;  ///< either, as the following ones
  bool accept_local = false;
  bool route_localnet = false;
  bool proxy_arp = false;
  bool src_valid_mark = false;
  bool arp_filter = false;
  std::uint8_t arp_ignore = 0;    ///< the greater
  std::uint8_t arp_announce = 0;  ///< the greater
};

/// An address of a device.
struct LocalAddress {
  base::Ipv4Prefix address = {};
  Scope scope = Scope::global;
  bool secondary = false;  ///< another address of the same network came before
};

/// A device with all that a packet asks of it.
struct Device {
  std::string name = {};
  LinkKind kind = LinkKind::ethernet;
  std::uint32_t mtu = 1500;
  base::Mac mac = {};
  bool up = false;
  bool carrier = true;
  DeviceId bridge = no_device;       ///< the bridge that it is a port of
  BridgePort port = {};              ///< meaningful if it is one
  std::vector<DeviceId> ports = {};  ///< of a bridge, in the order in which it floods: last added first
  std::optional<VxlanInfo> vxlan = {};
  DeviceConf conf = {};
  std::vector<LocalAddress> addresses = {};
  std::string unsupported = {};  ///< why packets must not come here; empty: no reason

  [[nodiscard]] bool is_ethernet() const { return kind != LinkKind::loopback && kind != LinkKind::tun; }
  /// No neighbours are resolved here (IFF_NOARP, IFF_LOOPBACK).
  [[nodiscard]] bool is_noarp() const {
    return kind == LinkKind::loopback || kind == LinkKind::tun || kind == LinkKind::dummy;
  }
};

/// A route with numbers for names.
struct CompiledRoute {
  base::Ipv4Prefix destination = {};
  RouteType type = RouteType::unicast;
  std::optional<base::Ipv4> gateway = {};
  DeviceId device = no_device;
  Scope scope = Scope::global;
  std::optional<base::Ipv4> preferred_source = {};
  std::uint32_t metric = 0;
  std::uint32_t mtu = 0;
  std::uint8_t tos = 0;
  bool unsupported = false;  ///< Route::unsupported says something
};

/// A VXLAN destination of an FDB entry.
struct VxlanRemote {
  base::Ipv4 address = {};
  std::uint16_t port = 0;
  std::optional<std::uint32_t> vni = {};
};

/// The six bytes of an address as a number: quick to compare, and in the same order.
[[nodiscard]] constexpr std::uint64_t number_of(base::Mac mac) {
  const base::Mac::Bytes& b = mac.bytes();
  return std::uint64_t{b[0]} << 40U | std::uint64_t{b[1]} << 32U | std::uint64_t{b[2]} << 24U |
         std::uint64_t{b[3]} << 16U | std::uint64_t{b[4]} << 8U | b[5];
}

/// All remotes of one address on one VXLAN device, in the order in which they were added.
struct VxlanEntry {
  std::uint64_t order = 0;  ///< device and address as one number
  DeviceId device = no_device;
  base::Mac mac = {};
  std::vector<VxlanRemote> remotes = {};
};

/// An entry of a bridge that someone wrote. `port` is the bridge itself, or a port, if `local`.
struct BridgeEntry {
  DeviceId bridge = no_device;
  base::Mac mac = {};
  DeviceId port = no_device;
  bool local = false;
};

/// Devices and entries of a namespace, by number. Routes are in a Fib (fib.hpp).
///
/// Thread-safety: immutable once made.
struct CompiledTables {
  std::vector<Device> devices = {};  ///< in order of ifindex
  DeviceId loopback = no_device;
  std::vector<DeviceId> vxlan_devices = {};    ///< those that are up
  std::vector<VxlanEntry> vxlan_entries = {};  ///< in order of device and address
  std::vector<BridgeEntry> bridge_entries = {};
  std::vector<std::pair<DeviceId, Neighbour>> neighbours = {};
  std::vector<base::Ipv4> local_addresses = {};  ///< of all devices, in order
  Sysctls sysctls = {};                          ///< those of the namespace; conf is in the devices

  [[nodiscard]] const Device& operator[](DeviceId id) const { return devices[id]; }
  /// The device of that name; no_device if there is none. Linear.
  [[nodiscard]] DeviceId find(std::string_view name) const;
  /// The entry of a VXLAN device for an address; null if there is none. Logarithmic.
  [[nodiscard]] const VxlanEntry* find_vxlan(DeviceId device, base::Mac mac) const;
  /// Whether `address` is one of this node's (inet_lookup_ifaddr_rcu). Logarithmic.
  [[nodiscard]] bool is_local(base::Ipv4 address) const;
};

/// Cost: linear in the size of the tables, quadratic in the number of devices at worst.
[[nodiscard]] CompiledTables compile(const Tables& tables);

/// The source address for packets that leave by `device` towards `towards` (inet_select_addr): the first
/// primary one of the device whose scope is at most `scope`, one whose network has `towards` in it before
/// others; else any of another device; else 0.0.0.0. A `towards` of 0.0.0.0 prefers none.
[[nodiscard]] base::Ipv4 select_address(const CompiledTables& tables, DeviceId device, base::Ipv4 towards,
                                        Scope scope);

}  // namespace plimsoll::overlay
