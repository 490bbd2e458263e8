// Leases: which keys each holds, and, at the primary, when each runs out.
//
// Source: etcd server/lease/lessor.go (v3.5). Statement: ETCD-9. Which leases there are is in the backend's
// rows and changes by entries of the log alone, alike at all members. How much time each has left is known
// to the primary lessor only, which is the one of the leader. It has no clock: it says which timers to arm,
// and is told when one fires.
//
// Deviates: etcd schedules a checkpoint anew when the last one is applied, here that is done as soon as it is
// due, and anew with each keep-alive, so that what is left is known without a clock. A keep-alive also clears
// a checkpoint that is proposed and not applied yet: applied later it would take from the time that the
// client was told. etcd returns ErrNotPrimary only to callers that wait; here they are WaitingRenewals, and
// whoever holds them calls resume_renewal().
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "impl/base/describe_macro.hpp"
#include "impl/base/kv.hpp"
#include "impl/store/defects.hpp"
#include "impl/store/internal_request.hpp"
#include "impl/store/mvcc.hpp"

namespace plimsoll::store {

/// All ticks are those of the server's clock. `ttl_min` and `ttl_max` must be the same at all members.
struct LessorConfig {
  base::Ticks ttl_min{1};  ///< shorter leases are given this: etcd's is one and a half election time-outs
  std::uint64_t ttl_max = 9'000'000'000;  ///< etcd's, in seconds
  base::Ticks checkpoint_interval{300};   ///< of leases that have longer to live; 0: no checkpoints
  base::Ticks revoke_retry{3};            ///< a lease that ran out is revoked again after so long; at least 1
  std::uint32_t expiries_per_tick = 750;  ///< of a new primary: more are spread over later ticks; 0: no limit
};

enum class LeaseTimerKind : std::uint8_t { expiry, checkpoint };
PLIMSOLL_DESCRIBE_ENUM(LeaseTimerKind, expiry, checkpoint)
struct LeaseTimer {
  LeaseTimerKind kind = LeaseTimerKind::expiry;
  kv::LeaseId lease = {};
  PLIMSOLL_DESCRIBE(LeaseTimer, kind, lease)
};
/// (Re)arm the timer to fire after so many ticks; none: disarm it, if it is armed.
struct LeaseTimerChange {
  LeaseTimer timer = {};
  std::optional<base::Ticks> after = {};
  PLIMSOLL_DESCRIBE(LeaseTimerChange, timer, after)
};
using LeaseTimerChanges = std::vector<LeaseTimerChange>;

/// A lease as this member's lessor sees it. What is not `keys` is at its default unless it is the primary.
struct LiveLease {
  std::set<std::string> keys = {};
  base::Ticks left = {};             ///< when it was last refreshed, less the checkpoint intervals since
  bool expired = false;              ///< its time ran out: it is to be revoked
  bool checkpoint_proposed = false;  ///< and not applied yet
  PLIMSOLL_DESCRIBE(LiveLease, keys, left, expired, checkpoint_proposed)
};

/// A keep-alive that cannot be answered yet.
struct WaitingRenewal {
  kv::LeaseId id = {};
  base::Ticks ttl = {};
  bool clears_checkpoint = false;  ///< or else it waits for the lease to be revoked
  PLIMSOLL_DESCRIBE(WaitingRenewal, id, ttl, clears_checkpoint)
};
/// What became of a keep-alive. If it waits to clear a checkpoint, LeaseCheckpoint{id, 0} is to be proposed,
/// and it is to be resumed when that is applied; if it waits for a revoke, when that is. Either is to be
/// resumed when the lessor is demoted.
struct Renewal {
  std::variant<kv::LeaseResult, kv::ErrorResult, WaitingRenewal> outcome = {};
  LeaseTimerChanges timers = {};
};

/// The time of a lease ran out at the primary.
struct Expiry {
  /// LeaseRevoke is to be proposed. Not before a quorum has confirmed that this member leads, if
  /// `confirm_leadership`: it may have been held up, and not know of its successor, at which the lease was
  /// renewed.
  bool revoke = false;
  bool confirm_leadership = false;
  LeaseTimerChanges timers = {};
};

/// A described value. Not thread-safe.
///
/// Invariants: (1) `leases` has the ids of the backend's lease rows; (2) `keys` are the live keys whose lease
/// it is. Functions that take the Mvcc need the one whose view this is.
struct Lessor {
  bool primary = false;
  std::map<kv::LeaseId, LiveLease> leases = {};
  PLIMSOLL_DESCRIBE(Lessor, primary, leases)

