#include "impl/overlay/flannel/lease_feed.hpp"

#include <utility>

namespace plimsoll::overlay::flannel {
namespace {

/// kube.go, handleUpdateLeaseEvent: is there anything new?
bool has_changed(const PublishedLease& before, const PublishedLease& now, const FeedConfig& config) {
  const bool ipv4_changed = before.attributes != now.attributes;
  if (!config.dual_stack) {
    return ipv4_changed;
  }
  const bool ipv6_changed = before.ipv6_data != now.ipv6_data;
  return config.defects.has(Defect::F9) ? ipv6_changed : ipv4_changed || ipv6_changed;
}

}  // namespace

LeaseEvents take_listing(LeaseFeed& feed, const PublishedLeases& listed, const base::Ipv4Prefix& own,
                         const FeedConfig& config) {
  LeaseEvents told;
  told.listing = true;
  PublishedLeases vanished = std::exchange(feed.known, listed);
  if (!config.defects.has(Defect::F7)) {
    feed.known.erase(own);
  }
  for (const auto& [subnet, lease] : listed) {
    if (subnet != own) {
      told.events.push_back({subnet, lease.attributes});
      vanished.erase(subnet);
    }
  }
  for (const auto& [subnet, lease] : vanished) {
    told.events.push_back({subnet, std::nullopt});
  }
  feed.phase = FeedPhase::watching;
  return told;
}

std::optional<LeaseEvent> take_change(LeaseFeed& feed, const LeaseChange& change, const base::Ipv4Prefix& own,
                                      const FeedConfig& config) {
  if (change.subnet == own) {
    return std::nullopt;
  }
  if (!change.lease) {
    feed.known.erase(change.subnet);
    return LeaseEvent{change.subnet, std::nullopt};
  }
  const auto before = feed.known.find(change.subnet);
  const bool is_news = before == feed.known.end() || has_changed(before->second, *change.lease, config);
  feed.known.insert_or_assign(change.subnet, *change.lease);
  return is_news ? std::optional(LeaseEvent{change.subnet, change.lease->attributes}) : std::nullopt;
}

void take_compaction(LeaseFeed& feed, const FeedConfig& config) {
  feed.phase = config.defects.has(Defect::F12) ? FeedPhase::spinning : FeedPhase::must_list;
}

}  // namespace plimsoll::overlay::flannel
