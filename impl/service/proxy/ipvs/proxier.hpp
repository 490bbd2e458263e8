// kube-proxy in IPVS mode: from services and endpoints to virtual servers, ipsets and a few rules.
//
// Source: kubernetes v1.31, pkg/proxy/ipvs/proxier.go (NewProxier, syncProxyRules), graceful_termination.go.
// A sync goes
//
//   idle -> looking -> writing -> cleaning -> idle
//
// It looks at what the kernel has, and asks for the difference (plan.hpp); so it needs no memory of what was
// programmed, and a restarted proxy goes on where the last one ended. Deviates: a sync whose requests failed
// in part is a failed one (KPX-10); upstream logs most of these errors and waits for the next change.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>

#include "impl/base/step.hpp"
#include "impl/service/proxy/change_tracker.hpp"
#include "impl/service/proxy/events.hpp"
#include "impl/service/proxy/ipvs/plan.hpp"

namespace plimsoll::service {

namespace ipvs {

/// ipvsadm -ln with connections, the addresses of kube-ipvs0, and iptables-save.
struct Look {
  PLIMSOLL_DESCRIBE(Look)
};
/// ipset: the set has this type and these entries, and no others.
struct SetReplace {
  std::string name = {};
  overlay::netfilter::IpSet set = {};
  PLIMSOLL_DESCRIBE(SetReplace, name, set)
};
struct Request {
  CallId id = {};
  std::variant<overlay::TableChange, Change, SetReplace, Look> body = {};
  PLIMSOLL_DESCRIBE(Request, id, body)
};
/// Each request is answered once. Requests are done in the order in which they were sent.
struct Answer {
  CallId id = {};
  std::optional<overlay::Errno> error = {};
  // The answer to Look:
  Listing listing = {};
  std::set<base::Ipv4> addresses = {};
  std::string saved = {};
  PLIMSOLL_DESCRIBE_OPTIONS(listing)
  PLIMSOLL_DESCRIBE(Answer, id, error, listing, addresses, saved)
};

}  // namespace ipvs

enum class IpvsProxierTimer : std::uint8_t {
  soon,    ///< the next sync may begin
  retry,   ///< something failed a while ago
  resync,  ///< time to look whether all is as it should be
  drain,   ///< real servers of weight 0 may have lost their last connections
};
PLIMSOLL_DESCRIBE_ENUM(IpvsProxierTimer, soon, retry, resync, drain)

enum class IpvsPhase : std::uint8_t { stopped, starting, idle, looking, writing, cleaning };
PLIMSOLL_DESCRIBE_ENUM(IpvsPhase, stopped, starting, idle, looking, writing, cleaning)

/// Volatile. Invariants: (1) `open` counts the requests under way, none in stopped and idle; (2) `asked` is
/// empty but in cleaning.
struct IpvsSync {
  IpvsPhase phase = IpvsPhase::stopped;
  std::uint32_t incarnation = 0;
  std::uint32_t open = 0;
  bool services_synced = false;
  bool slices_synced = false;
  bool is_wanted = true;
  bool is_soon_armed = false;
  bool has_failed = false;  ///< a request of this sync has
  std::optional<std::string> zone = {};
  std::set<overlay::ConntrackDelete> owed = {};                  ///< flows that must go
  std::map<std::uint32_t, overlay::ConntrackDelete> asked = {};  ///< by the number of the request
  PLIMSOLL_DESCRIBE(IpvsSync, phase, incarnation, open, services_synced, slices_synced, is_wanted,
                    is_soon_armed, has_failed, zone, owed, asked)
};

struct IpvsProxier {
  /// The defaults are kube-proxy's, with a second to the tick.
  struct Config {
    ipvs::PlanConfig plan = {};
    bool strict_arp = false;
    std::string node = {};
    base::ProcessId kernel = {};  ///< answers ipvs::Request
    base::Ticks min_sync_period{1};
    base::Ticks sync_period{30};
    base::Ticks drain_period{60};
  };

  struct State {
    ChangeTracker tracker = {};
    IpvsSync sync = {};
    PLIMSOLL_DESCRIBE(State, tracker, sync)
  };

  using Incoming = std::variant<ServiceEvent, SliceEvent, Synced, ZoneEvent, ipvs::Answer>;
  using Outgoing = ipvs::Request;
  using Timer = IpvsProxierTimer;
  using Input = base::Input<Incoming, Timer>;
  using Outputs = base::Outputs<Outgoing, Timer>;

  static void step(const Config& config, State& state, const Input& input, Outputs& outputs);
  static base::TimerKind timer_kind(const Timer& timer);
};

/// Whether nothing is left to do but to wait for connections to end.
[[nodiscard]] bool is_quiescent(const IpvsProxier::State& state);

}  // namespace plimsoll::service
