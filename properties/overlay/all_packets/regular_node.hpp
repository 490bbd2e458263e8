// When the tables of a node or a pod are the usual ones, and what then is left of them: the parts of
// flatten.hpp.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "impl/overlay/node/tables.hpp"
#include "properties/overlay/all_packets/flat_cluster.hpp"

namespace plimsoll::properties::overlay {

/// Why not, one sentence; none: as usual.
using Oddity = std::optional<std::string>;

/// The devices of a node that packets between pods pass.
struct NodeDevices {
  const plimsoll::overlay::Link* bridge = nullptr;    ///< of its pods; null: it has none
  const plimsoll::overlay::Link* vtep = nullptr;      ///< null: none
  const plimsoll::overlay::Link* underlay = nullptr;  ///< never null
  base::Ipv4Prefix subnet = {};                       ///< of the bridge, with the node's own address
  base::Ipv4 address = {};                            ///< of the underlay device
};

/// @param underlay  The name of the device that is wired to the other nodes.
[[nodiscard]] tl::expected<NodeDevices, std::string> devices_of(const plimsoll::overlay::Tables& node,
                                                                const std::string& underlay);

/// What is known of all nodes when one is asked about.
struct UnderlayNeighbours {
  std::map<base::Ipv4, base::Mac> macs = {};  ///< by the nodes' addresses
};

/// Devices, sysctls and sizes. `mtu` is that of pods, 0 if there are none.
[[nodiscard]] Oddity odd_devices(const plimsoll::overlay::Tables& node, const NodeDevices& devices,
                                 std::uint32_t mtu);

/// The node's rows.
[[nodiscard]] tl::expected<FlatNode, std::string> rows_of(const plimsoll::overlay::Tables& node,
                                                          const NodeDevices& devices,
                                                          const UnderlayNeighbours& others);

/// A pod as its node has it: the tables, its device, and the port of the node that the device is wired to.
struct PodPlace {
  const plimsoll::overlay::Tables* tables = nullptr;
  const plimsoll::overlay::Link* device = nullptr;
  const plimsoll::overlay::Link* port = nullptr;
};
[[nodiscard]] Oddity odd_pod(const PodPlace& pod, const NodeDevices& node, std::uint32_t mtu);

[[nodiscard]] constexpr FlatMac number_of(const base::Mac& mac) {
  FlatMac number = 0;
  for (const std::uint8_t byte : mac.bytes()) {
    number = number << 8U | byte;
  }
  return number;
}

}  // namespace plimsoll::properties::overlay
