// Routing tables: rules, longest prefix, metric.
//
// Source: Linux, net/ipv4/fib_trie.c (fib_table_lookup), fib_rules.c (__fib_lookup, fib4_rule_action),
// fib_frontend.c (inet_addr_type), include/net/ip_fib.h (fib_lookup). Without rules of one's own the kernel
// keeps the tables "local" and "main" in one trie, so that the longer prefix wins among both; with such rules
// each table is searched by itself.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "impl/overlay/node/compiled.hpp"
#include "impl/overlay/node/errno.hpp"

namespace plimsoll::overlay {

/// What is asked of the routing tables (struct flowi4).
struct FlowKey {
  base::Ipv4 destination = {};
  base::Ipv4 source = {};    ///< asked by rules only
  DeviceId out = no_device;  ///< only routes of this device, if given
  DeviceId in = no_device;   ///< asked by rules only
  std::uint32_t mark = 0;    ///< asked by rules only
  std::uint8_t tos = 0;
};

/// A route, or why there is none.
struct FibResult {
  const CompiledRoute* route = nullptr;  ///< null: see error
  Errno error = Errno::enetunreach;      ///< einval: blackhole; ehostunreach: unreachable; eacces: prohibit
  /// True if a rule or a route was met that is not understood; then there is neither route nor error to rely
  /// on.
  bool unsupported = false;
};

/// The routes of a namespace, immutable once made.
///
/// Thread-safety: const functions may be called from several threads.
class Fib {
 public:
  Fib() = default;
  /// Routes of devices that are missing are left out, and those of devices that are down but for local ones:
  /// such next hops are dead.
  Fib(const Tables& tables, const CompiledTables& compiled);

  /// The best route. Cost: a binary search among twice as many addresses as there are prefixes, for each
  /// table asked.
  [[nodiscard]] FibResult lookup(const FlowKey& key) const;

  /// What the address is to this node (inet_addr_type): local, broadcast, multicast, or unicast for all
  /// others. With a device: only addresses of that device count as local or broadcast
  /// (inet_addr_type_dev_table).
  [[nodiscard]] RouteType address_type(base::Ipv4 address, DeviceId device = no_device) const;

  /// Routing rules other than the kernel's three (fib4_has_custom_rules).
  [[nodiscard]] bool has_custom_rules() const { return custom_rules_; }
  /// Local routes that no address brought (fib_has_custom_local_routes).
  [[nodiscard]] bool has_custom_local_routes() const { return custom_local_routes_; }
  /// What there is in the rules or the routes that is not understood; empty: nothing.
  [[nodiscard]] const std::string& unsupported() const { return unsupported_; }

 private:
  static constexpr std::uint32_t no_leaf = 0xffffffffU;

  /// The routes of one prefix.
  struct Leaf {
    base::Ipv4Prefix prefix = {};
    std::uint32_t first = 0;  ///< in Table::routes
    std::uint32_t count = 0;
    std::uint32_t shorter = no_leaf;  ///< the longest other prefix that contains this one
  };
  /// A trie that is laid flat: the prefixes' ends cut the addresses into stretches, each of which has one
  /// longest prefix.
  struct Table {
    std::vector<std::uint32_t> starts = {};   ///< of the stretches, in order; the first one is 0
    std::vector<std::uint32_t> longest = {};  ///< of each stretch: the leaf, or no_leaf
    std::vector<Leaf> leaves = {};            ///< in order of address, shorter ones first
    std::vector<CompiledRoute> routes = {};   ///< in order of leaves
  };
  /// Nothing: the table has no answer, ask the next.
  using Answer = std::optional<FibResult>;

  static Table make_table(std::vector<CompiledRoute> routes);
  static void cut(Table& table);
  [[nodiscard]] static std::uint32_t longest_match(const Table& table, base::Ipv4 address);
  static Answer search(const Table& table, const FlowKey& key);
  [[nodiscard]] bool matches(const RoutingRule& rule, const FlowKey& key) const;
  [[nodiscard]] FibResult lookup_by_rules(const FlowKey& key) const;

  std::map<std::uint32_t, Table> tables_;
  Table merged_;  ///< local and main
  Table local_;
  std::vector<RoutingRule> rules_;
  std::vector<DeviceId> rule_devices_;  ///< of rules_[i].in_device
  bool custom_rules_ = false;
  bool custom_local_routes_ = false;
  std::string unsupported_;
};

}  // namespace plimsoll::overlay
