#include "properties/raft/world/defects.hpp"

#include <array>

#include "properties/defect_entries.hpp"

namespace plimsoll::properties::raft {
namespace {

using plimsoll::raft::Defect;
using enum FoundBy;

// In order of defects. R20 is a lease that is too long, and where there are no clocks no lease is safe: the
// scenario says so, and is violated without it, too.
constexpr std::array shown = {
    ShownDefect{Defect::R1, "servers-replaced", breadth_first, "quorum-intersection", 8, 2'729},
    ShownDefect{Defect::R2, "joint", breadth_first, "election-safety", 4, 188},
    ShownDefect{Defect::R3, "separate-writes", breadth_first, "election-safety", 11, 42'223},
    ShownDefect{Defect::R4, "separate-writes", breadth_first, "leader-completeness", 16, 11'458},
    ShownDefect{Defect::R5, "figure-eight", breadth_first, "leader-completeness", 11, 3'290},
    ShownDefect{Defect::R6, "divergence", breadth_first, "leader-completeness", 11, 113'680},
    ShownDefect{Defect::R7, "unknowing-voter", liveness, "a-leader-stays", 5, 3'100},
    ShownDefect{Defect::R8, "longer-log-lower-term", liveness, "a-leader-stays", 8, 19},
    ShownDefect{Defect::R9, "pre-vote-rollout", liveness, "followers-are-replicated-to", 23, 162},
    ShownDefect{Defect::R10, "leader-gone", liveness, "a-leader-stays", 17, 12'247},
    ShownDefect{Defect::R11, "rejoining", breadth_first, "undisturbed-leader", 10, 11'891},
    ShownDefect{Defect::R12, "slow-disk", depth_first, "state-machine-safety", 46, 1'212'514},
    ShownDefect{Defect::R13, "window", breadth_first, "acknowledged-entries-stored", 16, 13'730},
    ShownDefect{Defect::R14, "full-window", liveness, "proposals-commit", 13, 1'361},
    ShownDefect{Defect::R15, "probing", liveness, "followers-are-replicated-to", 12, 125},
    ShownDefect{Defect::R16, "delegated-snapshot", liveness, "followers-are-replicated-to", 10, 836},
    ShownDefect{Defect::R17, "one-voter-replaced", breadth_first, "quorum-intersection", 20, 11'734},
    ShownDefect{Defect::R18, "reads", breadth_first, "linearizable-read-index", 13, 63'433},
    ShownDefect{Defect::R19, "read-keys", symmetry, "linearizable-read-index", 18, 161'234},
    ShownDefect{Defect::R20, "lease-reads", breadth_first, "linearizable-read-index", 13, 23'656},
    ShownDefect{Defect::R21, "full-window", liveness, "proposals-commit", 15, 421},
    ShownDefect{Defect::R22, "asked-twice", breadth_first, "refines-raft-spec", 10, 32'693},
};

}  // namespace

std::string_view to_text(FoundBy engine) {
  switch (engine) {
    case breadth_first:
      return "bfs";
    case depth_first:
      return "dfs";
    case symmetry:
      return "bfs with symmetry";
    case liveness:
      return "liveness";
    case walks:
      return "walks";
  }
  return "";
}

std::span<const ShownDefect> shown_defects() {
  return shown;
}

std::vector<DefectEntry> defect_entries() {
  return list_defects(plimsoll::raft::defect_stories, shown, "model/scenarios/raft");
}

}  // namespace plimsoll::properties::raft
