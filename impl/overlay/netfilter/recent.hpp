// The lists of addresses that -m recent keeps.
//
// Source: Linux, net/netfilter/xt_recent.c (recent_mt, recent_entry_update, recent_entry_reap). Deviates:
// (1) clocks count seconds, not jiffies; (2) a list that never had an entry does not exist.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "impl/base/described.hpp"
#include "impl/base/described_net.hpp"
#include "impl/overlay/netfilter/rule.hpp"

namespace plimsoll::overlay::netfilter {

/// ip_list_tot, ip_pkt_list_tot: parameters of the kernel's module.
inline constexpr std::size_t recent_entries_max = 100;
inline constexpr std::size_t recent_stamps_max = 32;

/// One address in a list.
struct RecentEntry {
  std::uint8_t ttl = 0;                    ///< of the packet that set it
  std::vector<std::uint64_t> stamps = {};  ///< in seconds, oldest first; the last one is the latest
  std::uint64_t touched = 0;               ///< order of use within its list
  PLIMSOLL_DESCRIBE(RecentEntry, ttl, stamps, touched)
};
struct RecentList {
  std::map<base::Ipv4, RecentEntry> entries = {};
  std::uint64_t touches = 0;
  PLIMSOLL_DESCRIBE(RecentList, entries, touches)
};
/// All lists of a namespace, by name. They survive changes of rules while some rule names them.
using RecentLists = std::map<std::string, RecentList, std::less<>>;

/// Does what the match does, and says whether it matches. `ttl`: the packet's, as it was before this node
/// forwarded it. O(log n) but for a full list and --reap, which are linear in its entries.
[[nodiscard]] bool recent_matches(const RecentMatch& match, RecentLists& lists, base::Ipv4 address,
                                  std::uint8_t ttl, std::uint64_t now_seconds);

}  // namespace plimsoll::overlay::netfilter
