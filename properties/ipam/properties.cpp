#include "properties/ipam/properties.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "checker/world/view.hpp"
#include "impl/ipam/flannel/subnet_manager.hpp"
#include "impl/ipam/flannel/subnets.hpp"
#include "impl/ipam/host_local/address_files.hpp"
#include "model/store/store.hpp"
#include "properties/ipam/facts.hpp"
#include "properties/ipam/refinement.hpp"
#include "properties/ipam/workload/runtime.hpp"
#include "properties/world_properties.hpp"

namespace plimsoll::properties::ipam {
namespace {

using checker::PartId;
using checker::Property;
using checker::PropertyKind;
using checker::Truth;
using checker::WorldProperty;
using checker::WorldView;
using plimsoll::ipam::AddressFiles;
using plimsoll::ipam::LeaseTable;
using plimsoll::ipam::LeaseView;
using plimsoll::ipam::Manager;
using plimsoll::ipam::ManagerPhase;
using plimsoll::ipam::ViewPhase;

Truth truth(bool holds) {
  return holds ? Truth::holds : Truth::violated;
}

using Member = PartId NodePlaces::*;

std::vector<PartId> parts_of(const Assembly& assembly, std::initializer_list<Member> members) {
  std::vector<PartId> parts;
  for (const NodePlaces& node : assembly.nodes) {
    for (const Member member : members) {
      parts.push_back(node.*member);
    }
  }
  return parts;
}

/// Of the nodes that have pods.
std::vector<PartId> pod_parts_of(const Assembly& assembly, std::initializer_list<Member> members) {
  std::vector<PartId> parts;
  for (const NodePlaces& node : assembly.nodes) {
    if (node.pods.empty()) {
      continue;
    }
    for (const Member member : members) {
      parts.push_back(node.*member);
    }
  }
  return parts;
}

Truth held_subnets_are_disjoint(const WorldView& view, const Assembly& assembly) {
  std::vector<base::Ipv4Prefix> held;
  for (const NodePlaces& node : assembly.nodes) {
    if (const auto subnet = held_subnet(view, node)) {
      held.push_back(*subnet);
    }
  }
  for (std::size_t i = 0; i < held.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (held[i].overlaps(held[k])) {
        return Truth::violated;
      }
    }
  }
  return held.size() < 2 ? Truth::vacuous : Truth::holds;
}

Truth lease_owners_stay(const WorldView& before, const WorldView& after, const Assembly& assembly) {
  const LeaseTable old = live_leases(before, assembly);
  const LeaseTable now = live_leases(after, assembly);
  Truth found = Truth::vacuous;
  for (const auto& [subnet, attributes] : now) {
    const auto same = old.find(subnet);
    if (same == old.end()) {
      continue;
    }
    if (same->second.public_ip != attributes.public_ip) {
      return Truth::violated;
    }
    found = Truth::holds;
  }
  return found;
}

Truth no_address_is_used_twice(const WorldView& view, const Assembly& assembly) {
  std::set<base::Ipv4> seen;
  for (const NodePlaces& node : assembly.nodes) {
    for (const base::Ipv4 address : used_addresses(view, node)) {
      if (!seen.insert(address).second) {
        return Truth::violated;
      }
    }
  }
  return seen.size() < 2 ? Truth::vacuous : Truth::holds;
}

Truth addresses_are_within_own_leases(const WorldView& view, const Assembly& assembly) {
  const LeaseTable leases = live_leases(view, assembly);
  Truth found = Truth::vacuous;
  for (const NodePlaces& node : assembly.nodes) {
    for (const base::Ipv4 address : used_addresses(view, node)) {
      const bool within = std::any_of(leases.begin(), leases.end(), [&](const auto& lease) {
        return lease.second.public_ip == node.public_ip && lease.first.contains(address);
      });
      if (!within) {
        return Truth::violated;
      }
      found = Truth::holds;
    }
  }
  return found;
}

/// Every address file belongs to a sandbox that runs and uses that address, and the other way round.
Truth files_match_sandboxes(const WorldView& view, const Assembly& assembly) {
  Truth found = Truth::vacuous;
  for (const NodePlaces& node : assembly.nodes) {
    if (node.pods.empty()) {
      continue;
    }
    const auto& files = view.part<AddressFiles>(node.files).contents;
    std::map<base::Ipv4, std::string> wanted;
    for (const auto& [container, sandbox] : view.part<Sandboxes>(node.sandboxes).by_container) {
      for (const base::Ipv4 address : sandbox.addresses) {
        wanted[address] = plimsoll::ipam::file_content(attachment_of(container));
      }
    }
    if (files != wanted) {
      return Truth::violated;
    }
    if (!files.empty()) {
      found = Truth::holds;
    }
  }
  return found;
}

Truth tables_match_leases(const WorldView& view, const Assembly& assembly) {
  const LeaseTable leases = live_leases(view, assembly);
  Truth found = Truth::vacuous;
  for (const NodePlaces& node : assembly.nodes) {
    const auto& known = view.part<LeaseView>(node.view);
    if (known.phase != ViewPhase::watching) {
      continue;
    }
    if (known.table != leases) {
      return Truth::violated;
    }
    found = Truth::holds;
  }
  return found;
}

/// At rest a node holds a lease, or waits: for a retry, or because every subnet is taken.
Truth nodes_have_leases(const WorldView& view, const Assembly& assembly) {
  Truth found = Truth::vacuous;
  for (const NodePlaces& node : assembly.nodes) {
    const auto& manager = view.part<Manager>(node.manager);
    if (manager.phase == ManagerPhase::waiting) {
      continue;
    }
    if (view.is_down(node.flanneld) || !manager.held) {
      return Truth::violated;
    }
    found = Truth::holds;
  }
  return found;
}

bool wanted_pods_run(const WorldView& view, const NodePlaces& node) {
  if (node.pods.empty() || !view.part<plimsoll::ipam::NodeNetwork>(node.network).subnet) {
    return true;
  }
  const auto& sandboxes = view.part<Sandboxes>(node.sandboxes).by_container;
  const auto running = std::count_if(sandboxes.begin(), sandboxes.end(), [](const auto& entry) {
    return entry.second.state == SandboxState::running;
  });
  const std::size_t deleted = view.part<DeletedPods>(node.deleted).pods.size();
  const std::size_t wanted = node.pods.size() - deleted;
  // Of a subnet, its own address, the gateway's and the broadcast address are not for pods.
  const std::uint64_t capacity =
      view.part<plimsoll::ipam::NodeNetwork>(node.network).subnet->address_count() - 3;
  return static_cast<std::uint64_t>(running) == std::min<std::uint64_t>(wanted, capacity);
}

class Declarations {
 public:
  explicit Declarations(const Assembly& assembly) : assembly_(assembly) {}

