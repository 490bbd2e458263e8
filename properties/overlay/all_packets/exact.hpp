// The exact engine of `plimsoll dataplane`: every pod and every node sends to every pod address and every
// service of a cluster, and to addresses that nobody has, through the concrete pipeline, and under every
// choice that the environment has.
//
// A packet here is the first of its connection, in a network that has seen none before: what conntrack and
// the neighbours remember is not in a dump of tables. Cost: pods x (pods + services) x 3 runs of the
// pipeline, so for clusters of tens of pods.
//
// Source of what is asked: Kubernetes' network model (every pod reaches every pod without NAT); a packet to a
// service reaches one of its endpoints, its reply comes from the service's address.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "properties/overlay/all_packets/cluster_view.hpp"

namespace plimsoll::properties::overlay {

/// What may go wrong with a packet, the worst first.
enum class Fault : std::uint8_t {
  misdelivered,       ///< someone received it who should not have
  multiplied,         ///< more than one received it
  looped,             ///< it came to one device again and again
  lost,               ///< nobody received it
  too_big,            ///< a small one arrives, a full-sized one is lost and its sender is not told
  masqueraded,        ///< it arrived with a source that is not the sender's
  reply_lost,         ///< the answer did not come back
  reply_changed,      ///< the answer came from another address than was asked
  detour,             ///< a node relayed it that is neither the sender's nor the receiver's
  duplicate_address,  ///< two have one address
  service_differs,    ///< nodes disagree on the endpoints of a service
  unknown             ///< the tables say something that is not modelled: no verdict
};
[[nodiscard]] std::string_view to_text(Fault fault);

/// What a packet is sent for.
struct Inquiry {
  std::string source = {};  ///< a pod or a node
  base::Ipv4 destination = {};
  std::uint8_t protocol = 0;  ///< 6 or 17
  std::uint16_t port = 0;
  bool full_size = false;  ///< as large as the sender's device lets through, not to be fragmented
  bool to_service = false;
};
[[nodiscard]] std::string to_text(const Inquiry& inquiry);

/// One packet, or for faults of tables none, and what went wrong.
struct Finding {
  Fault fault = Fault::unknown;
  Inquiry inquiry = {};
  std::string what = {};                ///< one sentence
  std::vector<std::string> path = {};   ///< hop by hop, "n1:eth0 out 10.244.1.2>..."; empty: of the tables
  plimsoll::overlay::Probe probe = {};  ///< the packet, as it was sent; not of the tables
};

/// Findings that have fault and the place of the last hop in common.
struct Cause {
  Finding first = {};
  std::uint64_t packets = 0;  ///< that share it
};

/// What may become of the packets of one inquiry: of each choice one sentence, in order.
using Fates = std::set<std::string>;

struct DataplaneVerdict {
  std::map<std::string, Fates> fates = {};  ///< by inquiry, as to_text() says it
  std::uint64_t inquiries = 0;
  std::uint64_t packets = 0;           ///< runs of the pipeline: inquiries under all choices
  unsigned ttl_needed = 0;             ///< by the longest of the ways on which packets arrived
  std::vector<Cause> violations = {};  ///< in order of fault, then of place
  std::vector<Cause> unknowns = {};
};

/// Requires: `network` is a key of Recording::networks.
[[nodiscard]] DataplaneVerdict judge_all_packets(const Recording& recording, const std::string& network);

/// All that is wrong with what came of one packet; empty: nothing. `outcome` as run_probe says it.
[[nodiscard]] std::vector<Finding> faults_of(const ClusterView& view, const Inquiry& inquiry,
                                             const plimsoll::overlay::Outcome& outcome);

}  // namespace plimsoll::properties::overlay
