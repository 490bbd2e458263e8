// What a node's processes share about its pod network: flannel writes it, the CNI plugin and the runtime read
// it.
//
// On a real node this is the file subnet.env together with the running flanneld. Deviates from flannel: there
// the file outlives the lease, so that a node whose lease is lost goes on handing out addresses of a subnet
// that may belong to another node by then; here the subnet is withdrawn at the moment it is no longer
// certain.
#pragma once

#include <optional>

#include "impl/base/described_net.hpp"
#include "impl/base/prefix.hpp"

namespace plimsoll::ipam {

struct NodeNetwork {
  /// Pods may be given addresses from this subnet; none: the network is down.
  std::optional<base::Ipv4Prefix> subnet;
  PLIMSOLL_DESCRIBE(NodeNetwork, subnet)
};

}  // namespace plimsoll::ipam
