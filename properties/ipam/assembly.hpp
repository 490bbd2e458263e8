// The world of system `ipam`: a store, and on each node flanneld; on nodes with pods also the host-local
// plugin and a runtime.
//
//   store (spec) <== connection ==> node/flanneld -- urgent --> node/runtime <== urgent connection ==>
//   node/host-local
//
// What the processes of a node share is a part of its own: node.network, which flanneld writes and the other
// two read.
#pragma once

#include <vector>

#include "checker/world/model.hpp"
#include "properties/ipam/setup.hpp"

namespace plimsoll::properties::ipam {

/// Where a node's processes and parts are in the world. Those of the pods are meaningful only if there are
/// pods.
struct NodePlaces {
  base::ProcessId flanneld, host_local, runtime;
  checker::PartId manager, view, network, files, sandboxes, deleted;
  base::Ipv4 public_ip;
  std::vector<std::string> pods;
};

struct Assembly {
  checker::WorldModel model;  ///< without properties
  base::ProcessId store;
  checker::PartId store_data;
  std::vector<NodePlaces> nodes;
};

[[nodiscard]] Assembly assemble(const Setup& setup);

}  // namespace plimsoll::properties::ipam
