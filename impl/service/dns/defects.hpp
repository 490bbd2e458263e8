// The defects of the cluster's DNS server: real, documented bugs that a run may switch back on.
#pragma once

#include <array>
#include <cstdint>

#include "impl/base/defect_set.hpp"

namespace plimsoll::dns {

enum class Defect : std::uint8_t { D1, D2, D3, D4 };

using Defects = base::DefectSet<Defect>;
using DefectStory = base::DefectStory<Defect>;

inline constexpr std::array defect_stories = {
    DefectStory{Defect::D1, "D1", "impl/service/dns",
                "A server that was just restarted says NXDOMAIN of names it has not heard of yet, and "
                "resolvers remember that.",
                "https://github.com/kubernetes/dns/issues/186"},
    DefectStory{Defect::D2, "D2", "impl/service/dns",
                "An update takes the records of a service out of the index and puts nothing in their place "
                "until the next resync: the name flaps to NXDOMAIN.",
                "https://github.com/coredns/coredns/issues/1365"},
    DefectStory{Defect::D3, "D3", "impl/service/dns",
                "An update adds the new records to the index and leaves the old ones there: names go on "
                "giving the address that a pod had before it was created again.",
                "https://github.com/coredns/coredns/issues/3432"},
    DefectStory{Defect::D4, "D4", "impl/service/dns",
                "A watch whose connection died without a word is waited on for ever, and the server answers "
                "out of the world as it was then.",
                "https://github.com/coredns/coredns/issues/3587"},
};

}  // namespace plimsoll::dns
