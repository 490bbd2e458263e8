// flannel's subnet manager on etcd: leases a subnet for its node, keeps it, and follows the leases of the
// others.
//
// Source: flannel at cdf76059, pkg/subnet/etcd/local_manager.go (acquire, renew, watch), registry.go (the
// requests), pkg/lease/lease.go; rules FLN-1 to FLN-8. Read acquire.cpp, renew.cpp and watch.cpp in this
// order. Deviates, to be safe where flannel is not (each defect brings the original back): (1) every write
// compares mod_revision, so that a lease that became another node's is never written over (F1); (2) the loser
// of a creation race lists again (F8); (3) known leases: see lease_watcher.hpp (F2, F7); (4) the node trusts
// its lease only for ttl - safety_margin from the moment it *asked* for it, and then takes its network down:
// flannel has no such clock and learns from the store that it lost its lease, or does not;
// (5) a node that finds no free subnet asks again after retry_after; flanneld exits and is restarted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include <tl/expected.hpp>

#include "impl/base/described_net.hpp"
#include "impl/base/kv.hpp"
#include "impl/base/step.hpp"
#include "impl/ipam/defects.hpp"
#include "impl/ipam/flannel/call.hpp"
#include "impl/ipam/flannel/lease_watcher.hpp"
#include "impl/ipam/flannel/network_changed.hpp"
#include "impl/ipam/flannel/network_config.hpp"
#include "impl/ipam/node_network.hpp"

namespace plimsoll::ipam {

/// Two expiry timers: while a renewal is under way, the lease held and the lease asked for each have one.
enum class SubnetManagerTimer : std::uint8_t { renew, expiry_even, expiry_odd, retry };
PLIMSOLL_DESCRIBE_ENUM(SubnetManagerTimer, renew, expiry_even, expiry_odd, retry)

enum class ManagerPhase : std::uint8_t {
  stopped,     ///< not started yet, or ended by itself
  listing,     ///< what leases are there?
  deleting,    ///< our own lease does not fit the configuration any more
  granting,    ///< the store is asked for a lease to attach the key to
  committing,  ///< the key is being written
  waiting,     ///< retry is armed: then renew, if a subnet is held, else list
  holding,     ///< the subnet is ours, nothing is under way; renew is armed
};
PLIMSOLL_DESCRIBE_ENUM(ManagerPhase, stopped, listing, deleting, granting, committing, waiting, holding)

/// The subnet that this node may use until `expiry` fires.
struct HeldLease {
  base::Ipv4Prefix subnet;
  kv::LeaseId lease;
  kv::Revision mod_revision;  ///< of the key, as last written by us
  SubnetManagerTimer expiry = SubnetManagerTimer::expiry_even;
  PLIMSOLL_DESCRIBE(HeldLease, subnet, lease, mod_revision, expiry)
};

/// A lease being acquired or renewed. Void once `expiry` fires: the grant might run out before its key is
/// used.
struct LeaseAttempt {
  base::Ipv4Prefix subnet;
  kv::Revision seen;  ///< mod_revision that the key must still have; 0: it must be absent
  kv::LeaseId lease;
  SubnetManagerTimer expiry = SubnetManagerTimer::expiry_even;
  PLIMSOLL_DESCRIBE(LeaseAttempt, subnet, seen, lease, expiry)
};

/// Volatile. Invariants: (1) `attempt` is set in granting and committing only; (2) with holding, `held` is
/// set; with listing and deleting it is not; (3) the timers in `held` and `attempt` are armed, and differ.
struct Manager {
  ManagerPhase phase = ManagerPhase::stopped;
  Call call;
  std::optional<HeldLease> held;
  std::optional<LeaseAttempt> attempt;
  std::uint32_t races_lost = 0;  ///< since a subnet was last held; bounded by create_attempts_max
  std::uint16_t grants = 0;      ///< in this life: lease ids are never used twice
  PLIMSOLL_DESCRIBE(Manager, phase, call, held, attempt, races_lost, grants)
};

enum class ViewPhase : std::uint8_t {
  idle,      ///< no subnet is held
  listing,   ///< a snapshot is awaited
  watching,  ///< a watch is open
  waiting,   ///< retry is armed: then watch from next_revision, or list if that is 0
};
PLIMSOLL_DESCRIBE_ENUM(ViewPhase, idle, listing, watching, waiting)

/// Volatile. What the node knows of the leases in the store while it holds one. The watch bears the number of
/// `call`.
struct LeaseView {
  ViewPhase phase = ViewPhase::idle;
  Call call;
  kv::Revision next_revision;  ///< the first one not seen; 0: nothing seen, or compacted
  LeaseTable known;            ///< flannel's LeaseWatcher: leases of peers
  LeaseTable table;            ///< what the backend was told to program, the own subnet as its local entry
  PLIMSOLL_DESCRIBE(LeaseView, phase, call, next_revision, known, table)
};

/// Durable: the file subnet.env, which names the subnet held last.
struct SubnetEnv {
  std::optional<base::Ipv4Prefix> subnet;
  PLIMSOLL_DESCRIBE(SubnetEnv, subnet)
};

struct SubnetManager {
  /// Requires: check(). The defaults are flannel's, with a minute to the tick.
  struct Config {
    NetworkConfig network;
    std::string prefix = "/coreos.com/network";
    base::ProcessId store;
    std::optional<base::ProcessId> runtime;  ///< is sent NetworkChanged; none: a node without pods
    base::Ipv4 public_ip;                    ///< unique among nodes
    base::Ticks ttl{24 * 60};
    /// A lease is renewed ttl - renew_margin after it was won.
    base::Ticks renew_margin{60};
    /// A lease is used until ttl - safety_margin after it was asked for. Requires: more than what the clocks
    /// of node and store drift apart in a ttl.
    base::Ticks safety_margin{1};
    base::Ticks retry_after{1};
    std::uint32_t create_attempts_max = 10;  ///< races lost in a row before the process gives up
    std::uint32_t free_subnets_max = 100;    ///< how many free subnets are offered to chance
    /// Tried first, in place of what subnet.env says; none: subnet.env decides.
    std::optional<base::Ipv4Prefix> previous_subnet;
    Defects defects;

