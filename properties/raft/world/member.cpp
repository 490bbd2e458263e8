#include "properties/raft/world/member.hpp"

#include <algorithm>
#include <string>

#include "impl/base/assert.hpp"

namespace plimsoll::properties::raft {
namespace {

using core::RaftProcess;
using Timer = Member::Timer;

constexpr auto first_operation = static_cast<std::uint8_t>(Timer::proposal);
static_assert(described_enumerators(RaftProcess::Timer{}).size() == first_operation);

bool is_operation(Timer timer) {
  return static_cast<std::uint8_t>(timer) >= first_operation;
}

/// Hands the server's questions on to the environment.
class Questions final : public base::Choices {
 public:
  /// @param leases_are_over  There is nothing to ask about leases.
  Questions(Member::Outputs& outputs, bool leases_are_over)
      : outputs_(outputs), leases_are_over_(leases_are_over) {}
  std::uint32_t choose(std::uint32_t count, std::string_view what) override {
    return leases_are_over_ && what == core::lease_question ? 1 : outputs_.choose(count, what);
  }

 private:
  Member::Outputs& outputs_;
  bool leases_are_over_;
};

std::vector<core::ServerId> possible_transferees(const core::Raft& raft) {
  std::vector<core::ServerId> others;
  for (const core::ServerId voter : raft.tracker.voters()) {
    if (voter != raft.id) {
      others.push_back(voter);
    }
  }
  return others;
}

/// Is it a request for a vote, and not for a pre-vote?
bool is_vote(const Member::Input& input) {
  const auto* const received = std::get_if<base::Received<Member::Incoming>>(&input);
  return received != nullptr && received->message.type == core::MessageType::vote;
}

std::vector<core::ServerId> replicated_to(const core::Raft& raft) {
  std::vector<core::ServerId> others;
  for (const auto& [id, progress] : raft.tracker.progress) {
    if (id != raft.id && progress.state == core::ProgressState::replicate) {
      others.push_back(id);
    }
  }
  return others;
}

class Step {
 public:
  Step(const Member::Config& config, Member::State& state, const Member::Input& input,
       Member::Outputs& outputs)
      : config_(config),
        state_(state),
        server_{std::move(state.durable), std::move(state.server)},
        outputs_(outputs),
        questions_(outputs, config.has_short_leases && is_vote(input)),
        inner_(questions_) {}

  void run(const Member::Input& input) {
    std::set<Timer> before = armed_operations();
    if (std::holds_alternative<base::Started>(input)) {
      before.clear();
    }
    if (const auto* const fired = std::get_if<base::TimerFired<Timer>>(&input)) {
      before.erase(fired->timer);
    }
    std::visit([this](const auto& alternative) { handle(alternative); }, input);
    pass_on(before);
    remember();
    state_.durable = std::move(server_.durable);
    state_.server = std::move(server_.server);
  }

 private:
  template <class Alternative>
  void handle(const Alternative& input) {
    told_ = RaftProcess::step(config_.raft, server_, input, inner_);
  }
  void handle(const base::TimerFired<Timer>& fired) {
    if (!is_operation(fired.timer)) {
      const base::TimerFired<RaftProcess::Timer> inner{static_cast<RaftProcess::Timer>(fired.timer)};
      told_ = RaftProcess::step(config_.raft, server_, inner, inner_);
    } else if (fired.timer == Timer::compaction) {
      core::compact(server_, config_.kept_entries);
    } else {
      told_ = RaftProcess::operate(config_.raft, server_, operation(fired.timer), inner_);
    }
  }

  RaftProcess::Operation operation(Timer timer) {
    switch (timer) {
      case Timer::proposal:
        return [](core::RawNode& node, const core::Context& context) {
          static_cast<void>(node.propose(context, "x"));
        };
      case Timer::conf_change: {
        const auto count = static_cast<std::uint32_t>(config_.changes.size());
        const core::ConfChangeV2& change = config_.changes.at(outputs_.choose(count, "change"));
        return [&change](core::RawNode& node, const core::Context& context) {
          static_cast<void>(node.propose_conf_change(context, change));
        };
      }
      case Timer::transfer: {
        const std::vector<core::ServerId> others = possible_transferees(raft());
        const auto count = static_cast<std::uint32_t>(others.size());
        const core::ServerId transferee = others.at(outputs_.choose(count, "transferee"));
        return [transferee](core::RawNode& node, const core::Context& context) {
          node.transfer_leader(context, transferee);
        };
      }
      case Timer::report_unreachable: {
        const std::vector<core::ServerId> others = replicated_to(raft());
        const auto count = static_cast<std::uint32_t>(others.size());
        const core::ServerId other = others.at(outputs_.choose(count, "unreachable"));
        return [other](core::RawNode& node, const core::Context& context) {
          node.report_unreachable(context, other);
        };
      }
      default: {
        PLIMSOLL_ASSERT(timer == Timer::read);
        const std::uint32_t key = next_key();
        state_.history.waiting.emplace(key, state_.history.committed);
        return [key](core::RawNode& node, const core::Context& context) {
          node.read_index(context, std::to_string(key));
        };
      }
    }
  }

