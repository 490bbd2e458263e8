// Looking after what is there: flannel's routeCheck (route_network.go) and ensureIPTables (iptables.go); and
// once after the start, removing what is left of an earlier life.

#include <algorithm>
#include <utility>

#include "impl/overlay/flannel/backend_step.hpp"
#include "impl/overlay/flannel/rules.hpp"

namespace plimsoll::overlay::flannel {
namespace {

Operation look(Question question, Purpose purpose) {
  return {std::move(question), purpose, OnFailure::carry_on, {}, {}};
}

/// Compares a listing with what is installed. Subnets that lack an entry are worked on again; in a sweep,
/// entries that may be removed and belong to none go.
/// @param has   Whether the listed entry is the one that the lease's entries ask for.
/// @param asks  Whether the lease's entries ask for one of this kind.
template <class Listed, class Has, class Asks, class MayGo, class Remove>
void compare(Step step, const std::vector<Listed>& found, Has has, Asks asks, MayGo may_go, Remove remove) {
  const auto& installed = step.node().installed;
  for (const auto& [subnet, entries] : installed) {
    const Entries& wanted = entries.back();
    const bool is_missing = asks(wanted) && std::none_of(found.begin(), found.end(),
                                                         [&](const Listed& one) { return has(one, wanted); });
    if (is_missing) {
      work_on(step, subnet);
    }
  }
  if (!step.node().sweep_due) {
    return;
  }
  std::vector<Operation> gone;
  for (const Listed& one : found) {
    const bool is_ours = std::any_of(installed.begin(), installed.end(), [&](const auto& of_subnet) {
      return asks(of_subnet.second.back()) && has(one, of_subnet.second.back());
    });
    if (!is_ours && may_go(one)) {
      gone.push_back(removal(remove(one)));
    }
  }
  do_next(step, std::move(gone));
}

}  // namespace

Operation look_at_rules() {
  return look(ShowRules{}, Purpose::audit_rules);
}

void begin_audit(Step step) {
  BackendNode& node = step.node();
  node.audit_due = false;
  node.job = Job{};
  node.job.kind = JobKind::audit;
  node.job.script.push_back(look_at_rules());
  const bool is_vxlan = step.config.kind == BackendKind::vxlan;
  const bool looks_after =
      step.config.kind == BackendKind::host_gw || (is_vxlan && !step.config.defects.has(Defect::F6));
  if (!looks_after && !node.sweep_due) {
    return;
  }
  node.job.script.push_back(look(ShowRoutes{step.config.network}, Purpose::audit_routes));
  if (is_vxlan) {
    node.job.script.push_back(look(ShowNeighbours{node.device}, Purpose::audit_neighbours));
    node.job.script.push_back(look(ShowFdb{node.device}, Purpose::audit_fdb));
  }
}

/// Of the routes into the network, those with a gateway on flannel's device or on the external one can only
/// be flannel's. The bridge's own has no gateway.
void on_audited_routes(Step step, const std::vector<Route>& found) {
  compare(
      step, found,
      [](const Route& route, const Entries& entries) { return routes_agree(route, entries.route); },
      [](const Entries&) { return true; },
      [&](const Route& route) {
        return route.gateway &&
               (route.device == step.node().device || route.device == step.config.external.device);
      },
      [](const Route& route) { return RouteDelete{route}; });
}

void on_audited_neighbours(Step step, const std::vector<Neighbour>& found) {
  compare(
      step, found,
      [](const Neighbour& neighbour, const Entries& entries) { return neighbour == *entries.neighbour; },
      [](const Entries& entries) { return entries.neighbour.has_value(); },
      [](const Neighbour&) { return true; },
      [](const Neighbour& neighbour) { return NeighbourDelete{neighbour}; });
}

void on_audited_fdb(Step step, const std::vector<FdbEntry>& found) {
  compare(
      step, found,
      [](const FdbEntry& entry, const Entries& entries) {
        return entry.mac == entries.fdb->mac && entry.remote == entries.fdb->remote;
      },
      [](const Entries& entries) { return entries.fdb.has_value(); }, [](const FdbEntry&) { return true; },
      [](const FdbEntry& entry) { return FdbDelete{entry}; });
}

void on_audited_rules(Step step, const std::string& saved) {
  const std::vector<RuleChain> wanted = all_rules(step.config, *step.node().subnet);
  const bool all_there =
      std::ranges::all_of(wanted, [&](const RuleChain& chain) { return are_present(chain, saved); });
  if (!all_there) {
    IptablesRestore restore;
    restore.text = restore_text(wanted, saved);
    restore.noflush = true;
    do_next(step, {look(TableChange(std::move(restore)), Purpose::change)});
  }
}

void on_audit_done(Step step) {
  BackendNode& node = step.node();
  const Job job = std::exchange(node.job, Job{});
  if (node.audit_due) {
    return;  // a listing came meanwhile: once more
  }
  node.sweep_due = node.sweep_due && job.incomplete;
  if (node.sweep_due) {
    step.outputs.arm(BackendTimer::retry, step.config.retry_after);
  }
  step.outputs.arm(BackendTimer::check, step.config.check_after);
}

}  // namespace plimsoll::overlay::flannel
