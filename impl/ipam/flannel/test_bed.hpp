// A subnet manager on the bench, for tests: inputs by hand, outputs to look at.
//
// Every step is taken twice: as it is, and with the parts that SubnetManager::reads() disclaims blanked out.
// Both must do the same and leave those parts alone, so that each test is a test of reads() too.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "impl/base/assert.hpp"
#include "impl/ipam/flannel/subnet_manager.hpp"

namespace plimsoll::ipam {

struct TestBed {
  using Timer = SubnetManagerTimer;
  static constexpr base::ProcessId store{0};
  static constexpr base::ProcessId runtime{1};
  static constexpr base::Ipv4 own_ip{192, 0, 2, 1};
  static constexpr base::Ipv4 peer_ip{192, 0, 2, 2};
  static constexpr std::uint32_t incarnation = 3;

  /// 10.5.0.0/16 in subnets of 24 bits over vxlan; times 100 / 40 / 10 / 2 ticks.
  explicit TestBed(Defects defects = {}) {
    NetworkConfigFields fields;
    fields.network = "10.5.0.0/16";
    fields.backend = BackendFields{.type = "vxlan"};
    config.network = *make_network_config(fields);
    config.store = store;
    config.runtime = runtime;
    config.public_ip = own_ip;
    config.ttl = base::Ticks{100};
    config.renew_margin = base::Ticks{40};
    config.safety_margin = base::Ticks{10};
    config.retry_after = base::Ticks{2};
    config.defects = defects;
  }

  SubnetManager::Config config;
  SubnetManager::State state;
  std::vector<std::uint32_t> answers;  ///< to what the next steps choose; then 0

  // What the last step did.
  std::vector<kv::Request> requests;
  std::vector<NetworkChanged> changes;
  std::vector<std::string> exits;
  std::vector<std::pair<Timer, std::optional<base::Ticks>>> timers;  ///< armed, or disarmed
  std::map<Timer, base::Ticks> armed;                                ///< over all steps

  void feed(const SubnetManager::Input& input) {
    const std::uint32_t mask = SubnetManager::reads(config, input);
    SubnetManager::State blanked;
    copy_parts(mask, state, blanked);
    const SubnetManager::State unread = std::exchange(state, blanked);
    const Trace without = run(input);
    const SubnetManager::State after_without = std::exchange(state, unread);
    const Trace with = run(input);
    SubnetManager::State expected = unread;
    copy_parts(mask, after_without, expected);
    PLIMSOLL_ASSERT(state == expected);
    PLIMSOLL_ASSERT(with == without);
    requests = with.requests;
    changes = with.changes;
    exits = with.exits;
    timers = with.timers;
    for (const auto& [timer, after] : timers) {
      armed.erase(timer);
      if (after) {
        armed.emplace(timer, *after);
      }
    }
  }

  void start(std::uint32_t life = incarnation) { feed(base::Started{life, {}}); }
  void fire(Timer timer) {
    PLIMSOLL_ASSERT(armed.erase(timer) == 1);
    feed(base::TimerFired<Timer>{timer});
  }
  void disconnect() { feed(base::Disconnected{store}); }
  void receive(SubnetManager::Incoming message) {
    feed(base::Received<SubnetManager::Incoming>{store, std::move(message)});
  }
  /// Answers the open request of the manager.
  void answer(std::uint64_t revision, decltype(kv::Response::result) result) {
    PLIMSOLL_ASSERT(state.manager.call.open);
    receive(kv::Response{request_id(state.manager.call, Caller::manager), {revision}, std::move(result)});
  }
  /// Answers the snapshot that the watcher asked for.
  void answer_watcher(std::uint64_t revision, decltype(kv::Response::result) result) {
    PLIMSOLL_ASSERT(state.view.call.open);
    receive(kv::Response{request_id(state.view.call, Caller::watcher), {revision}, std::move(result)});
  }
  void watch(std::vector<kv::Event> events) {
    const kv::Revision last = events.empty() ? kv::Revision{} : events.back().kv.mod_revision;
    receive(kv::WatchResponse{watch_id(), last, std::move(events), std::nullopt, false});
  }
  void compact(std::uint64_t revision) {
    receive(kv::WatchResponse{watch_id(), {revision}, {}, kv::Revision{revision}, false});
  }
  void break_watch() { receive(kv::WatchResponse{watch_id(), {}, {}, std::nullopt, true}); }
  [[nodiscard]] kv::WatchId watch_id() const { return {request_id(state.view.call, Caller::watcher).value}; }