  void always(const char* id, std::vector<PartId> parts,
              Truth (*predicate)(const WorldView&, const Assembly&)) {
    WorldProperty& property = declare(id);
    property.parts = std::move(parts);
    property.state = [predicate, &assembly = assembly_](const WorldView& view) {
      return predicate(view, assembly);
    };
  }
  void at_quiescence(const char* id, std::vector<PartId> parts,
                     Truth (*predicate)(const WorldView&, const Assembly&)) {
    always(id, std::move(parts), predicate);
    made_.back().at_quiescence = true;
  }
  void step(const char* id, std::vector<PartId> parts,
            std::function<Truth(const WorldView&, const WorldView&)> predicate) {
    WorldProperty& property = declare(id);
    property.parts = std::move(parts);
    property.step = std::move(predicate);
  }
  WorldProperty& declare(const char* id) {
    made_.push_back(declared(property_list(), id));
    return made_.back();
  }
  std::vector<WorldProperty> take() { return std::move(made_); }

 private:
  const Assembly& assembly_;
  std::vector<WorldProperty> made_;
};

}  // namespace

const std::vector<Property>& property_list() {
  static const std::vector<Property> list = {
      {"unique-pod-ip", PropertyKind::always, "no two pods use one address", 0, true},
      {"disjoint-subnets", PropertyKind::always, "subnets that two nodes hold never overlap", 0, true},
      {"single-lease-owner", PropertyKind::step, "a live lease never changes its owner", 0, true},
      {"addresses-within-lease", PropertyKind::always,
       "an address in use lies within a live lease of the pod's own node", 0, true},
      {"no-address-leak", PropertyKind::always,
       "at rest, a node's address files are those of its running pods", 0, true},
      {"peer-view-converges", PropertyKind::always,
       "at rest, a node's table of subnets is that of the live leases", 0, true},
      {"every-node-leased", PropertyKind::always,
       "at rest, every node holds a lease, unless it waits for a free subnet or a retry", 0, true},
      {"refines-lease-spec", PropertyKind::step,
       "every step is a path of the spec model/ipam, or changes nothing that it speaks of", 0, true},
      {"some-node-leased", PropertyKind::sometimes, "some node holds a lease", 0, false},
      {"some-pod-addressed", PropertyKind::sometimes, "some pod has an address", 0, false},
      {"deadlock-free", PropertyKind::deadlock_free,
       "the world comes to rest only when every node holds a lease or waits, and every wanted pod runs", 0,
       false},
  };
  return list;
}