  std::uint32_t next_key() {
    ReadHistory& history = state_.history;
    std::uint32_t key = history.asked++;
    if (config_.reuse_read_keys) {
      for (key = 0; history.waiting.contains(key);) {
        ++key;
      }
    }
    return key;
  }

  [[nodiscard]] const core::Raft& raft() const { return server_.server.node.raft; }

  [[nodiscard]] bool is_possible(Timer operation) const {
    const bool leads = raft().role == core::Role::leader;
    const bool leads_on = leads && raft().lead_transferee == core::nobody;
    switch (operation) {
      case Timer::proposal:
        return leads_on ||
               (!leads && raft().lead != core::nobody && !config_.raft.raft.disable_proposal_forwarding);
      case Timer::conf_change:
        return leads_on && !config_.changes.empty();
      case Timer::transfer:
        return leads_on && !possible_transferees(raft()).empty();
      case Timer::read:
        return raft().lead != core::nobody;
      case Timer::compaction:
        return core::can_compact(server_);
      case Timer::report_unreachable:
        return leads && !replicated_to(raft()).empty();
      default:
        return false;
    }
  }
  [[nodiscard]] std::set<Timer> armed_operations() const {
    std::set<Timer> armed;
    for (const Timer operation : config_.operations) {
      if (is_possible(operation)) {
        armed.insert(operation);
      }
    }
    return armed;
  }

  /// A delegate, which sends the snapshot instead of the leader, may not have applied what the leader has.
  [[nodiscard]] core::PlainMessage as_sent(core::PlainMessage message) {
    const core::Storage& stored = server_.durable;
    if (!config_.has_older_snapshots || !message.snapshot ||
        stored.compacted.index >= message.snapshot->metadata.index || changes_configuration(stored)) {
      return message;
    }
    if (outputs_.choose(2, "a delegate sends an older snapshot") == 1) {
      message.snapshot->metadata.index = stored.compacted.index;
      message.snapshot->metadata.term = stored.compacted.term;
    }
    return message;
  }
  /// Otherwise the configuration has been the same ever since the log begins.
  static bool changes_configuration(const core::Storage& stored) {
    return std::ranges::any_of(
        stored.entries, [](const core::Entry& entry) { return entry.type != core::EntryType::normal; });
  }

  void pass_on(const std::set<Timer>& before) {
    for (const auto& send : inner_.sends()) {
      outputs_.send(send.to, as_sent(send.message));
    }
    for (const auto& change : inner_.timers()) {
      const auto timer = static_cast<Timer>(change.timer);
      if (change.armed) {
        outputs_.arm(timer, change.after);
      } else {
        outputs_.disarm(timer);
      }
    }
    for (const Timer operation : config_.operations) {
      const bool is_armed = before.contains(operation);
      if (is_possible(operation) && !is_armed) {
        outputs_.arm(operation, base::Ticks{0});
      } else if (!is_possible(operation) && is_armed) {
        outputs_.disarm(operation);
      }
    }
  }

  void remember() {
    if (!config_.operations.contains(Timer::read)) {
      return;
    }
    ReadHistory& history = state_.history;
    history.committed = std::max(history.committed, raft().log.committed);
    for (const core::ReadState& read : told_.reads) {
      const auto asked = history.waiting.find(static_cast<std::uint32_t>(std::stoul(read.request_context)));
      if (asked != history.waiting.end()) {
        history.stale |= read.index < asked->second;
        history.waiting.erase(asked);
      }
    }
  }

  const Member::Config& config_;
  Member::State& state_;
  RaftProcess::State server_;
  Member::Outputs& outputs_;
  Questions questions_;
  RaftProcess::Outputs inner_;
  core::Told told_;
};

}  // namespace

void Member::step(const Config& config, State& state, const Input& input, Outputs& outputs) {
  Step(config, state, input, outputs).run(input);
}

base::TimerKind Member::timer_kind(const Timer& timer) {
  return is_operation(timer) ? base::TimerKind::whim
                             : RaftProcess::timer_kind(static_cast<RaftProcess::Timer>(timer));
}

bool Member::is_stale(const Config& config, const State& state, const Incoming& message) {
  return RaftProcess::is_stale(config.raft, state.server, message);
}

std::uint32_t Member::reads(const Config& config, const Input& /*input*/) {
  constexpr std::uint32_t own = 0b011;
  constexpr std::uint32_t history = 0b100;
  return config.operations.contains(Timer::read) ? own | history : own;
}

}  // namespace plimsoll::properties::raft