    /// Whether safety_margin < renew_margin < ttl, so that a lease is renewed before it stops being trusted
    /// and trusted no longer than the store keeps it; retries take time; at least one attempt and one subnet
    /// are allowed.
    /// @return nothing, or one sentence.
    [[nodiscard]] tl::expected<void, std::string> check() const;
  };

  /// The parts. NodeNetwork is shared with the CNI plugin and the runtime of the node.
  struct State {
    Manager manager;
    LeaseView view;
    SubnetEnv subnet_env;
    NodeNetwork network;
    PLIMSOLL_DESCRIBE(State, manager, view, subnet_env, network)
  };

  using Incoming = std::variant<kv::Response, kv::WatchResponse>;
  using Outgoing = std::variant<kv::Request, NetworkChanged>;
  using Timer = SubnetManagerTimer;
  using Input = base::Input<Incoming, Timer>;
  using Outputs = base::Outputs<Outgoing, Timer>;

  static void step(const Config& config, State& state, const Input& input, Outputs& outputs);
  static base::TimerKind timer_kind(const Timer& timer);
  /// Which parts `input` may read or write: bit i stands for the i-th field of State.
  static std::uint32_t reads(const Config& config, const Input& input);
};

/// A lease id of this node and life: public_ip, 16 bits of incarnation, 16 bits of `grant`.
[[nodiscard]] constexpr kv::LeaseId lease_id(base::Ipv4 public_ip, std::uint32_t incarnation,
                                             std::uint16_t grant) {
  return {std::uint64_t{public_ip.value()} << 32 | std::uint64_t{incarnation & 0xffffU} << 16 | grant};
}

}  // namespace plimsoll::ipam
