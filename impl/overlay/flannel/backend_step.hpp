// One step of a backend, as its concerns see it: starting, working off leases, looking after entries.
//
// Private to impl/overlay/flannel.
#pragma once

#include <string>
#include <vector>

#include "impl/overlay/flannel/backend.hpp"

namespace plimsoll::overlay::flannel {

/// What a step works on.
struct Step {
  const Backend::Config& config;
  Backend::State& state;
  Backend::Outputs& outputs;

  [[nodiscard]] BackendNode& node() const { return state.node; }
  [[nodiscard]] Job& job() const { return state.node.job; }
};

/// An operation whose failure ends flanneld.
[[nodiscard]] Operation essential(Question question, Purpose purpose = Purpose::change);
/// A removal: that there is nothing to remove is fine, any other failure is no reason to stop.
[[nodiscard]] Operation removal(TableChange change);
/// Puts operations before those that are left of the job.
void do_next(Step step, std::vector<Operation> operations);
/// The process ends itself.
void end(Step step, std::string why);

// startup.cpp

void on_started(Step step, const base::Started& started);
/// The start's script is worked off: the next phase begins.
void on_start_done(Step step);
void on_acquired(Step step, const base::Ipv4Prefix& subnet);
void on_own_routes(Step step, const std::vector<Route>& found);
void on_device_created(Step step, const Answer& answer);
void on_device_compared(Step step, const Link& existing);
void on_device_read(Step step, const Link& device);
void on_tun_opened(Step step, const Answer& answer);
void on_addresses(Step step, const std::vector<InterfaceAddress>& addresses);

// sync.cpp

void on_lease_events(Step step, const LeaseEvents& batch);
/// Begins to work on a subnet's news.
void begin_lease(Step step, const base::Ipv4Prefix& subnet);
void on_lease_done(Step step);
void on_gateway(Step step, const Answer& answer);
void on_other_route(Step step, const std::vector<Route>& found);
void on_route(Step step, const std::vector<Route>& found);
/// The subnet is worked on again when its turn comes.
void work_on(Step step, const base::Ipv4Prefix& subnet);

// audit.cpp

/// Rules that are missing are put there: part of the start and of each audit.
[[nodiscard]] Operation look_at_rules();
void begin_audit(Step step);
void on_audit_done(Step step);
void on_audited_routes(Step step, const std::vector<Route>& found);
void on_audited_neighbours(Step step, const std::vector<Neighbour>& found);
void on_audited_fdb(Step step, const std::vector<FdbEntry>& found);
void on_audited_rules(Step step, const std::string& saved);

}  // namespace plimsoll::overlay::flannel
