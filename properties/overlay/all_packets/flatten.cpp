#include "properties/overlay/all_packets/flatten.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "properties/overlay/all_packets/regular_node.hpp"
#include "properties/overlay/all_packets/transparent_rules.hpp"

namespace plimsoll::properties::overlay {
namespace {

using namespace plimsoll::overlay;  // NOLINT(google-build-using-namespace): what is asked
using plimsoll::overlay::netfilter::Hook;

/// One end of a wire.
using Plug = std::pair<std::string, std::string>;

struct FlatteningNode {
  const Tables* tables = nullptr;
  std::string underlay = {};  ///< its device
  NodeDevices devices = {};
  std::vector<base::Ipv4> pods = {};  ///< addresses, in order
  Oddity oddity = {};
};

class Flattening {
 public:
  Flattening(const Recording& recording, const std::string& network, const ClusterView& view)
      : recording_(recording), network_(recording.networks.at(network)), view_(view) {}

  Flattened run() {
    for (const Wire& wire : recording_.wires) {
      ends_[{wire.from_namespace, wire.from_device}] = {wire.to_namespace, wire.to_device};
      ends_[{wire.to_namespace, wire.to_device}] = {wire.from_namespace, wire.from_device};
    }
    find_underlay();
    for (const std::string& name : view_.nodes) {
      find_devices(name);
    }
    find_size();
    add_pods();
    for (const std::string& name : view_.nodes) {
      add_node(name);
    }
    for (const auto& [name, node] : nodes_) {
      if (node.oddity) {
        result_.irregular[name] = *node.oddity;
      }
    }
    return std::move(result_);
  }

 private:
  const Tables* tables_of(const std::string& name) const {
    const auto key = network_.tables.find(name);
    const bool is_readable = key != network_.tables.end() && !recording_.unreadable.contains(key->second);
    return is_readable ? &recording_.tables.at(key->second) : nullptr;
  }

  static void object(FlatteningNode& node, std::string why) {
    if (!node.oddity) {
      node.oddity = std::move(why);
    }
  }

  /// The one switch that nodes are wired to must do nothing but switch.
  void find_underlay() {
    std::set<std::string> switches;
    for (const auto& [name, what] : recording_.namespaces) {
      if (what.starts_with("switch") && network_.tables.contains(name)) {
        switches.insert(name);
      }
    }
    if (switches.size() != 1) {
      result_.no_underlay = "the dump has " + std::to_string(switches.size()) + " switches";
      return;
    }
    switch_ = *switches.begin();
    const Tables* tables = tables_of(switch_);
    const auto is_bridge = [](const Link& link) { return link.kind == LinkKind::bridge; };
    const bool is_plain = tables != nullptr && std::ranges::count_if(tables->links, is_bridge) == 1 &&
                          !tables->sysctls.ip_forward && !tables->sysctls.bridge_nf_call_iptables &&
                          std::ranges::none_of(tables->fdb, [](const FdbEntry& entry) {
                            return entry.master && !entry.permanent;
                          });
    if (!is_plain) {
      result_.no_underlay = switch_ + " does more than switch";
    }
  }

  void find_devices(const std::string& name) {
    FlatteningNode& node = nodes_[name];
    node.tables = tables_of(name);
    if (node.tables == nullptr) {
      object(node, "its tables cannot be read");
      return;
    }
    const Link* port = nullptr;
    for (const Link& link : node.tables->links) {
      const auto end = ends_.find({name, link.name});
      if (end != ends_.end() && end->second.first == switch_) {
        const Tables* far = tables_of(switch_);
        port = far == nullptr ? nullptr : find_link(*far, end->second.second);
        node.underlay += (node.underlay.empty() ? "" : " ") + link.name;
      }
    }
    auto devices = devices_of(*node.tables, node.underlay);
    if (!devices) {
      object(node, devices.error());
      return;
    }
    node.devices = *devices;
    const bool is_plain = port != nullptr && port->up && port->carrier && port->port &&
                          port->port->forwarding && !port->port->isolated && port->port->flood &&
                          port->port->bcast_flood && port->mtu >= node.devices.underlay->mtu;
    if (!is_plain) {
      object(node, "its port of the switch is not a plain one");
    }
    if (!others_.macs.emplace(node.devices.address, node.devices.underlay->address).second) {
      object(node, "another node has its address");
    }
  }

  /// The size that most pods have.
  void find_size() {
    std::map<std::uint32_t, std::size_t> counts;
    for (const std::string& pod : view_.pods) {
      const Tables* tables = tables_of(pod);
      for (const Link& link : tables == nullptr ? std::vector<Link>{} : tables->links) {
        counts[link.mtu] += ends_.contains({pod, link.name}) ? 1U : 0U;
      }
    }
    const auto most = std::ranges::max_element(counts, {}, [](const auto& count) { return count.second; });
    mtu_ = most == counts.end() ? 0 : most->first;
  }

  void add_pods() {
    for (const std::string& name : view_.pods) {
      const auto of = view_.node_of.find(name);
      if (of == view_.node_of.end() || !nodes_.contains(of->second)) {
        result_.irregular[name] = "it is not known whose pod it is";
        continue;
      }
      FlatteningNode& node = nodes_[of->second];
      if (const Oddity odd = odd_place(name, of->second, node)) {
        object(node, "of its pod " + name + ": " + *odd);
      }
      const auto own = view_.addresses.find(name);
      if (own == view_.addresses.end()) {
        continue;
      }
      if (own->second.size() != 1) {
        object(node, "its pod " + name + " has several addresses");
      }
      const auto place = std::ranges::find(view_.nodes, of->second) - view_.nodes.begin();
      result_.pods.push_back(name);
      result_.cluster.pods.push_back({own->second.front().value(), static_cast<NodeIndex>(place)});
      node.pods.push_back(own->second.front());
      all_pods_.push_back(own->second.front());
    }
    std::ranges::sort(all_pods_);
    for (auto& [name, node] : nodes_) {
      std::ranges::sort(node.pods);
    }
  }

