// The pod sandboxes of one node: what the container runtime knows of them, and what the properties look at.
//
// Source: Kubernetes CRI (runtime.v1 PodSandbox) and the Container Network Interface specification 1.1.0. A
// sandbox owns the addresses that ADD gave to its one interface, eth0. Deviates: the container id is not
// random but names the pod and the life of the runtime that created the sandbox, because a random part would
// only multiply states. So an id comes back only after its sandbox is gone and DEL has released everything it
// held.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "impl/base/described.hpp"
#include "impl/base/ipv4.hpp"
#include "impl/ipam/host_local/cni.hpp"

namespace plimsoll::properties::ipam {

enum class SandboxState : std::uint8_t {
  creating,  ///< ADD has been sent; whether it was executed is not known
  running,   ///< ADD succeeded: the pod uses its addresses
  stopping,  ///< the pod uses no address any more; DEL has not been answered yet
};
PLIMSOLL_DESCRIBE_ENUM(SandboxState, creating, running, stopping)

struct Sandbox {
  std::uint8_t pod = 0;  ///< index into the runtime's list of pods
  SandboxState state = SandboxState::creating;
  std::vector<base::Ipv4> addresses;  ///< empty unless running
  PLIMSOLL_DESCRIBE(Sandbox, pod, state, addresses)
};

/// Survives a restart of the runtime; a reboot of the node loses it. At most one sandbox for each pod.
struct Sandboxes {
  std::map<std::string, Sandbox> by_container;
  PLIMSOLL_DESCRIBE(Sandboxes, by_container)
};

/// The attachment that the addresses of this container belong to.
[[nodiscard]] plimsoll::ipam::Attachment attachment_of(const std::string& container_id);

/// Addresses that pods send and receive with, ascending; an address that two sandboxes use comes twice.
[[nodiscard]] std::vector<base::Ipv4> addresses_in_use(const Sandboxes& sandboxes);

}  // namespace plimsoll::properties::ipam
