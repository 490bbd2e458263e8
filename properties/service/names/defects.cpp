#include "properties/service/names/defects.hpp"

#include <array>

#include "properties/defect_entries.hpp"

namespace plimsoll::properties::names {
namespace {

using dns::Defect;

// In order of defects.
constexpr std::array shown = {
    ShownDefect{Defect::D1, "dns-restart-before-sync", "no-false-denial"},
    ShownDefect{Defect::D2, "headless-scale", "no-false-denial"},
    ShownDefect{Defect::D3, "pod-recreated", "answers-as-specified"},
    ShownDefect{Defect::D4, "dns-dead-watch", "names-converge"},
};

}  // namespace

std::span<const ShownDefect> shown_defects() {
  return shown;
}

std::vector<DefectEntry> defect_entries() {
  return list_defects(dns::defect_stories, shown, "model/scenarios/service");
}

}  // namespace plimsoll::properties::names
