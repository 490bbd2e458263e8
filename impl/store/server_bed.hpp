// For tests: a cluster of servers with their disks, a network that delivers when it is told to, and clients.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "impl/base/assert.hpp"
#include "impl/store/server.hpp"

namespace plimsoll::store {

inline constexpr base::ProcessId first_client{10};

/// Gives the answers that the test says: 0 unless it says something else.
class ToldChoices final : public base::Choices {
 public:
  using Answer = std::function<std::uint32_t(std::uint32_t count, std::string_view what)>;
  explicit ToldChoices(const Answer& answer) : answer_(answer) {}
  std::uint32_t choose(std::uint32_t count, std::string_view what) override {
    return answer_ ? answer_(count, what) : 0;
  }

 private:
  const Answer& answer_;
};

struct ServerBed {
  struct Node {
    Server::Config config = {};
    Server::State state = {};
    std::vector<base::Bytes> disk = {};
    std::size_t synced = 0;  ///< of `disk`
    std::set<Server::Timer> armed = {};
    std::uint32_t starts = 0;
    bool is_up = false;
    std::string exit_reason = {};
  };
  struct Letter {
    base::ProcessId from = {};
    base::ProcessId to = {};
    raft::PlainMessage message = {};
  };
  struct Heard {
    std::map<kv::RequestId, kv::Response> answers = {};
    std::vector<kv::WatchResponse> events = {};
  };

  /// Servers 1 to `count`, not started.
  explicit ServerBed(std::uint64_t count, const Server::Config& common = {}) {
    raft::ConfState members;
    for (std::uint64_t id = 1; id <= count; ++id) {
      members.voters.insert(raft::ServerId{id});
    }
    for (std::uint64_t id = 1; id <= count; ++id) {
      add(id, common, members);
    }
  }
  void add(std::uint64_t id, const Server::Config& common, const raft::ConfState& members) {
    Server::Config config = common;
    config.raft.id = raft::ServerId{id};
    config.member.id = config.raft.id;
    config.raft.raft.heartbeat_tick = 2;
    config.raft.raft.election_tick = 3;
    config.initial_members = members;
    for (auto& [other, node] : nodes) {
      config.raft.peers[raft::ServerId{other}] = process_of(other);
      node.config.raft.peers[config.raft.id] = process_of(id);
    }
    nodes.emplace(id, Node{.config = std::move(config)});
  }
  static base::ProcessId process_of(std::uint64_t id) { return {static_cast<std::uint8_t>(id - 1)}; }
  static std::uint64_t id_of(base::ProcessId process) { return process.value + std::uint64_t{1}; }

  void start(std::uint64_t id) {
    Node& node = nodes.at(id);
    node.state = {};
    node.armed.clear();
    node.is_up = true;
    node.exit_reason.clear();
    step(id, base::Started{node.starts++, node.disk, false});
  }
  void start_all() {
    for (const auto& [id, node] : nodes) {
      start(id);
    }
  }
  /// Of what is not synced, the first `kept` records survive.
  void crash(std::uint64_t id, std::size_t kept = 0) {
    Node& node = nodes.at(id);
    node.is_up = false;
    node.disk.resize(std::min(node.disk.size(), node.synced + kept));
    node.synced = node.disk.size();
    node.armed.clear();
    node.state = {};
  }

  void step(std::uint64_t id, const Server::Input& input) {
    Node& node = nodes.at(id);
    PLIMSOLL_ASSERT(node.is_up);
    if (const auto* const fired = std::get_if<base::TimerFired<Server::Timer>>(&input)) {
      PLIMSOLL_ASSERT(node.armed.erase(fired->timer) == 1);
    }
    ToldChoices choices(choose);
    Server::Outputs outputs(choices);
    Server::step(node.config, node.state, input, outputs);
    do_outputs(id, outputs);
  }
  void fire(std::uint64_t id, const Server::Timer& timer) {
    step(id, base::TimerFired<Server::Timer>{timer});
  }
  [[nodiscard]] bool is_armed(std::uint64_t id, const Server::Timer& timer) const {
    return nodes.at(id).armed.contains(timer);
  }

  /// Returns the request's id. Its answer, if any, will be in heard.
  template <class Body>
  kv::RequestId ask(std::uint64_t id, Body body, std::uint8_t client = 0) {
    const kv::RequestId request{++last_request};
    const base::ProcessId from{static_cast<std::uint8_t>(first_client.value + client)};
    step(id, base::Received<Server::Incoming>{from, kv::Request{request, std::move(body)}});
    return request;
  }
  [[nodiscard]] const kv::Response* answer_to(kv::RequestId request, std::uint8_t client = 0) const {
    const auto& answers = heard[client].answers;
    const auto found = answers.find(request);
    return found == answers.end() ? nullptr : &found->second;
  }
  template <class Result>
  [[nodiscard]] const Result* result_of(kv::RequestId request) const {
    const kv::Response* const response = answer_to(request);
    return response == nullptr ? nullptr : std::get_if<Result>(&response->result);
  }
  [[nodiscard]] std::optional<kv::ErrorCode> error_of(kv::RequestId request) const {
    const auto* const error = result_of<kv::ErrorResult>(request);
    return error == nullptr ? std::nullopt : std::optional(error->code);
  }

