#include "properties/overlay/conform/recorded_tables.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/json.hpp>

#include "impl/overlay/netfilter/save_format.hpp"

namespace plimsoll::properties::overlay {
namespace {

using namespace plimsoll::overlay;  // NOLINT(google-build-using-namespace): the room this one is about

constexpr std::uint64_t any_u32 = 0xffffffffU;

LinkKind kind_of(const JsonPlace& link) {
  const std::string type = link.text("link_type", "ether");
  const std::string kind = link.text("kind", "");
  if (type == "loopback") {
    return LinkKind::loopback;
  }
  static const std::array<std::pair<std::string_view, LinkKind>, 6> known = {{{"", LinkKind::ethernet},
                                                                              {"veth", LinkKind::veth},
                                                                              {"bridge", LinkKind::bridge},
                                                                              {"vxlan", LinkKind::vxlan},
                                                                              {"tun", LinkKind::tun},
                                                                              {"dummy", LinkKind::dummy}}};
  const auto found = std::ranges::find(known, kind, &std::pair<std::string_view, LinkKind>::first);
  return found == known.end() ? LinkKind::other : found->second;
}

VxlanInfo vxlan_of(const JsonPlace& info) {
  VxlanInfo vxlan = {.vni = static_cast<std::uint32_t>(info.at("id").number(0xffffff)),
                     .link = info.text("link", ""),
                     .port = static_cast<std::uint16_t>(info.number("port", 0xffff, 8472)),
                     .learning = info.boolean("learning", true),
                     .ttl = static_cast<std::uint8_t>(info.has("ttl") ? info.at("ttl").loose_number(255) : 0),
                     .udp_checksum = info.boolean("udp_csum", true)};
  if (info.has("local")) {
    vxlan.local = info.at("local").address();
  }
  const std::string df = info.text("df", "unset");
  if (df != "unset" && df != "set" && df != "inherit") {
    info.at("df").fault("unset, set or inherit");
  }
  vxlan.df = df == "set" ? VxlanDf::set : df == "inherit" ? VxlanDf::inherit : VxlanDf::unset;
  return vxlan;
}

/// Options of a bridge that change what packets meet, and that the pipeline does not have. mcast_snooping is
/// none: while nobody queries (mcast_querier is off by default), groups are flooded as without it, and
/// unicast and broadcast frames never ask it (br_multicast_querier_exists in net/bridge/br_input.c).
std::string unsupported_bridge(const JsonPlace& info) {
  for (const char* option : {"stp_state", "vlan_filtering"}) {
    if (info.has(option) && info.at(option).loose_number(any_u32) != 0) {
      return std::string("bridge with ") + option;
    }
  }
  return {};
}

Link link_of(const JsonPlace& json) {
  Link link = {.name = json.at("ifname").text(),
               .index = static_cast<std::uint32_t>(json.number("ifindex", any_u32, 0)),
               .kind = kind_of(json),
               .mtu = static_cast<std::uint32_t>(json.at("mtu").number(any_u32))};
  if (json.has("address")) {
    link.address = json.at("address").mac();
  }
  const JsonPlace flags = json.at("flags");
  link.carrier = false;
  for (std::size_t i = 0; i < flags.array().size(); ++i) {
    const std::string flag = flags.item(i).text();
    link.up = link.up || flag == "UP";
    link.carrier = link.carrier || flag == "LOWER_UP";
  }
  if (json.has("master")) {
    BridgePort port = {.bridge = json.at("master").text()};
    if (json.has("bridge_port")) {
      const JsonPlace info = json.at("bridge_port");
      port.forwarding = info.text("state", "forwarding") == "forwarding";
      port.hairpin = info.boolean("hairpin", false);
      port.learning = info.boolean("learning", true);
      port.flood = info.boolean("flood", true);
      port.mcast_flood = info.boolean("mcast_flood", true);
      port.bcast_flood = info.boolean("bcast_flood", true);
      port.isolated = info.boolean("isolated", false);
    }
    link.port = std::move(port);
  }
  if (link.kind == LinkKind::vxlan) {
    link.vxlan = vxlan_of(json.at("info"));
  }
  if (link.kind == LinkKind::other) {
    link.kind_name = json.text("kind", "");
  }
  const std::string odd =
      link.kind == LinkKind::bridge && json.has("info") ? unsupported_bridge(json.at("info")) : "";
  if (!odd.empty()) {
    link.kind = LinkKind::other;
    link.kind_name = odd;
  }
  return link;
}

Scope scope_of(const JsonPlace& json) {
  const std::string scope = json.text("scope", "global");
  static const std::array<std::pair<std::string_view, Scope>, 5> known = {{{"global", Scope::global},
                                                                           {"site", Scope::site},
                                                                           {"link", Scope::link},
                                                                           {"host", Scope::host},
                                                                           {"nowhere", Scope::nowhere}}};
  const auto found = std::ranges::find(known, scope, &std::pair<std::string_view, Scope>::first);
  if (found == known.end()) {
    json.at("scope").fault("a scope");
  }
  return found->second;
}

InterfaceAddress address_of(const JsonPlace& json) {
  InterfaceAddress address = {
      .device = json.at("ifname").text(),
      .address = base::Ipv4Prefix(json.at("local").address(),
                                  static_cast<unsigned>(json.at("prefixlen").number(32))),
      .scope = scope_of(json)};
  if (json.has("broadcast")) {
    address.broadcast = json.at("broadcast").address();
  }
  return address;
}

base::Ipv4Prefix prefix_of(const JsonPlace& json) {
  const std::string text = json.text();
  if (text == "default" || text == "all") {
    return {};
  }
  const auto prefix =
      base::Ipv4Prefix::parse_interface(text.find('/') == std::string::npos ? text + "/32" : text);
  if (!prefix) {
    json.fault("an IPv4 prefix");
  }
  return prefix->network();
}

std::uint32_t table_of(const JsonPlace& json) {
  const std::string name = json.text("table", "main");
  if (name == "local") {
    return table_local;
  }
  if (name == "default") {
    return table_default;
  }
  return name == "main" ? table_main : static_cast<std::uint32_t>(json.at("table").loose_number(any_u32));
}

RouteType type_of(const JsonPlace& json) {
  const std::string name = json.text("type", "unicast");
  const auto names = described_enumerators(RouteType{});
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name || (name == "throw" && names[i] == "throw_")) {
      return static_cast<RouteType>(i);
    }
  }
  json.at("type").fault("a type of routes");
}

