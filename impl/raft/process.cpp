#include "impl/raft/process.hpp"

#include <array>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/raft/server.hpp"

namespace plimsoll::raft {
namespace {

using Timer = RaftProcess::Timer;
using Timers = std::array<bool, described_enumerators(Timer{}).size()>;

bool& armed(Timers& timers, Timer timer) {
  return timers.at(static_cast<std::size_t>(timer));
}

bool is_promotable(const Raft& raft) {
  const Progress* const own = raft.tracker.find(raft.id);
  return own != nullptr && !own->is_learner && !raft.log.unstable.snapshot;
}

bool has_others(const Raft& raft) {
  const ProgressMap& members = raft.tracker.progress;
  return members.size() > (members.contains(raft.id) ? 1U : 0U);
}

/// The timers that are armed where a server is in this state.
Timers timers_of(const RaftProcess::Config& config, const Memory& memory) {
  const Raft& raft = memory.node.raft;
  Timers timers = {};
  if (raft.role == Role::leader) {
    armed(timers, Timer::heartbeat) = has_others(raft);
    armed(timers, Timer::check_quorum) = config.raft.check_quorum || raft.lead_transferee != nobody;
  } else {
    armed(timers, Timer::election_timeout) = is_promotable(raft);
  }
  armed(timers, Timer::write) = memory.writing.has_value();
  armed(timers, Timer::append) = !memory.append_work.empty();
  armed(timers, Timer::apply) = !memory.apply_work.empty();
  armed(timers, Timer::answer) = !memory.answers.empty();
  return timers;
}

void persist(Storage& storage, const std::optional<HardState>& hard_state, const Snapshot& snapshot,
             const std::vector<Entry>& entries) {
  if (!snapshot.empty()) {
    PLIMSOLL_ASSERT_KNOWN(storage.apply_snapshot(snapshot).has_value(), "a snapshot is out of date");
  }
  storage.append(entries);
  if (hard_state) {
    storage.hard_state = *hard_state;
  }
}

template <class Work>
Work take_front(std::vector<Work>& work) {
  Work front = std::move(work.front());
  work.erase(work.begin());
  return front;
}

// One step: first an input is taken in, then settle() does what is to be done about it.
class Step {
 public:
  Step(const RaftProcess::Config& config, RaftProcess::State& state, RaftProcess::Outputs& outputs)
      : config_(config),
        durable_(state.durable),
        memory_(state.server),
        node_(state.server.node),
        outputs_(outputs),
        timers_(timers_of(config, state.server)) {}

  void handle(const base::Started& /*started*/) {
    PLIMSOLL_ASSERT(config_.raft.heartbeat_tick >= 2);
    PLIMSOLL_ASSERT(config_.raft.async_storage_writes == (config_.writes == StorageWrites::asynchronous));
    node_ = RawNode::start(config_.id, context());
    timers_ = {};
  }
  void handle(const base::Received<PlainMessage>& received) {
    if (asks_for_lease(received.message) && outputs_.choose(2, lease_question) == 1) {
      node_.raft.election_elapsed = config_.raft.election_tick;
    }
    deliver(received.message);
  }
  void handle(const base::TimerFired<Timer>& fired) {
    armed(timers_, fired.timer) = false;
    switch (fired.timer) {
      case Timer::election_timeout:
        node_.raft.election_elapsed = config_.raft.election_tick;
        return node_.tick(context());
      case Timer::heartbeat:
        node_.raft.heartbeat_elapsed = config_.raft.heartbeat_tick;
        return node_.tick(context());
      case Timer::check_quorum:
        // Whatever a leader takes for an election time-out, it is over (R20 makes it three).
        node_.raft.election_elapsed = 3 * config_.raft.election_tick;
        return node_.tick(context());
      case Timer::write:
        return finish_write();
      case Timer::append:
        return finish_append();
      case Timer::apply:
        return finish_apply();
      case Timer::answer:
        return deliver(take_front(memory_.answers));
    }
  }
  void handle(const base::Disconnected& /*disconnected*/) {}  // messages are lost without being told of

  void operate(const RaftProcess::Operation& operation) { operation(node_, context()); }

