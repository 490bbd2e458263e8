#include "properties/ipam/workload/sandboxes.hpp"

#include <algorithm>

namespace plimsoll::properties::ipam {

plimsoll::ipam::Attachment attachment_of(const std::string& container_id) {
  return {container_id, "eth0"};
}

std::vector<base::Ipv4> addresses_in_use(const Sandboxes& sandboxes) {
  std::vector<base::Ipv4> addresses;
  for (const auto& [container, sandbox] : sandboxes.by_container) {
    if (sandbox.state == SandboxState::running) {
      addresses.insert(addresses.end(), sandbox.addresses.begin(), sandbox.addresses.end());
    }
  }
  std::sort(addresses.begin(), addresses.end());
  return addresses;
}

}  // namespace plimsoll::properties::ipam
