// Tables and chains of iptables: what a namespace's rules are.
//
// Source: Linux, net/ipv4/netfilter/iptable_{raw,mangle,nat,filter,security}.c (which chains each table has),
// net/ipv4/netfilter/ip_tables.c (mark_source_chains: no loops, which hooks reach a rule); iptables 1.8.9,
// iptables/iptables-restore.c.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "impl/base/described.hpp"
#include "impl/overlay/netfilter/rule.hpp"

namespace plimsoll::overlay::netfilter {

/// In the order in which a hook runs them, but for conntrack, which comes after raw, and for source NAT,
/// which comes last.
enum class TableName : std::uint8_t { raw, mangle, nat, filter, security };
PLIMSOLL_DESCRIBE_ENUM(TableName, raw, mangle, nat, filter, security)
inline constexpr std::size_t table_count = 5;

/// Where in its path a packet is (NF_INET_*). The built-in chains bear these names in capitals.
enum class Hook : std::uint8_t { prerouting, input, forward, output, postrouting };
PLIMSOLL_DESCRIBE_ENUM(Hook, prerouting, input, forward, output, postrouting)
inline constexpr std::size_t hook_count = 5;

/// "PREROUTING", ...
[[nodiscard]] std::string_view chain_name(Hook hook);
/// The hooks at which `table` has a chain, in the order in which iptables-save prints the chains.
[[nodiscard]] std::span<const Hook> hooks_of(TableName table);
/// The hook whose chain bears this name; none if it is no built-in chain of `table`.
[[nodiscard]] std::optional<Hook> hook_of(TableName table, std::string_view chain);

struct Chain {
  std::string name = {};
  /// Of a built-in chain: accept or drop. None: made by a user.
  std::optional<Verdict> policy = {};
  Counters counters = {};  ///< of the policy
  std::vector<Rule> rules = {};

  PLIMSOLL_DESCRIBE(Chain, name, policy, counters, rules)
};

/// Invariant: begins with the built-in chains of hooks_of(); then the users' chains, in order of their names;
/// no name twice.
struct Table {
  TableName name = TableName::filter;
  std::vector<Chain> chains = {};

  [[nodiscard]] const Chain* find(std::string_view chain) const;
  [[nodiscard]] Chain* find(std::string_view chain);
  PLIMSOLL_DESCRIBE(Table, name, chains)
};
/// The built-in chains, empty, with policy accept.
[[nodiscard]] Table new_table(TableName name);

/// All tables of a namespace, in the order in which they came to be used. One that is not there has no
/// effect; an empty nat table has one: it is there.
struct Ruleset {
  std::vector<Table> tables = {};

  [[nodiscard]] const Table* find(TableName name) const;
  [[nodiscard]] Table* find(TableName name);
  PLIMSOLL_DESCRIBE(Ruleset, tables)
};

/// Where a rule is. `number` counts from 1, as iptables does; 0: the policy of a built-in chain.
struct RuleRef {
  TableName table = TableName::filter;
  std::string chain = {};
  std::uint32_t number = 0;
  PLIMSOLL_DESCRIBE(RuleRef, table, chain, number)
};

/// Why the kernel would refuse a table, if it would: a jump to a chain that is not there, a loop, a target at
/// a hook where it has no meaning. Cost: linear in the number of rules, times log of chains.
struct TableFault {
  RuleRef rule = {};
  std::string why = {};  ///< one sentence
};
[[nodiscard]] std::optional<TableFault> fault_of(const Table& table);

}  // namespace plimsoll::overlay::netfilter
