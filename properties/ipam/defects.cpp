#include "properties/ipam/defects.hpp"

#include <algorithm>
#include <array>

#include "impl/base/assert.hpp"
#include "impl/ipam/defects.hpp"

namespace plimsoll::properties::ipam {
namespace {

using plimsoll::ipam::Defect;

struct Shown {
  Defect defect;
  const char* breaks;
  const char* scenario;
};
constexpr std::array shown = {
    Shown{Defect::F1, "disjoint-subnets", "model/scenarios/ipam/rejoin-after-expiry.yaml"},
    Shown{Defect::F2, "peer-view-converges", "model/scenarios/ipam/compaction-while-disconnected.yaml"},
    Shown{Defect::F7, "peer-view-converges", "model/scenarios/ipam/compaction-while-disconnected.yaml"},
    Shown{Defect::F8, "every-node-leased", "model/scenarios/ipam/scarcity.yaml"},
    Shown{Defect::I1, "no-address-leak", "model/scenarios/ipam/crash-during-allocation.yaml"},
    Shown{Defect::I2, "no-address-leak", "model/scenarios/ipam/crash-during-allocation.yaml"},
    Shown{Defect::I3, "unique-pod-ip", "model/scenarios/ipam/crash-during-allocation.yaml"},
    Shown{Defect::I4, "unique-pod-ip", "model/scenarios/default/founding-example.yaml"},
    Shown{Defect::I6, "no-address-leak", "model/scenarios/ipam/crash-during-allocation.yaml"},
};

}  // namespace

std::vector<DefectEntry> defect_entries() {
  std::vector<DefectEntry> entries;
  for (const plimsoll::ipam::DefectStory& story : plimsoll::ipam::defect_stories) {
    const auto found =
        std::find_if(shown.begin(), shown.end(), [&](const Shown& s) { return s.defect == story.defect; });
    PLIMSOLL_ASSERT(found != shown.end());
    entries.push_back({std::string(story.id), std::string(story.component), std::string(story.story),
                       std::string(story.source), found->breaks, found->scenario});
  }
  return entries;
}

}  // namespace plimsoll::properties::ipam
