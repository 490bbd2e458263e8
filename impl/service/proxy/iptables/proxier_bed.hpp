// A proxier with a naive kernel, for tests: inputs by hand, answers as the kernel gives them or as the test
// wants them.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "impl/base/assert.hpp"
#include "impl/service/proxy/cluster_bed.hpp"
#include "impl/service/proxy/iptables/naive_kernel.hpp"
#include "impl/service/proxy/iptables/proxier.hpp"
#include "impl/service/proxy/iptables/rules.hpp"

namespace plimsoll::service {

struct ProxierBed {
  using Timer = IptablesProxierTimer;

  explicit ProxierBed(Defects defects = {}) {
    config.rules.defects = defects;
    config.rules.detector = iptables::DetectByCidr{{base::Ipv4(10, 244, 0, 0), 16}};
    config.node = ClusterBed::node;
    config.kernel = base::ProcessId{0};
  }

  IptablesProxier::Config config = {};
  IptablesProxier::State state = {};
  NaiveKernel kernel = {};
  std::deque<KernelRequest> requests = {};      ///< not answered yet
  std::vector<overlay::TableChange> done = {};  ///< all that the kernel was asked to change
  std::map<Timer, base::Ticks> armed = {};
  std::vector<std::string> exits = {};
  std::uint32_t incarnation = 0;

  void feed(const IptablesProxier::Input& input) {
    base::ScriptedChoices choices;
    IptablesProxier::Outputs outputs(choices);
    IptablesProxier::step(config, state, input, outputs);
    for (const auto& sent : outputs.sends()) {
      requests.push_back(sent.message);
    }
    for (const auto& change : outputs.timers()) {
      armed.erase(change.timer);
      if (change.armed) {
        armed.emplace(change.timer, change.after);
      }
    }
    if (outputs.exited()) {
      exits.push_back(outputs.exit_reason());
    }
  }
  void receive(IptablesProxier::Incoming message) {
    feed(base::Received<IptablesProxier::Incoming>{base::ProcessId{1}, std::move(message)});
  }
  /// Starts, or restarts: what was asked before is lost or was done, its answers are not awaited.
  void start() {
    armed.clear();
    requests.clear();
    feed(base::Started{incarnation++, {}});
  }
  void fire(Timer timer) {
    PLIMSOLL_ASSERT(armed.erase(timer) == 1);
    feed(base::TimerFired<Timer>{timer});
  }
  bool fire_if_armed(Timer timer) {
    const bool is_armed = armed.contains(timer);
    if (is_armed) {
      fire(timer);
    }
    return is_armed;
  }

  void set_service(const std::string& name, std::optional<Service> service) {
    receive(ServiceEvent{{"ns", name}, std::move(service)});
  }
  void set_slice(const std::string& service, std::vector<SliceEndpoint> endpoints,
                 Protocol protocol = Protocol::tcp) {
    receive(SliceEvent{{"ns", service + "-1"}, ClusterBed::slice(service, std::move(endpoints), protocol)});
  }
  void synced() {
    receive(Synced::services);
    receive(Synced::endpoint_slices);
  }

  /// Whether `request` is to be done; called before it is.
  using Judge = bool (*)(const KernelRequest& request);
  static bool fine(const KernelRequest& /*request*/) { return true; }
  static bool no_restore(const KernelRequest& request) {
    const auto* const change = std::get_if<overlay::TableChange>(&request.body);
    return change == nullptr || !std::holds_alternative<overlay::IptablesRestore>(*change);
  }
  static bool no_conntrack(const KernelRequest& request) {
    const auto* const change = std::get_if<overlay::TableChange>(&request.body);
    return change == nullptr || !std::holds_alternative<overlay::ConntrackDelete>(*change);
  }
  static bool nothing(const KernelRequest& /*request*/) { return false; }

  /// Answers the oldest request.
  void answer(bool is_fine = true) {
    const KernelRequest request = requests.front();
    requests.pop_front();
    KernelAnswer answer{request.id, {}, {}};
    if (!is_fine || !perform(request, answer)) {
      answer.error = overlay::Errno::einval;
    }
    receive(answer);
  }
  /// Answers all requests, and those that follow from them.
  void answer_all(Judge judge = fine) {
    while (!requests.empty()) {
      answer(judge(requests.front()));
    }
  }
  /// Time passes until nothing is left to do.
  void settle() {
    answer_all();
    for (int rounds = 0; rounds < 10 && !is_quiescent(state); ++rounds) {
      fire_if_armed(Timer::soon);
      answer_all();
      fire_if_armed(Timer::retry);
      answer_all();
    }
  }

  /// What a kernel that only ever saw one full sync of today's services would have.
  [[nodiscard]] std::map<std::string, Chains> from_scratch() const {
    ProxierBed fresh(config.rules.defects);
    fresh.config = config;
    fresh.start();
    fresh.answer_all();
    fresh.state.tracker = state.tracker;
    fresh.state.tracker.in_flight.clear();
    fresh.state.sync.zone = state.sync.zone;
    fresh.synced();
    fresh.answer_all();
    return fresh.kernel.iptables.tables;
  }

  [[nodiscard]] const std::vector<std::string>& chain(const std::string& table, const std::string& name) {
    return kernel.iptables.tables.at(table).at(name);
  }
  /// The texts of all iptables-restores so far.
  [[nodiscard]] std::vector<std::string> restores() const {
    std::vector<std::string> texts;
    for (const overlay::TableChange& change : done) {
      if (const auto* const restore = std::get_if<overlay::IptablesRestore>(&change)) {
        texts.push_back(restore->text);
      }
    }
    return texts;
  }

 private:
  bool perform(const KernelRequest& request, KernelAnswer& answer) {
    const auto* const change = std::get_if<overlay::TableChange>(&request.body);
    if (change == nullptr) {
      answer.saved = kernel.iptables.save();
      return true;
    }
    done.push_back(*change);
    if (const auto* const restore = std::get_if<overlay::IptablesRestore>(change)) {
      return restore->noflush && kernel.iptables.restore(restore->text);
    }
    if (const auto* const flows = std::get_if<overlay::ConntrackDelete>(change)) {
      kernel.forget(*flows);
    } else {
      const auto& sysctl = std::get<overlay::SysctlSet>(*change);
      kernel.sysctls[sysctl.key] = sysctl.value;
    }
    return true;
  }
};

}  // namespace plimsoll::service