  Oddity odd_place(const std::string& name, const std::string& node_name, const FlatteningNode& node) {
    PodPlace place = {.tables = tables_of(name)};
    if (place.tables == nullptr || node.oddity) {
      return "nothing can be said of it";
    }
    for (const Link& link : place.tables->links) {
      const auto end = ends_.find({name, link.name});
      if (end == ends_.end()) {
        continue;
      }
      if (place.device != nullptr || end->second.first != node_name) {
        return "it has more wires than that to its node";
      }
      place.device = &link;
      place.port = find_link(*node.tables, end->second.second);
    }
    if (place.device == nullptr || place.port == nullptr) {
      return "it is not wired to its node";
    }
    const bool is_new = pod_macs_.insert({node_name, number_of(place.device->address)}).second;
    const bool is_known = std::ranges::any_of(node.tables->fdb, [&](const FdbEntry& entry) {
      return entry.master && entry.mac == place.device->address;
    });
    return is_new && !is_known ? odd_pod(place, node.devices, mtu_) : "its MAC address is someone else's too";
  }

  void add_node(const std::string& name) {
    FlatteningNode& node = nodes_[name];
    result_.nodes.push_back(name);
    result_.cluster.nodes.emplace_back();
    if (!node.oddity) {
      node.oddity = odd_devices(*node.tables, node.devices, mtu_);
    }
    if (!node.oddity) {
      node.oddity = odd_vtep(node);
    }
    if (!node.oddity) {
      node.oddity = odd_rules(node);
    }
    if (node.oddity) {
      return;
    }
    auto row = rows_of(*node.tables, node.devices, others_);
    if (!row) {
      node.oddity = row.error();
      return;
    }
    result_.cluster.nodes.back() = std::move(*row);
  }

  /// All VXLAN devices must be on one network. The first one says which.
  Oddity odd_vtep(const FlatteningNode& node) {
    if (node.devices.vtep == nullptr) {
      return std::nullopt;
    }
    const VxlanInfo& own = *node.devices.vtep->vxlan;
    vxlan_ = vxlan_.value_or(own);
    return own.vni == vxlan_->vni && own.port == vxlan_->port ? Oddity{} : "its VNI or port is its own";
  }

  /// What iptables may do to packets of its pods, to its pods, and to what carries them.
  Oddity odd_rules(const FlatteningNode& node) const {
    const NodeDevices& devices = node.devices;
    std::vector<std::string_view> far = {devices.underlay->name};
    if (devices.vtep != nullptr) {
      far.emplace_back(devices.vtep->name);
    }
    std::vector<base::Ipv4> strangers;
    std::ranges::set_difference(all_pods_, node.pods, std::back_inserter(strangers));
    std::vector<base::Ipv4> peers;
    for (const auto& [address, mac] : others_.macs) {
      if (address != devices.address) {
        peers.push_back(address);
      }
    }
    const std::vector<base::Ipv4> itself = {devices.address};
    std::vector<PacketClass> forwarded;
    if (devices.bridge != nullptr) {
      const std::vector<std::string_view> near = {devices.bridge->name};
      forwarded.push_back({.sources = &node.pods, .destinations = &strangers, .in = near, .out = far});
      forwarded.push_back({.sources = &strangers, .destinations = &node.pods, .in = far, .out = near});
      if (node.tables->sysctls.bridge_nf_call_iptables) {
        forwarded.push_back({.sources = &node.pods, .destinations = &node.pods, .in = near, .out = near});
      }
    }
    std::vector<std::pair<Hook, PacketClass>> passed;
    for (PacketClass& packets : forwarded) {
      passed.emplace_back(Hook::forward, packets);
      PacketClass coming = packets;
      coming.out.clear();
      passed.emplace_back(Hook::prerouting, coming);
      packets.in.clear();
      passed.emplace_back(Hook::postrouting, packets);
    }
    if (devices.vtep != nullptr) {
      PacketClass outer = {.sources = &itself, .destinations = &peers, .tcp = false};
      outer.port = devices.vtep->vxlan->port;
      outer.out = {devices.underlay->name};
      passed.emplace_back(Hook::output, outer);
      passed.emplace_back(Hook::postrouting, outer);
      std::swap(outer.sources, outer.destinations);
      std::swap(outer.in, outer.out);
      outer.to_others = false;
      passed.emplace_back(Hook::prerouting, outer);
      passed.emplace_back(Hook::input, outer);
    }
    for (const auto& [hook, packets] : passed) {
      if (auto touched = what_touches(node.tables->ruleset, hook, packets)) {
        return touched;
      }
    }
    return std::nullopt;
  }

  const Recording& recording_;
  const RecordedNetwork& network_;
  const ClusterView& view_;
  std::string switch_ = {};
  std::map<Plug, Plug> ends_ = {};
  std::map<std::string, FlatteningNode> nodes_ = {};
  UnderlayNeighbours others_ = {};
  std::set<std::pair<std::string, FlatMac>> pod_macs_ = {};
  std::vector<base::Ipv4> all_pods_ = {};
  std::uint32_t mtu_ = 0;
  std::optional<VxlanInfo> vxlan_ = {};
  Flattened result_ = {};
};

}  // namespace

Flattened flatten(const Recording& recording, const std::string& network, const ClusterView& view) {
  return Flattening(recording, network, view).run();
}

}  // namespace plimsoll::properties::overlay
