#include "properties/store/world/prepared.hpp"

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::properties::store {
namespace {

using core::Server;

/// Servers, and a network that loses nothing but what the one that is absent would say or hear.
class Cluster {
 public:
  explicit Cluster(const std::vector<Server::Config>& configs) {
    for (const Server::Config& config : configs) {
      nodes_.push_back({config, {}, {}, {}});
    }
  }

  void run(const Preparation& preparation) {
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
      step(node, base::Started{});
    }
    rest();
    step(0, base::TimerFired<Server::Timer>{core::ElectionTimeout{}});
    rest();
    PLIMSOLL_ASSERT_KNOWN(nodes_[0].state.raft.node.raft.role == raft::Role::leader,
                          "server 1 was not elected");
    absent_ = preparation.absent;
    std::uint32_t request = 0;
    for (const RequestBody& body : preparation.operations) {
      step(0, base::Received<Server::Incoming>{client(), kv::Request{{++request}, body}});
      rest();
    }
  }
  [[nodiscard]] std::vector<PreparedServer> take() {
    std::vector<PreparedServer> servers;
    for (Node& node : nodes_) {
      servers.push_back(
          {std::move(node.state), std::move(node.disk), {node.armed.begin(), node.armed.end()}});
    }
    return servers;
  }

 private:
  struct Node {
    Server::Config config = {};
    Server::State state = {};
    std::vector<base::Bytes> disk = {};
    std::set<Server::Timer> armed = {};
  };
  struct Letter {
    std::size_t from = 0;
    std::size_t to = 0;
    raft::PlainMessage message = {};
  };

  /// Somebody whom nobody else is.
  [[nodiscard]] base::ProcessId client() const { return {static_cast<std::uint8_t>(nodes_.size())}; }

  void step(std::size_t number, const Server::Input& input) {
    Node& node = nodes_[number];
    if (const auto* const fired = std::get_if<base::TimerFired<Server::Timer>>(&input)) {
      node.armed.erase(fired->timer);
    }
    base::ScriptedChoices choices;
    Server::Outputs outputs(choices);
    Server::step(node.config, node.state, input, outputs);
    PLIMSOLL_ASSERT(!outputs.exited());
    node.disk.insert(node.disk.end(), outputs.appends().begin(), outputs.appends().end());
    node.disk.erase(node.disk.begin(), node.disk.begin() + static_cast<std::ptrdiff_t>(outputs.released()));
    for (const auto& change : outputs.timers()) {
      if (change.armed) {
        node.armed.insert(change.timer);
      } else {
        node.armed.erase(change.timer);
      }
    }
    for (const auto& send : outputs.sends()) {
      const auto* const message = std::get_if<raft::PlainMessage>(&send.message);
      if (message != nullptr && number + 1 != absent_ && send.to.value + 1U != absent_) {
        network_.push_back({number, send.to.value, *message});
      }
    }
  }
  /// Messages first, then work, until there is neither.
  void rest() {
    while (true) {
      if (!network_.empty()) {
        const Letter letter = std::move(network_.front());
        network_.pop_front();
        step(letter.to, base::Received<Server::Incoming>{
                            base::ProcessId{static_cast<std::uint8_t>(letter.from)}, letter.message});
      } else if (!work()) {
        return;
      }
    }
  }
  bool work() {
    for (std::size_t number = 0; number < nodes_.size(); ++number) {
      const auto& armed = nodes_[number].armed;
      const auto work = std::ranges::find_if(armed, [](const Server::Timer& timer) {
        return Server::timer_kind(timer) == base::TimerKind::work;
      });
      if (work != armed.end()) {
        const Server::Timer timer = *work;
        step(number, base::TimerFired<Server::Timer>{timer});
        return true;
      }
    }
    return false;
  }

  std::vector<Node> nodes_;
  std::deque<Letter> network_;
  std::uint32_t absent_ = 0;
};

}  // namespace

std::vector<PreparedServer> prepare(const std::vector<Server::Config>& configs,
                                    const Preparation& preparation) {
  Cluster cluster(configs);
  cluster.run(preparation);
  return cluster.take();
}

void RunningServer::step(const Config& config, State& state, const Input& input, Outputs& outputs) {
  const auto* const started = std::get_if<base::Started>(&input);
  if (started == nullptr || started->incarnation > 0 || !config.prepared) {
    return Server::step(config.server, state, input, outputs);
  }
  state = config.prepared->state;
  for (const base::Bytes& record : config.prepared->disk) {
    outputs.append(record);
  }
  outputs.sync();
  for (const Timer& timer : config.prepared->armed) {
    outputs.arm(timer, {});
  }
}

}  // namespace plimsoll::properties::store