Route route_of(const JsonPlace& json) {
  Route route = {.destination = prefix_of(json.at("dst")),
                 .device = json.text("dev", ""),
                 .type = type_of(json),
                 .table = table_of(json),
                 .metric = static_cast<std::uint32_t>(json.number("metric", any_u32, 0)),
                 .kernel = json.text("protocol", "") == "kernel"};
  // iproute2 leaves out the scope that is usual for the type.
  const bool to_link = route.type == RouteType::unicast && !json.has("gateway");
  route.scope = json.has("scope") ? scope_of(json) : to_link && route.kernel ? Scope::link : Scope::global;
  if (json.has("gateway")) {
    route.gateway = json.at("gateway").address();
  }
  if (json.has("prefsrc")) {
    route.preferred_source = json.at("prefsrc").address();
  }
  if (json.has("nexthops")) {
    route.unsupported = "several next hops";
  }
  if (json.has("metrics")) {
    const JsonPlace metrics = json.at("metrics");
    for (std::size_t i = 0; i < metrics.array().size(); ++i) {
      route.mtu = static_cast<std::uint32_t>(metrics.item(i).number("mtu", any_u32, route.mtu));
    }
  }
  if (json.has("flags")) {
    const JsonPlace flags = json.at("flags");
    for (std::size_t i = 0; i < flags.array().size(); ++i) {
      route.onlink = route.onlink || flags.item(i).text() == "onlink";
    }
  }
  return route;
}

RoutingRule rule_of(const JsonPlace& json) {
  RoutingRule rule = {.priority = static_cast<std::uint32_t>(json.at("priority").number(any_u32)),
                      .table = table_of(json)};
  for (const auto& [name, value] : json.object()) {
    if (name == "src") {
      rule.source = prefix_of(json.at(name));
    } else if (name == "dst") {
      rule.destination = prefix_of(json.at(name));
    } else if (name == "iif") {
      rule.in_device = json.at(name).text();
    } else if (name != "priority" && name != "table" && name != "protocol") {
      rule.unsupported = name;
    }
  }
  if (rule.source.length() == 0 && json.has("srclen")) {
    rule.unsupported.clear();
  }
  return rule;
}

Neighbour neighbour_of(const JsonPlace& json) {
  Neighbour neighbour = {.address = json.at("dst").address(), .device = json.at("dev").text()};
  if (json.has("lladdr")) {
    neighbour.mac = json.at("lladdr").mac();
  }
  const std::string state = json.at("state").item(0).text();
  static const std::array<std::pair<std::string_view, NeighbourState>, 8> known = {
      {{"PERMANENT", NeighbourState::permanent},
       {"NOARP", NeighbourState::noarp},
       {"REACHABLE", NeighbourState::reachable},
       {"STALE", NeighbourState::stale},
       {"DELAY", NeighbourState::delay},
       {"PROBE", NeighbourState::probe},
       {"INCOMPLETE", NeighbourState::incomplete},
       {"FAILED", NeighbourState::failed}}};
  const auto found = std::ranges::find(known, state, &std::pair<std::string_view, NeighbourState>::first);
  if (found == known.end()) {
    json.at("state").fault("a state of a neighbour");
  }
  neighbour.state = found->second;
  return neighbour;
}

