#include "impl/overlay/node/fib.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "impl/base/stable_sort.hpp"

namespace plimsoll::overlay {
namespace {

bool is_default(const RoutingRule& rule) {
  return rule.source.length() == 0 && rule.destination.length() == 0 && rule.mark_mask == 0 &&
         rule.in_device.empty() && rule.unsupported.empty();
}

/// The rules every namespace begins with (fib_default_rules_init).
bool are_the_kernels(const std::vector<RoutingRule>& rules) {
  return rules.empty() ||
         (rules.size() == 3 && std::ranges::all_of(rules, is_default) && rules[0].table == table_local &&
          rules[1].table == table_main && rules[2].table == table_default);
}

CompiledRoute compiled_route(const Route& route, const CompiledTables& compiled) {
  return CompiledRoute{.destination = route.destination,
                       .type = route.type,
                       .gateway = route.gateway,
                       .device = route.device.empty() ? no_device : compiled.find(route.device),
                       .scope = route.scope,
                       .preferred_source = route.preferred_source,
                       .metric = route.metric,
                       .mtu = route.mtu,
                       .tos = route.tos,
                       .unsupported = !route.unsupported.empty()};
}

/// The next hop is dead while its device is down, or gone (fib_sync_down_dev). An address of a device that is
/// down is still this node's own.
bool is_dead(const CompiledRoute& route, const CompiledTables& compiled) {
  const bool is_local = route.type == RouteType::local;
  const bool needs_device = is_local || route.type == RouteType::unicast ||
                            route.type == RouteType::broadcast || route.type == RouteType::multicast;
  return needs_device && (route.device == no_device || (!is_local && !compiled[route.device].up));
}

std::optional<Errno> error_of(RouteType type) {
  switch (type) {  // fib_props
    case RouteType::blackhole:
      return Errno::einval;
    case RouteType::unreachable:
      return Errno::ehostunreach;
    case RouteType::prohibit:
      return Errno::eacces;
    default:
      return std::nullopt;
  }
}

}  // namespace

Fib::Fib(const Tables& tables, const CompiledTables& compiled)
    : rules_(tables.rules), custom_rules_(!are_the_kernels(tables.rules)) {
  std::map<std::uint32_t, std::vector<CompiledRoute>> by_table;
  for (const Route& route : tables.routes) {
    CompiledRoute made = compiled_route(route, compiled);
    if (!made.unsupported && is_dead(made, compiled)) {
      continue;
    }
    if (made.unsupported && unsupported_.empty()) {
      unsupported_ = "route to " + to_text(route.destination) + " with " + route.unsupported;
    }
    if (route.table == table_local && !route.kernel) {
      custom_local_routes_ = true;
    }
    by_table[route.table].push_back(made);
  }
  std::vector<CompiledRoute> both = by_table[table_local];
  both.insert(both.end(), by_table[table_main].begin(), by_table[table_main].end());
  merged_ = make_table(std::move(both));
  local_ = make_table(by_table[table_local]);
  for (auto& [number, routes] : by_table) {
    tables_.emplace(number, make_table(std::move(routes)));
  }
  for (const RoutingRule& rule : rules_) {
    rule_devices_.push_back(rule.in_device.empty() ? no_device : compiled.find(rule.in_device));
    if (unsupported_.empty() && !rule.unsupported.empty()) {
      unsupported_ = "routing rule with " + rule.unsupported;
    }
  }
}

Fib::Table Fib::make_table(std::vector<CompiledRoute> routes) {
  // Equal prefixes: the more special tos first, then the smaller metric, then in order of insertion; what
  // comes from the table "local" was inserted first.
  base::stable_sort(routes, [](const CompiledRoute& a, const CompiledRoute& b) {
    return std::tuple(a.destination.first(), a.destination.length(), b.tos, a.metric) <
           std::tuple(b.destination.first(), b.destination.length(), a.tos, b.metric);
  });
  Table table;
  table.routes = std::move(routes);
  for (std::uint32_t index = 0; index < table.routes.size(); ++index) {
    const base::Ipv4Prefix& prefix = table.routes[index].destination;
    if (table.leaves.empty() || table.leaves.back().prefix != prefix) {
      table.leaves.push_back({.prefix = prefix, .first = index});
    }
    ++table.leaves.back().count;
  }
  cut(table);
  return table;
}

/// Cuts the addresses into stretches with the same longest prefix. A prefix comes after those that contain
/// it, so the ones that are open at an address form a stack.
void Fib::cut(Table& table) {
  std::uint32_t open = no_leaf;  // the top of the stack; Leaf::shorter leads to what is below
  const auto begin = [&](std::uint32_t address) {
    if (table.starts.back() != address) {
      table.starts.push_back(address);
      table.longest.push_back(no_leaf);
    }
    table.longest.back() = open;
  };
  const auto close = [&] {
    const std::uint32_t last = table.leaves[open].prefix.last().value();
    open = table.leaves[open].shorter;
    if (last != ~std::uint32_t{0}) {
      begin(last + 1);
    }
  };
  table.starts = {0};
  table.longest = {no_leaf};
  for (std::uint32_t number = 0; number < table.leaves.size(); ++number) {
    Leaf& leaf = table.leaves[number];
    while (open != no_leaf && table.leaves[open].prefix.last() < leaf.prefix.first()) {
      close();
    }
    leaf.shorter = open;
    open = number;
    begin(leaf.prefix.first().value());
  }
  while (open != no_leaf) {
    close();
  }
}

/// The longest prefix that contains the address. The search halves the stretches without branches: which
/// half it will be, no processor can foresee.
std::uint32_t Fib::longest_match(const Table& table, base::Ipv4 address) {
  const std::uint32_t* start = table.starts.data();
  for (std::size_t count = table.starts.size(); count > 1;) {
    const std::size_t half = count / 2;
    start += start[half] <= address.value() ? half : 0;
    count -= half;
  }
  return table.longest[static_cast<std::size_t>(start - table.starts.data())];
}

Fib::Answer Fib::search(const Table& table, const FlowKey& key) {
  if (table.leaves.empty()) {
    return std::nullopt;
  }
  for (std::uint32_t number = longest_match(table, key.destination); number != no_leaf;
       number = table.leaves[number].shorter) {
    const Leaf& leaf = table.leaves[number];
    for (std::uint32_t index = leaf.first; index < leaf.first + leaf.count; ++index) {
      const CompiledRoute& route = table.routes[index];
      if (route.tos != 0 && route.tos != key.tos) {
        continue;
      }
      if (route.unsupported) {
        return FibResult{.unsupported = true};
      }
      if (route.type == RouteType::throw_) {
        return std::nullopt;
      }
      if (const auto error = error_of(route.type)) {
        return FibResult{.error = *error};
      }
      if (key.out == no_device || key.out == route.device) {
        return FibResult{.route = &route};
      }
    }
  }
  return std::nullopt;
}

bool Fib::matches(const RoutingRule& rule, const FlowKey& key) const {
  const DeviceId device = rule_devices_[static_cast<std::size_t>(&rule - rules_.data())];
  return rule.source.contains(key.source) && rule.destination.contains(key.destination) &&
         (key.mark & rule.mark_mask) == (rule.mark & rule.mark_mask) &&
         (rule.in_device.empty() || (device != no_device && device == key.in));
}

FibResult Fib::lookup_by_rules(const FlowKey& key) const {
  for (const RoutingRule& rule : rules_) {
    if (!matches(rule, key)) {
      continue;
    }
    if (!rule.unsupported.empty()) {
      return FibResult{.unsupported = true};
    }
    if (const auto table = tables_.find(rule.table); table != tables_.end()) {
      if (const Answer answer = search(table->second, key)) {
        return *answer;
      }
    }
  }
  return FibResult{};
}

FibResult Fib::lookup(const FlowKey& key) const {
  if (custom_rules_) {
    return lookup_by_rules(key);
  }
  const Answer answer = search(merged_, key);
  if (answer && (answer->route != nullptr || answer->unsupported)) {
    return *answer;
  }
  // As fib_lookup() does: the table "default" is asked even after an unreachable route.
  if (const auto table = tables_.find(table_default); table != tables_.end()) {
    return search(table->second, key).value_or(FibResult{});
  }
  return answer.value_or(FibResult{});
}

RouteType Fib::address_type(base::Ipv4 address, DeviceId device) const {
  if (address.value() >> 24 == 0 || address == base::Ipv4(~std::uint32_t{0})) {
    return RouteType::broadcast;
  }
  if (address.value() >> 28 == 0xe) {
    return RouteType::multicast;
  }
  const Answer answer = search(local_, FlowKey{.destination = address});
  if (!answer || answer->route == nullptr || (device != no_device && answer->route->device != device)) {
    return RouteType::unicast;
  }
  return answer->route->type;
}

}  // namespace plimsoll::overlay
