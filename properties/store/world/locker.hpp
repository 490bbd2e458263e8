// A client that takes a lock, works, and lets go of it: as often as its scenario says.
//
// Source: etcd client/v3/concurrency/session.go, mutex.go and key.go (v3.5): Lock, tryAcquire, waitDeletes,
// Unlock. Everybody who wants the lock puts a key that has a lease; whoever has the key with the lowest
// create_revision has the lock, the others wait for the one before them to go. A lease may run out while its
// client waits: so it looks for its own key when its turn comes, or else (E17) two clients have the lock.
//
// It does not keep its lease alive. When its connection fails, or its lease is gone, it gives up.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "impl/base/kv.hpp"
#include "impl/base/step.hpp"

namespace plimsoll::properties::store {

enum class LockPhase : std::uint8_t {
  granting,   ///< it has asked for its lease
  queueing,   ///< it has put its key, and hears whether it is the first
  waiting,    ///< for the key before it to go
  looking,    ///< who is before it now, and is it still there itself?
  holding,    ///< it has the lock, as far as it knows
  releasing,  ///< it has asked for its key to be deleted
  finished,   ///< or it has given up
};
PLIMSOLL_DESCRIBE_ENUM(LockPhase, granting, queueing, waiting, looking, holding, releasing, finished)

/// What it knows.
struct LockTenure {
  LockPhase phase = LockPhase::granting;
  std::uint32_t taken = 0;     ///< how often it has had the lock
  std::uint32_t requests = 0;  ///< that it has sent; they are numbered from 1
  kv::Revision own = {};       ///< create_revision of its key
  kv::Revision since = {};     ///< the revision of the answer that told it that it has the lock
  PLIMSOLL_DESCRIBE(LockTenure, phase, taken, requests, own, since)
};

/// The component (impl/base/step.hpp).
struct Locker {
  enum class Timer : std::uint8_t { work };
  struct Config {
    kv::LeaseId lease = {};
    std::uint32_t times = 1;
    bool looks_for_its_key = true;  ///< not: E17
    base::ProcessId server = {};
  };
  struct State {
    LockTenure tenure = {};
    PLIMSOLL_DESCRIBE(State, tenure)
  };
  using Incoming = std::variant<kv::Response, kv::WatchResponse>;
  using Outgoing = kv::Request;
  static constexpr bool never_exits = true;

  using Input = base::Input<Incoming, Timer>;
  using Outputs = base::Outputs<Outgoing, Timer>;
  static void step(const Config& config, State& state, const Input& input, Outputs& outputs);
  static base::TimerKind timer_kind(const Timer& /*timer*/) { return base::TimerKind::work; }
};
PLIMSOLL_DESCRIBE_ENUM(Locker::Timer, work)

/// The key of whoever wants the lock with this lease.
[[nodiscard]] std::string lock_key(kv::LeaseId lease);

}  // namespace plimsoll::properties::store
