#include "properties/overlay/world/defects.hpp"

#include <array>

#include "properties/defect_entries.hpp"

namespace plimsoll::properties::flannel_world {
namespace {

using plimsoll::overlay::flannel::Defect;

// Two have no row. F7: the backend is told that the node's own lease is gone, and removes what it had put
// there for it: nothing. So it is in flannel, whose requests to remove all fail; what it comes to in the
// table of leases, system `ipam` shows. F14: it takes a packet that kube-proxy has marked, and here is no
// kube-proxy; even then both rules give the same address (properties/service/delivery).
constexpr std::array rows = {
    ShownDefect{Defect::F3, "new-tunnel-address", "packet-delivery", 5, 620},
    ShownDefect{Defect::F4, "lease-not-renewed", "no-forwarding-loop", 19, 18'262},
    ShownDefect{Defect::F5, "refused-changes", "packet-delivery", 6, 385},
    ShownDefect{Defect::F6, "link-flap", "packet-delivery", 3, 38},
    ShownDefect{Defect::F9, "dual-stack", "packet-delivery", 5, 84},
    ShownDefect{Defect::F10, "lease-not-renewed", "packet-delivery", 8, 369},
    ShownDefect{Defect::F11, "subnet-moves", "dead-leases-reclaimed", 4, 279},
    ShownDefect{Defect::F12, "new-tunnel-address", "tables-converge", 5, 644},
    ShownDefect{Defect::F13, "full-size", "no-silent-size-limit", 1, 3},
    ShownDefect{Defect::I5, "pods-come-and-go", "no-misdelivery", 3, 88},
    // The same again, seen otherwise or elsewhere.
    ShownDefect{Defect::F3, "node-replaced", "packet-delivery", 5, 784},
    ShownDefect{Defect::F4, "subnet-moves", "packet-delivery", 15, 111'096},
    ShownDefect{Defect::F4, "restart-with-leftovers", "tables-converge", 12, 48'640},
    ShownDefect{Defect::F6, "direct-routing", "packet-delivery", 3, 137},
};

}  // namespace

std::span<const ShownDefect> shown_defects() {
  return rows;
}

std::vector<DefectEntry> defect_entries() {
  return list_defects(plimsoll::overlay::flannel::defect_stories, rows, "model/scenarios/overlay");
}

}  // namespace plimsoll::properties::flannel_world
