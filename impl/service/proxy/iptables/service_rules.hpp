// The rules of one service port (KPX-2 to KPX-6).
//
// Source: kubernetes v1.31, pkg/proxy/iptables/proxier.go, the loop over service ports in syncProxyRules and
// writeServiceToEndpointRules; the layout of chains is that of v1.26 and later. Rules are written as upstream
// writes them, word for word.
#pragma once

#include "impl/service/proxy/iptables/config.hpp"
#include "impl/service/proxy/iptables/line_buffer.hpp"
#include "impl/service/proxy/iptables/port_plan.hpp"

namespace plimsoll::service::iptables {

/// The four parts of iptables-restore input: of each table, declarations come before rules.
struct Buffers {
  LineBuffer filter_chains = {};
  LineBuffer filter_rules = {};
  LineBuffer nat_chains = {};
  LineBuffer nat_rules = {};
};

/// Rules in the chains that all services share: how packets come to the port's own chains, or are refused.
/// They are written in every sync, since those chains are written as a whole.
void write_shared_rules(Buffers& out, const PortPlan& plan);

/// The port's own chains and its endpoints'. A partial sync leaves them out if the service has not changed.
/// @param with_comments  False in a large cluster, for rules of which there is one for each endpoint.
void write_own_chains(Buffers& out, const PortPlan& plan, const RulesConfig& config, bool with_comments);

/// The match for traffic of local pods, or of all others. Empty if they cannot be told.
[[nodiscard]] std::string detect(const LocalDetector& detector, bool is_local);

/// KUBE-POSTROUTING and KUBE-MARK-MASQ (KPX-7): traffic that was marked is masqueraded as it leaves, and the
/// mark is taken off, in case it passes the stack again inside a tunnel.
void write_masquerade(LineBuffer& nat_rules, const RulesConfig& config);
/// KUBE-FORWARD: marked traffic passes, whatever the policy of FORWARD, and what comes after its first
/// packet.
void write_forward(LineBuffer& filter_rules, const RulesConfig& config);

/// "0x00004000": the mark as kube-proxy writes it.
[[nodiscard]] std::string mark_text(std::uint8_t masquerade_bit);

}  // namespace plimsoll::service::iptables
