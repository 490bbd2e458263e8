// How packets get into kube-proxy's chains from those of the kernel, and the canaries that tell when somebody
// has flushed the tables.
//
// Source: kubernetes v1.31, pkg/proxy/iptables/proxier.go (iptablesJumpChains, iptablesKubeletJumpChains),
// pkg/util/iptables/iptables.go (EnsureChain, EnsureRule, Monitor). Upstream runs `iptables -C` and `-I` for
// each jump; here one look at iptables-save says which are missing, and one iptables-restore adds them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::service::iptables {

/// The names of the chains of `table`, as upstream's GetChainsFromTable finds them. @param saved  The output
/// of iptables-save.
[[nodiscard]] std::vector<std::string> chains_of(std::string_view saved, std::string_view table);

/// One rule in a chain of the kernel's.
struct Jump {
  std::string_view table;
  std::string_view from;
  std::string_view to;
  std::string_view match;  ///< and comment, as iptables-save writes them
};
/// Those of iptables mode, in the order in which they are put first: the last ones are met first.
[[nodiscard]] std::span<const Jump> iptables_jumps();

/// For `iptables-restore --noflush`: adds the jumps, their chains and the canaries that `saved` lacks. Each
/// jump goes before the other rules of its chain. Empty if nothing is missing.
[[nodiscard]] std::string ensure_input(std::string_view saved,
                                       std::span<const Jump> jumps = iptables_jumps());

/// Whether each table has its canary. Someone who flushes a table takes it along.
[[nodiscard]] bool has_canaries(std::string_view saved);

}  // namespace plimsoll::service::iptables
