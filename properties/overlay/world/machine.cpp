#include "properties/overlay/world/machine.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/overlay/node/cluster_bed.hpp"

namespace plimsoll::properties::flannel_world {
namespace {

using flannel::Backend;
using flannel::BackendPhase;
using flannel::BackendTimer;
using net::bed::add_device;
using net::bed::mac;
using net::bed::must;

constexpr base::ProcessId kernel_id{0};
constexpr base::ProcessId manager_id{1};
constexpr base::ProcessId environment_id{2};
constexpr std::uint8_t port_kind = 2;
constexpr std::uint8_t pod_kind = 1;
constexpr std::uint8_t switch_kind = 4;

std::uint8_t small(std::uint32_t number) {
  return static_cast<std::uint8_t>(number);
}
std::string port_name(std::uint32_t host) {
  return "veth" + std::to_string(host);
}
bool is_look(const flannel::Question& question) {
  return !std::holds_alternative<net::TableChange>(question);
}
void add_loopback(net::Tables& tables) {
  must(tables, net::LinkUp{"lo"});
  must(tables, net::AddressAdd{
                   {.device = "lo", .address = {base::Ipv4(127, 0, 0, 1), 8}, .scope = net::Scope::host}});
}

}  // namespace

bool is_settled(const Daemon& daemon) {
  const flannel::BackendNode& node = daemon.backend.node;
  return daemon.is_alive && node.phase == BackendPhase::running && !daemon.pending &&
         node.job.kind == flannel::JobKind::none && node.news.empty() && node.refused.empty() &&
         !node.audit_due && !node.sweep_due && !daemon.must_check &&
         daemon.feed.phase == flannel::FeedPhase::watching;
}

base::Ipv4 address_of(const Place& place) {
  return {192, 168, 50, small(11 + place.node + 20 * place.replaced)};
}
base::Ipv4Prefix subnet_of(std::uint32_t number) {
  return {base::Ipv4(10, 244, small(number + 1), 0), 24};
}
std::uint32_t number_of(const base::Ipv4Prefix& subnet) {
  return (subnet.first().value() >> 8U & 0xffU) - 1;
}
base::Ipv4 pod_address(std::uint32_t subnet, std::uint32_t host) {
  return {10, 244, small(subnet + 1), small(host)};
}

flannel::BackendConfig backend_config(const Setup& setup, const Place& place) {
  flannel::BackendConfig config;
  config.kind = setup.backend;
  config.network = {base::Ipv4(10, 244, 0, 0), 16};
  config.external = {"eth0", address_of(place), address_of(place), setup.mtus[place.node]};
  config.direct_routing = setup.direct_routing;
  config.kernel = kernel_id;
  config.manager = manager_id;
  config.environment = environment_id;
  config.defects = setup.defects;
  PLIMSOLL_ASSERT(config.check().has_value());
  return config;
}
flannel::FeedConfig feed_config(const Setup& setup) {
  return {setup.dual_stack, setup.defects};
}
std::optional<Relay> relay_of(const Setup& setup, const Daemon& daemon) {
  const flannel::BackendNode& node = daemon.backend.node;
  if (setup.backend != flannel::BackendKind::udp || !daemon.is_alive || node.phase != BackendPhase::running) {
    return std::nullopt;
  }
  return Relay{node.device, node.subnet->address(), daemon.backend.udp_routes};
}
const char* routing_device(const Setup& setup) {
  const bool by_tunnel = setup.backend == flannel::BackendKind::vxlan && !setup.direct_routing;
  return by_tunnel ? "flannel.1" : "eth0";
}

net::Tables fresh_kernel(const Setup& setup, const Place& place) {
  net::Tables tables = net::new_namespace();
  add_loopback(tables);
  add_device(tables, {.name = "eth0",
                      .kind = net::LinkKind::veth,
                      .mtu = setup.mtus[place.node],
                      .address = mac(0, small(place.node + 1), small(place.replaced))});
  must(tables, net::AddressAdd{net::bed::address("eth0", address_of(place), 24)});
  must(tables, net::RouteAdd{{.gateway = base::Ipv4(192, 168, 50, 1), .device = "eth0"}});
  must(tables, net::SysctlSet{"net.ipv4.ip_forward", "1"});
  return tables;
}

net::Tables underlay(const Setup& setup) {
  net::Tables tables = net::new_namespace();
  add_device(tables, {.name = "br0",
                      .kind = net::LinkKind::bridge,
                      .mtu = setup.underlay_mtu,
                      .address = mac(switch_kind, 0, 0)});
  must(tables, net::AddressAdd{net::bed::address("br0", base::Ipv4(192, 168, 50, 1), 24)});
  for (std::uint32_t node = 0; node < setup.nodes; ++node) {
    add_device(tables, net::bed::port_link("p" + std::to_string(node + 1), "br0",
                                           mac(switch_kind, 0, small(node + 1)), setup.underlay_mtu));
  }
  return tables;
}

net::Tables pod_tables(const Setup& setup, const Place& place, base::Ipv4 own) {
  const auto host = small(own.value() & 0xffU);
  const base::Ipv4 gateway((own.value() & 0xffffff00U) | 1U);
  net::Tables tables = net::new_namespace();
  add_loopback(tables);
  add_device(tables, {.name = "eth0",
                      .kind = net::LinkKind::veth,
                      .mtu = flannel::pod_mtu(backend_config(setup, place)),
                      .address = mac(pod_kind, small(place.node + 1), host)});
  must(tables, net::AddressAdd{net::bed::address("eth0", own, 24)});
  must(tables, net::RouteAdd{{.gateway = gateway, .device = "eth0"}});
  return tables;
}

void MachineSteps::start(Machine& machine, std::uint32_t incarnation) const {
  machine.daemon = {};
  machine.daemon.is_alive = true;
  feed(machine, base::Started{incarnation, {}});
}
void MachineSteps::end(Machine& machine) const {
  const std::string& device = machine.daemon.backend.node.device;
  if (setup_.backend == flannel::BackendKind::udp &&
      net::find_link(std::as_const(machine.kernel), device) != nullptr) {
    must(machine.kernel, net::LinkDelete{device});
  }
  machine.daemon = {};
}
void MachineSteps::grant(Machine& machine, const base::Ipv4Prefix& subnet) const {
  machine.daemon.wants.reset();
  feed(machine, base::Received<Backend::Incoming>{manager_id, flannel::LeaseAcquired{subnet}});
}
void MachineSteps::revoke(Machine& machine) const {
  feed(machine, base::Received<Backend::Incoming>{manager_id, flannel::LeaseRevoked{}});
}
void MachineSteps::hear(Machine& machine, flannel::LeaseEvents events) const {
  feed(machine, base::Received<Backend::Incoming>{manager_id, std::move(events)});
}

void MachineSteps::answer(Machine& machine, flannel::Answer answer) const {
  machine.daemon.pending.reset();
  step(machine,
       base::Received<Backend::Incoming>{
           kernel_id, flannel::KernelAnswer{machine.daemon.backend.node.incarnation, std::move(answer)}});
}
void MachineSteps::proceed(Machine& machine) const {
  const flannel::Question question = *machine.daemon.pending;
  answer(machine, flannel::answer(machine.kernel, question));
  go_on(machine);
}
void MachineSteps::refuse(Machine& machine) const {
  answer(machine, flannel::Failed{net::Errno::ebusy});
  go_on(machine);
}
void MachineSteps::fire(Machine& machine, BackendTimer timer) const {
  bool& armed = timer == BackendTimer::check ? machine.daemon.check_armed : machine.daemon.retry_armed;
  PLIMSOLL_ASSERT(armed);
  armed = false;
  machine.daemon.is_checking = machine.daemon.is_checking || timer == BackendTimer::check;
  feed(machine, base::TimerFired<BackendTimer>{timer});
}

/// One step of flanneld's. It asks its kernel for one thing at a time.
void MachineSteps::step(Machine& machine, const Backend::Input& input) const {
  Daemon& daemon = machine.daemon;
  base::ScriptedChoices choices;
  Backend::Outputs outputs(choices);
  Backend::step(config_, daemon.backend, input, outputs);
  for (const auto& sent : outputs.sends()) {
    if (const auto* const request = std::get_if<flannel::KernelRequest>(&sent.message)) {
      PLIMSOLL_ASSERT(!daemon.pending);
      daemon.pending = request->question;
    } else if (const auto* const acquire = std::get_if<flannel::AcquireLease>(&sent.message)) {
      daemon.wants = acquire->attributes;
    } else {
      make_bridge(machine);
    }
  }
  for (const auto& change : outputs.timers()) {
    (change.timer == BackendTimer::check ? daemon.check_armed : daemon.retry_armed) = change.armed;
  }
  if (outputs.exited()) {
    end(machine);
  }
}

/// Answers what is answered at once. Then nothing, or a change, is pending.
void MachineSteps::go_on(Machine& machine) const {
  Daemon& daemon = machine.daemon;
  while (daemon.pending && (is_look(*daemon.pending) || daemon.backend.node.phase != BackendPhase::running)) {
    const flannel::Question question = *daemon.pending;
    answer(machine, flannel::answer(machine.kernel, question));
  }
  const flannel::BackendNode& node = daemon.backend.node;
  const bool is_idle = !daemon.pending && node.job.kind == flannel::JobKind::none && !node.audit_due;
  if (daemon.is_checking && is_idle) {
    daemon.is_checking = daemon.must_check = false;
  }
}

void MachineSteps::feed(Machine& machine, const Backend::Input& input) const {
  step(machine, input);
  go_on(machine);
}

/// The device for routes goes down and up again.
void MachineSteps::bounce(Machine& machine) const {
  const char* const device = routing_device(setup_);
  must(machine.kernel, net::LinkDown{device});
  must(machine.kernel, net::LinkUp{device});
  if (device == std::string("eth0")) {
    must(machine.kernel, net::RouteReplace{{.gateway = base::Ipv4(192, 168, 50, 1), .device = "eth0"}});
  }
  machine.daemon.must_check = machine.daemon.is_alive;
  machine.daemon.is_checking = false;  // a look that is under way came too early
}

/// The bridge of the subnet. One with pods in it stays as it is, as the CNI plugin leaves it.
void MachineSteps::make_bridge(Machine& machine) const {
  net::Tables& kernel = machine.kernel;
  const auto own = net::bed::address("cni0", machine.daemon.backend.node.subnet->first().next(), 24);
  const bool has_pods =
      std::ranges::any_of(kernel.links, [](const net::Link& link) { return link.port.has_value(); });
  if (net::find_link(std::as_const(kernel), "cni0") == nullptr) {
    add_device(kernel, {.name = "cni0",
                        .kind = net::LinkKind::bridge,
                        .mtu = flannel::pod_mtu(config_),
                        .address = mac(pod_kind, small(place_.node + 1), 0)});
    must(kernel, net::AddressAdd{own});
  } else if (!has_pods) {
    const auto old = std::ranges::find(kernel.addresses, "cni0", &net::InterfaceAddress::device);
    PLIMSOLL_ASSERT(old != kernel.addresses.end());
    if (old->address != own.address) {
      must(kernel, net::AddressDelete{net::InterfaceAddress(*old)});
      must(kernel, net::AddressAdd{own});
    }
  }
}

void MachineSteps::plug_pod(Machine& machine, std::uint32_t host) const {
  net::Link port =
      net::bed::port_link(port_name(host), "cni0", mac(port_kind, small(place_.node + 1), small(host)),
                          flannel::pod_mtu(config_));
  port.port->hairpin = true;
  add_device(machine.kernel, std::move(port));
}
void MachineSteps::unplug_pod(Machine& machine, std::uint32_t host) const {
  must(machine.kernel, net::LinkDelete{port_name(host)});
}

}  // namespace plimsoll::properties::flannel_world