  /// Delivers the oldest message for which `is_chosen` holds. Returns whether there was one.
  bool deliver_one(const std::function<bool(const Letter&)>& is_chosen) {
    const auto found = std::ranges::find_if(network, is_chosen);
    if (found == network.end()) {
      return false;
    }
    const Letter letter = *found;
    network.erase(found);
    if (nodes.at(id_of(letter.to)).is_up) {
      step(id_of(letter.to), base::Received<Server::Incoming>{letter.from, letter.message});
    }
    return true;
  }
  [[nodiscard]] bool is_reachable(const Letter& letter) const {
    return !cut.contains(id_of(letter.from)) && !cut.contains(id_of(letter.to)) &&
           !held_back.contains(letter.message.type);
  }
  /// Everything that is under way happens, and all work is done; what waits for time to pass is not.
  /// Messages from and to servers that are cut off stay where they are, and so do those held back.
  void calm() {
    for (int rounds = 0;; ++rounds) {
      PLIMSOLL_ASSERT_KNOWN(rounds < 20'000, "a cluster that never comes to rest");
      if (deliver_one([this](const Letter& letter) { return is_reachable(letter); })) {
        continue;
      }
      if (!do_work()) {
        return;
      }
    }
  }
  /// Server `id` campaigns.
  void elect(std::uint64_t id) {
    fire(id, ElectionTimeout{});
    calm();
    PLIMSOLL_ASSERT_KNOWN(leads(id), "server " + std::to_string(id) + " was not elected");
  }
  [[nodiscard]] bool leads(std::uint64_t id) const {
    return nodes.at(id).state.raft.node.raft.role == raft::Role::leader;
  }
  void cut_off(std::uint64_t id) { cut.insert(id); }
  void reconnect(std::uint64_t id) { cut.erase(id); }
  void lose_all() { network.clear(); }

  std::map<std::uint64_t, Node> nodes = {};
  std::deque<Letter> network = {};
  std::set<std::uint64_t> cut = {};
  std::set<raft::MessageType> held_back = {};  ///< the network keeps these messages
  std::set<std::uint64_t> lazy_commits = {};   ///< these servers do not commit what they have applied
  std::set<std::uint64_t> busy_disks = {};     ///< of these servers nothing that is being written gets done
  mutable std::map<std::uint8_t, Heard> heard = {};
  ToldChoices::Answer choose = {};
  std::uint32_t last_request = 0;

 private:
  bool do_work() {
    for (auto& [id, node] : nodes) {
      for (const Server::Timer& timer : node.armed) {
        const bool waits = (busy_disks.contains(id) && std::holds_alternative<RaftWrite>(timer)) ||
                           (lazy_commits.contains(id) && std::holds_alternative<BackendCommit>(timer));
        if (node.is_up && !waits && Server::timer_kind(timer) == base::TimerKind::work) {
          fire(id, Server::Timer(timer));
          return true;
        }
      }
    }
    return false;
  }
  void do_outputs(std::uint64_t id, const Server::Outputs& outputs) {
    Node& node = nodes.at(id);
    const std::size_t before = node.disk.size();
    node.disk.insert(node.disk.end(), outputs.appends().begin(), outputs.appends().end());
    if (outputs.synced()) {
      node.synced = std::max(node.synced, before + outputs.synced_appends());
    }
    PLIMSOLL_ASSERT(outputs.released() <= node.synced);
    node.disk.erase(node.disk.begin(), node.disk.begin() + static_cast<std::ptrdiff_t>(outputs.released()));
    node.synced -= outputs.released();
    for (const auto& change : outputs.timers()) {
      if (change.armed) {
        node.armed.insert(change.timer);
      } else {
        node.armed.erase(change.timer);
      }
    }
    for (const auto& send : outputs.sends()) {
      pass_on(process_of(id), send.to, send.message);
    }
    if (outputs.exited()) {
      node.is_up = false;
      node.exit_reason = outputs.exit_reason();
      node.armed.clear();
    }
  }
  void pass_on(base::ProcessId from, base::ProcessId to, const Server::Outgoing& outgoing) {
    if (const auto* const message = std::get_if<raft::PlainMessage>(&outgoing)) {
      network.push_back({from, to, *message});
      return;
    }
    Heard& client = heard[static_cast<std::uint8_t>(to.value - first_client.value)];
    if (const auto* const response = std::get_if<kv::Response>(&outgoing)) {
      const bool is_first = client.answers.emplace(response->id, *response).second;
      PLIMSOLL_ASSERT_KNOWN(is_first, "a request was answered twice");
    } else {
      client.events.push_back(std::get<kv::WatchResponse>(outgoing));
    }
  }
};

inline kv::PutRequest put(std::string key, std::string value, kv::LeaseId lease = {}) {
  return {.key = std::move(key), .value = std::move(value), .lease = lease};
}
inline kv::RangeRequest get(std::string key, bool serializable = false) {
  return {.range = {std::move(key), {}}, .serializable = serializable};
}
/// The value that a read of one key found; nothing if it found no key or is not answered.
inline std::optional<std::string> value_of(const ServerBed& bed, kv::RequestId request) {
  const auto* const result = bed.result_of<kv::RangeResult>(request);
  return result == nullptr || result->kvs.empty() ? std::nullopt : std::optional(result->kvs.front().value);
}

}  // namespace plimsoll::store
