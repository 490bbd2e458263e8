// For tests: a cluster without a world. Its steps are chosen by a random number generator, and each is shown
// to whoever wants to judge it.
#pragma once

#include <algorithm>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "properties/raft/world/refinement.hpp"
#include "properties/raft/world/setup.hpp"

namespace plimsoll::properties::raft {

struct ClusterKind {
  std::string name;
  std::uint32_t servers = 3;
  std::uint32_t voters = 3;  ///< the first ones; the others are outsiders
  core::StorageWrites writes = core::StorageWrites::atomic;
  bool pre_vote = false;
  bool check_quorum = false;
  bool step_down_on_removal = false;
  std::set<Member::Timer> operations = {Member::Timer::proposal};
  std::vector<std::string> changes = {};
  core::Defects defects = {};
  std::uint64_t window = 0;  ///< appends under way to one follower; 0: no limit
};

class HaphazardCluster {
 public:
  using Timer = Member::Timer;
  using Message = core::PlainMessage;
  struct Node {
    Member::Config config;
    Member::State state;
    std::set<Timer> armed = {};
    Refinement refinement = {};
  };
  /// A step that was taken; without input it was a crash.
  struct Seen {
    std::size_t server = 0;
    const Member::State& before;
    const Member::Input* input = nullptr;
    const Member::State& after;
    const std::vector<Member::Outputs::Send>& sent;
  };
  using Judge = std::function<void(const Seen&)>;

  HaphazardCluster(const ClusterKind& kind, std::uint64_t seed, Judge judge)
      : kind_(kind), judge_(std::move(judge)), random_(seed), choices_(random_) {
    for (std::uint32_t i = 1; i <= kind.voters; ++i) {
      first_.first_members.voters.insert(core::ServerId{i});
    }
    first_.servers = kind.servers;
    for (std::uint32_t i = 0; i < kind.servers; ++i) {
      Node& node = nodes_.emplace_back();
      node.config = config_of(i);
      node.state.durable = core::Storage::bootstrapped(first_.first_members);
      take(i, base::Started{});
    }
  }

  /// One step of any kind that is possible.
  void go_on() {
    const std::uint32_t dice = draw(100);
    if (dice < 50 && !network_.empty()) {
      const std::size_t i = draw(static_cast<std::uint32_t>(network_.size()));
      const Message message = network_[i];
      // Now and then one stays to come again.
      if (draw(8) != 0) {
        network_.erase(network_.begin() + static_cast<std::ptrdiff_t>(i));
      }
      take(message.to.value - 1, base::Received<Message>{process(message.from.value - 1), message});
    } else if (dice < 56 && !network_.empty()) {
      network_.erase(network_.begin() + draw(static_cast<std::uint32_t>(network_.size())));
    } else if (dice < 58) {
      crash(draw(kind_.servers));
    } else {
      fire(draw(kind_.servers), dice);
    }
  }

  void crash(std::size_t server) {
    Node& node = nodes_[server];
    const Member::State before = node.state;
    node.state.server = {};
    node.armed.clear();
    judge_({server, before, nullptr, node.state, {}});
    take(server, base::Started{});
  }
  void take(std::size_t server, const Member::Input& input) {
    Node& node = nodes_[server];
    const Member::State before = node.state;
    Member::Outputs outputs(choices_);
    Member::step(node.config, node.state, input, outputs);
    for (const auto& change : outputs.timers()) {
      if (change.armed) {
        node.armed.insert(change.timer);
      } else {
        node.armed.erase(change.timer);
      }
    }
    for (const auto& send : outputs.sends()) {
      network_.push_back(send.message);
    }
    refine(first_, {node.config, before, input, node.state, outputs.sends()}, node.refinement);
    judge_({server, before, &input, node.state, outputs.sends()});
  }
  /// What the check of the server's steps found missing.
  [[nodiscard]] const std::string& missing(std::size_t server) const {
    return nodes_[server].refinement.missing;
  }
  [[nodiscard]] const RefinementConfig& first() const { return first_; }
  [[nodiscard]] Node& node(std::size_t server) { return nodes_[server]; }

