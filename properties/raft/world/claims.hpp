// What a message says must be so when it is said.
#pragma once

#include <string>

#include "properties/raft/world/beliefs.hpp"

namespace plimsoll::properties::raft {

/// What is missing for `message`, which the server says in this step. Empty: nothing.
/// @param reached  Where the path ended.
[[nodiscard]] std::string missing_for(const core::PlainMessage& message, const PathQuestion& question,
                                      const spec::RaftState& reached, core::Index base);

}  // namespace plimsoll::properties::raft
