// The defects of kube-proxy: real, documented bugs that a run may switch back on.
//
// Sources are given with each; GitHub issues of kubernetes/kubernetes unless another place is named.
#pragma once

#include <array>
#include <cstdint>

#include "impl/base/defect_set.hpp"

namespace plimsoll::service {

enum class Defect : std::uint8_t { P1, P2, P3, P4, P5, P6, P7, P9, P10, P11, P12, P13, P14, P15, P16 };

using Defects = base::DefectSet<Defect>;
using DefectStory = base::DefectStory<Defect>;

inline constexpr std::array defect_stories = {
    DefectStory{Defect::P1, "P1", "impl/service/proxy",
                "A UDP flow stays pinned by conntrack to an endpoint that is gone: nothing forgets it.",
                "https://github.com/kubernetes/kubernetes/issues/19029"},
    DefectStory{Defect::P2, "P2", "impl/service/proxy",
                "Flows of a UDP service that began while it had no endpoints were not translated, and stay "
                "so when it gets some: only the removal of endpoints is cleaned up after.",
                "https://github.com/kubernetes/kubernetes/issues/48370"},
    DefectStory{Defect::P3, "P3", "impl/service/proxy",
                "A UDP service that loses its last endpoint is passed over when stale flows are looked for: "
                "they go on to the dead endpoint.",
                "https://github.com/kubernetes/kubernetes/issues/139628"},
    DefectStory{Defect::P4, "P4", "impl/service/proxy",
                "The flows of a deleted UDP service are looked up in a map it has left already, so they "
                "leak to whatever pod gets the address next.",
                "https://github.com/kubernetes/kubernetes/pull/141371"},
    DefectStory{Defect::P5, "P5", "impl/service/proxy/iptables",
                "Pending changes are taken off the list before iptables-restore has succeeded; when it "
                "fails, their flows are never cleaned up.",
                "https://github.com/kubernetes/kubernetes/issues/112604"},
    DefectStory{Defect::P6, "P6", "impl/service/proxy/iptables",
                "After a failed partial sync the next one is partial too and believes that the kernel has "
                "what memory has: chains of the first one's services are missing.",
                "https://github.com/kubernetes/kubernetes/issues/121362"},
    DefectStory{Defect::P7, "P7", "impl/service/proxy/iptables",
                "Somebody flushes the nat table, and nobody looks: there is no canary and no periodic full "
                "sync.",
                "https://github.com/kubernetes/kubernetes/issues/129128"},
    DefectStory{Defect::P9, "P9", "impl/service/proxy/iptables",
                "A packet that conntrack finds invalid passes through without its translation undone, and "
                "the client resets the connection.",
                "https://github.com/kubernetes/kubernetes/issues/74839"},
    DefectStory{Defect::P10, "P10", "impl/service/proxy/ipvs",
                "A real server that was being taken out keeps weight 0 when its endpoint comes back: the "
                "list of those being taken out was lost in a restart, and weights are not looked at.",
                "https://github.com/kubernetes/kubernetes/issues/92019"},
    DefectStory{Defect::P11, "P11", "impl/service/proxy/ipvs",
                "With conn_reuse_mode 0, a client that uses its port again is sent to the real server of "
                "the old connection, though that has weight 0.",
                "https://github.com/kubernetes/kubernetes/issues/81775"},
    DefectStory{Defect::P12, "P12", "impl/service/proxy/ipvs",
                "Session affinity goes on choosing an endpoint that is gone until the persistence template "
                "runs out.",
                "https://github.com/kubernetes/kubernetes/issues/71809"},
    DefectStory{Defect::P13, "P13", "impl/service/proxy/ipvs",
                "The real server of a removed endpoint is deleted at once, and with it its established "
                "connections.",
                "https://github.com/kubernetes/kubernetes/issues/57841"},
    DefectStory{Defect::P14, "P14", "impl/service/proxy",
                "A node that has only terminating endpoints of a service with external policy Local drops "
                "its traffic, though they still serve.",
                "https://github.com/kubernetes/kubernetes/issues/85643"},
    DefectStory{Defect::P15, "P15", "impl/service/proxy",
                "A pod that reaches itself through its service is not masqueraded, and drops the packet as "
                "a martian.",
                "https://github.com/kubernetes/kubernetes/issues/13375"},
    DefectStory{Defect::P16, "P16", "impl/service/proxy/iptables",
                "Two services were given one node port; rules end at the second of them, and later services "
                "have none.",
                "https://github.com/kubernetes/kubernetes/issues/44098"},
};

}  // namespace plimsoll::service
