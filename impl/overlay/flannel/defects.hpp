// The defects of the overlay domain that live in flannel's backends: real, documented bugs that a run may
// switch back on.
//
// Sources are given with each. F1, F2 and F7 to F12 live where leases are kept, not here.
#pragma once

#include <array>
#include <cstdint>

#include "impl/base/defect_set.hpp"

namespace plimsoll::overlay::flannel {

enum class Defect : std::uint8_t { F3, F4, F5, F6, F13, F14 };

using Defects = base::DefectSet<Defect>;
using DefectStory = base::DefectStory<Defect>;

inline constexpr std::array defect_stories = {
    DefectStory{
        Defect::F3, "F3", "impl/overlay/flannel",
        "A node reboots with a new VXLAN device; its lease says so, but the others keep the neighbour "
        "entry they have, and what they send is thrown away there.",
        "https://github.com/flannel-io/flannel/issues/1788"},
    DefectStory{Defect::F4, "F4", "impl/overlay/flannel",
                "Leases vanish while flanneld is down; it never removes their routes, and packets for a "
                "subnet that has moved go where it was.",
                "https://github.com/flannel-io/flannel/issues/2554"},
    DefectStory{Defect::F5, "F5", "impl/overlay/flannel",
                "The kernel refuses an entry while many nodes join; flanneld says so in its log, forgets the "
                "lease, and that node stays unreachable.",
                "https://github.com/flannel-io/flannel/issues/958"},
    DefectStory{Defect::F6, "F6", "impl/overlay/flannel",
                "A device goes down and up again, which empties the routing table; the vxlan backend never "
                "looks whether its routes are still there.",
                "https://github.com/flannel-io/flannel/issues/1070"},
    DefectStory{Defect::F13, "F13", "impl/overlay/flannel",
                "Pods are told the MTU of the network card, without what the tunnel's headers take: small "
                "packets arrive, large ones vanish.",
                "https://github.com/flannel-io/flannel/blob/cdf76059/pkg/backend/vxlan/vxlan_network.go"},
    DefectStory{Defect::F14, "F14", "impl/overlay/flannel",
                "What kube-proxy has marked for masquerading is masqueraded by flannel first, and replies "
                "take another path.",
                "https://github.com/flannel-io/flannel/commit/21e6bead"},
};

}  // namespace plimsoll::overlay::flannel