  /// The one request of the last step. Requires: it is one, of type Body.
  template <class Body>
  [[nodiscard]] const Body& request() const {
    PLIMSOLL_ASSERT(requests.size() == 1);
    return std::get<Body>(requests.front().body);
  }

  /// Whether the last step sent one request, of type Body.
  template <class Body>
  [[nodiscard]] bool asked() const {
    return requests.size() == 1 && std::holds_alternative<Body>(requests.front().body);
  }

  [[nodiscard]] static base::Ipv4Prefix subnet(std::uint8_t third) {
    return {base::Ipv4(10, 5, third, 0), 24};
  }
  [[nodiscard]] std::string key(const base::Ipv4Prefix& subnet) const {
    return subnet_key(config.prefix, subnet);
  }
  /// A lease as the store holds it.
  [[nodiscard]] kv::KeyValue stored(const base::Ipv4Prefix& subnet, base::Ipv4 ip, std::uint64_t mod_revision,
                                    std::uint32_t life = 0, std::uint16_t grant = 1) const {
    return {key(subnet), lease_value(attributes(ip, life)), {mod_revision}, {mod_revision},
            1,           lease_id(ip, life, grant)};
  }
  [[nodiscard]] LeaseAttributes attributes(base::Ipv4 ip, std::uint32_t life = 0) const {
    return node_attributes(config.network, ip, life);
  }

  /// Runs to the point where `subnet` was won at `revision`; the snapshot for the watch is still asked for.
  void win(const base::Ipv4Prefix& subnet, std::uint64_t revision) {
    state.subnet_env.subnet = subnet;
    start();
    answer(revision - 1, kv::RangeResult{});
    grant(revision - 1);
    answer(revision, kv::TxnResult{true, {kv::PutResult{}}});
  }
  /// Goes on to the open watch, with the own lease and `others` in the snapshot.
  void open_watch(std::uint64_t revision, std::vector<kv::KeyValue> others = {}) {
    const HeldLease held = *state.manager.held;
    others.push_back({key(held.subnet), lease_value(attributes(own_ip, incarnation)), held.mod_revision,
                      held.mod_revision, 1, held.lease});
    answer_watcher(revision, kv::RangeResult{std::move(others)});
  }
  void grant(std::uint64_t revision) {
    answer(revision, kv::LeaseGrantResult{state.manager.attempt->lease, config.ttl});
  }

  struct Trace {
    std::vector<kv::Request> requests;
    std::vector<NetworkChanged> changes;
    std::vector<std::string> exits;
    std::vector<std::pair<Timer, std::optional<base::Ticks>>> timers;
    friend bool operator==(const Trace&, const Trace&) = default;
  };

  class Answers final : public base::Choices {
   public:
    explicit Answers(std::vector<std::uint32_t> list) : list_(std::move(list)) {}
    std::uint32_t choose(std::uint32_t count, std::string_view /*what*/) override {
      return next_ < list_.size() ? list_[next_++] % count : 0;
    }

   private:
    std::vector<std::uint32_t> list_;
    std::size_t next_ = 0;
  };

  Trace run(const SubnetManager::Input& input) {
    Answers choices(answers);
    SubnetManager::Outputs outputs(choices);
    SubnetManager::step(config, state, input, outputs);
    Trace trace;
    for (const auto& sent : outputs.sends()) {
      if (const auto* const request = std::get_if<kv::Request>(&sent.message)) {
        PLIMSOLL_ASSERT(sent.to == store);
        trace.requests.push_back(*request);
      } else {
        PLIMSOLL_ASSERT(sent.to == runtime);
        trace.changes.push_back(std::get<NetworkChanged>(sent.message));
      }
    }
    for (const auto& change : outputs.timers()) {
      trace.timers.emplace_back(change.timer, change.armed ? std::optional(change.after) : std::nullopt);
    }
    if (outputs.exited()) {
      trace.exits.push_back(outputs.exit_reason());
    }
    return trace;
  }

  static void copy_parts(std::uint32_t mask, const SubnetManager::State& from, SubnetManager::State& to) {
    if ((mask & 1U) != 0) {
      to.manager = from.manager;
    }
    if ((mask & 2U) != 0) {
      to.view = from.view;
    }
    if ((mask & 4U) != 0) {
      to.subnet_env = from.subnet_env;
    }
    if ((mask & 8U) != 0) {
      to.network = from.network;
    }
  }
};

}  // namespace plimsoll::ipam
