#include "properties/ipam/workload/runtime.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::properties::ipam {
namespace {

using plimsoll::ipam::Added;
using plimsoll::ipam::AddRequest;
using plimsoll::ipam::CniCall;
using plimsoll::ipam::CniError;
using plimsoll::ipam::CniRequest;
using plimsoll::ipam::CniResponse;
using plimsoll::ipam::Defect;
using plimsoll::ipam::DelRequest;
using plimsoll::ipam::Failed;
using plimsoll::ipam::GcRequest;
using plimsoll::ipam::IpConfig;
using plimsoll::ipam::NetworkChanged;
using Outputs = base::Outputs<Runtime::Outgoing, Runtime::Timer>;

// One step: first handle() takes the input in, then pursue() does what is to be done next.
class Step {
 public:
  Step(const Runtime::Config& config, Runtime::State& state, Outputs& outputs)
      : config_(config),
        work_(state.work),
        sandboxes_(state.sandboxes.by_container),
        deleted_(state.deleted.pods),
        network_(state.network),
        outputs_(outputs) {}

  void handle(const base::Started& started) {
    work_.incarnation = started.incarnation;
    work_.collected = config_.defects.has(Defect::I1);
    for (const auto& [container, sandbox] : sandboxes_) {
      if (sandbox.state == SandboxState::running) {
        outputs_.arm(DeletePod{sandbox.pod}, base::Ticks{0});
      }
    }
  }

  void handle(const base::Received<Runtime::Incoming>& received) {
    if (const auto* changed = std::get_if<NetworkChanged>(&received.message)) {
      PLIMSOLL_ASSERT(received.from == config_.flanneld);
      return network_changed(*changed);
    }
    PLIMSOLL_ASSERT(received.from == config_.host_local);
    answered(std::get<CniResponse>(received.message));
  }

  void handle(const base::TimerFired<DeletePod>& fired) {
    for (auto& [container, sandbox] : sandboxes_) {
      if (sandbox.pod == fired.timer.pod) {
        stop(sandbox);
      }
    }
    if (!config_.recreate) {
      deleted_.insert(fired.timer.pod);
    }
  }

  // The call may have been executed or not: pursue() makes it again. Of flanneld's word nothing is lost that
  // the network does not show, and the network is looked at in every step.
  void handle(const base::Disconnected& disconnected) {
    if (disconnected.peer == config_.host_local) {
      if (work_.call) {
        work_.call.reset();
        work_.calls_lost = (work_.calls_lost + 1) % config_.calls_lost_max;
      }
      work_.without_address.clear();
    }
  }

  // Sandboxes whose addresses may be somebody else's stop, whatever the input was.
  void stop_misplaced() {
    for (auto& [container, sandbox] : sandboxes_) {
      const bool misplaced = std::any_of(sandbox.addresses.begin(), sandbox.addresses.end(),
                                         [this](const base::Ipv4& address) { return !is_ours(address); });
      if (!network_is_up() || misplaced) {
        stop(sandbox);
      }
    }
  }

  // Makes the next call, if there is one to make and none is outstanding. What a pod needs to be gone comes
  // first.
  void pursue() {
    if (work_.call) {
      return;
    }
    if (!work_.collected) {
      return collect();
    }
    if (const std::string* container = first_in(SandboxState::stopping)) {
      return send(CniVerb::del, *container, DelRequest{attachment_of(*container)});
    }
    if (const std::string* container = first_in(SandboxState::creating)) {
      return send(CniVerb::add, *container, AddRequest{attachment_of(*container), {}});
    }
    if (const std::optional<std::uint8_t> pod = pod_to_create()) {
      const std::string container = config_.pods[*pod] + "." + std::to_string(work_.incarnation);
      sandboxes_.emplace(container, Sandbox{*pod, SandboxState::creating, {}});
      send(CniVerb::add, container, AddRequest{attachment_of(container), {}});
    }
  }

 private:
  void answered(const CniResponse& response) {
    if (!work_.call || response.call != call_number()) {
      return;  // of a call of an earlier life, or one given up since
    }
    const OutstandingCall call = *std::exchange(work_.call, std::nullopt);
    work_.calls_lost = 0;
    switch (call.verb) {
      case CniVerb::gc:
        work_.collected = true;
        return;
      case CniVerb::add:
        return added(call, response);
      case CniVerb::del:
        return deleted(call, response);
    }
  }

