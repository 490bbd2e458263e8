// A member of the store but for its consensus: requests come in, entries that the members have agreed on are
// applied, and answers, proposals and events of watches go out.
//
// Source: etcd server/etcdserver/server.go, v3_server.go, apply.go (v3.5); what it calls EtcdServer.
// Statements: ETCD-5, 6, 8, 9, 12. Whoever runs a member owns its parts, tells it what Raft told, and does
// what it wants: Server (server.hpp), with a real Raft and a disk; anything that agrees on a log will do.
//
// Deviates: a keep-alive, and a question how long a lease has to live, go to the leader; others refuse them
// (not_primary), where etcd's forward them over HTTP. A change of the configuration is checked against the
// members when it is asked for, not when it is applied. etcd may refuse changes that could cost the quorum;
// here the operator minds that. Requests to learners are served.
//
// Who does what: member.cpp (what Raft tells), member_request.cpp (what clients ask), member_read.cpp (reads
// that wait), member_lease.cpp, member_timer.cpp (timers, work that goes in steps).
#pragma once

#include <vector>

#include "impl/store/member_config.hpp"
#include "impl/store/waiting.hpp"

namespace plimsoll::store {

/// All of a member's state. `kv` and what is made of it survive crashes as far as they are on the disk.
struct MemberParts {
  Mvcc& kv;
  Lessor& lessor;
  WatchHub& watches;
  Waiting& waiting;
};

/// A member while it handles one input. Not thread-safe.
///
/// Make one, tell it what happens in the order in which it happens, then settle(). Raft may have more to tell
/// when what the member wants is done: then more follows, and settle() again.
class Member {
 public:
  using Result = decltype(kv::Response::result);

  /// @param status  What it sees of Raft; as it was before the input, to begin with. Whoever runs the member
  ///                keeps it up to date.
  Member(const MemberConfig& config, MemberParts parts, const RaftStatus& status, Wants& wants);

  /// The parts are those of a member that starts: what waits is Waiting::started(), the rest is restored.
  void started() { timers_before_ = {}; }

  // What clients and the environment do.

  void request(base::ProcessId client, kv::Request request);
  /// Its watches are over, and it is not answered any more.
  void disconnected(base::ProcessId client);
  void fired(const MemberTimer& timer);

  // What Raft tells.

  void role_changed(const raft::SoftState& role);
  /// `conf_state` is meaningful for changes of the configuration.
  void apply(const raft::Entry& entry, const raft::ConfState& conf_state);
  /// A snapshot of a later state takes the place of everything.
  void install(Backend backend);
  void read_index(const raft::ReadState& read);
  /// What was proposed was refused: it will not be executed.
  void dropped(std::uint64_t counter);

  /// What is possible now is done: reads are served, timers are as they have to be.
  void settle();

 private:
  /// Those of the timers that are armed by what the parts are.
  struct Timers {
    bool commit = false;
    bool compact = false;
    bool defragment = false;
    bool sync = false;
    bool retry_victims = false;
    bool progress = false;
  };
  struct Dispatch;
  struct Fire;

  // member.cpp
  void finish_proposal(Applied applied);
  [[nodiscard]] bool leads() const { return parts_.waiting.role.role == raft::Role::leader; }
  [[nodiscard]] raft::Index applied() const { return parts_.kv.meta().consistent_index; }
  [[nodiscard]] WatchContext watch_context() { return {parts_.kv, config_.watches, wants_.watch_out}; }

  // member_request.cpp
  void answer(const Asker& asker, Result result);
  void refuse(const Asker& asker, kv::ErrorCode code) { answer(asker, kv::ErrorResult{code}); }
  void await_answer(const Asker& asker);
  template <class Body>
  void propose(WaitingProposal waiting, Body body);
  void change_members(const Asker& asker, const kv::MemberChangeRequest& request);
  [[nodiscard]] std::optional<kv::ErrorCode> objection(const kv::MemberChangeRequest& request) const;
  [[nodiscard]] bool is_member() const;
  [[nodiscard]] kv::MemberListResult members() const;
  [[nodiscard]] kv::StatusResult status() const;

  // member_read.cpp
  void read_linearizable(ClientRead read);
  void read_applied(ClientRead read);
  void add_reader(Reader reader);
  void send_round();
  void send_round_again();
  void after_round();
  void serve(const Reader& reader);
  void serve(const ClientRead& read);
  void fail_reads();

  // member_lease.cpp
  void note(const LeaseTimerChanges& changes);
  void propose_revoke(kv::LeaseId lease);
  void handle(const Asker& asker, Renewal renewal);
  void resume(std::vector<WaitingKeepAlive> keep_alives);
  void resume_all();
  void expire(kv::LeaseId lease);
  void checkpoint(kv::LeaseId lease);

  // member_timer.cpp
  [[nodiscard]] Timers timers() const;
  void arm(MemberTimer timer, base::Ticks after) { wants_.timers.push_back({timer, after}); }
  void disarm(MemberTimer timer) { wants_.timers.push_back({timer, std::nullopt}); }
  void change_timers();
  void commit();
  void defragment();

  const MemberConfig& config_;
  MemberParts parts_;
  const RaftStatus& status_;
  Wants& wants_;
  Timers timers_before_;
};

}  // namespace plimsoll::store
