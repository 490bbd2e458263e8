#include "impl/store/server.hpp"

#include <algorithm>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/base/described.hpp"
#include "impl/store/snapshot.hpp"

namespace plimsoll::store {
namespace {

using raft::RaftProcess;

template <class T, class... Alternatives>
constexpr bool is_among(const std::variant<Alternatives...>* /*type*/) {
  return (std::is_same_v<T, Alternatives> || ...);
}
/// Is it a timer of the member?
template <class T>
constexpr bool is_members = is_among<T>(static_cast<const MemberTimer*>(nullptr));

/// Hands Raft's questions on to the environment.
class Questions final : public base::Choices {
 public:
  explicit Questions(Server::Outputs& outputs) : outputs_(outputs) {}
  std::uint32_t choose(std::uint32_t count, std::string_view what) override {
    return outputs_.choose(count, what);
  }

 private:
  Server::Outputs& outputs_;
};

/// Has the leader sent a snapshot that it has heard nothing of?
bool has_sent_snapshot(const raft::Raft& raft) {
  return raft.role == raft::Role::leader && std::ranges::any_of(raft.tracker.progress, [](const auto& entry) {
           return entry.second.state == raft::ProgressState::snapshot;
         });
}

class Step {
 public:
  Step(const Server::Config& config, Server::State& state, Server::Outputs& outputs)
      : config_(config),
        state_(state),
        outputs_(outputs),
        questions_(outputs),
        raft_outputs_(questions_),
        raft_{std::move(state.log), std::move(state.raft)} {
    PLIMSOLL_ASSERT_KNOWN(config.raft.writes != raft::StorageWrites::asynchronous,
                          "a server of the store does not hear of asynchronous writes");
    PLIMSOLL_ASSERT(config.member.id == config.raft.id && config.member.rows_per_compact_step > 0);
    if (config.has_slow_watchers) {
      wants_.watch_out =
          WatchOut([&outputs](base::ProcessId /*client*/) { return outputs.choose(2, full_question) == 1; });
    }
    look();
    waits_for_snapshot_ = has_sent_snapshot(raft());
  }

  void run(const Server::Input& input) {
    Member member(config_.member, {state_.kv, state_.lessor, state_.watches, state_.waiting}, status_,
                  wants_);
    member_ = &member;
    std::visit([this](const auto& alternative) { handle(alternative); }, input);
    do_what_is_wanted();
    if (exit_reason_.empty()) {
      write_database();
      take_snapshot();
      pass_on();
    } else {
      outputs_.exit(exit_reason_);
    }
    if (!has_snapshot_under_way()) {
      state_.received_database = 0;
    }
    state_.log = std::move(raft_.durable);
    state_.raft = std::move(raft_.server);
  }

 private:
  // Inputs.

  void handle(const base::Started& started) {
    member_->started();
    waits_for_snapshot_ = false;
    tell(
        RaftProcess::step(config_.raft, raft_, base::Started{started.incarnation, {}, false}, raft_outputs_));
  }
  void handle(const base::Received<Server::Incoming>& received) {
    if (const auto* const request = std::get_if<kv::Request>(&received.message)) {
      return member_->request(received.from, *request);
    }
    const auto& message = std::get<raft::PlainMessage>(received.message);
    if (message.type == raft::MessageType::snap && !receive_database(message)) {
      return;
    }
    tell(RaftProcess::step(config_.raft, raft_, base::Received<raft::PlainMessage>{received.from, message},
                           raft_outputs_));
  }
  void handle(const base::TimerFired<Server::Timer>& fired) {
    std::visit([this](const auto& timer) { fire(timer); }, fired.timer);
  }
  void handle(const base::Disconnected& disconnected) {
    const auto& peers = config_.raft.peers;
    const auto peer =
        std::ranges::find_if(peers, [&](const auto& entry) { return entry.second == disconnected.peer; });
    if (peer == peers.end()) {
      return member_->disconnected(disconnected.peer);
    }
    operate([id = peer->first](raft::RawNode& node, const raft::Context& context) {
      node.report_unreachable(context, id);
      node.report_snapshot(context, id, true);
    });
  }

  template <class T>
  void fire(const T& timer) {
    if constexpr (is_members<T>) {
      member_->fired(timer);
    } else {
      fire_raft(timer);
    }
  }
  void fire_raft(const ElectionTimeout& /*timer*/) { fire_raft(RaftProcess::Timer::election_timeout); }
  void fire_raft(const Heartbeat& /*timer*/) { fire_raft(RaftProcess::Timer::heartbeat); }
  void fire_raft(const CheckQuorum& /*timer*/) { fire_raft(RaftProcess::Timer::check_quorum); }
  void fire_raft(const RaftWrite& /*timer*/) { fire_raft(RaftProcess::Timer::write); }
  void fire_raft(const SnapshotTimeout& /*timer*/) {
    waits_for_snapshot_ = false;
    for (const auto& peer : config_.raft.peers) {
      operate([id = peer.first](raft::RawNode& node, const raft::Context& context) {
        node.report_snapshot(context, id, true);
      });
    }
  }
  void fire_raft(RaftProcess::Timer timer) {
    tell(RaftProcess::step(config_.raft, raft_, base::TimerFired<RaftProcess::Timer>{timer}, raft_outputs_));
  }

