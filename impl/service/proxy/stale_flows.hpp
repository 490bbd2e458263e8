// Which flows conntrack must forget when the rules of a service have changed (KPX-9).
//
// NAT decides the first packet of a flow only; the later ones follow what conntrack remembers. A TCP client
// of an endpoint that is gone is reset or times out, and connects anew; a UDP client goes on sending from the
// same port for ever. So after rules were installed, UDP flows that the new rules would not have made are
// deleted.
//
// Source: kubernetes v1.31, pkg/proxy/conntrack/cleanup.go (CleanStaleEntries) and endpointschangetracker.go
// (detectStaleConntrackEntries). Deviates, to be safe where upstream is not: flows of ports and addresses
// that a service no longer has are deleted too, by node port and external address as well (P4), and
// cluster-wide deletions name the port, so that other services on an external address keep their flows.
#pragma once

#include <set>

#include "impl/overlay/node/table_change.hpp"
#include "impl/service/proxy/defects.hpp"
#include "impl/service/proxy/types.hpp"

namespace plimsoll::service {

/// What `conntrack -D` must be called with after `before` was replaced by `after` in the kernel.
[[nodiscard]] std::set<overlay::ConntrackDelete> stale_flows(const ServiceView& before,
                                                             const ServiceView& after, Defects defects = {});

}  // namespace plimsoll::service
