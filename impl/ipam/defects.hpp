// The defects of the address-management domain: real, documented bugs that a run may switch back on.
//
// Sources are given with each.
#pragma once

#include <array>
#include <cstdint>

#include "impl/base/defect_set.hpp"

namespace plimsoll::ipam {

enum class Defect : std::uint8_t { F1, F2, F7, F8, I1, I2, I3, I4, I6 };

using Defects = base::DefectSet<Defect>;
using DefectStory = base::DefectStory<Defect>;

inline constexpr std::array defect_stories = {
    DefectStory{Defect::F1, "F1", "impl/ipam/flannel",
                "A host loses its lease while it is offline, another node takes the subnet, and the first "
                "one writes its lease back without looking: two nodes own one subnet.",
                "https://github.com/flannel-io/flannel/issues/1289"},
    DefectStory{Defect::F2, "F2", "impl/ipam/flannel",
                "After a compacted watch the leases are listed again, but a known subnet whose attributes "
                "changed is passed over: its route leads to a device that is gone.",
                "https://github.com/flannel-io/flannel/issues/533"},
    DefectStory{Defect::F7, "F7", "impl/ipam/flannel",
                "A node's own lease is kept among those of its peers, so the second listing reports it as "
                "removed and the node drops its own subnet.",
                "https://github.com/flannel-io/flannel/blob/cdf76059/pkg/lease/lease.go"},
    DefectStory{Defect::F8, "F8", "impl/ipam/flannel",
                "Two nodes create the same lease at once; the loser compares with the wrong error value "
                "and exits where it should choose another subnet.",
                "https://github.com/flannel-io/flannel/blob/cdf76059/pkg/subnet/etcd/local_manager.go"},
    DefectStory{Defect::I1, "I1", "properties/ipam/workload",
                "A node reboots and its sandboxes are gone, but their addresses stay allocated on disk "
                "until the range is exhausted.",
                "https://github.com/containernetworking/plugins/issues/252"},
    DefectStory{
        Defect::I2, "I2", "impl/ipam/host_local",
        "A crash between creating an address file and writing it leaves an empty file that no DEL releases.",
        "https://github.com/containernetworking/plugins/issues/498"},
    DefectStory{
        Defect::I3, "I3", "impl/ipam/host_local",
        "The directory of address files is lost while pods run, and their addresses are handed out again.",
        "https://github.com/kubernetes-retired/kube-aws/issues/60"},
    DefectStory{Defect::I4, "I4", "impl/ipam/host_local",
                "The range comes from a hand-written configuration that two nodes share, and not from the "
                "node's lease.",
                "https://github.com/containernetworking/plugins/issues/629"},
    DefectStory{Defect::I6, "I6", "impl/ipam/host_local",
                "A repeated ADD for one container and interface allocates a second address.",
                "https://github.com/containernetworking/plugins/commit/e8771b36"},
};

}  // namespace plimsoll::ipam