  // Raft and the member.

  [[nodiscard]] const raft::Raft& raft() const { return raft_.server.node.raft; }

  void look() {
    status_.term = raft().term;
    status_.lead = raft().lead;
    status_.last = raft_.durable.last_index();
    status_.committed = raft().log.committed;
    status_.members = raft().tracker.conf_state();
    status_.progress = raft().role == raft::Role::leader ? &raft().tracker.progress : nullptr;
    const auto& writing = raft_.server.writing;
    status_.is_held_up = writing.has_value();
    status_.is_installing = writing && !writing->snapshot.empty();
  }

  void operate(const RaftProcess::Operation& operation) {
    tell(RaftProcess::operate(config_.raft, raft_, operation, raft_outputs_));
  }
  /// As operate(), for what Raft may refuse.
  template <class Operation>
  void propose(std::uint64_t counter, const Operation& operation) {
    bool is_taken = true;
    operate([&](raft::RawNode& node, const raft::Context& context) {
      is_taken = operation(node, context).has_value();
    });
    if (!is_taken) {
      member_->dropped(counter);
    }
  }

  void tell(const raft::Told& told) {
    look();
    for (const raft::Write& write : told.begun) {
      begin_write(write);
    }
    if (told.written) {
      outputs_.sync();
    }
    for (const raft::SoftState& role : told.roles) {
      member_->role_changed(role);
    }
    if (told.installed) {
      install(*told.installed);
    }
    for (const raft::Entry& entry : told.applied) {
      member_->apply(entry, status_.members);
    }
    for (const raft::ReadState& read : told.reads) {
      member_->read_index(read);
    }
  }

  /// What the member wants of Raft may bring about more that it is to be told.
  void do_what_is_wanted() {
    member_->settle();
    while (!wants_.proposals.empty() || !wants_.changes.empty() || !wants_.reads.empty()) {
      for (const Wants::Proposal& wanted : std::exchange(wants_.proposals, {})) {
        propose(wanted.counter, [&](raft::RawNode& node, const raft::Context& context) {
          return node.propose(context, wanted.data);
        });
      }
      for (const Wants::Change& wanted : std::exchange(wants_.changes, {})) {
        propose(wanted.counter, [&](raft::RawNode& node, const raft::Context& context) {
          return node.propose_conf_change(context, wanted.change);
        });
      }
      for (const base::Bytes& key : std::exchange(wants_.reads, {})) {
        operate([&](raft::RawNode& node, const raft::Context& context) { node.read_index(context, key); });
      }
      member_->settle();
    }
  }

  // The disk.

  void append(const wal::Save& save) { outputs_.append(state_.wal.save(save, config_.wal)); }

  void begin_write(const raft::Write& write) {
    wal::Save save{.entries = write.entries, .hard_state = write.hard_state};
    if (!write.snapshot.empty()) {
      save.database = write.snapshot.data;
      save.snapshot = wal::SnapshotMarker{write.snapshot.metadata, true};
    }
    append(save);
    if (config_.member.defects.has(Defect::E2) && raft().tracker.is_singleton()) {
      // The mistake: nobody else has to have the entries, so they are taken for committed.
      for (const raft::Entry& entry : write.entries) {
        member_->apply(entry, status_.members);
      }
    }
  }
  void write_database() {
    for (const base::Bytes& batch : wants_.batches) {
      append({.batches = std::span(&batch, 1)});
    }
    if (wants_.database) {
      append({.database = *wants_.database});
    }
  }
  /// What has been applied is kept as a snapshot, and the disk needs no more what came before.
  void take_snapshot() {
    const raft::Index applied = raft().log.applied;
    if (config_.snapshot_entries == 0 || has_snapshot_under_way() || !raft::can_compact(raft_) ||
        applied - raft_.durable.snapshot.metadata.index < config_.snapshot_entries) {
      return;
    }
    raft::compact(raft_, config_.kept_entries);
    // All of the database is written, with what was not committed to it yet.
    static_cast<void>(state_.kv.commit(config_.member.defects));
    const base::Bytes database = to_snapshot(state_.kv.backend);
    append({.database = database, .snapshot = wal::SnapshotMarker{raft_.durable.snapshot.metadata, false}});
    outputs_.sync();
    outputs_.release(state_.wal.release());
    member_->settle();
  }

  // Snapshots.

