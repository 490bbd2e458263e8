#include "properties/store/world/replica.hpp"

#include <algorithm>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/base/described.hpp"
#include "impl/store/server.hpp"
#include "impl/store/snapshot.hpp"

namespace plimsoll::properties::store {
namespace {

template <class T, class... Alternatives>
constexpr bool is_among(const std::variant<Alternatives...>* /*type*/) {
  return (std::is_same_v<T, Alternatives> || ...);
}
template <class T>
constexpr bool is_members = is_among<T>(static_cast<const core::MemberTimer*>(nullptr));

core::Backend backend_of(const std::vector<base::Bytes>& disk) {
  core::Backend backend;
  for (const base::Bytes& bytes : disk) {
    auto record = base::from_bytes<DiskRecord>(bytes);
    if (record.is_database) {
      auto database = core::from_snapshot(record.bytes);
      PLIMSOLL_ASSERT_KNOWN(database.has_value(), "the world's disks do not lie");
      backend = *std::move(database);
    } else {
      core::apply_batch(backend, base::from_bytes<core::Batch>(record.bytes));
    }
  }
  return backend;
}

class Step {
 public:
  Step(const Replica::Config& config, Replica::State& state, Replica::Outputs& outputs)
      : config_(config), state_(state), outputs_(outputs) {
    if (config.has_slow_watchers) {
      wants_.watch_out = core::WatchOut(
          [&outputs](base::ProcessId /*client*/) { return outputs.choose(2, core::full_question) == 1; });
    }
    look();
  }

  void run(const Replica::Input& input) {
    const bool has_started = std::holds_alternative<base::Started>(input);
    if (has_started) {
      start(std::get<base::Started>(input));
    }
    armed_ = has_started ? Own{} : due();
    core::Member member(config_.member, {state_.kv, state_.lessor, state_.watches, state_.waiting}, status_,
                        wants_);
    member_ = &member;
    const std::vector<core::WaitingKeepAlive> waited = state_.waiting.keep_alives;
    std::visit([this](const auto& alternative) { handle(alternative); }, input);
    do_what_is_wanted();
    judge(waited);
    write();
    pass_on();
  }

 private:
  /// Those of the replica's own timers that are to be armed.
  struct Own {
    bool catch_up = false;
    bool leader_change = false;
    bool log_compaction = false;
  };

  [[nodiscard]] raft::ServerId id() const { return config_.member.id; }
  [[nodiscard]] raft::Index applied() const { return state_.kv.meta().consistent_index; }
  [[nodiscard]] bool knows_leader() const { return state_.seat.term == state_.log.term; }

  void look() {
    status_.term = state_.log.term;
    status_.lead = state_.log.leader;
    status_.last = state_.log.last();
    status_.committed = applied();  // that an entry is committed is heard of when it is applied
    status_.members.voters = config_.members;
    status_.is_held_up = !knows_leader();
  }
  [[nodiscard]] Own due() const {
    const AgreedLog& log = state_.log;
    Own own;
    own.catch_up = catches_up_;
    own.leader_change = config_.may_lead && log.leader != id();
    own.log_compaction = config_.may_compact_log && log.leader == id() && applied() > log.compacted;
    return own;
  }

  // Inputs.

  void start(const base::Started& started) {
    state_.kv = core::Mvcc::restore(backend_of(started.disk), config_.member.defects);
    state_.lessor = core::Lessor::restore(state_.kv);
    state_.watches = {};
    state_.waiting = core::Waiting::started(started.incarnation);
    state_.seat = {};
    look();
  }
  void handle(const base::Started& started) {
    member_->started();
    if (started.incarnation > 0 && state_.log.leader == id()) {
      begin_term();  // nobody leads again in a term in which it has led
    }
    catches_up_ = is_behind();
    if (started.incarnation > 0) {
      tell({true});  // what it told before the crash may be lost
    }
  }
  void handle(const base::Received<Replica::Incoming>& received) {
    if (const auto* const request = std::get_if<kv::Request>(&received.message)) {
      return member_->request(received.from, *request);
    }
    advance();
    catches_up_ = std::get<Advance>(received.message).looks_again && is_behind();
  }
  void handle(const base::TimerFired<Replica::Timer>& fired) {
    std::visit([this](const auto& timer) { fire(timer); }, fired.timer);
  }
  void handle(const base::Disconnected& disconnected) { member_->disconnected(disconnected.peer); }

  template <class T>
  void fire(const T& timer) {
    if constexpr (is_members<T>) {
      member_->fired(timer);
    }
  }
  void fire(const CatchUp& /*timer*/) {
    fired_.catch_up = true;
    advance();
    catches_up_ = is_behind();
  }
  void fire(const LeaderChange& /*timer*/) {
    fired_.leader_change = true;
    begin_term();
    tell();  // of the entry
    tell();  // of the leader
    notice();
  }
  void fire(const LogCompaction& /*timer*/) {
    fired_.log_compaction = true;
    state_.log.compacted = applied();
    state_.log.snapshot = state_.kv.backend;
  }

  // The log.

  [[nodiscard]] bool is_behind() const { return !knows_leader() || applied() < state_.log.last(); }

