// Quorum intersection: of all configurations that servers act by at a time, any two quorums have a server in
// common. That is what changes of the configuration must keep up.
//
// Source: Ongaro's dissertation, 4.1 to 4.3.
#pragma once

#include "checker/world/model.hpp"
#include "properties/raft/world/assembly.hpp"

namespace plimsoll::properties::raft {

/// Vacuous where all that act do so by one configuration. Cost: exponential in the number of servers, which
/// are few.
[[nodiscard]] checker::Truth quorums_intersect(const checker::WorldView& view, const Assembly& assembly);

}  // namespace plimsoll::properties::raft
