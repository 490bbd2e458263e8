#include "properties/store/world/defects.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace plimsoll::properties::store {
namespace {

using plimsoll::store::Defect;

// In order of defects.
constexpr std::array shown = {
    ShownDefect{Defect::E1, "restarts", "refines-store-spec", 7, 569},
    ShownDefect{Defect::E2, "one-server", "linearizable-answers", 15, 9'718},
    ShownDefect{Defect::E3, "defragmentation", "refines-store-spec", 11, 3'770},
    ShownDefect{Defect::E4, "progress", "watch-guarantees", 15, 225},
    ShownDefect{Defect::E5, "snapshots", "watch-guarantees", 20, 20'610},
    ShownDefect{Defect::E6, "transactions", "watch-guarantees", 9, 1'133},
    ShownDefect{Defect::E7, "slow-watcher", "watch-guarantees", 28, 580},
    ShownDefect{Defect::E8, "compaction", "refines-store-spec", 15, 5'144},
    ShownDefect{Defect::E9, "compaction", "refines-store-spec", 15, 5'144},
    ShownDefect{Defect::E10, "compacted-reads", "refines-store-spec", 13, 3'719},
    ShownDefect{Defect::E11, "later-watch", "watch-guarantees", 9, 4'174},
    ShownDefect{Defect::E14, "lease-of-old-leader", "only-leaders-revoke", 7, 1'001},
    ShownDefect{Defect::E15, "late-keep-alive", "renewed-leases-live", 14, 418},
    ShownDefect{Defect::E18, "two-clients", "linearizable-answers", 10, 3'482},
    ShownDefect{Defect::E19, "transactions", "refines-store-spec", 5, 212},
    ShownDefect{Defect::E20, "snapshot-while-copying", "refines-store-spec", 18, 317'176},
};

constexpr std::array elsewhere = {
    DefectElsewhere{
        Defect::E12,
        "needs a snapshot that arrives while another is written: impl/store/server_snapshot_test.cpp"},
    DefectElsewhere{
        Defect::E13,
        "needs read rounds that are confirmed late, by Raft's own messages: impl/store/server_read_test.cpp"},
    DefectElsewhere{Defect::E16, "needs clocks, which these worlds do not have: impl/store/lessor_test.cpp"},
    DefectElsewhere{Defect::E17, "is a client's mistake, and no client here takes locks"},
};

}  // namespace

std::span<const ShownDefect> shown_defects() {
  return shown;
}

std::span<const DefectElsewhere> defects_elsewhere() {
  return elsewhere;
}

std::vector<DefectEntry> defect_entries() {
  std::vector<DefectEntry> entries;
  for (const plimsoll::store::DefectStory& story : plimsoll::store::defect_stories) {
    const auto row = std::ranges::find(shown, story.defect, &ShownDefect::defect);
    DefectEntry& entry = entries.emplace_back();
    entry.id = story.id;
    entry.component = story.component;
    entry.story = story.story;
    entry.source = story.source;
    if (row != shown.end()) {
      entry.breaks = row->property;
      entry.scenario = std::string("model/scenarios/store/") + row->scenario + ".yaml";
    }
  }
  return entries;
}

}  // namespace plimsoll::properties::store
