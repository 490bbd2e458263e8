#include "properties/overlay/world/defects.hpp"

#include <array>

#include "properties/defect_entries.hpp"

namespace plimsoll::properties::flannel_world {
namespace {

using plimsoll::overlay::flannel::Defect;

constexpr std::array<ShownDefect, 0> rows = {};

}  // namespace

std::span<const ShownDefect> shown_defects() {
  return rows;
}

std::vector<DefectEntry> defect_entries() {
  return list_defects(plimsoll::overlay::flannel::defect_stories, rows, "model/scenarios/overlay");
}

}  // namespace plimsoll::properties::flannel_world
