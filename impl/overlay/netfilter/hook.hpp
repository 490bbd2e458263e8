// All that netfilter does to a packet at one hook, in the order of the kernel's priorities.
//
// Source: Linux, include/uapi/linux/netfilter_ipv4.h (enum nf_ip_hook_priorities): raw -300, conntrack -200,
// mangle -150, destination NAT -100, filter 0, security 50, source NAT 100, conntrack's confirmation last.
//
// Who calls it has to know three things. (1) With a ruleset that tracks(), the kernel puts fragments together
// before PREROUTING and OUTPUT (nf_defrag_ipv4): give whole packets. (2) If the destination differs after
// PREROUTING, routing simply comes after it; if destination, source, mark or tos differ after OUTPUT, the
// packet is routed anew (ip_route_me_harder). (3) A rejected packet is gone; the answer is for the caller to
// make, with tracked_of_answer().
#pragma once

#include "impl/overlay/netfilter/evaluate.hpp"

namespace plimsoll::overlay::netfilter {

/// Who dropped a packet, if it was no rule.
enum class HookDrop : std::uint8_t { none, rule, nat, confirm };
PLIMSOLL_DESCRIBE_ENUM(HookDrop, none, rule, nat, confirm)

struct HookResult {
  Decision decision = Decision::accept;  ///< accept, drop, reject or unknown
  RejectType reject = RejectType::icmp_port_unreachable;
  HookDrop drop = HookDrop::none;
  TableName table = TableName::filter;     ///< of the rule
  std::uint32_t rule = Walked::by_policy;  ///< Program::locate()
};

/// IPVS stands in the middle of some hooks (ip_vs_ops4): at INPUT between the filters and source NAT, at
/// OUTPUT between destination NAT and the filters, at FORWARD behind everything.
enum class HookPart : std::uint8_t { whole, before_ipvs, after_ipvs };

/// Runs the hook, or the part of it before or after IPVS. An ordinary packet costs no allocation.
[[nodiscard]] HookResult run_hook(const Program& program, Environment& environment, AtHook& at,
                                  HookPart part = HookPart::whole);

}  // namespace plimsoll::overlay::netfilter
