#include "properties/service/world/defects.hpp"

#include <array>

#include "properties/defect_entries.hpp"

namespace plimsoll::properties::services_world {
namespace {

using plimsoll::service::Defect;

constexpr std::array rows = {
    ShownDefect{Defect::P1, "endpoint-replaced", "no-misdelivery", 0, 0},
};

}  // namespace

std::span<const ShownDefect> shown_defects() {
  return rows;
}

std::vector<DefectEntry> defect_entries() {
  return list_defects(plimsoll::service::defect_stories, rows, "model/scenarios/service");
}

}  // namespace plimsoll::properties::services_world
