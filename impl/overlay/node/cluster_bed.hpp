// For tests: a small cluster, its tables made by the very changes that flannel and the CNI plugins ask for.
//
// A switch "ul" with ports p1, p2, ...; nodes n1, n2, ... with eth0 (192.168.50.1N), a bridge cni0
// (10.244.N.1/24) and pods nNp1, nNp2, ... (10.244.N.2, .3, ...) behind vethp1, vethp2, ...; between nodes
// flannel.1 or routes by eth0.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "impl/base/assert.hpp"
#include "impl/overlay/node/probe.hpp"
#include "impl/overlay/node/table_change.hpp"

namespace plimsoll::overlay::bed {

enum class Backend : std::uint8_t { vxlan, host_gw };

inline base::Mac mac(std::uint8_t kind, std::uint8_t node, std::uint8_t number) {
  return base::Mac({0x02, kind, 0, 0, node, number});
}

/// Makes the change, which must succeed.
inline void must(Tables& tables, const TableChange& change) {
  const ChangeResult result = overlay::apply(tables, change);
  PLIMSOLL_ASSERT_KNOWN(result.has_value(), result ? "" : to_text(result.error()));
}

inline void add_device(Tables& tables, Link link) {
  const std::string name = link.name;
  must(tables, LinkAdd{std::move(link)});
  must(tables, LinkUp{name});
}

inline InterfaceAddress address(const std::string& device, base::Ipv4 own, unsigned length) {
  return {.device = device, .address = base::Ipv4Prefix(own, length)};
}

struct Cluster {
  std::map<std::string, Tables> tables = {};
  std::vector<Wire> wires = {};

  /// What becomes of the probe. The listeners are on port 8080 of pods and 6443 of nodes.
  [[nodiscard]] Outcome run(const Probe& probe) const {
    std::map<std::string, NodeTables> compiled;
    std::vector<NamespaceSetup> setups;
    for (const auto& [name, one] : tables) {
      const NodeTables& made = compiled.emplace(name, NodeTables(one)).first->second;
      const bool is_pod = name.find('p') != std::string::npos;
      const bool is_switch = name == "ul";
      NamespaceSetup setup = {.name = name, .tables = &made};
      if (!is_switch) {
        setup.listens = {static_cast<std::uint16_t>(is_pod ? 8080 : 6443)};
      }
      setups.push_back(std::move(setup));
    }
    base::ScriptedChoices choices;
    return run_probe(setups, wires, probe, choices);
  }
  [[nodiscard]] Outcome udp(const std::string& from, base::Ipv4 to, std::uint8_t ttl = 64) const {
    return run({.source = from, .destination = to, .port = 8080, .ttl = ttl});
  }
};

inline Link port_link(const std::string& name, const std::string& bridge, base::Mac own, std::uint32_t mtu) {
  return {
      .name = name, .kind = LinkKind::veth, .mtu = mtu, .address = own, .port = BridgePort{.bridge = bridge}};
}

inline Tables pod_tables(std::uint8_t node, std::uint8_t number, std::uint32_t mtu) {
  Tables pod = new_namespace();
  must(pod, LinkUp{"lo"});
  must(pod, AddressAdd{{.device = "lo", .address = {base::Ipv4(127, 0, 0, 1), 8}, .scope = Scope::host}});
  add_device(pod, {.name = "eth0", .kind = LinkKind::veth, .mtu = mtu, .address = mac(1, node, number)});
  must(pod,
       AddressAdd{address("eth0", base::Ipv4(10, 244, node, static_cast<std::uint8_t>(number + 1)), 24)});
  must(pod, RouteAdd{{.gateway = base::Ipv4(10, 244, node, 1), .device = "eth0"}});
  return pod;
}

inline Tables node_tables(std::uint8_t node, std::uint8_t nodes, std::uint8_t pods, Backend backend,
                          std::uint32_t mtu) {
  Tables tables = new_namespace();
  must(tables, LinkUp{"lo"});
  must(tables, AddressAdd{{.device = "lo", .address = {base::Ipv4(127, 0, 0, 1), 8}, .scope = Scope::host}});
  add_device(tables, {.name = "eth0", .kind = LinkKind::veth, .address = mac(0, node, 0)});
  must(tables,
       AddressAdd{address("eth0", base::Ipv4(192, 168, 50, static_cast<std::uint8_t>(10 + node)), 24)});
  must(tables, RouteAdd{{.gateway = base::Ipv4(192, 168, 50, 1), .device = "eth0"}});
  add_device(tables, {.name = "cni0", .kind = LinkKind::bridge, .mtu = mtu, .address = mac(1, node, 0)});
  must(tables, AddressAdd{address("cni0", base::Ipv4(10, 244, node, 1), 24)});
  for (std::uint8_t pod = 1; pod <= pods; ++pod) {
    add_device(tables, port_link("vethp" + std::to_string(pod), "cni0", mac(2, node, pod), mtu));
  }
  must(tables, SysctlSet{"net.ipv4.ip_forward", "1"});
  if (backend == Backend::vxlan) {
    const VxlanInfo info = {.local = base::Ipv4(192, 168, 50, static_cast<std::uint8_t>(10 + node)),
                            .link = "eth0"};
    add_device(tables, {.name = "flannel.1",
                        .kind = LinkKind::vxlan,
                        .mtu = 1450,
                        .address = mac(3, node, 0),
                        .vxlan = info});
    must(tables, AddressAdd{address("flannel.1", base::Ipv4(10, 244, node, 0), 32)});
  }
  for (std::uint8_t peer = 1; peer <= nodes; ++peer) {
    const base::Ipv4 outer(192, 168, 50, static_cast<std::uint8_t>(10 + peer));
    const base::Ipv4Prefix subnet(base::Ipv4(10, 244, peer, 0), 24);
    if (peer == node) {
      continue;
    }
    if (backend == Backend::host_gw) {
      must(tables, RouteAdd{{.destination = subnet, .gateway = outer, .device = "eth0"}});
      continue;
    }
    must(tables,
         NeighbourReplace{{.address = subnet.first(), .device = "flannel.1", .mac = mac(3, peer, 0)}});
    must(tables, FdbReplace{{.mac = mac(3, peer, 0), .device = "flannel.1", .remote = outer}});
    must(tables,
         RouteReplace{
             {.destination = subnet, .gateway = subnet.first(), .device = "flannel.1", .onlink = true}});
  }
  return tables;
}

inline Cluster cluster(std::uint8_t nodes, std::uint8_t pods, Backend backend = Backend::vxlan,
                       std::uint32_t mtu = 1450) {
  Cluster made;
  Tables& ul = made.tables["ul"];
  ul = new_namespace();
  add_device(ul, {.name = "br0", .kind = LinkKind::bridge, .address = mac(4, 0, 0)});
  must(ul, AddressAdd{address("br0", base::Ipv4(192, 168, 50, 1), 24)});
  for (std::uint8_t node = 1; node <= nodes; ++node) {
    const std::string name = "n" + std::to_string(node);
    add_device(ul, port_link("p" + std::to_string(node), "br0", mac(4, 0, node), 1500));
    made.wires.push_back({"ul", "p" + std::to_string(node), name, "eth0"});
    made.tables[name] = node_tables(node, nodes, pods, backend, mtu);
    for (std::uint8_t pod = 1; pod <= pods; ++pod) {
      const std::string number = std::to_string(pod);
      made.tables[name + "p" + number] = pod_tables(node, pod, mtu);
      made.wires.push_back({name, "vethp" + number, name + "p" + number, "eth0"});
    }
  }
  return made;
}

}  // namespace plimsoll::overlay::bed
