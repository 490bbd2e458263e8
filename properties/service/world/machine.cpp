#include "properties/service/world/machine.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "impl/base/assert.hpp"
#include "impl/service/proxy/iptables/proxier.hpp"
#include "impl/service/proxy/ipvs/proxier.hpp"
#include "properties/overlay/world/kernel_value.hpp"

namespace plimsoll::properties::services_world {

namespace {

using delivery::NodeKernel;

/// Interned values.
struct KernelValue {
  net::Tables tables = {};
  api::ipvs::Tables servers = {};
  PLIMSOLL_DESCRIBE(KernelValue, tables, servers)
};
struct MemoryValue {
  net::netfilter::State netfilter = {};
  api::ipvs::State ipvs = {};
  PLIMSOLL_DESCRIBE(MemoryValue, netfilter, ipvs)
};
struct IptablesProxy {
  using Proxier = api::IptablesProxier;
  bool is_alive = false;
  Proxier::State state = {};
  std::vector<Proxier::Outgoing> pending = {};
  std::set<Proxier::Timer> armed = {};
  PLIMSOLL_DESCRIBE(IptablesProxy, is_alive, state, pending, armed)
};
struct IpvsProxy {
  using Proxier = api::IpvsProxier;
  bool is_alive = false;
  Proxier::State state = {};
  std::vector<Proxier::Outgoing> pending = {};
  std::set<Proxier::Timer> armed = {};
  PLIMSOLL_DESCRIBE(IpvsProxy, is_alive, state, pending, armed)
};

constexpr std::string_view api_namespace = "ns";
constexpr std::string_view dummy_device = "kube-ipvs0";

api::iptables::RulesConfig rules_config(const Setup& setup, std::uint8_t node) {
  api::iptables::RulesConfig rules;
  rules.detector = api::iptables::DetectByCidr{{base::Ipv4(10, 244, 0, 0), 16}};
  rules.node_ip = delivery::Cluster::node_ip(node);
  rules.defects = setup.defects;
  return rules;
}

void configure(const Setup& setup, std::uint8_t node, api::IptablesProxier::Config& config) {
  config.rules = rules_config(setup, node);
  config.node = delivery::Cluster::node_name(node);
}
void configure(const Setup& setup, std::uint8_t node, api::IpvsProxier::Config& config) {
  config.plan.rules = rules_config(setup, node);
  config.plan.node_addresses = {config.plan.rules.node_ip};
  config.node = delivery::Cluster::node_name(node);
}

/// Devices, sysctls and looks are no steps of their own.
bool happens_at_once(const net::TableChange& change) {
  return std::holds_alternative<net::SysctlSet>(change) || std::holds_alternative<net::LinkAdd>(change) ||
         std::holds_alternative<net::LinkUp>(change);
}
bool happens_at_once(const api::KernelRequest& request) {
  const auto* const change = std::get_if<net::TableChange>(&request.body);
  return change == nullptr || happens_at_once(*change);
}
bool happens_at_once(const api::ipvs::Request& request) {
  const auto* const change = std::get_if<net::TableChange>(&request.body);
  return std::holds_alternative<api::ipvs::Look>(request.body) ||
         (change != nullptr && happens_at_once(*change));
}

std::string word_for(const net::TableChange& change) {
  return std::holds_alternative<net::IptablesRestore>(change)   ? "iptables-restore"
         : std::holds_alternative<net::ConntrackDelete>(change) ? "conntrack-delete"
         : std::holds_alternative<net::AddressAdd>(change)      ? "address-add"
         : std::holds_alternative<net::AddressDelete>(change)   ? "address-delete"
                                                                : "change";
}
std::string word_for(const api::KernelRequest& request) {
  const auto* const change = std::get_if<net::TableChange>(&request.body);
  return change == nullptr ? "iptables-save" : word_for(*change);
}
std::string word_for(const api::ipvs::Request& request) {
  if (const auto* const change = std::get_if<net::TableChange>(&request.body)) {
    return word_for(*change);
  }
  return std::holds_alternative<api::ipvs::Change>(request.body) ? "ipvs-change" : "set-replace";
}

using Error = std::optional<net::Errno>;

Error perform(NodeKernel& kernel, const net::TableChange& change) {
  const net::ChangeResult result = kernel.change(change);
  return result ? Error{} : Error{result.error()};
}

api::KernelAnswer answer(NodeKernel& kernel, const api::KernelRequest& request, bool is_refused) {
  api::KernelAnswer answer{request.id, {}, {}};
  if (const auto* const change = std::get_if<net::TableChange>(&request.body)) {
    answer.error = is_refused ? net::Errno::eio : perform(kernel, *change);
  } else {
    answer.saved = kernel.saved();
  }
  return answer;
}

api::ipvs::Answer answer(NodeKernel& kernel, const api::ipvs::Request& request, bool is_refused) {
  api::ipvs::Answer answer;
  answer.id = request.id;
  if (is_refused) {
    answer.error = net::Errno::eio;
  } else if (const auto* const change = std::get_if<net::TableChange>(&request.body)) {
    answer.error = perform(kernel, *change);
  } else if (const auto* const servers = std::get_if<api::ipvs::Change>(&request.body)) {
    answer.error = kernel.change(*servers);
  } else if (const auto* const set = std::get_if<api::ipvs::SetReplace>(&request.body)) {
    kernel.replace_set(*set);
  } else {
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
  return answer;
}

/// A kube-proxy while it takes a step.
template <class Proxy>
class Stepping {
 public:
  using Proxier = typename Proxy::Proxier;
  using Incoming = typename Proxier::Incoming;
  using ProxierTimer = typename Proxier::Timer;

  Stepping(const Setup& setup, std::uint8_t node, Proxy& proxy, NodeKernel& kernel)
      : story_(*setup.story), proxy_(proxy), kernel_(kernel) {
    configure(setup, node, config_);
  }

  void take(NodeOp op, std::uint32_t a, std::uint32_t b) {
    switch (op) {
      case NodeOp::start:
        proxy_ = {.is_alive = true};
        feed(base::Started{b, {}});
        hear_services({}, story_.versions[a]);
        hear_slices({}, story_.versions[a]);
        receive(api::Synced::services);
        receive(api::Synced::endpoint_slices);
        return;
      case NodeOp::end:
        proxy_ = {};
        return;
      case NodeOp::hear_services:
        return hear_services(story_.versions[a], story_.versions[b]);
      case NodeOp::hear_slices:
        return hear_slices(story_.versions[a], story_.versions[b]);
      case NodeOp::proceed:
      case NodeOp::refuse:
        answer_first(op == NodeOp::refuse);
        return answer_at_once();
      case NodeOp::fire:
        return fire(static_cast<Timer>(a));
      case NodeOp::flush:
        kernel_.must(net::IptablesRestore{"*nat\nCOMMIT\n", false});
    }
  }

 private:
  void hear_services(const Version& before, const Version& after) {
    for (const auto& [name, service] : after.services) {
      const auto old = before.services.find(name);
      if (old == before.services.end() || !(old->second == service)) {
        receive(api::ServiceEvent{{std::string(api_namespace), name}, service});
      }
    }
    for (const auto& [name, service] : before.services) {
      if (!after.services.contains(name)) {
        receive(api::ServiceEvent{{std::string(api_namespace), name}, std::nullopt});
      }
    }
  }
  void hear_slices(const Version& before, const Version& after) {
    for (const auto& [name, endpoints] : after.slices) {
      const auto old = before.slices.find(name);
      if (old == before.slices.end() || !(old->second == endpoints)) {
        api::EndpointSlice slice = {name, {}, endpoints};
        for (const api::ServicePortSpec& port : after.services.at(name).ports) {
          slice.ports.push_back({port.name, port.protocol, delivery::Cluster::pod_port});
        }
        receive(api::SliceEvent{{std::string(api_namespace), name}, slice});
      }
    }
    for (const auto& [name, endpoints] : before.slices) {
      if (!after.slices.contains(name)) {
        receive(api::SliceEvent{{std::string(api_namespace), name}, std::nullopt});
      }
    }
  }
  void fire(Timer timer) {
    constexpr std::array<std::string_view, 4> names = {"soon", "retry", "monitor", "drain"};
    for (const ProxierTimer armed : proxy_.armed) {
      if (base::enumerator_text(armed) == names[static_cast<std::size_t>(timer)]) {
        proxy_.armed.erase(armed);
        feed(base::TimerFired<ProxierTimer>{armed});
        return answer_at_once();
      }
    }
    PLIMSOLL_ASSERT_KNOWN(false, "the timer is not armed");
  }
  void receive(Incoming message) {
    feed(base::Received<Incoming>{base::ProcessId{1}, std::move(message)});
    answer_at_once();
  }
  void feed(const typename Proxier::Input& input) {
    base::ScriptedChoices choices;
    typename Proxier::Outputs outputs(choices);
    Proxier::step(config_, proxy_.state, input, outputs);
    for (const auto& sent : outputs.sends()) {
      proxy_.pending.push_back(sent.message);
    }
    for (const auto& change : outputs.timers()) {
      if (change.armed) {
        proxy_.armed.insert(change.timer);
      } else {
        proxy_.armed.erase(change.timer);
      }
    }
    PLIMSOLL_ASSERT_KNOWN(!outputs.exited(), outputs.exit_reason());
  }
  void answer_first(bool is_refused) {
    PLIMSOLL_ASSERT(!proxy_.pending.empty());
    const auto request = std::move(proxy_.pending.front());
    proxy_.pending.erase(proxy_.pending.begin());
    feed(base::Received<Incoming>{config_.kernel, answer(kernel_, request, is_refused)});
  }
  void answer_at_once() {
    while (!proxy_.pending.empty() && happens_at_once(proxy_.pending.front())) {
      answer_first(false);
    }
  }

  const Story& story_;
  Proxy& proxy_;
  NodeKernel& kernel_;
  typename Proxier::Config config_ = {};
};

}  // namespace

class NodeMachine::Mode {
 public:
  Mode() = default;
  Mode(const Mode&) = delete;
  Mode& operator=(const Mode&) = delete;
  virtual ~Mode() = default;
  [[nodiscard]] virtual std::string none() const = 0;
  virtual void step(const Setup& setup, std::string& proxy, NodeKernel& kernel, std::uint8_t node, NodeOp op,
                    std::uint32_t a, std::uint32_t b) const = 0;
  [[nodiscard]] virtual ProxyView view(const std::string& bytes) const = 0;
};

template <class Proxy>
class NodeMachine::ModeOf final : public Mode {
 public:
  [[nodiscard]] std::string none() const override { return base::to_bytes(Proxy()); }
  void step(const Setup& setup, std::string& bytes, NodeKernel& kernel, std::uint8_t node, NodeOp op,
            std::uint32_t a, std::uint32_t b) const override {
    auto proxy = base::from_bytes<Proxy>(bytes);
    Stepping<Proxy>(setup, node, proxy, kernel).take(op, a, b);
    bytes = base::to_bytes(proxy);
  }
  [[nodiscard]] ProxyView view(const std::string& bytes) const override {
    const auto proxy = base::from_bytes<Proxy>(bytes);
    ProxyView view = {.is_alive = proxy.is_alive};
    view.is_pending = !proxy.pending.empty();
    view.is_settled = proxy.is_alive && !view.is_pending && is_quiescent(proxy.state);
    view.asks = view.is_pending ? word_for(proxy.pending.front()) : "nothing";
    constexpr std::array<std::string_view, 4> names = {"soon", "retry", "monitor", "drain"};
    for (const auto armed : proxy.armed) {
      for (std::size_t name = 0; name < names.size(); ++name) {
        view.armed |= base::enumerator_text(armed) == names[name] ? 1U << name : 0U;
      }
    }
    return view;
  }
};

NodeMachine::NodeMachine(const Setup& setup) : setup_(setup) {
  if (setup.mode == delivery::ProxyMode::iptables) {
    mode_ = std::make_unique<ModeOf<IptablesProxy>>();
  } else {
    mode_ = std::make_unique<ModeOf<IpvsProxy>>();
  }
}
NodeMachine::~NodeMachine() = default;

NodeBytes NodeMachine::fresh(std::uint8_t /*node*/, const net::Tables& tables) const {
  return {base::to_bytes(KernelValue{tables, {}}), base::to_bytes(MemoryValue()), mode_->none()};
}

void NodeMachine::step(NodeBytes& bytes, std::uint8_t node, NodeOp op, std::uint32_t a,
                       std::uint32_t b) const {
  NodeKernel kernel = kernel_of(bytes.kernel, bytes.memory, setup_);
  mode_->step(setup_, bytes.proxy, kernel, node, op, a, b);
  bytes.kernel = base::to_bytes(KernelValue{kernel.tables(), kernel.servers()});
  bytes.memory = memory_of(kernel);
}

ProxyView NodeMachine::view(const std::string& proxy) const {
  return mode_->view(proxy);
}

namespace {

/// Time stands still in this world, so a list's entries have one stamp again and again. One says as much as
/// many to rules that do not count them, as kube-proxy's do not; and of uses only the order matters.
void forget_repetitions(net::netfilter::RecentList& list) {
  std::vector<net::netfilter::RecentEntry*> by_use;
  for (auto& [address, entry] : list.entries) {
    entry.stamps.resize(1);
    by_use.push_back(&entry);
  }
  std::ranges::sort(by_use, {}, &net::netfilter::RecentEntry::touched);
  list.touches = 0;
  for (net::netfilter::RecentEntry* const entry : by_use) {
    entry->touched = ++list.touches;
  }
}

}  // namespace

NodeKernel kernel_of(const std::string& kernel, const std::string& memory, const Setup& setup) {
  auto value = base::from_bytes<KernelValue>(kernel);
  NodeKernel made(std::move(value.tables), std::move(value.servers));
  made.has_ipvs = setup.mode == delivery::ProxyMode::ipvs;
  made.before_5_16 = setup.story->kernel_before_5_16;
  set_memory(made, memory);
  return made;
}

void set_memory(NodeKernel& kernel, const std::string& memory) {
  auto value = base::from_bytes<MemoryValue>(memory);
  kernel.remembered.netfilter = std::move(value.netfilter);
  kernel.remembered.ipvs = std::move(value.ipvs);
}

std::string memory_of(const NodeKernel& kernel) {
  MemoryValue value{kernel.remembered.netfilter, kernel.remembered.ipvs};
  for (auto& [name, list] : value.netfilter.recent) {
    forget_repetitions(list);
  }
  return base::to_bytes(value);
}

}  // namespace plimsoll::properties::services_world