  /// Raft has accepted one that is not installed yet; perhaps it is not even being written.
  [[nodiscard]] bool has_snapshot_under_way() const {
    return status_.is_installing || raft().log.unstable.snapshot.has_value();
  }
  /// The database of a snapshot comes before the message, as a file. Returns whether there is room for it:
  /// not while another one is being installed.
  bool receive_database(const raft::PlainMessage& message) {
    if (has_snapshot_under_way() && !config_.member.defects.has(Defect::E12)) {
      return false;
    }
    state_.received_database = message.snapshot ? message.snapshot->metadata.index : 0;
    return true;
  }
  void install(const raft::Snapshot& snapshot) {
    raft_.durable.snapshot.data.clear();
    auto backend = from_snapshot(snapshot.data);
    if (state_.received_database != snapshot.metadata.index) {
      exit_reason_ = "the database of snapshot " + std::to_string(snapshot.metadata.index) + " is gone";
    } else if (!backend) {
      exit_reason_ = "the database of a snapshot: " + base::enumerator_text(backend.error());
    } else {
      member_->install(*std::move(backend));
    }
  }
  /// What this server has applied: Raft's own snapshot has no data, and may be older.
  [[nodiscard]] raft::PlainMessage with_database(raft::PlainMessage message) const {
    const Meta& meta = state_.kv.meta();
    const bool has_members = meta.conf_state != raft::ConfState{};
    message.snapshot = {
        {has_members ? meta.conf_state : config_.initial_members, meta.consistent_index, meta.term},
        to_snapshot(state_.kv.backend)};
    return message;
  }

  // Outputs.

  void pass_on() {
    for (const auto& send : raft_outputs_.sends()) {
      outputs_.send(
          send.to, send.message.type == raft::MessageType::snap ? with_database(send.message) : send.message);
    }
    for (Wants::Answer& answer : wants_.answers) {
      outputs_.send(answer.client, std::move(answer.response));
    }
    for (WatchOut::Sent& sent : wants_.watch_out.take()) {
      outputs_.send(sent.client, std::move(sent.response));
    }
    pass_on_timers();
  }
  void pass_on_timers() {
    for (const auto& change : raft_outputs_.timers()) {
      const auto [timer, after] = translated(change.timer);
      if (change.armed) {
        outputs_.arm(timer, after);
      } else {
        outputs_.disarm(timer);
      }
    }
    for (const Wants::TimerChange& change : wants_.timers) {
      const auto timer =
          std::visit([](const auto& alternative) { return Server::Timer(alternative); }, change.timer);
      if (change.after) {
        outputs_.arm(timer, *change.after);
      } else {
        outputs_.disarm(timer);
      }
    }
    const bool waits = has_sent_snapshot(raft());
    if (waits && !waits_for_snapshot_) {
      outputs_.arm(SnapshotTimeout{}, config_.snapshot_timeout);
    } else if (!waits && waits_for_snapshot_) {
      outputs_.disarm(SnapshotTimeout{});
    }
  }
  [[nodiscard]] std::pair<Server::Timer, base::Ticks> translated(RaftProcess::Timer timer) const {
    switch (timer) {
      case RaftProcess::Timer::election_timeout:
        return {ElectionTimeout{}, config_.election};
      case RaftProcess::Timer::heartbeat:
        return {Heartbeat{}, config_.heartbeat};
      case RaftProcess::Timer::check_quorum:
        return {CheckQuorum{}, config_.election};
      default:
        PLIMSOLL_ASSERT(timer == RaftProcess::Timer::write);
        return {RaftWrite{}, {}};
    }
  }

  const Server::Config& config_;
  Server::State& state_;
  Server::Outputs& outputs_;
  Questions questions_;
  RaftProcess::Outputs raft_outputs_;
  RaftProcess::State raft_;
  RaftStatus status_;
  Wants wants_;
  Member* member_ = nullptr;
  bool waits_for_snapshot_ = false;  ///< before the step; false if its timer fired
  std::string exit_reason_;
};

}  // namespace

void Server::step(const Config& config, State& state, const Input& input, Outputs& outputs) {
  if (const auto* const started = std::get_if<base::Started>(&input)) {
    auto recovered = recover(config, *started);
    if (!recovered) {
      return outputs.exit(recovered.error());
    }
    state = *std::move(recovered);
  }
  Step(config, state, outputs).run(input);
}

base::TimerKind Server::timer_kind(const Timer& timer) {
  struct Kind {
    using K = base::TimerKind;
    K operator()(const ElectionTimeout& /*timer*/) const { return K::lapse; }
    K operator()(const Heartbeat& /*timer*/) const { return K::deadline; }
    K operator()(const CheckQuorum& /*timer*/) const { return K::lapse; }
    K operator()(const RaftWrite& /*timer*/) const { return K::work; }
    K operator()(const SnapshotTimeout& /*timer*/) const { return K::lapse; }
    K operator()(const MemberTimer& timer) const { return store::timer_kind(timer); }
  };
  return std::visit(Kind{}, timer);
}

}  // namespace plimsoll::store
