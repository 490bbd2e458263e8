// A ruleset made ready for packets: jumps are numbers, devices are ids, and long runs of rules for single
// destinations are found by hashing.
//
// Semantics are those of the list, rule by rule. What makes an index possible is that a rule for another
// destination address cannot match and has no effect. A run is a row of at least `run_length_min` rules of
// one chain that each ask for one destination address; if all of them also ask for one protocol and one
// destination port, these belong to the key. Rules without an address that ask for a protocol and a port
// (KUBE-NODEPORTS) form runs too. A port belongs to a key only if no match with a memory or with chance in it
// (statistic, recent) stands before it in its rule: those see packets for other ports as well.
//
// For the same reason a rule's own -m tcp or -m udp, if it asks for ports alone, its match on the flow's
// state and its match on the mark become part of the rule's header, unless such a match stands before them.
//
// Cost of a walk through a run: one probe of a hash table, and the rules with the packet's key.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "impl/overlay/netfilter/conntrack.hpp"
#include "impl/overlay/netfilter/ruleset.hpp"

namespace plimsoll::overlay::netfilter {

inline constexpr std::uint32_t run_length_min = 4;

/// A device of the namespace. Rules may name devices that are not there: they match no packet's.
struct NamedDevice {
  std::string_view name = {};
  DeviceId id = 0;  ///< not 0
};

class Program {
 public:
  /// A ruleset without tables: everything is accepted and nothing tracked.
  Program() = default;
  /// Requires: fault_of() finds nothing in any table. Cost: linear in rules and their text, times log of
  /// chains. Needs neither argument afterwards. `indexed` false: the naive list, for comparison.
  Program(const Ruleset& ruleset, std::span<const NamedDevice> devices, bool indexed = true);

  /// True if the table is there and has a chain at that hook.
  [[nodiscard]] bool has(TableName table, Hook hook) const {
    return entry(table, hook).first_rule != no_chain;
  }
  /// True unless every packet is accepted by that table at that hook without a look at it: the table has no
  /// chain there, or an empty one with policy ACCEPT.
  [[nodiscard]] bool decides(TableName table, Hook hook) const { return entry(table, hook).decides; }
  /// True if the ruleset makes the kernel track connections: it has a nat table, or asks for states. False in
  /// the ordinary pod's namespace.
  [[nodiscard]] bool tracks() const { return tracks_; }
  [[nodiscard]] bool has_nat() const { return has_nat_; }
  /// True if nothing can happen to a packet at that hook: no chain is there, and nothing is tracked.
  [[nodiscard]] bool is_idle(Hook hook) const { return idle_[static_cast<std::size_t>(hook)]; }
  [[nodiscard]] std::size_t rule_count() const { return rules_.size(); }
  /// Where the rule with this number (Walked::rule) is in the ruleset.
  [[nodiscard]] RuleRef locate(std::uint32_t rule) const;
  /// The text of a rule that evaluation may not know the effect of; empty if it always does.
  [[nodiscard]] std::string_view unsupported(std::uint32_t rule) const;

 private:
  friend class Compiler;
  friend class Walker;

  static constexpr std::uint32_t no_chain = 0xffffffffU;

  /// A device match: which ids match.
  struct Devices {
    bool any = true;
    bool matches_none = false;  ///< the name, without negation, means no device too
    bool negated = false;
    std::vector<DeviceId> ids = {};  ///< sorted: all that the name means
    [[nodiscard]] bool matches(DeviceId device) const;
    friend bool operator==(const Devices&, const Devices&) = default;
  };

  enum class Action : std::uint8_t {
    continue_,
    accept,
    drop,
    return_,
    jump,
    go_to,
    reject,
    mark,
    nat,
    notrack,
    unsupported
  };

  /// Bits of CompiledRule::asks: what a packet has to have. Most rules ask for one or two things.
  struct Asks {
    static constexpr std::uint8_t state = 1;
    static constexpr std::uint8_t addresses = 2;
    static constexpr std::uint8_t protocol = 4;
    static constexpr std::uint8_t ports = 8;
    static constexpr std::uint8_t devices = 16;  ///< or fragments
    static constexpr std::uint8_t mark = 32;
    static constexpr std::uint8_t matches = 64;
  };

