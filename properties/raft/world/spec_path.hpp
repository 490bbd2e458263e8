// One server's step as a path of the spec, from what that server may believe (beliefs.hpp).
//
// The path is found by guidance, not by search: where the server ended says which actions there must have
// been, and the spec says whether they are enabled (RaftSpec::after). Each either brings the state nearer to
// where the server ended or is not taken. They only add, and what might stand in the way of others, a new
// configuration, comes into force when nothing else is possible, so that no order is missed.
//
// refinement.hpp says why this is enough.
#pragma once

#include <string>

#include "properties/raft/world/beliefs.hpp"

namespace plimsoll::properties::raft {

/// Empty: there is such a path. Otherwise what is missing at its end, in words.
[[nodiscard]] std::string missing_on_path(const PathQuestion& question);

}  // namespace plimsoll::properties::raft