  void network_changed(const NetworkChanged& changed) {
    work_.without_address.clear();
    if (work_.call && work_.call->verb == CniVerb::add) {
      work_.call->network_changed = true;
    }
    if (!changed.subnet) {
      for (auto& [container, sandbox] : sandboxes_) {
        stop(sandbox);
      }
    }
  }

  void added(const OutstandingCall& call, const CniResponse& response) {
    Sandbox& sandbox = sandboxes_.at(call.container_id);
    if (const auto* failed = std::get_if<Failed>(&response.outcome)) {
      const bool hopeless =
          failed->error == CniError::exhausted || failed->error == CniError::unusable_subnet;
      if (hopeless && !call.network_changed) {
        work_.without_address.insert(sandbox.pod);
      }
      return stop(sandbox);
    }
    if (sandbox.state != SandboxState::creating) {
      return;  // stopped meanwhile: DEL comes next
    }
    for (const IpConfig& ip : std::get<Added>(response.outcome).ips) {
      sandbox.addresses.push_back(ip.address.address());
    }
    sandbox.state = SandboxState::running;
    outputs_.arm(DeletePod{sandbox.pod}, base::Ticks{0});
  }

  void deleted(const OutstandingCall& call, const CniResponse& response) {
    PLIMSOLL_ASSERT(!std::holds_alternative<Failed>(response.outcome));
    const auto gone = sandboxes_.find(call.container_id);
    const std::uint8_t pod = gone->second.pod;
    sandboxes_.erase(gone);
    // A pod that found no address held none, so that its DEL freed nothing for the others.
    if (!work_.without_address.contains(pod)) {
      work_.without_address.clear();
    }
  }

  void stop(Sandbox& sandbox) {
    if (sandbox.state == SandboxState::running) {
      outputs_.disarm(DeletePod{sandbox.pod});
    }
    sandbox.state = SandboxState::stopping;
    sandbox.addresses.clear();
  }

  bool network_is_up() const { return !config_.from_lease || network_.subnet.has_value(); }

  // Under defect I4 addresses come from a configuration that nobody compares with the lease.
  bool is_ours(const base::Ipv4& address) const {
    if (!config_.from_lease || config_.defects.has(Defect::I4)) {
      return true;
    }
    return network_.subnet && network_.subnet->contains(address);
  }

  // Calls of different lives differ, and so does a call from those before it whose outcome is unknown.
  CniCall call_number() const { return {work_.incarnation * config_.calls_lost_max + work_.calls_lost}; }

  void send(CniVerb verb, const std::string& container, decltype(CniRequest::body) body) {
    PLIMSOLL_ASSERT_KNOWN(verb == CniVerb::gc || is_valid(attachment_of(container)), container);
    work_.call = OutstandingCall{verb, container, false};
    outputs_.send(config_.host_local, CniRequest{call_number(), std::move(body)});
  }

  void collect() {
    GcRequest gc;
    for (const auto& [container, sandbox] : sandboxes_) {
      if (sandbox.state != SandboxState::stopping) {
        gc.valid.insert(attachment_of(container));
      }
    }
    send(CniVerb::gc, "", std::move(gc));
  }

  const std::string* first_in(SandboxState state) const {
    for (const auto& [container, sandbox] : sandboxes_) {
      if (sandbox.state == state) {
        return &container;
      }
    }
    return nullptr;
  }

  std::optional<std::uint8_t> pod_to_create() const {
    if (!network_is_up()) {
      return std::nullopt;
    }
    for (std::size_t index = 0; index < config_.pods.size(); ++index) {
      const auto pod = static_cast<std::uint8_t>(index);
      const bool has_sandbox = std::any_of(sandboxes_.begin(), sandboxes_.end(),
                                           [&](const auto& entry) { return entry.second.pod == pod; });
      if (!has_sandbox && !deleted_.contains(pod) && !work_.without_address.contains(pod)) {
        return pod;
      }
    }
    return std::nullopt;
  }

  const Runtime::Config& config_;
  Work& work_;
  std::map<std::string, Sandbox>& sandboxes_;
  std::set<std::uint8_t>& deleted_;
  const plimsoll::ipam::NodeNetwork& network_;
  Outputs& outputs_;
};

}  // namespace

void Runtime::step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs) {
  PLIMSOLL_ASSERT(config.pods.size() <= std::numeric_limits<std::uint8_t>::max() + 1U);
  Step step(config, state, outputs);
  std::visit([&](const auto& alternative) { step.handle(alternative); }, input);
  step.stop_misplaced();
  step.pursue();
}

}  // namespace plimsoll::properties::ipam
