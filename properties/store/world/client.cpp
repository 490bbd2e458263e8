#include "properties/store/world/client.hpp"

#include <algorithm>
#include <utility>

namespace plimsoll::properties::store {
namespace {

/// A watch that goes on where an earlier one ended has an id of its own, so much higher.
constexpr std::uint32_t resumed_id = 1000;

class Step {
 public:
  Step(const Client::Config& config, Client::State& state, Client::Outputs& outputs)
      : config_(config),
        progress_(state.progress),
        acknowledged_(state.acknowledged),
        history_(state.history),
        outputs_(outputs) {}

  void handle(const base::Started& /*started*/) { go_on(); }
  void handle(const base::TimerFired<Client::Timer>& /*fired*/) {
    if (!progress_.waits && progress_.next < config_.operations.size()) {
      ask();
    }
  }
  void handle(const base::Received<Client::Incoming>& received) {
    if (received.from != server()) {
      return;  // a connection that it has given up
    }
    std::visit([this](const auto& message) { hear(message); }, received.message);
  }
  void handle(const base::Disconnected& disconnected) {
    if (disconnected.peer != server()) {
      return;
    }
    progress_.server = (progress_.server + 1) % static_cast<std::uint32_t>(config_.servers.size());
    resume_watches();
    if (is_open()) {
      history_.abandon(caller());
    }
    progress_.waits = false;
    go_on();
  }

 private:
  [[nodiscard]] base::ProcessId server() const { return config_.servers[progress_.server]; }

  void go_on() {
    if (!progress_.waits && progress_.next < config_.operations.size()) {
      outputs_.arm(Client::Timer::next, {});
    }
  }

  [[nodiscard]] history::Caller caller() const { return {config_.self, 0}; }
  /// Does the history hold a request that is not answered yet?
  [[nodiscard]] bool is_open() const { return history_.open.contains(caller()); }

  void ask() {
    const std::uint32_t operation = progress_.next++;
    RequestBody body = config_.operations[operation];
    if (auto request = observed(body); request && config_.is_observed) {
      history_.invoke(caller(), *std::move(request));
    }
    progress_.known_before = acknowledged_.revision;
    progress_.waits = !std::holds_alternative<kv::WatchProgressRequest>(body);
    if (auto* const watch = std::get_if<kv::WatchRequest>(&body)) {
      watch->watch = {operation};
      progress_.watches.emplace(watch->watch, RecordedWatch{*watch, {}});
    }
    outputs_.send(server(), {{operation}, std::move(body)});
    go_on();
  }

  void hear(const kv::Response& response) {
    if (!progress_.waits || response.id.value + 1 != progress_.next) {
      return;
    }
    progress_.waits = false;
    if (is_open()) {
      note_answer(history_, caller(), response);
    }
    progress_.answers.push_back({response.id.value, std::exchange(progress_.known_before, {}), response});
    acknowledged_.revision = std::max(acknowledged_.revision, response.revision);
    go_on();
  }
  void hear(const kv::WatchResponse& response) {
    if (response.watch == kv::all_watches) {
      for (auto& [id, watch] : progress_.watches) {
        if (!has_ended(progress_, id)) {
          watch.responses.push_back(response);
        }
      }
      return;
    }
    const auto found = progress_.watches.find(response.watch);
    if (found == progress_.watches.end() || has_ended(progress_, response.watch)) {
      return;
    }
    found->second.responses.push_back(response);
    for (const kv::Event& event : response.events) {
      acknowledged_.revision = std::max(acknowledged_.revision, event.kv.mod_revision);
    }
    if (response.created && progress_.waits && response.watch.value % resumed_id + 1 == progress_.next) {
      progress_.waits = false;
      progress_.known_before = {};
      go_on();
    }
  }

  void resume_watches() {
    const auto before = progress_.watches;
    for (const auto& [id, watch] : before) {
      if (!has_ended(progress_, id)) {
        resume(id, watch);
      }
    }
  }
  void resume(kv::WatchId id, const RecordedWatch& watch) {
    kv::WatchRequest request = watch.request;
    if (watch.responses.empty()) {
      return outputs_.send(server(), {{id.value}, request});
    }
    request.watch = {id.value + resumed_id};
    for (const kv::WatchResponse& response : watch.responses) {
      const bool says_where = !response.created || request.start_revision == kv::Revision{};
      if (says_where && !response.fragment) {
        const kv::Revision told =
            response.events.empty() ? response.revision : response.events.back().kv.mod_revision;
        request.start_revision = std::max(request.start_revision, told.next());
      }
    }
    progress_.resumed_as.emplace(id, request.watch);
    progress_.watches.emplace(request.watch, RecordedWatch{request, {}});
    outputs_.send(server(), {{request.watch.value}, request});
  }

  const Client::Config& config_;
  Progress& progress_;
  Acknowledged& acknowledged_;
  history::StoreMonitor& history_;
  Client::Outputs& outputs_;
};

}  // namespace

bool has_ended(const Progress& progress, kv::WatchId watch) {
  const auto& responses = progress.watches.at(watch).responses;
  const bool is_over = std::ranges::any_of(responses, [](const kv::WatchResponse& response) {
    return response.canceled || response.broken || response.compact_revision.has_value();
  });
  return is_over || progress.resumed_as.contains(watch);
}

void Client::step(const Config& config, State& state, const Input& input, Outputs& outputs) {
  Step step(config, state, outputs);
  std::visit([&](const auto& alternative) { step.handle(alternative); }, input);
}

}  // namespace plimsoll::properties::store
