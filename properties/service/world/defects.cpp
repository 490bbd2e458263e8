#include "properties/service/world/defects.hpp"

#include <array>

#include "properties/defect_entries.hpp"

namespace plimsoll::properties::services_world {
namespace {

using plimsoll::service::Defect;

// Two of the catalogue are no defects of ours. P8: two packets of one socket race in the kernel to insert the
// same flow; a step of this kernel is never interrupted. P17: a checksum that hardware was to fill in;
// packets here carry no checksums.
constexpr std::array rows = {
    ShownDefect{Defect::P1, "endpoint-replaced", "no-misdelivery", 7, 1'667},
    ShownDefect{Defect::P2, "service-appears", "connection-delivery", 8, 1'789},
    ShownDefect{Defect::P3, "scaled-to-zero-and-back", "no-misdelivery", 7, 1'360},
    ShownDefect{Defect::P4, "service-deleted", "no-misdelivery", 7, 690},
    ShownDefect{Defect::P5, "endpoint-replaced", "no-misdelivery", 9, 4'821},
    ShownDefect{Defect::P6, "two-services", "connection-delivery", 6, 629},
    ShownDefect{Defect::P7, "rules-flushed", "connection-delivery", 2, 19},
    ShownDefect{Defect::P9, "stray-segments", "no-stray-segment", 2, 8},
    ShownDefect{Defect::P10, "open-connection", "connection-delivery", 27, 6'167},
    ShownDefect{Defect::P11, "port-used-again", "no-misdelivery", 27, 654},
    ShownDefect{Defect::P12, "session-affinity", "no-misdelivery", 26, 623},
    ShownDefect{Defect::P13, "open-connection", "connections-survive", 6, 327},
    ShownDefect{Defect::P14, "rolling-update", "connection-delivery", 5, 221},
    ShownDefect{Defect::P15, "hairpin", "connection-delivery", 1, 6},
    ShownDefect{Defect::P16, "node-port-twice", "connection-delivery", 6, 224},
    ShownDefect{Defect::P5, "service-deleted", "no-misdelivery", 10, 3'056},
};

}  // namespace

std::span<const ShownDefect> shown_defects() {
  return rows;
}

std::vector<DefectEntry> defect_entries() {
  return list_defects(plimsoll::service::defect_stories, rows, "model/scenarios/service");
}

}  // namespace plimsoll::properties::services_world