 private:
  /// A random answer to every question.
  class RandomChoices final : public base::Choices {
   public:
    explicit RandomChoices(std::mt19937_64& random) : random_(random) {}
    std::uint32_t choose(std::uint32_t count, std::string_view /*what*/) override {
      return static_cast<std::uint32_t>(random_() % count);
    }

   private:
    std::mt19937_64& random_;
  };

  static base::ProcessId process(std::uint64_t server) { return {static_cast<std::uint8_t>(server)}; }
  std::uint32_t draw(std::uint32_t count) { return static_cast<std::uint32_t>(random_() % count); }

  [[nodiscard]] Member::Config config_of(std::uint32_t server) const {
    Member::Config config;
    config.raft.id = core::ServerId{server + 1};
    config.raft.writes = kind_.writes;
    for (std::uint32_t other = 0; other < kind_.servers; ++other) {
      if (other != server) {
        config.raft.peers[core::ServerId{other + 1}] = process(other);
      }
    }
    core::Config& raft = config.raft.raft;
    raft.heartbeat_tick = 2;
    raft.election_tick = 3;
    raft.pre_vote = kind_.pre_vote;
    raft.check_quorum = kind_.check_quorum;
    raft.step_down_on_removal = kind_.step_down_on_removal;
    raft.async_storage_writes = kind_.writes == core::StorageWrites::asynchronous;
    raft.defects = kind_.defects;
    if (kind_.window > 0) {
      raft.inflight.messages = kind_.window;
    }
    config.operations = kind_.operations;
    for (const std::string& change : kind_.changes) {
      config.changes.push_back(parse_change(change).value());
    }
    return config;
  }

  /// Elections are rarer than what goes on between them.
  void fire(std::size_t server, std::uint32_t dice) {
    const std::set<Timer>& armed = nodes_[server].armed;
    std::vector<Timer> likely;
    std::ranges::copy_if(armed, std::back_inserter(likely),
                         [&](Timer timer) { return timer != Timer::election_timeout || dice >= 96; });
    if (!likely.empty()) {
      const Timer timer = likely[draw(static_cast<std::uint32_t>(likely.size()))];
      nodes_[server].armed.erase(timer);
      take(server, base::TimerFired<Timer>{timer});
    }
  }

  ClusterKind kind_;
  Judge judge_;
  std::mt19937_64 random_;
  RandomChoices choices_;
  RefinementConfig first_;
  std::vector<Node> nodes_;
  std::vector<Message> network_;
};

/// Clusters that between them have every feature.
inline std::vector<ClusterKind> cluster_kinds() {
  using enum core::StorageWrites;
  using Timer = Member::Timer;
  const std::set<Timer> all = {Timer::proposal, Timer::conf_change, Timer::transfer, Timer::compaction};
  const std::vector<std::string> changes = {"v4",    "r1",   "r2", "v2", "l3", "v1 r4", "explicit v4 r3",
                                            "leave", "v5 l1"};
  std::vector<ClusterKind> kinds(8);
  kinds[0].name = "atomic";
  kinds[1] = {"separate", 3, 3, separate};
  kinds[2] = {"asynchronous", 3, 3, asynchronous};
  kinds[3] = {"pre-vote", 5, 5, atomic, true, true};
  kinds[4] = {"compaction", 3, 3, atomic, false, false, false, {Timer::proposal, Timer::compaction}};
  kinds[5] = {"membership", 5, 3, atomic, false, false, true, all, changes};
  kinds[6] = {"membership, separate", 5, 3, separate, true, true, false, all, changes};
  kinds[7] = {"membership, asynchronous", 5, 3, asynchronous, false, true, false, all, changes};
  return kinds;
}

}  // namespace plimsoll::properties::raft