  Told settle() {
    while (!memory_.writing && node_.has_ready(context())) {
      take_ready();
    }
    // Nobody counts ticks.
    node_.raft.election_elapsed = 0;
    node_.raft.heartbeat_elapsed = 0;
    const Timers wanted = timers_of(config_, memory_);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (wanted.at(i) && !timers_.at(i)) {
        outputs_.arm(static_cast<Timer>(i), base::Ticks{0});
      } else if (!wanted.at(i) && timers_.at(i)) {
        outputs_.disarm(static_cast<Timer>(i));
      }
    }
    return std::move(told_);
  }

 private:
  [[nodiscard]] Context context() const { return {config_.raft, durable_}; }

  // RAFT-E5: whether the message is heard depends on how long ago the leader was. A leader renews its own
  // lease whenever it checks its quorum.
  [[nodiscard]] bool asks_for_lease(const PlainMessage& message) const {
    const Raft& raft = node_.raft;
    return config_.raft.check_quorum && raft.lead != nobody && raft.role != Role::leader &&
           message.term > raft.term && message.context != campaign_transfer &&
           (message.type == MessageType::vote || message.type == MessageType::pre_vote);
  }

  // What is refused is lost: whoever asked may ask again.
  void deliver(const PlainMessage& message) { static_cast<void>(node_.step(context(), message)); }

  void send(const PlainMessage& message) {
    if (const auto peer = config_.peers.find(message.to); peer != config_.peers.end()) {
      outputs_.send(peer->second, message);
    }
  }
  void send_from(const Ready& ready, std::size_t first) {
    for (std::size_t i = first; i < ready.messages.size(); ++i) {
      send(ready.messages[i]);
    }
  }

  void take_ready() {
    // In a Ready these come first: they need not wait for the disk.
    const std::size_t early = node_.raft.messages.size();
    Ready ready = node_.ready(context());
    told_.reads.insert(told_.reads.end(), ready.read_states.begin(), ready.read_states.end());
    if (ready.soft_state) {
      told_.roles.push_back(*ready.soft_state);
    }
    switch (config_.writes) {
      case StorageWrites::atomic:
        told_.written |= tell_begun(ready);
        return finish(ready, 0);
      case StorageWrites::separate:
        return begin_write(std::move(ready), early);
      case StorageWrites::asynchronous:
        return hand_over(ready);
    }
  }

  /// Returns whether there is anything to write.
  bool tell_begun(const Ready& ready) {
    if (!ready.hard_state && ready.snapshot.empty() && ready.entries.empty()) {
      return false;
    }
    told_.begun.push_back({ready.hard_state, ready.snapshot, ready.entries});
    return true;
  }

  void finish(const Ready& ready, std::size_t first_message) {
    persist(durable_, ready.hard_state, ready.snapshot, ready.entries);
    if (!ready.snapshot.empty()) {
      told_.installed = ready.snapshot;
    }
    send_from(ready, first_message);
    apply(ready.committed_entries);
    node_.advance(context());
  }

  /// A candidate asks for votes when its term is on disk. It could lose the term in a crash, with entries
  /// that it claimed to have, and enter it a second time; late answers to its first request would elect it.
  [[nodiscard]] bool waits_for_the_disk(const PlainMessage& message) const {
    return message.type == MessageType::vote && !config_.raft.defects.has(Defect::R22);
  }

  void begin_write(Ready ready, std::size_t early) {
    if (!tell_begun(ready)) {
      return finish(ready, 0);
    }
    std::vector<Message> later;
    for (std::size_t i = 0; i < ready.messages.size(); ++i) {
      Message& message = ready.messages[i];
      if (i < early && !waits_for_the_disk(message)) {
        send(message);
      } else {
        later.push_back(std::move(message));
      }
    }
    ready.messages = std::move(later);
    ready.soft_state.reset();
    ready.read_states.clear();
    memory_.writing = std::move(ready);
  }
  void finish_write() {
    const std::optional<Ready> written = std::exchange(memory_.writing, std::nullopt);
    PLIMSOLL_ASSERT(written.has_value());
    told_.written = true;
    finish(*written, 0);
  }

