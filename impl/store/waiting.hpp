// Who waits for what at a member: clients for the entries that they caused, reads for a read index and then
// for the entries up to it, keep-alives for entries about their leases.
//
// Source: etcd pkg/wait/wait.go, server/etcdserver/v3_server.go (processInternalRaftRequestOnce,
// linearizableReadLoop, requestCurrentIndex; v3.5), later server/etcdserver/read/read.go. Statement: ETCD-6.
// Proposals are never proposed a second time, and nothing recognises a request that comes twice: whoever does
// not hear of a request cannot know whether it was executed.
//
// Reads go in rounds: those that come while a round is under way wait for the next, which is not sent before
// they came. Deviates: etcd begins the next round when the index of the last one is applied, here it begins
// at once.
//
// Complexity: linear in those who wait for the same thing, besides what the functions say. Thread-safety: a
// value.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "impl/base/ids.hpp"
#include "impl/base/kv.hpp"
#include "impl/raft/raft.hpp"
#include "impl/store/internal_request.hpp"
#include "impl/store/lessor.hpp"

namespace plimsoll::store {

/// To whom an answer goes.
struct Asker {
  base::ProcessId client = {};
  kv::RequestId request = {};
  PLIMSOLL_DESCRIBE(Asker, client, request)
};

/// The entry was proposed; it may be applied some day, or never.
struct WaitingProposal {
  Asker asker = {};
  bool physical = false;  ///< a compaction: the answer waits until its rows are gone, too
  std::optional<WaitingRenewal> renewal = {};  ///< a keep-alive goes on when the entry is applied
  PLIMSOLL_DESCRIBE(WaitingProposal, asker, physical, renewal)
};

/// A request to be answered from what is applied, not before something is.
struct ClientRead {
  base::ProcessId client = {};
  kv::Request request = {};
  PLIMSOLL_DESCRIBE(ClientRead, client, request)
};
/// ETCD-9: the lease is to be revoked if this member still leads.
struct LeadershipCheck {
  kv::LeaseId revokes = {};
  PLIMSOLL_DESCRIBE(LeadershipCheck, revokes)
};
using Reader = std::variant<ClientRead, LeadershipCheck>;

/// A read index was asked for, once or several times.
struct ReadRound {
  std::uint64_t counter = 0;  ///< of the ProposalId that the newest request for it has for its key
  std::vector<Reader> readers = {};
  PLIMSOLL_DESCRIBE(ReadRound, counter, readers)
};

/// A keep-alive of a lease that ran out: it goes on when the lease is revoked.
struct WaitingKeepAlive {
  Asker asker = {};
  WaitingRenewal renewal = {};
  PLIMSOLL_DESCRIBE(WaitingKeepAlive, asker, renewal)
};

/// All that a member remembers of its clients' requests; a crash takes it.
///
/// Invariant: `next_reads` is empty unless a round is under way.
struct Waiting {
  raft::SoftState role = {};       ///< as this member was told last; Raft may know more (ETCD-9)
  std::uint64_t last_counter = 0;  ///< of the last proposal or read round; incarnations are far apart
  std::map<std::uint64_t, WaitingProposal> proposals = {};  ///< by counter of the ProposalId
  std::optional<ReadRound> round = {};
  std::vector<Reader> next_reads = {};                        ///< they came after the round was begun
  std::map<raft::Index, std::vector<Reader>> unapplied = {};  ///< by the entry that has to be applied
  std::vector<WaitingKeepAlive> keep_alives = {};
  std::vector<Asker> compactions = {};       ///< applied, and their rows are not gone yet
  std::vector<Asker> defragmentations = {};  ///< under way, or to be begun
  PLIMSOLL_DESCRIBE(Waiting, role, last_counter, proposals, round, next_reads, unapplied, keep_alives,
                    compactions, defragmentations)

  /// A member that starts. Requires: fewer than 2^32 starts, and fewer counters in each.
  [[nodiscard]] static Waiting started(std::uint32_t incarnation);
  [[nodiscard]] std::uint64_t next_counter() { return ++last_counter; }

  /// The reader waits for a read index, of this round, which is begun with it, or the next. A check that is
  /// waited for already is not added. Returns whether the round is new: it is to be sent.
  bool add(Reader reader);
  /// The read index of `counter` came. Returns whose it is; nobody's if it answers no round under way, or an
  /// older request of this one. The next round begins if somebody waits for it: `round` says so.
  [[nodiscard]] std::vector<Reader> take_round(std::uint64_t counter);
  /// The round fails (ETCD-6). Otherwise as take_round().
  [[nodiscard]] std::vector<Reader> fail_round();
  /// Takes out, in order, the readers whose entry is applied.
  [[nodiscard]] std::vector<Reader> take_applied(raft::Index applied);
  [[nodiscard]] std::optional<WaitingProposal> take_proposal(std::uint64_t counter);
  /// Of the one lease; of all of them with the id 0.
  [[nodiscard]] std::vector<WaitingKeepAlive> take_keep_alives(kv::LeaseId lease);

  /// The client is not to be answered any more. Returns whether it waited. Linear in all who wait.
  bool forget(const Asker& asker);
  void forget(base::ProcessId client);

 private:
  void begin_next_round();
};

}  // namespace plimsoll::store
