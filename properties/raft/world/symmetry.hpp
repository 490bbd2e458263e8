// Servers of a raft world are interchangeable, as far as the cluster starts with them in the same role.
#pragma once

#include "properties/raft/world/assembly.hpp"

namespace plimsoll::properties::raft {

/// Declares voters, learners, and servers that are no members at first, each among themselves; or, in
/// `not_interchangeable`, why that would not be true. Requires: `assembly` is that of `setup`.
void declare_symmetry(Assembly& assembly, const Setup& setup);

}  // namespace plimsoll::properties::raft
