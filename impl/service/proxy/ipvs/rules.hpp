// The iptables rules of IPVS mode: masquerading and filtering by ipsets. Their number does not depend on that
// of services.
//
// Source: kubernetes v1.31, pkg/proxy/ipvs/proxier.go (writeIptablesRules, acceptIPVSTraffic,
// ipsetWithIptablesChain, iptablesJumpChain) and ipset.go (the comments of sets).
#pragma once

#include <span>
#include <string>

#include "impl/service/proxy/iptables/jumps.hpp"
#include "impl/service/proxy/ipvs/plan.hpp"

namespace plimsoll::service::ipvs {

/// From the kernel's chains into those of IPVS mode.
[[nodiscard]] std::span<const iptables::Jump> ipvs_jumps();

/// For `iptables-restore --noflush`: tables filter and nat. The sets must be there already.
[[nodiscard]] std::string restore_input(const overlay::netfilter::IpSets& sets,
                                        const iptables::RulesConfig& config);

}  // namespace plimsoll::service::ipvs