  struct CompiledRule {
    std::uint8_t asks = 0;
    Action action = Action::continue_;
    std::uint8_t states = 0;   ///< the flow's state, asked for alone; that match is not in matches_
    bool states_only = false;  ///< ConntrackMatch::as_state
    bool states_negated = false;
    std::uint8_t protocol = 0;
    bool protocol_negated = false;
    bool src_negated = false;
    bool dst_negated = false;
    bool mark_negated = false;
    std::uint16_t match_count = 0;
    std::uint32_t run = 0;      ///< number + 1 of the run that begins here; 0: none
    std::uint32_t operand = 0;  ///< jump, go_to: first rule of the chain; mark: value; nat: in nats_
    std::uint32_t src = 0;
    std::uint32_t src_mask = 0;
    std::uint32_t dst = 0;
    std::uint32_t dst_mask = 0;
    PortRange src_ports = {};  ///< of a protocol with ports; that match is not in matches_ either
    PortRange dst_ports = {};
    std::uint32_t asked_mark_mask = 0;  ///< of a match on the mark, which is not in matches_ either
    std::uint32_t asked_mark = 0;
    std::uint32_t first_match = 0;  ///< in matches_
    std::uint32_t mask = 0;         ///< mark
    std::uint16_t in = 0;           ///< in devices_; 0: any
    std::uint16_t out = 0;
    FragmentMatch fragment = FragmentMatch::any;
    RejectType reject = RejectType::icmp_port_unreachable;
  };

  /// A match as evaluation wants it: the value, with names resolved.
  struct CompiledMatch {
    Match match = {};
    std::uint32_t nth = 0;         ///< of statistic nth: which counter
    std::uint16_t physdev_in = 0;  ///< in devices_
    std::uint16_t physdev_out = 0;
  };

  /// A run of rules with an index.
  struct Run {
    struct Slot {
      std::uint64_t key = 0;
      std::uint32_t first = 0;  ///< in candidates
      std::uint32_t count = 0;  ///< 0: the slot is empty
    };
    /// What is not in the keys of a run is 0.
    [[nodiscard]] static std::uint64_t key_of(std::uint32_t address, std::uint8_t protocol,
                                              std::uint16_t port) {
      return std::uint64_t{address} << 24U | std::uint64_t{protocol} << 16U | port;
    }
    [[nodiscard]] static std::size_t hash_of(std::uint64_t key) {
      key *= 0x9e3779b97f4a7c15U;
      return key ^ key >> 32U;
    }
    bool by_address = true;        ///< keys have the destination address
    bool by_port = false;          ///< keys have protocol and destination port
    std::uint32_t end = 0;         ///< the rule after the run
    std::vector<Slot> slots = {};  ///< a power of two
    std::vector<std::uint32_t> candidates = {};
  };

  struct Entry {
    std::uint32_t first_rule = no_chain;
    Verdict policy = Verdict::accept;
    bool decides = false;
  };
  /// A chain in rules_: its rules, and after them one that returns.
  struct ChainPlace {
    TableName table = TableName::filter;
    std::string name = {};
    std::uint32_t first_rule = 0;
  };

  [[nodiscard]] const Entry& entry(TableName table, Hook hook) const {
    return entries_[static_cast<std::size_t>(table) * hook_count + static_cast<std::size_t>(hook)];
  }

  std::array<Entry, table_count * hook_count> entries_ = {};
  std::vector<CompiledRule> rules_;
  std::vector<CompiledMatch> matches_;
  std::vector<Nat> nats_;
  std::vector<Devices> devices_;
  std::vector<Run> runs_;
  std::vector<ChainPlace> chains_;                                  ///< in order of first_rule
  std::vector<std::pair<std::uint32_t, std::string>> unsupported_;  ///< by rule, in order
  std::uint32_t depth_max_ = 0;                                     ///< jumps within jumps
  std::uint32_t nth_count_ = 0;
  bool tracks_ = false;
  bool has_nat_ = false;
  std::array<bool, hook_count> idle_ = {true, true, true, true, true};
};

}  // namespace plimsoll::overlay::netfilter
