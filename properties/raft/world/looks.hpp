// What properties look at of a server in a world.
#pragma once

#include "checker/world/view.hpp"
#include "properties/raft/world/assembly.hpp"
#include "properties/raft/world/facts.hpp"

namespace plimsoll::properties::raft {

[[nodiscard]] inline const core::Storage& durable(const checker::WorldView& view,
                                                  const ServerPlaces& server) {
  return view.part<core::Storage>(server.durable);
}
[[nodiscard]] inline const core::Raft& raft_of(const checker::WorldView& view, const ServerPlaces& server) {
  return view.part<core::Memory>(server.memory).node.raft;
}
/// A server that is down has no memory, and no id.
[[nodiscard]] inline KnownLog log_of(const checker::WorldView& view, const ServerPlaces& server) {
  return raft_of(view, server).id == core::nobody
             ? KnownLog(durable(view, server))
             : KnownLog(durable(view, server), raft_of(view, server).log.unstable);
}

}  // namespace plimsoll::properties::raft
