#include "properties/ipam/liveness.hpp"

#include <algorithm>
#include <set>

#include "checker/world/view.hpp"
#include "impl/ipam/flannel/subnet_manager.hpp"
#include "impl/ipam/flannel/subnets.hpp"
#include "impl/ipam/host_local/address_files.hpp"
#include "model/store/store.hpp"
#include "properties/ipam/facts.hpp"
#include "properties/ipam/workload/runtime.hpp"

namespace plimsoll::properties::ipam {
namespace {

using checker::PropertyKind;
using checker::Truth;
using checker::WorldProperty;
using checker::WorldView;
using plimsoll::ipam::AddressFiles;
using plimsoll::ipam::Manager;
using plimsoll::ipam::ManagerPhase;
using plimsoll::ipam::NetworkConfig;

/// Does every subnet that may be leased overlap a live lease?
bool network_is_full(const NetworkConfig& network, const plimsoll::ipam::LeaseTable& leases) {
  for (std::uint64_t i = 0; i < plimsoll::ipam::leasable_subnet_count(network); ++i) {
    const base::Ipv4Prefix subnet = plimsoll::ipam::leasable_subnet(network, i);
    if (std::none_of(leases.begin(), leases.end(),
                     [&](const auto& lease) { return lease.first.overlaps(subnet); })) {
      return false;
    }
  }
  return true;
}

bool is_leased_or_excused(const WorldView& view, const Assembly& assembly, const NodePlaces& node,
                          const NetworkConfig& network, bool is_discrete) {
  const auto& manager = view.part<Manager>(node.manager);
  if (manager.held) {
    return true;
  }
  return manager.phase == ManagerPhase::waiting &&
         ((!is_discrete && view.left("retry") == 0) || network_is_full(network, live_leases(view, assembly)));
}

/// Is there a file that names no sandbox of the node in one of `states`?
bool has_file_beyond(const WorldView& view, const NodePlaces& node,
                     std::initializer_list<SandboxState> states) {
  std::set<std::string> owned;
  for (const auto& [container, sandbox] : view.part<Sandboxes>(node.sandboxes).by_container) {
    if (std::find(states.begin(), states.end(), sandbox.state) != states.end()) {
      owned.insert(plimsoll::ipam::file_content(attachment_of(container)));
    }
  }
  const auto& files = view.part<AddressFiles>(node.files).contents;
  return std::any_of(files.begin(), files.end(),
                     [&](const auto& file) { return !owned.contains(file.second); });
}

bool some_node_has_file_beyond(const WorldView& view, const Assembly& assembly,
                               std::initializer_list<SandboxState> states) {
  return std::any_of(assembly.nodes.begin(), assembly.nodes.end(), [&](const NodePlaces& node) {
    return !node.pods.empty() && has_file_beyond(view, node, states);
  });
}

WorldProperty every_node_leased(const Assembly& assembly, const Setup& setup) {
  WorldProperty property;
  property.property = liveness_property_list()[0];
  for (const NodePlaces& node : assembly.nodes) {
    property.parts.push_back(node.manager);
  }
  property.parts.push_back(assembly.store_data);
  property.budgets = true;
  property.state = [&assembly, network = setup.network, discrete = setup.is_discrete](const WorldView& view) {
    const bool all = std::all_of(assembly.nodes.begin(), assembly.nodes.end(), [&](const NodePlaces& node) {
      return is_leased_or_excused(view, assembly, node, network, discrete);
    });
    return all ? Truth::holds : Truth::violated;
  };
  return property;
}

WorldProperty addresses_come_back(const Assembly& assembly) {
  WorldProperty property;
  property.property = liveness_property_list()[1];
  for (const NodePlaces& node : assembly.nodes) {
    if (!node.pods.empty()) {
      property.parts.insert(property.parts.end(), {node.files, node.sandboxes});
    }
  }
  property.cause = [&assembly](const WorldView& view) {
    return some_node_has_file_beyond(view, assembly, {SandboxState::creating, SandboxState::running});
  };
  property.state = [&assembly](const WorldView& view) {
    return some_node_has_file_beyond(view, assembly, {SandboxState::running}) ? Truth::violated
                                                                              : Truth::holds;
  };
  return property;
}

}  // namespace

const std::vector<checker::Property>& liveness_property_list() {
  static const std::vector<checker::Property> list = {
      {"every-node-eventually-leased", PropertyKind::always_eventually,
       "again and again every node holds a lease, or waits while no subnet is free or no retry is left", 0,
       false},
      {"deleted-pod-address-eventually-free", PropertyKind::leads_to,
       "an address whose pod was deleted, or is gone, is free again in the end", 0, true},
  };
  return list;
}

std::vector<WorldProperty> make_liveness_properties(const Assembly& assembly, const Setup& setup) {
  std::vector<WorldProperty> properties = {every_node_leased(assembly, setup)};
  if (std::any_of(assembly.nodes.begin(), assembly.nodes.end(),
                  [](const NodePlaces& node) { return !node.pods.empty(); })) {
    properties.push_back(addresses_come_back(assembly));
  }
  return properties;
}

}  // namespace plimsoll::properties::ipam
