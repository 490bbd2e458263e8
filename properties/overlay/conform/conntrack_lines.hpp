// Flows as conntrack -L prints them, and what they betray of rules that remember.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "impl/overlay/netfilter/conntrack.hpp"
#include "impl/overlay/netfilter/recent.hpp"
#include "impl/overlay/netfilter/ruleset.hpp"

namespace plimsoll::properties::overlay {

/// Reads "udp 17 * src=10.244.1.2 dst=10.96.0.21 sport=45001 dport=80 src=... [UNREPLIED] mark=0 use=1": UDP,
/// TCP and ICMP. None: it is no such line.
[[nodiscard]] std::optional<plimsoll::overlay::netfilter::Flow> flow_of_line(std::string_view line);

/// The lists of -m recent as they must be if these flows went through these rules: a destination translated
/// by a rule that also sets the source in a list is in that list. The recordings do not show the lists
/// themselves.
[[nodiscard]] plimsoll::overlay::netfilter::RecentLists recent_lists(
    const plimsoll::overlay::netfilter::Ruleset& ruleset,
    const std::vector<plimsoll::overlay::netfilter::Flow>& flows);

}  // namespace plimsoll::properties::overlay
