// Whether one node's iptables do with every new packet what its services are meant to do: each frontend leads
// to one of its backends and to nobody else, masquerades whom it must and nobody else, refuses where there is
// no backend; what is for no frontend passes untouched; what is marked, and nothing else, is masqueraded.
//
// For each frontend Z3 is asked for a packet that fares otherwise, once for each shape of rules that services
// have (shapes.hpp). A packet that it finds is sent through the reference evaluation, so no finding rests on
// the formulas alone.
//
// Source: the Service API as intent.hpp has it; kubernetes v1.31, pkg/proxy/iptables/proxier.go for where in
// their path packets meet rules: nat at PREROUTING and OUTPUT, filter at FORWARD and OUTPUT.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/symbolic/solver.hpp"
#include "properties/service/rules/intent.hpp"
#include "properties/service/rules/probe.hpp"

namespace plimsoll::properties::rules {

struct RulesFinding {
  std::string frontend = {};  ///< as to_text() says it; empty: no frontend's
  std::string what = {};      ///< one sentence: what should have become of the packet
  PacketValues packet = {};
  std::string packet_text = {};
  /// What becomes of it, and the rules that decide: not empty, but for backends that no packet comes to.
  std::vector<Outcome> outcomes = {};
};

struct RulesVerdict {
  std::vector<RulesFinding> findings =
      {};  ///< at most one for each frontend and hook, in order of the intent
  std::uint64_t frontends = 0;
  std::uint64_t shapes = 0;     ///< that were proved
  std::uint64_t questions = 0;  ///< that Z3 was asked
  bool is_complete = true;      ///< false: a limit came first
};

/// Requires that fault_of() finds nothing in any table. Cost: linear in frontends and rules, and a few
/// milliseconds for each shape.
[[nodiscard]] RulesVerdict verify(const netfilter::Ruleset& ruleset, const Intent& intent,
                                  const symbolic::Limits& limits = {});

}  // namespace plimsoll::properties::rules