  /// After a restart, or a snapshot that was installed: not the primary. Linear in live keys.
  [[nodiscard]] static Lessor restore(const Mvcc& store);

  // What entries of the log do: the same at all members, but for timers, which only the primary has.

  struct Granted {
    base::Ticks ttl = {};
    LeaseTimerChanges timers = {};
  };
  /// Errors, in this order: lease_not_found (the id 0), lease_ttl_too_large, lease_exists.
  [[nodiscard]] tl::expected<Granted, kv::ErrorCode> grant(const LessorConfig& config, Mvcc& store,
                                                           const kv::LeaseGrantRequest& request);
  struct Revoked {
    std::vector<kv::Event> events = {};  ///< its keys go in sorted order, in one revision
    LeaseTimerChanges timers = {};
  };
  /// Error: lease_not_found.
  [[nodiscard]] tl::expected<Revoked, kv::ErrorCode> revoke(Mvcc& store, kv::LeaseId id);
  /// A lease that is gone is passed over.
  void checkpoint(Mvcc& store, const LeaseCheckpoint& checkpoint);
  [[nodiscard]] bool knows(kv::LeaseId id) const { return leases.contains(id); }
  /// A key was put: from one lease to another; 0 is no lease.
  void move_key(const std::string& key, kv::LeaseId from, kv::LeaseId to);

  // What the leader's lessor does.

  /// The member leads, and has applied all entries of earlier terms. Each lease gets what its checkpoint says
  /// that it had left, or else all of its time (E16), and `extend` besides: nobody could renew it meanwhile.
  [[nodiscard]] LeaseTimerChanges promote(const LessorConfig& config, const Mvcc& store, base::Ticks extend,
                                          Defects defects = {});
  /// The member leads no longer: no lease runs out here. All waiting renewals are to be resumed.
  [[nodiscard]] LeaseTimerChanges demote();
  /// A keep-alive. Errors: not_primary, lease_not_found.
  [[nodiscard]] Renewal renew(const LessorConfig& config, const Mvcc& store, kv::LeaseId id);
  /// Looks again at what has happened to the lease meanwhile (E15). May go on waiting. Errors as renew().
  [[nodiscard]] Renewal resume_renewal(const LessorConfig& config, const WaitingRenewal& renewal,
                                       Defects defects = {});
  /// The expiry timer fired; at one that is not the primary it says nothing.
  [[nodiscard]] Expiry expire(const LessorConfig& config, kv::LeaseId id, Defects defects = {});
  struct DueCheckpoint {
    std::optional<LeaseCheckpoint> proposal = {};  ///< none if the lease has more left than it was granted
    LeaseTimerChanges timers = {};
  };
  /// The checkpoint timer fired.
  [[nodiscard]] DueCheckpoint checkpoint_due(const LessorConfig& config, const Mvcc& store, kv::LeaseId id);

  // Reads.

  /// `left` is an upper bound: what was left at the last refresh or checkpoint; 0 if this is not the primary.
  [[nodiscard]] kv::LeaseTimeToLiveResult time_to_live(const Mvcc& store,
                                                       const kv::LeaseTimeToLiveRequest& request) const;
  [[nodiscard]] kv::LeaseLeasesResult list() const;

 private:
  void arm(const LessorConfig& config, kv::LeaseId id, LiveLease& lease, base::Ticks left,
           LeaseTimerChanges& timers);
};

}  // namespace plimsoll::store
