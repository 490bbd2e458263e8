#include "properties/raft/world/defects.hpp"

#include <algorithm>
#include <array>

#include "impl/base/assert.hpp"
#include "impl/raft/defects.hpp"

namespace plimsoll::properties::raft {
namespace {

using plimsoll::raft::Defect;

struct Shown {
  Defect defect;
  const char* breaks;
  const char* scenario;
};
constexpr std::array shown = {
    Shown{Defect::R3, "election-safety", "model/scenarios/raft/separate-writes.yaml"},
    Shown{Defect::R4, "leader-completeness", "model/scenarios/raft/separate-writes.yaml"},
    Shown{Defect::R6, "leader-completeness", "model/scenarios/raft/divergence.yaml"},
    Shown{Defect::R18, "linearizable-read-index", "model/scenarios/raft/reads.yaml"},
};

}  // namespace

std::vector<DefectEntry> defect_entries() {
  std::vector<DefectEntry> entries;
  for (const Shown& one : shown) {
    const auto story =
        std::ranges::find(plimsoll::raft::defect_stories, one.defect, &plimsoll::raft::DefectStory::defect);
    PLIMSOLL_ASSERT(story != plimsoll::raft::defect_stories.end());
    entries.push_back({std::string(story->id), std::string(story->component), std::string(story->story),
                       std::string(story->source), one.breaks, one.scenario});
  }
  return entries;
}

}  // namespace plimsoll::properties::raft
