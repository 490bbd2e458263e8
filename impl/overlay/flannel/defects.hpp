// The defects of the overlay domain that live in flannel's backends: real, documented bugs that a run may
// switch back on.
//
// Sources are given with each. F1, F2 and F8 live where leases are kept, and so does F7 once more: there it
// is seen in tables, here by what packets meet. Of F10, F11 and I5 the guarded lines are in the world that
// keeps leases and pods (properties/overlay/world).
#pragma once

#include <array>
#include <cstdint>

#include "impl/base/defect_set.hpp"

namespace plimsoll::overlay::flannel {

enum class Defect : std::uint8_t { F3, F4, F5, F6, F7, F9, F10, F11, F12, F13, F14, I5 };

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
    DefectStory{Defect::F7, "F7", "impl/overlay/flannel",
                "The watch remembers the node's own lease, and a second listing reports it as vanished.",
                "https://github.com/flannel-io/flannel/blob/cdf76059/pkg/lease/lease.go"},
    DefectStory{Defect::F9, "F9", "impl/overlay/flannel",
                "In a network of both families a node changes what it publishes for IPv4 alone; the second "
                "comparison, of IPv6, finds nothing new, and the change is dropped.",
                "https://github.com/flannel-io/flannel/blob/cdf76059/pkg/subnet/kube/kube.go"},
    DefectStory{Defect::F10, "F10", "properties/overlay/world",
                "A lease was not renewed; the node takes a fresh subnet while its pods run on with addresses "
                "of the old one, and nothing reaches them any more.",
                "https://github.com/flannel-io/flannel/issues/621"},
    DefectStory{Defect::F11, "F11", "properties/overlay/world",
                "Leases of nodes that are gone stay; the range is used up, and new nodes get no subnet.",
                "https://github.com/flannel-io/flannel/issues/875"},
    DefectStory{Defect::F12, "F12", "impl/overlay/flannel",
                "After a compaction the watch asks again for what the registry has forgotten, for ever; the "
                "node's tables stay as they were.",
                "https://github.com/flannel-io/flannel/pull/2472"},
    DefectStory{Defect::F13, "F13", "impl/overlay/flannel",
                "Pods are told the MTU of the network card, without what the tunnel's headers take: small "
                "packets arrive, large ones vanish.",
                "https://github.com/flannel-io/flannel/blob/cdf76059/pkg/backend/vxlan/vxlan_network.go"},
    DefectStory{Defect::F14, "F14", "impl/overlay/flannel",
                "What kube-proxy has marked for masquerading is masqueraded by flannel first, and replies "
                "take another path.",
                "https://github.com/flannel-io/flannel/commit/21e6bead"},
    DefectStory{Defect::I5, "I5", "properties/overlay/world",
                "An address is given out again as soon as it is free; whoever still knows the old pod by it "
                "reaches the new one.",
                "https://github.com/contiv/vpp/pull/573"},
};

}  // namespace plimsoll::overlay::flannel
