// The spec of the key-value store: etcd's promises, kept by one machine that never fails and never dawdles.
//
// It is the floor on which clients of the store are checked. Every request takes effect in the step that
// receives it, so the store is linearizable by construction; whatever can go wrong between a client and the
// store (delays, losses, broken connections, an expiry that comes late) is the world's to choose.
//
// Source: ETCD-1..5, 7, 9..11, 13 and 14 of the semantics, named in the code where they are encoded; etcd
// v3.5. Deviates: an answer carries a revision in error cases too. One change's events are sent before its
// answer, in the order of etcd's own calls (watchable_store_txn.go); etcd's two streams may overtake each
// other on the way, so a world should not rely on it. How much of a lease's time is left is known to the
// timers alone, and an answer that has to say it says the whole, which is as much as it can be. Hashes,
// members and the state of a server are an implementation's matter and are not served.
#pragma once

#include <cstdint>
#include <variant>

#include "impl/base/describe_macro.hpp"
#include "impl/base/ids.hpp"
#include "impl/base/kv.hpp"
#include "impl/base/step.hpp"
#include "model/store/config.hpp"
#include "model/store/data.hpp"
#include "model/store/history.hpp"

namespace plimsoll::model::store {

/// A lease's time has run out. Armed with the whole TTL at grant, at keep-alives, and when the store starts.
struct LeaseExpiry {
  kv::LeaseId id;
  PLIMSOLL_DESCRIBE(LeaseExpiry, id)
};

/// A component in the vocabulary of impl/base/step.hpp.
struct Store {
  using Config = store::Config;

  /// Two durable parts and a volatile one. Invariant: LeaseExpiry{id} is armed iff data.leases has id.
  struct State {
    Data data = {};
    History history = {};
    Watches watches = {};  ///< volatile: a connection carries them
    PLIMSOLL_DESCRIBE(State, data, history, watches)
  };

  using Incoming = kv::Request;
  using Outgoing = std::variant<kv::Response, kv::WatchResponse>;
  using Timer = LeaseExpiry;
  static constexpr bool never_exits = true;

  /// Requires of requests: a granted lease's id is not 0; none asks for hashes, members or a server's status;
  /// of a store that keeps no versions, none asks for a revision or for prev_kv of a watch.
  static void step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs);
  /// The parts an input reads or writes: bit 0 data, 1 history, 2 watches.
  static std::uint32_t reads(const Config& config, const base::Input<Incoming, Timer>& input);
  /// The store may take its time to notice an expiry, but is never early.
  static base::TimerKind timer_kind(const Timer& /*timer*/) { return base::TimerKind::lapse; }
};

}  // namespace plimsoll::model::store
