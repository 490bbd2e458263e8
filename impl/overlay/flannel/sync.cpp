// Working off leases: flannel's handleSubnetEvents (vxlan_network.go, route_network.go) and
// processSubnetEvents (udp_network_amd64.go).

#include <algorithm>
#include <iterator>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/overlay/flannel/backend_step.hpp"

namespace plimsoll::overlay::flannel {
namespace {

/// Entries of a lease's, and what must be taken back should they fail.
Operation addition(TableChange change, std::vector<TableChange> undo) {
  return {std::move(change), Purpose::change, OnFailure::give_up, {}, std::move(undo)};
}

/// FLN-V: ARP, FDB, route, in this order: with the route first, the kernel would ask the tunnel for the
/// gateway's address.
std::vector<Operation> tunnel_additions(const Entries& entries) {
  const TableChange no_neighbour = NeighbourDelete{*entries.neighbour};
  const TableChange no_fdb = FdbDelete{*entries.fdb};
  return {addition(NeighbourReplace{*entries.neighbour}, {}),
          addition(FdbReplace{*entries.fdb}, {no_neighbour}),
          addition(RouteReplace{entries.route}, {no_neighbour, no_fdb})};
}

/// Whether entries of another subnet, or those to be, need this one.
template <class Needs>
bool is_needed(Step step, Needs needs) {
  if (step.job().target && needs(*step.job().target)) {
    return true;
  }
  const auto& installed = step.node().installed;
  return std::any_of(installed.begin(), installed.end(), [&](const auto& other) {
    return other.first != step.job().subnet && std::any_of(other.second.begin(), other.second.end(), needs);
  });
}

/// What there may be of a subnet and shall not be. Two leases of one node share its VXLAN device, and with it
/// the FDB entry.
std::vector<Operation> removals(Step step) {
  std::vector<Operation> operations;
  const auto old = step.node().installed.find(step.job().subnet);
  if (old == step.node().installed.end()) {
    return operations;
  }
  for (const Entries& entries : old->second) {
    if (entries.neighbour && !is_needed(step, [&](const Entries& other) {
          return other.neighbour && other.neighbour->address == entries.neighbour->address;
        })) {
      operations.push_back(removal(NeighbourDelete{*entries.neighbour}));
    }
    if (entries.fdb && !is_needed(step, [&](const Entries& other) {
          return other.fdb && other.fdb->mac == entries.fdb->mac;
        })) {
      operations.push_back(removal(FdbDelete{*entries.fdb}));
    }
    if (!step.job().target) {
      operations.push_back(removal(RouteDelete{entries.route}));
    }
  }
  return operations;
}

/// The rest of the job: entries are put there first, what they replace goes afterwards.
void replace_by(Step step, std::optional<Entries> target, std::vector<Operation> additions) {
  step.job().target = std::move(target);
  std::vector<Operation> gone = removals(step);
  if (step.job().target) {
    std::vector<Entries>& installed = step.node().installed[step.job().subnet];
    if (std::ranges::find(installed, *step.job().target) == installed.end()) {
      installed.push_back(*step.job().target);
    }
  }
  std::ranges::move(gone, std::back_inserter(additions));
  do_next(step, std::move(additions));
}

void take_udp_event(Step step, const LeaseEvent& event) {
  if (event.attributes) {
    set_route(step.state.udp_routes, {event.subnet, event.attributes->public_ip, port_of(step.config)});
  } else {
    delete_route(step.state.udp_routes, event.subnet);
  }
}

void take_event(Step step, const LeaseEvent& event) {
  auto& leases = step.node().leases;
  const bool is_lease = event.attributes && concerns(step.config, *event.attributes);
  if (step.config.defects.has(Defect::F3) && is_lease && leases.contains(event.subnet)) {
    return;
  }
  if (is_lease) {
    leases.insert_or_assign(event.subnet, *event.attributes);
  } else {
    leases.erase(event.subnet);
  }
  work_on(step, event.subnet);
}

/// What a listing does not have is gone, as if there had been an event for it.
std::vector<LeaseEvent> vanished(Step step, const LeaseEvents& listing) {
  std::vector<LeaseEvent> events;
  const auto add_unless_listed = [&](const base::Ipv4Prefix& subnet) {
    if (std::ranges::none_of(listing.events,
                             [&](const LeaseEvent& event) { return event.subnet == subnet; })) {
      events.push_back({subnet, std::nullopt});
    }
  };
  for (const UdpRoute& route : step.state.udp_routes) {
    add_unless_listed(route.subnet);
  }
  for (const auto& [subnet, attributes] : step.node().leases) {
    add_unless_listed(subnet);
  }
  return events;
}

}  // namespace

void work_on(Step step, const base::Ipv4Prefix& subnet) {
  std::vector<base::Ipv4Prefix>& news = step.node().news;
  if (std::ranges::find(news, subnet) == news.end()) {
    news.push_back(subnet);
  }
}

void on_lease_events(Step step, const LeaseEvents& batch) {
  std::vector<LeaseEvent> events = batch.events;
  if (batch.listing) {
    std::vector<LeaseEvent> gone = vanished(step, batch);
    std::ranges::move(gone, std::back_inserter(events));
  }
  for (const LeaseEvent& event : events) {
    if (event.subnet == step.node().subnet) {
      continue;  // the node's own lease needs no route
    }
    if (step.config.kind == BackendKind::udp) {
      take_udp_event(step, event);
    } else {
      take_event(step, event);
    }
  }
  if (batch.listing && !step.config.defects.has(Defect::F4)) {
    step.node().sweep_due = true;
    step.node().audit_due = true;
    step.outputs.disarm(BackendTimer::check);
  }
}

void begin_lease(Step step, const base::Ipv4Prefix& subnet) {
  BackendNode& node = step.node();
  node.job = Job{};
  node.job.kind = JobKind::lease;
  node.job.subnet = subnet;
  node.refused.erase(subnet);
  const auto lease = node.leases.find(subnet);
  if (lease == node.leases.end()) {
    replace_by(step, std::nullopt, {});
  } else if (step.config.kind == BackendKind::host_gw) {
    replace_by(step, direct_entries(step.config, subnet, lease->second),
               {{ShowRoutes{subnet}, Purpose::find_other_route, OnFailure::carry_on, {}, {}}});
  } else if (step.config.direct_routing) {
    do_next(step, {{FindRoute{lease->second.public_ip}, Purpose::find_gateway, OnFailure::carry_on, {}, {}}});
  } else {
    const Entries entries = tunnel_entries(step.config, subnet, lease->second);
    replace_by(step, entries, tunnel_additions(entries));
  }
}

/// iface.go, DirectRouting: a peer to which there is a route without gateway. One to which there is no route
/// is looked for through the tunnel, and so is one of which the kernel does not say: until it does.
void on_gateway(Step step, const Answer& answer) {
  const auto lease = step.node().leases.find(step.job().subnet);
  if (lease == step.node().leases.end()) {
    replace_by(step, std::nullopt, {});  // it went while the kernel was asked
    return;
  }
  const auto* failed = std::get_if<Failed>(&answer);
  const bool is_unknown =
      failed != nullptr && failed->error != Errno::enetunreach && failed->error != Errno::ehostunreach;
  step.job().incomplete = is_unknown && !step.config.defects.has(Defect::F5);
  const auto* routes = std::get_if<std::vector<Route>>(&answer);
  if (routes != nullptr && routes->size() == 1 && !routes->front().gateway) {
    const Entries entries = direct_entries(step.config, lease->first, lease->second);
    replace_by(step, entries, {addition(RouteReplace{entries.route}, {})});
  } else {
    const Entries entries = tunnel_entries(step.config, lease->first, lease->second);
    replace_by(step, entries, tunnel_additions(entries));
  }
}

/// route_network.go, routeAdd: only the first route to the subnet is looked at.
void on_other_route(Step step, const std::vector<Route>& found) {
  const Route& wanted = step.job().target->route;
  const auto first = std::ranges::find_if(
      found, [&](const Route& route) { return route.destination == wanted.destination; });
  if (first == found.end() || routes_agree(*first, wanted)) {
    on_route(step, found);
    return;
  }
  do_next(step, {addition(RouteDelete{*first}, {}),
                 {ShowRoutes{wanted.destination}, Purpose::find_route, OnFailure::carry_on, {}, {}}});
}

void on_route(Step step, const std::vector<Route>& found) {
  const Route& wanted = step.job().target->route;
  const auto first = std::ranges::find_if(
      found, [&](const Route& route) { return route.destination == wanted.destination; });
  if (first == found.end() || !routes_agree(*first, wanted)) {
    do_next(step, {addition(RouteAdd{wanted}, {})});
  }
}

void on_lease_done(Step step) {
  BackendNode& node = step.node();
  const Job job = std::exchange(node.job, Job{});
  if (job.incomplete && !step.config.defects.has(Defect::F5)) {
    node.refused.insert(job.subnet);
    step.outputs.arm(BackendTimer::retry, step.config.retry_after);
    return;
  }
  const bool is_kept = job.target && (!job.incomplete || step.config.kind == BackendKind::host_gw);
  if (is_kept) {
    node.installed[job.subnet] = {*job.target};
  } else {
    node.installed.erase(job.subnet);
  }
}

}  // namespace plimsoll::overlay::flannel