FdbEntry fdb_entry_of(const JsonPlace& json) {
  FdbEntry entry = {.mac = json.at("mac").mac(),
                    .device = json.at("ifname").text(),
                    .master = json.has("master"),
                    .permanent = json.text("state", "") == "permanent",
                    .port = static_cast<std::uint16_t>(json.number("port", 0xffff, 0))};
  if (json.has("dst")) {
    entry.remote = json.at("dst").address();
  }
  if (json.has("vni")) {
    entry.vni = static_cast<std::uint32_t>(json.at("vni").number(0xffffff));
  }
  return entry;
}

bool flag(const JsonPlace& json, std::string_view name, bool otherwise) {
  return json.has(name) ? json.at(name).loose_number(any_u32) != 0 : otherwise;
}
std::uint8_t level(const JsonPlace& json, std::string_view name) {
  return static_cast<std::uint8_t>(json.has(name) ? json.at(name).loose_number(255) : 0);
}

InterfaceSysctls conf_of(const JsonPlace& json) {
  return {.rp_filter = level(json, "rp_filter"),
          .forwarding = flag(json, "forwarding", false),
          .send_redirects = flag(json, "send_redirects", true),
          .accept_redirects = flag(json, "accept_redirects", true),
          .accept_local = flag(json, "accept_local", false),
          .route_localnet = flag(json, "route_localnet", false),
          .proxy_arp = flag(json, "proxy_arp", false),
          .arp_ignore = level(json, "arp_ignore"),
          .arp_announce = level(json, "arp_announce"),
          .src_valid_mark = flag(json, "src_valid_mark", false),
          .arp_filter = level(json, "arp_filter")};
}

Sysctls sysctls_of(const JsonPlace& json) {
  Sysctls sysctls = {.ip_forward = flag(json, "ipv4.ip_forward", false),
                     .bridge_nf_call_iptables = flag(json, "bridge.bridge-nf-call-iptables", false),
                     .conntrack_tcp_be_liberal = flag(json, "netfilter.nf_conntrack_tcp_be_liberal", false)};
  constexpr std::string_view ipvs_prefix = "ipv4.vs.";
  for (const auto& [name, value] : json.object()) {
    if (name.starts_with(ipvs_prefix)) {
      sysctls.others["net." + std::string(name)] = std::to_string(json.at(name).loose_number(any_u32));
    }
  }
  const JsonPlace conf = json.at("ipv4.conf");
  for (const auto& [name, value] : conf.object()) {
    sysctls.conf[std::string(name)] = conf_of(conf.at(name));
  }
  return sysctls;
}

template <class Value, class Read>
std::vector<Value> list_of(const JsonPlace& json, std::string_view name, const Read& read) {
  std::vector<Value> values;
  if (json.has(name)) {
    const JsonPlace items = json.at(name);
    for (std::size_t i = 0; i < items.array().size(); ++i) {
      values.push_back(read(items.item(i)));
    }
  }
  return values;
}

}  // namespace

RecordedTables recorded_tables(const JsonPlace& json) {
  RecordedTables read;
  Tables& tables = read.tables;
  tables.links = list_of<Link>(json, "links", link_of);
  tables.addresses = list_of<InterfaceAddress>(json, "addrs", address_of);
  tables.routes = list_of<Route>(json, "routes", route_of);
  tables.rules = list_of<RoutingRule>(json, "rules", rule_of);
  tables.neighbours = list_of<Neighbour>(json, "neigh", neighbour_of);
  tables.fdb = list_of<FdbEntry>(json, "fdb", fdb_entry_of);
  tables.sysctls = sysctls_of(json.at("sysctl"));
  std::string text;
  for (const std::string& line :
       list_of<std::string>(json, "iptables_save", [](const JsonPlace& item) { return item.text(); })) {
    text += line + "\n";
  }
  auto ruleset = netfilter::parse(text);
  if (!ruleset) {
    read.unreadable = "rules: " + to_text(ruleset.error());
  } else {
    tables.ruleset = std::move(*ruleset);
    for (const netfilter::Table& table : tables.ruleset.tables) {
      if (const auto fault = netfilter::fault_of(table); fault && read.unreadable.empty()) {
        read.unreadable = "rules: " + fault->why;
      }
    }
  }
  return read;
}

}  // namespace plimsoll::properties::overlay