  void begin_term() {
    state_.log.leader = id();
    ++state_.log.term;
    state_.log.append({});
    look();
    catches_up_ = true;
  }
  void notice() {
    state_.seat.term = state_.log.term;
    look();
    const bool leads = state_.log.leader == id();
    member_->role_changed({state_.log.leader, leads ? raft::Role::leader : raft::Role::follower});
  }
  /// Does what is next.
  void advance() {
    const AgreedLog& log = state_.log;
    if (!knows_leader()) {
      notice();
    } else if (applied() < log.compacted) {
      member_->install(log.snapshot);
      write_database_ = true;
    } else if (applied() < log.last()) {
      member_->apply(log.entries[applied()], status_.members);
    }
    look();
  }
  void grow(base::Bytes data) {
    state_.log.append(std::move(data));
    look();
    tell();
    catches_up_ = true;
  }
  void tell(Advance advance = {}) {
    for (const base::ProcessId other : config_.others) {
      outputs_.send(other, advance);
    }
  }

  void do_what_is_wanted() {
    member_->settle();
    while (!wants_.proposals.empty() || !wants_.changes.empty() || !wants_.reads.empty()) {
      for (core::Wants::Proposal& wanted : std::exchange(wants_.proposals, {})) {
        judge(wanted);
        grow(std::move(wanted.data));
      }
      for (const core::Wants::Change& wanted : std::exchange(wants_.changes, {})) {
        member_->dropped(wanted.counter);
      }
      for (const base::Bytes& key : std::exchange(wants_.reads, {})) {
        // A member that is held up does not hear of it.
        if (knows_leader()) {
          member_->read_index({state_.log.last(), key});
        }
      }
      member_->settle();
    }
  }

  // What nobody may do.

  void judge(const core::Wants::Proposal& wanted) {
    const auto request = base::from_bytes<core::InternalRequest>(wanted.data);
    if (std::holds_alternative<kv::LeaseRevokeRequest>(request.body) && state_.log.leader != id() &&
        !state_.waiting.proposals.contains(wanted.counter)) {
      state_.seat.misdeed = Misdeed::revoked_without_leading;
    }
  }

  /// Of those that waited for their lease to be revoked, who is told that it was renewed?
  void judge(const std::vector<core::WaitingKeepAlive>& waited) {
    for (const core::Wants::Answer& answer : wants_.answers) {
      const auto* const renewed = std::get_if<kv::LeaseResult>(&answer.response.result);
      for (const core::WaitingKeepAlive& keep_alive : waited) {
        if (renewed != nullptr && renewed->ttl != base::Ticks{} &&
            keep_alive.asker == core::Asker{answer.client, answer.response.id} &&
            !state_.kv.backend.leases.contains(keep_alive.renewal.id)) {
          state_.seat.misdeed = Misdeed::renewed_a_lost_lease;
        }
      }
    }
  }

  // Outputs.

  void write() {
    if (!wants_.batches.empty() || write_database_ || wants_.database) {
      outputs_.sync();  // what was written before
    }
    for (const base::Bytes& batch : wants_.batches) {
      outputs_.append(base::to_bytes(DiskRecord{false, batch}));
    }
    if (write_database_) {
      wants_.database = core::to_snapshot(state_.kv.backend);
    }
    if (wants_.database) {
      outputs_.append(base::to_bytes(DiskRecord{true, *wants_.database}));
    }
  }
  void pass_on() {
    for (core::Wants::Answer& answer : wants_.answers) {
      outputs_.send(answer.client, std::move(answer.response));
    }
    for (core::WatchOut::Sent& sent : wants_.watch_out.take()) {
      outputs_.send(sent.client, std::move(sent.response));
    }
    for (const core::Wants::TimerChange& change : wants_.timers) {
      const auto timer =
          std::visit([](const auto& alternative) { return Replica::Timer(alternative); }, change.timer);
      if (change.after) {
        outputs_.arm(timer, *change.after);
      } else {
        outputs_.disarm(timer);
      }
    }
    const Own now = due();
    change(armed_.leader_change && !fired_.leader_change, now.leader_change, LeaderChange{});
    change(armed_.log_compaction && !fired_.log_compaction, now.log_compaction, LogCompaction{});
    if (catches_up_) {
      outputs_.arm(CatchUp{}, {});
    }
  }
  void change(bool before, bool after, const Replica::Timer& timer) {
    if (after && !before) {
      outputs_.arm(timer, {});
    } else if (!after && before) {
      outputs_.disarm(timer);
    }
  }

  const Replica::Config& config_;
  Replica::State& state_;
  Replica::Outputs& outputs_;
  core::RaftStatus status_;
  core::Wants wants_;
  core::Member* member_ = nullptr;
  Own armed_;  ///< before the step
  Own fired_;
  bool catches_up_ = false;  ///< CatchUp is to be armed, whether it is or not
  bool write_database_ = false;
};

}  // namespace

void Replica::step(const Config& config, State& state, const Input& input, Outputs& outputs) {
  Step(config, state, outputs).run(input);
}

base::TimerKind Replica::timer_kind(const Timer& timer) {
  struct Kind {
    using K = base::TimerKind;
    K operator()(const CatchUp& /*timer*/) const { return K::work; }
    K operator()(const LeaderChange& /*timer*/) const { return K::whim; }
    K operator()(const LogCompaction& /*timer*/) const { return K::whim; }
    K operator()(const core::MemberTimer& timer) const { return core::timer_kind(timer); }
  };
  return std::visit(Kind{}, timer);
}

}  // namespace plimsoll::properties::store