checker::RightfulEnd make_rightful_end(const Assembly& assembly) {
  checker::RightfulEnd end;
  end.parts = parts_of(assembly, {&NodePlaces::manager, &NodePlaces::network});
  for (const PartId part : pod_parts_of(assembly, {&NodePlaces::sandboxes, &NodePlaces::deleted})) {
    end.parts.push_back(part);
  }
  for (const NodePlaces& node : assembly.nodes) {
    end.controls.push_back(node.flanneld);
  }
  end.predicate = [&assembly](const WorldView& view) {
    return nodes_have_leases(view, assembly) != Truth::violated &&
           std::all_of(assembly.nodes.begin(), assembly.nodes.end(),
                       [&](const NodePlaces& node) { return wanted_pods_run(view, node); });
  };
  return end;
}

std::vector<WorldProperty> make_properties(const Assembly& assembly, const Setup& setup) {
  Declarations made(assembly);
  const auto sandboxes = pod_parts_of(assembly, {&NodePlaces::sandboxes});
  auto with_store = [&](std::vector<PartId> parts) {
    parts.push_back(assembly.store_data);
    return parts;
  };
  const bool has_pods = std::any_of(assembly.nodes.begin(), assembly.nodes.end(),
                                    [](const NodePlaces& node) { return !node.pods.empty(); });
  if (has_pods) {
    made.always("unique-pod-ip", sandboxes, no_address_is_used_twice);
  }
  made.always("disjoint-subnets", parts_of(assembly, {&NodePlaces::manager}), held_subnets_are_disjoint);
  made.step("single-lease-owner", {assembly.store_data},
            [&assembly](const WorldView& before, const WorldView& after) {
              return lease_owners_stay(before, after, assembly);
            });
  if (has_pods) {
    made.always("addresses-within-lease", with_store(sandboxes), addresses_are_within_own_leases);
    made.at_quiescence("no-address-leak",
                       pod_parts_of(assembly, {&NodePlaces::files, &NodePlaces::sandboxes}),
                       files_match_sandboxes);
  }
  made.at_quiescence("peer-view-converges", with_store(parts_of(assembly, {&NodePlaces::view})),
                     tables_match_leases);
  made.at_quiescence("every-node-leased", parts_of(assembly, {&NodePlaces::manager}), nodes_have_leases);
  auto refinement = make_refinement(assembly, setup);
  made.step("refines-lease-spec", std::move(refinement.parts), std::move(refinement.step));
  made.always("some-node-leased", parts_of(assembly, {&NodePlaces::manager}),
              [](const WorldView& view, const Assembly& all) {
                return truth(std::any_of(all.nodes.begin(), all.nodes.end(), [&](const NodePlaces& node) {
                  return held_subnet(view, node).has_value();
                }));
              });
  if (has_pods) {
    made.always("some-pod-addressed", sandboxes, [](const WorldView& view, const Assembly& all) {
      return truth(std::any_of(all.nodes.begin(), all.nodes.end(),
                               [&](const NodePlaces& node) { return !used_addresses(view, node).empty(); }));
    });
  }
  made.declare("deadlock-free");
  std::vector<WorldProperty> properties = made.take();
  for (WorldProperty& property : properties) {
    if (property.property.id != "every-node-leased") {
      continue;
    }
    for (const NodePlaces& node : assembly.nodes) {
      property.controls.push_back(node.flanneld);
    }
  }
  return properties;
}

}  // namespace plimsoll::properties::ipam
