// For tests: clusters of impl/overlay/node/cluster_bed.hpp as dumps.
#pragma once

#include <string>

#include "impl/overlay/node/cluster_bed.hpp"
#include "properties/overlay/conform/recording.hpp"

namespace plimsoll::properties::overlay {

/// The cluster as a dump of it says it.
inline Recording dump_of(const plimsoll::overlay::bed::Cluster& cluster) {
  Recording dump;
  dump.wires = cluster.wires;
  for (const auto& [name, tables] : cluster.tables) {
    const std::size_t pod = name.find('p');
    dump.namespaces[name] = name == "ul"               ? "switch"
                            : pod == std::string::npos ? "node"
                                                       : "pod of " + name.substr(0, pod);
    dump.tables[name] = tables;
    dump.networks["now"].tables[name] = name;
  }
  return dump;
}

}  // namespace plimsoll::properties::overlay
