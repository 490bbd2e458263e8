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
  explicit Questions(Member::Outputs& outputs) : outputs_(outputs) {}
  std::uint32_t choose(std::uint32_t count, std::string_view what) override {
    return outputs_.choose(count, what);
  }

 private:
  Member::Outputs& outputs_;
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

class Step {
 public:
  Step(const Member::Config& config, Member::State& state, Member::Outputs& outputs)
      : config_(config),
        state_(state),
        server_{std::move(state.durable), std::move(state.server)},
        outputs_(outputs),
        questions_(outputs),
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
      core::compact(server_);
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
      default: {
        PLIMSOLL_ASSERT(timer == Timer::read);
        const std::uint32_t key = state_.history.asked++;
        state_.history.waiting.emplace(key, state_.history.committed);
        return [key](core::RawNode& node, const core::Context& context) {
          node.read_index(context, std::to_string(key));
        };
      }
    }
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

  void pass_on(const std::set<Timer>& before) {
    for (const auto& send : inner_.sends()) {
      outputs_.send(send.to, send.message);
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
  Step(config, state, outputs).run(input);
}

base::TimerKind Member::timer_kind(const Timer& timer) {
  return is_operation(timer) ? base::TimerKind::whim
                             : RaftProcess::timer_kind(static_cast<RaftProcess::Timer>(timer));
}

std::uint32_t Member::reads(const Config& config, const Input& /*input*/) {
  constexpr std::uint32_t own = 0b011;
  constexpr std::uint32_t history = 0b100;
  return config.operations.contains(Timer::read) ? own | history : own;
}

}  // namespace plimsoll::properties::raft
