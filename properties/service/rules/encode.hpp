// The walk of all packets through the chain of one table at one hook, as formulas.
//
// What is drawn at random or remembered from earlier packets (-m statistic, -m recent) is a variable of its
// own each time it is asked: every answer is possible. Formulas share their parts, so their size is linear in
// the rules that the walk meets; a chain counts each time it is jumped to.
//
// Source: evaluate.hpp, which is what the walk of one packet does. Deviates: a rule with a match or target
// whose meaning is not known here ends the walk with Decision::unknown for the packets that come to it and
// that its other parts do not exclude.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "impl/overlay/netfilter/evaluate.hpp"
#include "properties/service/rules/constants.hpp"
#include "properties/service/rules/symbolic_packet.hpp"

namespace plimsoll::properties::rules {

/// A way out of the table. Exits of a walk exclude each other, and together they are complete.
struct Exit {
  symbolic::Bool when = false;
  netfilter::Decision decision = netfilter::Decision::accept;
  netfilter::RuleRef rule = {};         ///< number 0: the policy
  const netfilter::Nat* nat = nullptr;  ///< of Decision::nat
  symbolic::Word mark = {};             ///< of the packet as it leaves
};

/// Something that a packet's fields do not decide.
struct Chance {
  netfilter::RuleRef rule = {};
  symbolic::Bool matches = false;
  bool is_remembered = false;  ///< -m recent; otherwise -m statistic
};

/// A rule that the walk came to.
struct Visit {
  netfilter::RuleRef rule = {};
  symbolic::Bool comes = false;    ///< the packet gets to the rule
  symbolic::Bool matches = false;  ///< and the rule matches it
};

struct EncodedWalk {
  std::vector<Exit> exits = {};
  std::vector<Chance> chances = {};  ///< in the order of the walk
  std::vector<Visit> visits = {};    ///< in the order of the walk; empty unless wanted
};

/// Which rules of a chain the walk looks at, as indices; what is left out must match no packet in question.
using RuleChoice = std::function<std::vector<std::uint32_t>(const netfilter::Chain&)>;

struct WalkRequest {
  const netfilter::Table& table;
  netfilter::Hook hook = netfilter::Hook::prerouting;
  const SymbolicPacket& packet;
  const Devices& devices;
  Constants& constants;
  RuleChoice rules = {};  ///< empty: all
  /// For coverage. What a rule does whose meaning is not known is then left open: it matches or not, and the
  /// packet goes on or not.
  bool with_visits = false;
};

/// Requires that fault_of() finds nothing in the table. The table must outlive the result. A table that has
/// no chain at the hook accepts.
[[nodiscard]] EncodedWalk encode(symbolic::Terms& terms, const WalkRequest& request);

/// Whether the rule matches the packet, by its header and matches; `is_known` false: that cannot be said.
struct RuleCondition {
  symbolic::Bool matches = true;
  bool is_known = true;
};
/// Answers of chance are added to `chances`.
[[nodiscard]] RuleCondition condition_of(symbolic::Terms& terms, const netfilter::Rule& rule,
                                         const netfilter::RuleRef& where, const WalkRequest& request,
                                         const symbolic::Word& mark, std::vector<Chance>& chances);

}  // namespace plimsoll::properties::rules
