// flannel's iptables rules: what leaves the pod network is masqueraded, and packets of pods are forwarded.
//
// Source: flannel, pkg/trafficmngr/iptables/iptables.go (masqRules, forwardRules, ipTablesCleanAndBuild,
// ensureIPTables), at cdf76059; rule FLN-M. Deviates: flannel names each old rule to be deleted; here its two
// chains are emptied in the transaction that fills them, which also removes rules of an earlier subnet.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "impl/overlay/flannel/config.hpp"

namespace plimsoll::overlay::flannel {

/// A chain of flannel's and the rule that leads there, as iptables-save prints them.
struct RuleChain {
  std::string table = {};               ///< "nat"
  std::string chain = {};               ///< "FLANNEL-POSTRTG"
  std::string jump = {};                ///< "-A POSTROUTING ... -j FLANNEL-POSTRTG"
  std::vector<std::string> rules = {};  ///< "-A FLANNEL-POSTRTG ..."
  friend bool operator==(const RuleChain&, const RuleChain&) = default;
};

/// Masquerading, in the order that matters: nothing that kube-proxy has marked, nothing between this node's
/// pods and the others', nothing that another node sends to these pods; then all that leaves the network, and
/// all that enters it from outside.
[[nodiscard]] RuleChain masquerade_rules(const BackendConfig& config, const base::Ipv4Prefix& subnet);
/// Accepts what is forwarded from or to the network.
[[nodiscard]] RuleChain forward_rules(const BackendConfig& config);
/// Those that the configuration asks for.
[[nodiscard]] std::vector<RuleChain> all_rules(const BackendConfig& config, const base::Ipv4Prefix& subnet);

/// Whether the text of iptables-save has exactly these rules in the chain, and its jump once.
[[nodiscard]] bool are_present(const RuleChain& wanted, std::string_view saved);

/// A text for iptables-restore --noflush, which puts the rules there; jumps that `saved` has go first, so
/// that there is one of each, at the end of its chain.
[[nodiscard]] std::string restore_text(const std::vector<RuleChain>& wanted, std::string_view saved);

}  // namespace plimsoll::overlay::flannel
