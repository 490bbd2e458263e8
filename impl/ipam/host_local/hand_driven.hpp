// HostLocal driven by hand, for tests: one node, one client, and crashes wherever the test wants them.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "impl/base/assert.hpp"
#include "impl/ipam/host_local/host_local.hpp"

namespace plimsoll::ipam {

/// Keeps what a world would keep: the state, whether `proceed` is armed, and the responses sent.
class HandDriven {
 public:
  static constexpr base::ProcessId runtime{1};

  explicit HandDriven(HostLocal::Config config, NodeNetwork network = {}) : config_(std::move(config)) {
    state.network = network;
    feed(base::Started{});
  }

  /// Hands over a request and runs the step that receives it.
  void request(decltype(CniRequest::body) body, std::uint32_t call = 0, base::ProcessId from = runtime) {
    feed(base::Received<CniRequest>{from, {{call}, std::move(body)}});
  }
  /// Fires `proceed`. Requires: is_armed().
  void proceed() {
    PLIMSOLL_ASSERT(armed_);
    armed_ = false;
    feed(base::TimerFired<HostLocalTimer>{HostLocalTimer::proceed});
  }
  void disconnect(base::ProcessId peer) { feed(base::Disconnected{peer}); }
  /// Ends the process and starts it again: files and network stay.
  void crash() {
    state.operation = {};
    armed_ = false;
    ++incarnation_;
    feed(base::Started{incarnation_, {}});
  }
  /// A whole call, from request to response. Requires: no call is under way.
  decltype(CniResponse::outcome) call(decltype(CniRequest::body) body) {
    PLIMSOLL_ASSERT(!armed_);
    responses.clear();
    request(std::move(body));
    while (armed_) {
      proceed();
    }
    PLIMSOLL_ASSERT(responses.size() == 1);
    return responses.front().response.outcome;
  }
  [[nodiscard]] bool is_armed() const { return armed_; }

  struct Sent {
    base::ProcessId to;
    CniResponse response;
    bool operator==(const Sent&) const = default;
  };
  HostLocal::State state;
  std::vector<Sent> responses;

 private:
  void feed(const base::Input<CniRequest, HostLocalTimer>& input) {
    base::ScriptedChoices choices;
    base::Outputs<CniResponse, HostLocalTimer> outputs(choices);
    HostLocal::step(config_, state, input, outputs);
    for (const auto& sent : outputs.sends()) {
      responses.push_back({sent.to, sent.message});
    }
    for (const auto& change : outputs.timers()) {
      armed_ = change.armed;
    }
    PLIMSOLL_ASSERT(armed_ == (state.operation.running.has_value() || !state.operation.waiting.empty()));
  }

  HostLocal::Config config_;
  std::uint32_t incarnation_ = 0;
  bool armed_ = false;
};

}  // namespace plimsoll::ipam
