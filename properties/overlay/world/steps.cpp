#include "properties/overlay/world/steps.hpp"

#include <algorithm>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::properties::flannel_world {

std::uint32_t RegistryView::subnet_of_node(std::uint32_t node) const {
  const auto found = std::ranges::find(owners, node);
  return found == owners.end() ? no_subnet : static_cast<std::uint32_t>(found - owners.begin());
}

const DaemonView& Steps::daemon(Slot slot) {
  std::unique_ptr<DaemonView>& view = place_for(daemons_, slot);
  if (!view) {
    const auto daemon = base::from_bytes<Daemon>(values_.bytes(slot));
    const flannel::BackendNode& node = daemon.backend.node;
    view = std::make_unique<DaemonView>();
    *view = {daemon.is_alive,
             node.phase == flannel::BackendPhase::running,
             daemon.pending.has_value(),
             is_settled(daemon),
             daemon.wants.has_value(),
             daemon.check_armed,
             daemon.retry_armed,
             daemon.feed.phase,
             node.subnet ? number_of(*node.subnet) : no_subnet};
    if (const auto relay = relay_of(setup_, daemon)) {
      view->relay = values_.intern(base::to_bytes(*relay)) + 1;
    }
  }
  return *view;
}

const RegistryView& Steps::registry(Slot slot) {
  std::unique_ptr<RegistryView>& view = place_for(registries_, slot);
  if (!view) {
    view = std::make_unique<RegistryView>();
    view->value = base::from_bytes<Registry>(values_.bytes(slot));
    view->owners.assign(setup_.subnets, RegistryView::no_owner);
    view->machines.assign(setup_.subnets, 0);
    for (const auto& [subnet, lease] : view->value.leases) {
      view->owners[number_of(subnet)] = lease.node;
      view->machines[number_of(subnet)] = lease.machine;
      view->has_dead_lease = view->has_dead_lease || (setup_.ttl > 0 && lease.left == 0);
    }
    for (const LogEntry& entry : view->value.log) {
      view->history.push_back({static_cast<model::overlay::Subnet>(number_of(entry.change.subnet)),
                               entry.change.lease ? std::optional(entry.machine) : std::nullopt});
    }
  }
  return *view;
}

MachineSlots Steps::machine(MachineOp op, const Place& place, MachineSlots from, std::uint32_t a,
                            std::uint32_t b) {
  const Key key = {std::uint64_t{from.kernel} << 32U | from.daemon,
                   std::uint64_t{a} << 32U | b << 12U | place.node << 8U | place.replaced << 5U |
                       static_cast<std::uint32_t>(op)};
  const auto found = machine_steps_.find(key);
  if (found != machine_steps_.end()) {
    ++recalled_;
    return found->second;
  }
  ++runs_;
  Machine machine = {base::from_bytes<net::Tables>(values_.bytes(from.kernel)),
                     base::from_bytes<Daemon>(values_.bytes(from.daemon))};
  run(machine, op, place, a, b);
  const MachineSlots to = {values_.intern(base::to_bytes(machine.kernel)),
                           values_.intern(base::to_bytes(machine.daemon))};
  machine_steps_.emplace(key, to);
  return to;
}

void Steps::run(Machine& machine, MachineOp op, const Place& place, std::uint32_t a, std::uint32_t b) {
  const MachineSteps steps(setup_, place);
  Daemon& daemon = machine.daemon;
  const auto own = daemon.backend.node.subnet.value_or(base::Ipv4Prefix());
  switch (op) {
    case MachineOp::boot:
      machine.kernel = fresh_kernel(setup_, place);
      return steps.start(machine, a);
    case MachineOp::start:
      return steps.start(machine, a);
    case MachineOp::vanish:
      machine.kernel = {};
      daemon = {};
      return;
    case MachineOp::end:
      return steps.end(machine);
    case MachineOp::grant:
      return steps.grant(machine, subnet_of(a));
    case MachineOp::revoke:
      return steps.revoke(machine);
    case MachineOp::list: {
      flannel::PublishedLeases listed;
      for (const auto& [subnet, lease] : registry(a).value.leases) {
        listed.emplace(subnet, lease.published);
      }
      return steps.hear(machine, flannel::take_listing(daemon.feed, listed, own, feed_config(setup_)));
    }
    case MachineOp::hear: {
      flannel::LeaseEvents news;
      for (std::uint32_t i = b % 64; i < b / 64; ++i) {
        const flannel::LeaseChange& change = registry(a).value.log[i].change;
        if (auto event = flannel::take_change(daemon.feed, change, own, feed_config(setup_))) {
          std::erase_if(news.events, [&](const auto& other) { return other.subnet == event->subnet; });
          news.events.push_back(std::move(*event));
        }
      }
      return news.events.empty() ? void() : steps.hear(machine, std::move(news));
    }
    case MachineOp::lose_log:
      return flannel::take_compaction(daemon.feed, feed_config(setup_));
    case MachineOp::proceed:
      return steps.proceed(machine);
    case MachineOp::refuse:
      return steps.refuse(machine);
    case MachineOp::check:
      return steps.fire(machine, flannel::BackendTimer::check);
    case MachineOp::retry:
      return steps.fire(machine, flannel::BackendTimer::retry);
    case MachineOp::bounce:
      return steps.bounce(machine);
    case MachineOp::plug:
      return steps.plug_pod(machine, a);
    case MachineOp::unplug:
      return steps.unplug_pod(machine, a);
  }
}

