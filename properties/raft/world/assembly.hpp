// The world of system `raft`: servers, each linked with all others by a lossy network.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "checker/world/model.hpp"
#include "properties/raft/world/setup.hpp"

namespace plimsoll::properties::raft {

/// Where a server is in the world.
struct ServerPlaces {
  core::ServerId id;
  base::ProcessId process;
  checker::PartId durable, memory;
  std::optional<checker::PartId> refinement = {};  ///< if steps are held against the spec
};

struct Assembly {
  checker::WorldModel model;  ///< without properties
  std::vector<ServerPlaces> servers;
  checker::PartId history;
};

[[nodiscard]] Assembly assemble(const Setup& setup);

}  // namespace plimsoll::properties::raft
