// Which rules of a node's iptables no packet reaches, so that they decide nothing.
//
// Every packet is allowed that the kernel could bring to the hook (is_possible), new or not, with any mark,
// and every answer of what is drawn or remembered. So what is called dead is dead; what only rules of other
// tables or routes keep packets from is not found.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/symbolic/solver.hpp"
#include "impl/overlay/netfilter/ruleset.hpp"
#include "properties/service/rules/symbolic_packet.hpp"

namespace plimsoll::properties::rules {

enum class Dead : std::uint8_t {
  no_way,         ///< no rule that any walk can meet leads to its chain
  contradictory,  ///< it asks for what no packet can have
  shadowed        ///< rules before it keep all of its packets from it
};

struct DeadRule {
  netfilter::RuleRef rule = {};
  std::string text = {};  ///< "-A FORWARD -s 10.244.0.0/16 -j ACCEPT"
  Dead why = Dead::no_way;
  /// Of a shadowed rule: a packet that it is for, and what becomes of it. One sentence.
  std::string instead = {};
};

struct Coverage {
  std::vector<DeadRule> dead = {};            ///< in the order of the tables
  std::vector<netfilter::RuleRef> open = {};  ///< a limit came first
  std::uint64_t rules = 0;
  std::uint64_t shapes = 0;     ///< of services' rules that were asked about
  std::uint64_t questions = 0;  ///< that Z3 was asked
};

/// Requires that fault_of() finds nothing in any table. Cost: linear in rules, a few milliseconds for each
/// shape of rules that services have in common (shapes.hpp), and for each dead rule a question about the
/// whole table.
[[nodiscard]] Coverage coverage_of(const netfilter::Ruleset& ruleset, const symbolic::Limits& limits = {});

}  // namespace plimsoll::properties::rules
