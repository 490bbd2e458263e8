// What stands between the registry of leases and a backend: flanneld's watch, and what it remembers of the
// leases that it was told of.
//
// Source: flannel, pkg/lease/lease.go (LeaseWatcher.Reset, Update, add, remove), pkg/subnet/watch.go
// (WatchLeases), pkg/subnet/etcd/local_manager.go (leasesWatchReset), pkg/subnet/kube/kube.go
// (handleUpdateLeaseEvent), at cdf76059; rules FLN-6, FLN-7 and A3 of the semantics. Deviates as the
// component of impl/ipam/flannel that reads the same leases from the store's keys does: a listing reports a
// known lease again if its attributes changed, and the node's own lease is never among the known ones; each
// defect brings the original back. It differs from that component in that leases come as values, with the
// part of IPv6.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "impl/overlay/flannel/defects.hpp"
#include "impl/overlay/flannel/lease.hpp"

namespace plimsoll::overlay::flannel {

/// A lease as a node publishes it.
struct PublishedLease {
  LeaseAttributes attributes = {};
  std::string ipv6_data = {};  ///< of a network with both families: the backend's data for IPv6
  PLIMSOLL_DESCRIBE_OPTIONS(ipv6_data)
  PLIMSOLL_DESCRIBE(PublishedLease, attributes, ipv6_data)
};
using PublishedLeases = std::map<base::Ipv4Prefix, PublishedLease>;

/// A change of one lease, as the registry tells it to watchers. None: the lease is gone.
struct LeaseChange {
  base::Ipv4Prefix subnet = {};
  std::optional<PublishedLease> lease = {};
  PLIMSOLL_DESCRIBE_OPTIONS(lease)
  PLIMSOLL_DESCRIBE(LeaseChange, subnet, lease)
};

enum class FeedPhase : std::uint8_t {
  must_list,  ///< nothing is known yet, or the registry has forgotten what came after the last news
  watching,   ///< changes are told one after the other
  spinning,   ///< the watch is asked for again and again, and refused each time (defect F12)
};
PLIMSOLL_DESCRIBE_ENUM(FeedPhase, must_list, watching, spinning)

struct LeaseFeed {
  FeedPhase phase = FeedPhase::must_list;
  PublishedLeases known = {};  ///< of peers
  PLIMSOLL_DESCRIBE(LeaseFeed, phase, known)
};

struct FeedConfig {
  bool dual_stack = false;
  Defects defects = {};
};

/// The registry has listed its leases. @return what the backend is told. Cost: linear in the leases.
[[nodiscard]] LeaseEvents take_listing(LeaseFeed& feed, const PublishedLeases& listed,
                                       const base::Ipv4Prefix& own, const FeedConfig& config);

/// The registry tells of a change. @return what the backend is told; none if that is nothing.
[[nodiscard]] std::optional<LeaseEvent> take_change(LeaseFeed& feed, const LeaseChange& change,
                                                    const base::Ipv4Prefix& own, const FeedConfig& config);

/// The watch was asked for again after the connection broke, and the registry has forgotten (compacted) some
/// of what came since.
void take_compaction(LeaseFeed& feed, const FeedConfig& config);

}  // namespace plimsoll::overlay::flannel
