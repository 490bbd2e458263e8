#include "impl/overlay/node/fib.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

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
                       .tos = route.tos};
}

bool needs_device(RouteType type) {
  return type == RouteType::unicast || type == RouteType::local || type == RouteType::broadcast ||
         type == RouteType::multicast;
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
    if (needs_device(route.type) && (made.device == no_device || !compiled[made.device].up)) {
      continue;
    }
    if (route.table == table_local && !route.kernel) {
      custom_local_routes_ = true;
    }
    by_table[route.table].push_back(std::move(made));
  }
  std::vector<CompiledRoute> both = by_table[table_local];
  both.insert(both.end(), by_table[table_main].begin(), by_table[table_main].end());
  merged_ = make_table(std::move(both));
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
  std::ranges::stable_sort(routes, [](const CompiledRoute& a, const CompiledRoute& b) {
    return std::tuple(b.destination.length(), a.destination.first(), b.tos, a.metric) <
           std::tuple(a.destination.length(), b.destination.first(), a.tos, b.metric);
  });
  Table table;
  table.routes = std::move(routes);
  for (std::uint32_t index = 0; index < table.routes.size(); ++index) {
    const base::Ipv4Prefix& prefix = table.routes[index].destination;
    if (table.levels.empty() || table.levels.back().length != prefix.length()) {
      table.levels.push_back({prefix.length(), {}});
    }
    std::vector<Leaf>& leaves = table.levels.back().leaves;
    if (leaves.empty() || leaves.back().network != prefix.first()) {
      leaves.push_back({prefix.first(), index, 0});
    }
    ++leaves.back().count;
  }
  return table;
}

Fib::Answer Fib::search(const Table& table, const FlowKey& key) {
  for (const Level& level : table.levels) {
    const base::Ipv4 network = key.destination.masked(level.length);
    const auto leaf = std::ranges::lower_bound(level.leaves, network, {}, &Leaf::network);
    if (leaf == level.leaves.end() || leaf->network != network) {
      continue;
    }
    for (std::uint32_t index = leaf->first; index < leaf->first + leaf->count; ++index) {
      const CompiledRoute& route = table.routes[index];
      if (route.tos != 0 && route.tos != key.tos) {
        continue;
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
  if (answer && answer->route != nullptr) {
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
  const auto local = tables_.find(table_local);
  if (local == tables_.end()) {
    return RouteType::unicast;
  }
  const Answer answer = search(local->second, FlowKey{.destination = address});
  if (!answer || answer->route == nullptr || (device != no_device && answer->route->device != device)) {
    return RouteType::unicast;
  }
  return answer->route->type;
}

}  // namespace plimsoll::overlay
