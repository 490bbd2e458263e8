// kube-proxy in iptables mode: from services and endpoints to rules in the kernel.
//
// Source: kubernetes v1.31, pkg/proxy/iptables/proxier.go (NewProxier, syncProxyRules), cmd/kube-proxy/app
// (the sysctls), pkg/util/async (BoundedFrequencyRunner), pkg/util/iptables (Monitor). A sync goes
//
//   idle -> saving -> ensuring -> restoring -> cleaning -> idle
//
// and leaves out what it need not do: only a full sync looks for the jumps into kube-proxy's chains and mends
// them; a partial one, which writes the chains of the services that changed, asks for iptables-save only to
// find stale chains. Deviates: (1) a failed sync forgets nothing (KPX-10, change_tracker.hpp), and flows that
// could not be deleted are tried again; (2) syncs are at least min_sync_period apart, upstream lets two in a
// row through; (3) when the cluster becomes large or small, all services are written, so that comments are as
// in a full sync.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "impl/base/step.hpp"
#include "impl/service/proxy/change_tracker.hpp"
#include "impl/service/proxy/events.hpp"
#include "impl/service/proxy/iptables/config.hpp"

namespace plimsoll::service {

enum class IptablesProxierTimer : std::uint8_t {
  soon,     ///< the next sync may begin
  retry,    ///< something failed a while ago
  resync,   ///< the last full sync is long ago
  monitor,  ///< time to see whether somebody flushed the tables
  cleanup,  ///< in a large cluster: stale chains may be looked for again
};
PLIMSOLL_DESCRIBE_ENUM(IptablesProxierTimer, soon, retry, resync, monitor, cleanup)

enum class SyncPhase : std::uint8_t {
  stopped,
  starting,   ///< sysctls are being set
  idle,       ///< nothing is under way
  checking,   ///< are the canaries there?
  saving,     ///< which chains and jumps are there?
  ensuring,   ///< jumps are being added
  restoring,  ///< rules are being written
  cleaning,   ///< flows are being deleted
};
PLIMSOLL_DESCRIBE_ENUM(SyncPhase, stopped, starting, idle, checking, saving, ensuring, restoring, cleaning)

/// Volatile. Invariants: (1) requests are under way in starting and from checking on, and `open` counts them;
/// (2) `asked` is empty but in cleaning.
struct SyncState {
  SyncPhase phase = SyncPhase::stopped;
  std::uint32_t incarnation = 0;
  std::uint32_t open = 0;
  bool services_synced = false;
  bool slices_synced = false;
  bool is_wanted = false;      ///< something changed
  bool needs_full = true;      ///< the next sync must be full
  bool is_full = false;        ///< the one under way is
  bool is_soon_armed = false;  ///< the last sync began less than min_sync_period ago
  bool cleanup_due = true;
  bool is_large = false;  ///< what was written last is without comments
  std::optional<std::string> zone = {};
  std::vector<std::string> nat_chains = {};                      ///< found by iptables-save in this sync
  std::set<overlay::ConntrackDelete> owed = {};                  ///< flows that must go
  std::map<std::uint32_t, overlay::ConntrackDelete> asked = {};  ///< by the number of the request
  PLIMSOLL_DESCRIBE(SyncState, phase, incarnation, open, services_synced, slices_synced, is_wanted,
                    needs_full, is_full, is_soon_armed, cleanup_due, is_large, zone, nat_chains, owed, asked)
};

struct IptablesProxier {
  /// The defaults are kube-proxy's, with a second to the tick.
  struct Config {
    iptables::RulesConfig rules = {};
    std::string node = {};        ///< this node's name
    base::ProcessId kernel = {};  ///< answers KernelRequest
    base::Ticks min_sync_period{1};
    base::Ticks sync_period{30};
    base::Ticks full_sync_period{3600};
  };

  struct State {
    ChangeTracker tracker = {};
    SyncState sync = {};
    PLIMSOLL_DESCRIBE(State, tracker, sync)
  };

  using Incoming = std::variant<ServiceEvent, SliceEvent, Synced, ZoneEvent, KernelAnswer>;
  using Outgoing = KernelRequest;
  using Timer = IptablesProxierTimer;
  using Input = base::Input<Incoming, Timer>;
  using Outputs = base::Outputs<Outgoing, Timer>;

  static void step(const Config& config, State& state, const Input& input, Outputs& outputs);
  static base::TimerKind timer_kind(const Timer& timer);
};

/// Whether nothing is left to do: no change is pending, no request under way, no flow owed.
[[nodiscard]] bool is_quiescent(const IptablesProxier::State& state);

}  // namespace plimsoll::service
