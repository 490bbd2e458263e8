#include "properties/store/world/defects.hpp"

#include <array>

#include "properties/defect_entries.hpp"

namespace plimsoll::properties::store {
namespace {

using plimsoll::store::Defect;
using enum FoundBy;

// In order of defects.
// E13 takes a read that is asked for twice, late messages, an election and a write, in this order: more than
// 10^8 states are nearer.
constexpr std::array shown = {
    ShownDefect{Defect::E1, "restarts", breadth_first, "refines-store-spec", 7, 673},
    ShownDefect{Defect::E2, "one-server", breadth_first, "acknowledged-writes-survive", 10, 3'239},
    ShownDefect{Defect::E3, "defragmentation", breadth_first, "refines-store-spec", 11, 5'800},
    ShownDefect{Defect::E4, "progress", breadth_first, "watch-guarantees", 15, 225},
    ShownDefect{Defect::E5, "snapshots", breadth_first, "watch-guarantees", 20, 20'610},
    ShownDefect{Defect::E6, "transactions", breadth_first, "watch-guarantees", 9, 1'133},
    ShownDefect{Defect::E7, "slow-watcher", breadth_first, "watch-guarantees", 28, 580},
    ShownDefect{Defect::E8, "compaction", breadth_first, "refines-store-spec", 15, 5'339},
    ShownDefect{Defect::E9, "compacted-tombstone", breadth_first, "watchers-catch-up", 21, 318},
    ShownDefect{Defect::E10, "compacted-reads", breadth_first, "refines-store-spec", 14, 6'982},
    ShownDefect{Defect::E11, "later-watch", breadth_first, "watch-guarantees", 9, 4'174},
    ShownDefect{Defect::E12, "two-snapshots", breadth_first, "snapshots-have-their-database", 15, 117'015},
    ShownDefect{Defect::E13, "read-asked-twice", walks, "linearizable-answers", 22, 113'491},
    ShownDefect{Defect::E14, "lease-of-old-leader", breadth_first, "only-leaders-revoke", 7, 1'001},
    ShownDefect{Defect::E15, "late-keep-alive", breadth_first, "renewed-leases-live", 14, 418},
    ShownDefect{Defect::E16, "lease-checkpoints", breadth_first, "leases-run-on", 12, 2'903},
    ShownDefect{Defect::E17, "lock", breadth_first, "mutual-exclusion", 28, 14'547},
    ShownDefect{Defect::E18, "two-clients", breadth_first, "linearizable-answers", 10, 3'482},
    ShownDefect{Defect::E19, "transactions", breadth_first, "refines-store-spec", 5, 212},
    ShownDefect{Defect::E20, "snapshot-while-copying", breadth_first, "refines-store-spec", 18, 479'145},
};

}  // namespace

std::span<const ShownDefect> shown_defects() {
  return shown;
}

std::vector<DefectEntry> defect_entries() {
  return list_defects(plimsoll::store::defect_stories, shown, "model/scenarios/store");
}

}  // namespace plimsoll::properties::store
