// What becomes of one packet: the reference evaluation (evaluate.hpp), rule by rule without indexes, under
// every answer that chance can give. Counterexamples are confirmed here.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "impl/overlay/netfilter/evaluate.hpp"
#include "properties/service/rules/symbolic_packet.hpp"

namespace plimsoll::properties::rules {

/// How a packet's walk through a table ended, and the rule that decided it.
struct Outcome {
  netfilter::Decision decision = netfilter::Decision::accept;
  netfilter::RuleRef rule = {};  ///< table, chain and number 0: the policy
  std::optional<netfilter::Nat> nat = {};
  std::uint32_t mark = 0;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};
/// "to 10.244.1.2:8080, mark 0x4000, by rule 2 of KUBE-SEP-..."
[[nodiscard]] std::string to_text(const Outcome& outcome);

/// A ruleset made ready. Thread-safety: none.
class Probe {
 public:
  /// Requires that fault_of() finds nothing in any table. The devices must outlive it.
  Probe(const netfilter::Ruleset& ruleset, const Devices& devices);

  /// What can become of the packet, without repetitions: at random rules each way, with -m recent lists that
  /// have none of the addresses, all of them, or one list that has the packet's, and with counters of
  /// --mode nth at `nth_tries` places. Cost: exponential in random rules that share one walk.
  [[nodiscard]] std::vector<Outcome> outcomes(netfilter::TableName table, netfilter::Hook hook,
                                              const PacketValues& packet) const;

 private:
  void run_all(std::vector<Outcome>& found, netfilter::TableName table, netfilter::Hook hook,
               const PacketValues& packet, const netfilter::State& before) const;

  static constexpr std::uint32_t nth_tries = 8;
  std::set<std::string> recent_lists_;
  std::uint32_t nth_rules_ = 0;
  netfilter::Program program_;
};

}  // namespace plimsoll::properties::rules