  void hand_over(const Ready& ready) {
    std::vector<PlainMessage> later;
    for (const Message& message : ready.messages) {
      if (message.to == append_thread) {
        memory_.append_work.push_back(message);
      } else if (message.to == apply_thread) {
        memory_.apply_work.push_back(message);
      } else if (waits_for_the_disk(message)) {
        later.push_back(message);
      } else {
        send(message);
      }
    }
    if (!later.empty()) {
      PLIMSOLL_ASSERT(!memory_.append_work.empty());  // the candidate's new term
      std::vector<PlainMessage>& responses = memory_.append_work.back().responses;
      responses.insert(responses.end(), later.begin(), later.end());
    }
  }
  void finish_append() {
    const Message work = take_front(memory_.append_work);
    const HardState written = {work.term, work.vote, work.commit};
    persist(durable_, written == HardState{} ? std::nullopt : std::optional(written),
            work.snapshot.value_or(Snapshot{}), work.entries);
    respond(work);
  }
  void finish_apply() {
    const Message work = take_front(memory_.apply_work);
    apply(work.entries);
    respond(work);
  }
  void hear(const PlainMessage& response) {
    if (config_.late_answers && response.type == MessageType::storage_append_resp) {
      memory_.answers.push_back(response);
    } else {
      deliver(response);
    }
  }
  void respond(const Message& work) {
    for (const PlainMessage& response : work.responses) {
      if (response.to == config_.id) {
        hear(response);
      } else {
        send(response);
      }
    }
  }

  void apply(const std::vector<Entry>& entries) {
    for (const Entry& entry : entries) {
      told_.applied.push_back(entry);
      if (entry.type == EntryType::normal) {
        continue;
      }
      const auto change = conf_change_of(entry);
      PLIMSOLL_ASSERT_KNOWN(change.has_value(), change.error());
      if (!node_.apply_conf_change(context(), *change)) {
        // The application decides against what is impossible.
        static_cast<void>(node_.apply_conf_change(context(), ConfChange{}));
      }
    }
  }

  const RaftProcess::Config& config_;
  Storage& durable_;
  Memory& memory_;
  RawNode& node_;
  RaftProcess::Outputs& outputs_;
  Timers timers_;  ///< armed before the step, but for the one that fired
  Told told_;
};

}  // namespace

Told RaftProcess::step(const Config& config, State& state, const Input& input, Outputs& outputs) {
  Step step(config, state, outputs);
  std::visit([&](const auto& alternative) { step.handle(alternative); }, input);
  return step.settle();
}

Told RaftProcess::operate(const Config& config, State& state, const Operation& operation, Outputs& outputs) {
  Step step(config, state, outputs);
  step.operate(operation);
  return step.settle();
}

base::TimerKind RaftProcess::timer_kind(const Timer& timer) {
  switch (timer) {
    case Timer::election_timeout:
    case Timer::check_quorum:
      return base::TimerKind::lapse;
    case Timer::heartbeat:
      return base::TimerKind::deadline;
    case Timer::write:
    case Timer::append:
    case Timer::apply:
    case Timer::answer:
      return base::TimerKind::work;
  }
  return base::TimerKind::work;
}

// Terms only rise while a server runs. Each candidacy is in a term of its own, so whoever does not run for
// or hold an office of this term (any more) never will.
bool RaftProcess::is_stale(const Config& config, const Memory& memory, const Incoming& message) {
  const Raft& raft = memory.node.raft;
  if (message.term == 0 || message.term > raft.term) {
    return false;
  }
  const bool is_earlier = message.term < raft.term;
  switch (message.type) {
    case MessageType::app:
    case MessageType::heartbeat:
      return is_earlier && !config.raft.check_quorum && !config.raft.pre_vote;
    case MessageType::vote:
    case MessageType::snap:
    case MessageType::pre_vote_resp:
      return is_earlier;
    case MessageType::vote_resp:
      return is_earlier || raft.role != Role::candidate;
    case MessageType::app_resp:
    case MessageType::heartbeat_resp:
      return is_earlier || raft.role == Role::follower || raft.role == Role::pre_candidate;
    default:
      return false;
  }
}

bool can_compact(const RaftProcess::State& state) {
  return state.server.node.raft.log.applied > state.durable.compacted.index &&
         state.server.node.raft.log.applied > state.durable.snapshot.metadata.index;
}

void compact(RaftProcess::State& state, Index kept) {
  const Raft& raft = state.server.node.raft;
  const Index applied = raft.log.applied;
  PLIMSOLL_ASSERT(can_compact(state));
  PLIMSOLL_ASSERT(state.durable.create_snapshot(applied, raft.tracker.conf_state(), {}).has_value());
  if (applied > state.durable.compacted.index + kept) {
    PLIMSOLL_ASSERT(state.durable.compact(applied - kept).has_value());
  }
}

}  // namespace plimsoll::raft
