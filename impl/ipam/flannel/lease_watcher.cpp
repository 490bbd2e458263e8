#include "impl/ipam/flannel/lease_watcher.hpp"

#include <utility>

namespace plimsoll::ipam {

std::vector<LeaseEvent> reset_leases(LeaseTable& known, const LeaseTable& listed, const base::Ipv4Prefix& own,
                                     Defects defects) {
  std::vector<LeaseEvent> events;
  LeaseTable vanished = std::exchange(known, listed);
  if (!defects.has(Defect::F7)) {
    known.erase(own);
  }
  for (const auto& [subnet, attributes] : listed) {
    if (subnet == own) {
      continue;
    }
    const auto before = vanished.find(subnet);
    const bool is_known = before != vanished.end();
    if (!is_known || (before->second != attributes && !defects.has(Defect::F2))) {
      events.push_back({LeaseEvent::Type::added, subnet, attributes});
    }
    if (is_known) {
      vanished.erase(before);
    }
  }
  for (auto& [subnet, attributes] : vanished) {
    events.push_back({LeaseEvent::Type::removed, subnet, std::move(attributes)});
  }
  return events;
}

LeaseEvent add_lease(LeaseTable& known, const base::Ipv4Prefix& subnet, LeaseAttributes attributes) {
  known.insert_or_assign(subnet, attributes);
  return {LeaseEvent::Type::added, subnet, std::move(attributes)};
}

LeaseEvent remove_lease(LeaseTable& known, const base::Ipv4Prefix& subnet) {
  LeaseEvent event{LeaseEvent::Type::removed, subnet, std::nullopt};
  if (auto lease = known.extract(subnet)) {
    event.attributes = std::move(lease.mapped());
  }
  return event;
}

void program(LeaseTable& table, const LeaseEvent& event, BackendType backend) {
  if (!event.attributes) {
    return;
  }
  if (event.type == LeaseEvent::Type::added && event.attributes->backend_type == to_text(backend)) {
    table.insert_or_assign(event.subnet, *event.attributes);
  } else {
    table.erase(event.subnet);
  }
}

}  // namespace plimsoll::ipam
