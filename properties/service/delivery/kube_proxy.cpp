#include "properties/service/delivery/kube_proxy.hpp"

#include <deque>
#include <map>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/service/proxy/iptables/proxier.hpp"
#include "impl/service/proxy/ipvs/proxier.hpp"

namespace plimsoll::properties::delivery {

namespace {

constexpr std::string_view dummy_device = "kube-ipvs0";

/// The kernel's side of a proxier: what it is asked, it does.
struct Answering {
  NodeKernel& kernel;
  const std::function<bool(const net::TableChange&)>& refuse;

  using Error = std::optional<net::Errno>;

  [[nodiscard]] Error perform(const net::TableChange& change) const {
    if (refuse && refuse(change)) {
      return net::Errno::eio;
    }
    const net::ChangeResult result = kernel.change(change);
    return result ? Error{} : Error{result.error()};
  }

  [[nodiscard]] api::KernelAnswer operator()(const api::KernelRequest& request) const {
    api::KernelAnswer answer{request.id, {}, {}};
    if (const auto* const change = std::get_if<net::TableChange>(&request.body)) {
      answer.error = perform(*change);
    } else {
      answer.saved = kernel.saved();
    }
    return answer;
  }

  [[nodiscard]] api::ipvs::Answer operator()(const api::ipvs::Request& request) const {
    api::ipvs::Answer answer;
    answer.id = request.id;
    if (const auto* const change = std::get_if<net::TableChange>(&request.body)) {
      answer.error = perform(*change);
    } else if (const auto* const servers = std::get_if<api::ipvs::Change>(&request.body)) {
      answer.error = kernel.change(*servers);
    } else if (const auto* const set = std::get_if<api::ipvs::SetReplace>(&request.body)) {
      kernel.replace_set(*set);
    } else {
      look(answer);
    }
    return answer;
  }

  void look(api::ipvs::Answer& answer) const {
    answer.listing.tables = kernel.servers();
    for (const auto& [key, service] : kernel.servers()) {
      answer.listing.connections[key] = count_connections(kernel.remembered.ipvs, key);
    }
    for (const net::InterfaceAddress& address : kernel.tables().addresses) {
      if (address.device == dummy_device) {
        answer.addresses.insert(address.address.address());
      }
    }
    answer.saved = kernel.saved();
  }
};

template <class Proxier>
class Running final : public KubeProxy {
 public:
  Running(typename Proxier::Config config, NodeKernel& kernel)
      : config_(std::move(config)), kernel_(kernel) {}

  void start() override {
    armed_.clear();
    requests_.clear();
    feed(base::Started{lives_++, {}});
    answer_all();
  }
  void hear(const api::ServiceEvent& event) override { receive(event); }
  void hear(const api::SliceEvent& event) override { receive(event); }
  void synced() override {
    receive(api::Synced::services);
    receive(api::Synced::endpoint_slices);
  }
  void settle() override {
    constexpr int rounds_max = 10;
    answer_all();
    for (int round = 0; round < rounds_max && !is_quiescent(state_); ++round) {
      fire(Timer::soon);
      fire(Timer::retry);
    }
  }
  bool fire(std::string_view timer) override {
    for (const auto& [armed, after] : armed_) {
      if (base::enumerator_text(armed) == timer) {
        return fire(armed);
      }
    }
    return false;
  }

 private:
  using Timer = typename Proxier::Timer;
  using Incoming = typename Proxier::Incoming;

  bool fire(Timer timer) {
    const bool is_armed = armed_.erase(timer) == 1;
    if (is_armed) {
      feed(base::TimerFired<Timer>{timer});
      answer_all();
    }
    return is_armed;
  }
  void receive(Incoming message) {
    feed(base::Received<Incoming>{base::ProcessId{1}, std::move(message)});
    answer_all();
  }
  void feed(const typename Proxier::Input& input) {
    base::ScriptedChoices choices;
    typename Proxier::Outputs outputs(choices);
    Proxier::step(config_, state_, input, outputs);
    for (const auto& sent : outputs.sends()) {
      requests_.push_back(sent.message);
    }
    for (const auto& change : outputs.timers()) {
      armed_.erase(change.timer);
      if (change.armed) {
        armed_.emplace(change.timer, change.after);
      }
    }
    PLIMSOLL_ASSERT_KNOWN(!outputs.exited(), outputs.exit_reason());
  }
  void answer_all() {
    while (!requests_.empty()) {
      const auto request = std::move(requests_.front());
      requests_.pop_front();
      feed(base::Received<Incoming>{config_.kernel, Answering{kernel_, refuse}(request)});
    }
  }

  typename Proxier::Config config_;
  NodeKernel& kernel_;
  typename Proxier::State state_ = {};
  std::deque<typename Proxier::Outgoing> requests_ = {};
  std::map<Timer, base::Ticks> armed_ = {};
  std::uint32_t lives_ = 0;
};

}  // namespace

std::unique_ptr<KubeProxy> KubeProxy::make(const ProxyConfig& config, NodeKernel& kernel) {
  if (config.mode == ProxyMode::iptables) {
    api::IptablesProxier::Config own;
    own.rules = config.rules;
    own.node = config.node;
    return std::make_unique<Running<api::IptablesProxier>>(std::move(own), kernel);
  }
  api::IpvsProxier::Config own;
  own.plan.rules = config.rules;
  own.plan.scheduler = config.scheduler;
  own.plan.node_addresses = {config.rules.node_ip};
  own.node = config.node;
  kernel.has_ipvs = true;
  return std::make_unique<Running<api::IpvsProxier>>(std::move(own), kernel);
}

}  // namespace plimsoll::properties::delivery
