// Which real server gets a new connection: the schedulers of IPVS as pure functions.
//
// Source: Linux, net/netfilter/ipvs/ip_vs_rr.c, ip_vs_wrr.c, ip_vs_lc.c, ip_vs_wlc.c, ip_vs_sh.c, ip_vs_dh.c,
// ip_vs_sed.c, ip_vs_nq.c. Limits on connections (u_threshold) are not kept: kube-proxy sets none, so no
// server is overloaded.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "impl/service/proxy/ipvs/tables.hpp"

namespace plimsoll::service::ipvs {

/// A real server as a scheduler sees it.
struct Candidate {
  RealKey key = {};
  std::uint32_t weight = 1;
  Counts connections = {};
};

/// @param candidates  In the order of the kernel's list.
/// @param state       Is read and written by rr and wrr.
/// @return whose turn it is; none: no server takes connections.
[[nodiscard]] std::optional<std::size_t> schedule(Scheduler scheduler, std::span<const Candidate> candidates,
                                                  SchedulerState& state, const base::Ipv4& source,
                                                  const base::Ipv4& destination);

/// Makes the change in the tables (see there), and in what schedulers and persistence remember of the
/// service.
[[nodiscard]] std::optional<overlay::Errno> make_change(Tables& tables, State& state, const Change& change);

}  // namespace plimsoll::service::ipvs
