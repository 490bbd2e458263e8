#include "impl/overlay/netfilter/recent.hpp"

#include <algorithm>

namespace plimsoll::overlay::netfilter {
namespace {

using Operation = RecentMatch::Operation;
using Place = std::map<base::Ipv4, RecentEntry>::iterator;

/// The entry that was not used for longest.
Place oldest(RecentList& list) {
  return std::ranges::min_element(
      list.entries, [](const auto& a, const auto& b) { return a.second.touched < b.second.touched; });
}

void touch(RecentList& list, RecentEntry& entry, std::uint8_t ttl, std::uint64_t now) {
  if (entry.stamps.size() == recent_stamps_max) {
    entry.stamps.erase(entry.stamps.begin());
  }
  entry.stamps.push_back(now);
  entry.ttl = ttl;
  entry.touched = ++list.touches;
}

void add(RecentList& list, base::Ipv4 address, std::uint8_t ttl, std::uint64_t now) {
  if (list.entries.size() >= recent_entries_max) {
    list.entries.erase(oldest(list));
  }
  touch(list, list.entries[address], ttl, now);
}

/// Whether enough packets were seen, lately if `seconds` says so.
bool seen_often(const RecentMatch& match, const RecentEntry& entry, std::uint64_t now) {
  std::uint32_t hits = 0;
  for (const std::uint64_t stamp : entry.stamps) {
    const bool counts = match.seconds == 0 || stamp + match.seconds >= now;
    if (counts && ++hits >= std::max(match.hit_count, 1U)) {
      return true;
    }
  }
  return false;
}

/// Removes the oldest entry of the list if its time is over. `updated`: the entry that will be updated at
/// once, which is spared.
void reap(const RecentMatch& match, RecentList& list, const RecentEntry* updated, std::uint64_t now) {
  const auto first = oldest(list);
  if (&first->second != updated && first->second.stamps.back() + match.seconds < now) {
    list.entries.erase(first);
  }
}

bool check(const RecentMatch& match, RecentList& list, Place place, std::uint8_t ttl, std::uint64_t now) {
  const bool seen = seen_often(match, place->second, now);
  const bool updates = match.operation == Operation::update && seen != match.negated;
  if (updates) {
    touch(list, place->second, ttl, now);
  }
  if (match.reap) {
    reap(match, list, updates ? &place->second : nullptr, now);
  }
  return seen != match.negated;
}

}  // namespace

bool recent_matches(const RecentMatch& match, RecentLists& lists, base::Ipv4 address, std::uint8_t ttl,
                    std::uint64_t now_seconds) {
  const base::Ipv4 masked(address.value() & match.mask.value());
  auto found = lists.find(match.list);
  if (found == lists.end()) {
    if (match.operation != Operation::set) {
      return match.negated;
    }
    found = lists.emplace(match.list, RecentList{}).first;
  }
  RecentList& list = found->second;
  auto place = list.entries.find(masked);
  if (place != list.entries.end() && match.same_ttl && ttl != 0 && place->second.ttl != 0 &&
      place->second.ttl != ttl) {
    place = list.entries.end();
  }
  switch (match.operation) {
    case Operation::set:
      if (place == list.entries.end()) {
        add(list, masked, ttl, now_seconds);
      } else {
        touch(list, place->second, ttl, now_seconds);
      }
      return !match.negated;
    case Operation::remove:
      if (place == list.entries.end()) {
        return match.negated;
      }
      list.entries.erase(place);
      return !match.negated;
    case Operation::rcheck:
    case Operation::update:
      break;
  }
  return place == list.entries.end() ? match.negated : check(match, list, place, ttl, now_seconds);
}

}  // namespace plimsoll::overlay::netfilter
