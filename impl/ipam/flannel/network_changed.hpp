// flannel's word to the node's runtime that the pod network came up, or that it must no longer be used.
//
// Deviates from flannel, where kubelet learns of it only by CNI calls that fail: the runtime is told, so that
// pods can be stopped before their subnet is somebody else's.
#pragma once

#include <optional>

#include "impl/base/described_net.hpp"
#include "impl/base/prefix.hpp"

namespace plimsoll::ipam {

/// None: stop using the addresses given out so far, at once.
struct NetworkChanged {
  std::optional<base::Ipv4Prefix> subnet;
  PLIMSOLL_DESCRIBE(NetworkChanged, subnet)
};

}  // namespace plimsoll::ipam