Slot Steps::registry(RegistryOp op, Slot from, std::uint32_t a, std::uint32_t b) {
  const Key key = {std::uint64_t{from} << 32U | static_cast<std::uint32_t>(op), std::uint64_t{a} << 32U | b};
  const auto found = registry_steps_.find(key);
  if (found != registry_steps_.end()) {
    return found->second;
  }
  auto registry = base::from_bytes<Registry>(values_.bytes(from));
  switch (op) {
    case RegistryOp::put:
      put(registry, a, b);
      break;
    case RegistryOp::pass:
      pass(registry, a);
      break;
    case RegistryOp::compact:
      registry.compacted = static_cast<std::uint32_t>(registry.log.size());
      break;
  }
  const Slot to = values_.intern(base::to_bytes(registry));
  registry_steps_.emplace(key, to);
  return to;
}

void Steps::put(Registry& registry, std::uint32_t a, Slot daemon) const {
  const std::uint32_t node = a % 8;
  const base::Ipv4Prefix subnet = subnet_of(a / 8 % 8);
  const auto publisher = base::from_bytes<Daemon>(values_.bytes(daemon));
  flannel::PublishedLease published = {*publisher.wants, {}};
  if (setup_.dual_stack) {
    published.ipv6_data = "of node " + std::to_string(node + 1);
  }
  const auto old = registry.leases.find(subnet);
  const bool is_news = old == registry.leases.end() || old->second.published != published;
  const Lease lease = {published, node, a / 64, setup_.ttl};
  registry.leases.insert_or_assign(subnet, lease);
  if (is_news) {
    registry.log.push_back({{subnet, published}, lease.machine});
  }
}

void Steps::pass(Registry& registry, std::uint32_t renewing) const {
  for (auto it = registry.leases.begin(); it != registry.leases.end();) {
    Lease& lease = it->second;
    const bool renews = (renewing >> lease.node & 1U) != 0;
    lease.left = renews ? setup_.ttl : lease.left - std::min(lease.left, 1U);
    const bool runs_out = lease.left == 0 && !setup_.defects.has(flannel::Defect::F11);
    if (runs_out) {
      registry.log.push_back({{it->first, std::nullopt}, lease.machine});
    }
    it = runs_out ? registry.leases.erase(it) : std::next(it);
  }
}

bool Steps::agrees(const Place& place, MachineSlots machine, Slot registry_slot) {
  const Slot relay_slot = daemon(machine.daemon).relay;
  const Key key = {std::uint64_t{machine.kernel} << 32U | registry_slot,
                   std::uint64_t{relay_slot} << 32U | place.node | place.replaced << 8U};
  const auto found = agreements_.find(key);
  if (found != agreements_.end()) {
    return found->second;
  }
  const auto tables = base::from_bytes<net::Tables>(values_.bytes(machine.kernel));
  std::optional<Relay> relay;
  if (relay_slot != 0) {
    relay = base::from_bytes<Relay>(values_.bytes(relay_slot - 1));
  }
  const bool agree = tables_agree(setup_, place, tables, relay, registry(registry_slot).value);
  agreements_.emplace(key, agree);
  return agree;
}

}  // namespace plimsoll::properties::flannel_world
