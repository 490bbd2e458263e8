// Starting: the device, the lease, the address, subnet.env. Here every failure ends flanneld, as in main.go.

#include <algorithm>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/overlay/flannel/backend_step.hpp"

namespace plimsoll::overlay::flannel {
namespace {

/// The address for a new device. Stands for mac.NewHardwareAddr(), which draws at random: distinct for
/// distinct nodes, and for some thousand starts in a row.
base::Mac new_mac(Step step) {
  if (step.config.stored_mac) {
    return *step.config.stored_mac;
  }
  const std::uint32_t choice = step.outputs.choose(step.config.mac_choices, "hardware address");
  const std::uint64_t draw = std::uint64_t{step.node().incarnation} * step.config.mac_choices + choice;
  return base::Mac::locally_administered(draw << 32U | step.config.external.public_ip.value());
}

/// vxlan.go, newVXLANDevice.
LinkAdd new_vxlan_link(Step step) {
  LinkAdd add;
  add.link.name = vxlan_device(step.config);
  add.link.kind = LinkKind::vxlan;
  add.link.mtu = device_mtu(step.config);
  add.link.address = step.node().new_mac;
  VxlanInfo vxlan;
  vxlan.vni = step.config.vni;
  vxlan.local = step.config.external.address;
  vxlan.link = step.config.external.device;
  vxlan.port = port_of(step.config);
  add.link.vxlan = vxlan;
  return add;
}

/// device.go, vxlanLinksIncompat: what is not given in both does not count; neither do MTU, hardware address
/// and learning.
bool is_compatible(const Link& wanted, const Link& existing) {
  if (existing.kind != wanted.kind || !existing.vxlan) {
    return false;
  }
  const VxlanInfo& a = *wanted.vxlan;
  const VxlanInfo& b = *existing.vxlan;
  const bool same_link = a.link.empty() || b.link.empty() || a.link == b.link;
  const bool same_local = a.local == base::Ipv4() || b.local == base::Ipv4() || a.local == b.local;
  return a.vni == b.vni && same_link && same_local && a.port == b.port;
}

void lease_subnet(Step step, std::optional<base::Mac> vtep_mac) {
  step.node().phase = BackendPhase::leasing;
  LeaseAttributes attributes{step.config.external.public_ip, std::string(backend_type(step.config.kind)), {}};
  if (vtep_mac) {
    attributes.vxlan = VxlanData{step.config.vni, *vtep_mac};
  }
  step.outputs.send(step.config.manager, AcquireLease{std::move(attributes)});
}

constexpr std::string_view tun_prefix = "flannel";

void open_tun(Step step, std::uint32_t number) {
  LinkAdd add;
  add.link.name = std::string(tun_prefix) + std::to_string(number);
  add.link.kind = LinkKind::tun;
  step.node().device = add.link.name;
  do_next(step, {essential(TableChange(add), Purpose::open_tun)});
}

/// Brings the device up, when it has its address.
std::vector<Operation> bring_up(Step step) {
  const std::string& device = step.node().device;
  if (step.config.kind == BackendKind::vxlan) {
    return {essential(TableChange(LinkUp{device})), look_at_rules()};
  }
  RouteAdd route;
  route.route.destination = step.config.network;
  route.route.device = device;
  Operation add_route = essential(TableChange(route));
  add_route.fine = {Errno::eexist};
  return {essential(TableChange(LinkMtu{device, device_mtu(step.config)})),
          essential(TableChange(LinkUp{device})), std::move(add_route), look_at_rules()};
}

}  // namespace

void on_started(Step step, const base::Started& started) {
  step.state = Backend::State{};
  BackendNode& node = step.node();
  node.incarnation = started.incarnation;
  if (step.config.kind != BackendKind::vxlan) {
    lease_subnet(step, std::nullopt);
    return;
  }
  node.phase = BackendPhase::device;
  node.device = vxlan_device(step.config);
  node.job.kind = JobKind::start;
  node.new_mac = new_mac(step);
  do_next(step, {essential(TableChange(new_vxlan_link(step)), Purpose::create_device)});
}

/// device.go, ensureLink.
void on_device_created(Step step, const Answer& answer) {
  const auto* failed = std::get_if<Failed>(&answer);
  if (failed == nullptr) {
    do_next(step, {essential(ShowLink{step.node().device}, Purpose::read_device)});
  } else if (failed->error == Errno::eexist) {
    do_next(step, {essential(ShowLink{step.node().device}, Purpose::compare_device)});
  } else {
    end(step, "failed to create the VXLAN device: " + to_text(failed->error));
  }
}

void on_device_compared(Step step, const Link& existing) {
  const LinkAdd wanted = new_vxlan_link(step);
  if (is_compatible(wanted.link, existing)) {
    on_device_read(step, existing);
    return;
  }
  do_next(step, {essential(TableChange(LinkDelete{step.node().device})), essential(TableChange(wanted)),
                 essential(ShowLink{step.node().device}, Purpose::read_device)});
}

/// The address that a device has is the one that is published, whoever gave it.
void on_device_read(Step step, const Link& device) {
  lease_subnet(step, device.address);
}

void on_acquired(Step step, const base::Ipv4Prefix& subnet) {
  BackendNode& node = step.node();
  node.subnet = subnet;
  node.phase = BackendPhase::configuring;
  node.job = Job{};
  node.job.kind = JobKind::start;
  if (step.config.kind == BackendKind::vxlan) {
    do_next(step, {essential(ShowAddresses{node.device}, Purpose::find_addresses)});
  } else if (step.config.kind == BackendKind::udp) {
    open_tun(step, 0);
  } else {
    do_next(step, {look_at_rules()});
  }
  const bool may_have_been_anothers =
      step.config.kind != BackendKind::udp && !step.config.defects.has(Defect::F4);
  if (may_have_been_anothers) {
    do_next(step, {{ShowRoutes{subnet}, Purpose::find_own_routes, OnFailure::carry_on, {}, {}}});
  }
}

/// The subnet was another's, and an earlier life of flanneld put routes to it: they come before the bridge's
/// own, and whoever sends here by the new lease would get the packet back. The bridge's has no gateway.
void on_own_routes(Step step, const std::vector<Route>& found) {
  std::vector<Operation> operations;
  for (const Route& route : found) {
    if (route.gateway &&
        (route.device == step.node().device || route.device == step.config.external.device)) {
      operations.push_back(removal(RouteDelete{route}));
    }
  }
  do_next(step, std::move(operations));
}

/// The kernel gives the name "flannel%d" the first number that is free.
void on_tun_opened(Step step, const Answer& answer) {
  constexpr std::uint32_t most_numbers = 16;
  const auto* failed = std::get_if<Failed>(&answer);
  if (failed == nullptr) {
    do_next(step, {essential(ShowAddresses{step.node().device}, Purpose::find_addresses)});
    return;
  }
  const std::uint32_t number =
      static_cast<std::uint32_t>(std::stoul(step.node().device.substr(tun_prefix.size())));
  if (failed->error == Errno::eexist && number + 1 < most_numbers) {
    open_tun(step, number + 1);
  } else {
    end(step, "failed to open a TUN device: " + to_text(failed->error));
  }
}

/// iface.go, EnsureV4AddressOnLink: /32, so that no broadcast routes appear; other addresses of the network
/// go, others again stay.
void on_addresses(Step step, const std::vector<InterfaceAddress>& addresses) {
  const std::string& device = step.node().device;
  InterfaceAddress own;
  own.device = device;
  own.address = base::Ipv4Prefix(step.node().subnet->address(), base::Ipv4::width_bits);
  std::vector<Operation> operations;
  bool has_own = false;
  for (const InterfaceAddress& address : addresses) {
    if (address.address == own.address) {
      has_own = true;
    } else if (step.config.network.contains(address.address.address())) {
      operations.push_back(essential(TableChange(AddressDelete{address})));
    }
  }
  if (!has_own) {
    operations.push_back(essential(TableChange(AddressAdd{own})));
  }
  std::vector<Operation> up = bring_up(step);
  std::ranges::move(up, std::back_inserter(operations));
  do_next(step, std::move(operations));
}

void on_start_done(Step step) {
  BackendNode& node = step.node();
  node.job = Job{};
  if (node.phase != BackendPhase::configuring) {
    return;
  }
  node.phase = BackendPhase::running;
  step.outputs.arm(BackendTimer::check, step.config.check_after);
  step.outputs.send(step.config.environment, SubnetFile{subnet_env(step.config, *node.subnet)});
}

}  // namespace plimsoll::overlay::flannel
