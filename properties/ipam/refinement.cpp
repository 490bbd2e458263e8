#include "properties/ipam/refinement.hpp"

#include <algorithm>
#include <memory>

#include "checker/system/refinement.hpp"
#include "checker/world/view.hpp"
#include "impl/ipam/flannel/subnets.hpp"
#include "impl/ipam/node_network.hpp"
#include "properties/ipam/facts.hpp"
#include "properties/ipam/workload/sandboxes.hpp"

namespace plimsoll::properties::ipam {
namespace {

using checker::Truth;
using checker::WorldView;
using model::ipam::LeaseAndAddressSpec;
using model::ipam::LeaseAndAddressState;
using model::ipam::NodeIndex;

/// Entries of two maps that differ, counted once for each key.
template <class Map>
std::size_t map_distance(const Map& a, const Map& b) {
  std::size_t count = 0;
  for (const auto& [key, value] : a) {
    const auto other = b.find(key);
    if (other == b.end() || other->second != value) {
      ++count;
    }
  }
  for (const auto& [key, value] : b) {
    count += a.contains(key) ? 0 : 1;
  }
  return count;
}

std::size_t distance(const LeaseAndAddressState& a, const LeaseAndAddressState& b) {
  std::size_t count = map_distance(a.leases, b.leases);
  for (std::size_t i = 0; i < a.holding.size(); ++i) {
    count += a.holding[i] == b.holding[i] ? 0 : 1;
    count += map_distance(a.addresses[i], b.addresses[i]);
  }
  return count;
}

model::ipam::ContainerAddresses running_addresses(const Sandboxes& sandboxes) {
  model::ipam::ContainerAddresses addresses;
  for (const auto& [container, sandbox] : sandboxes.by_container) {
    if (sandbox.state == SandboxState::running && !sandbox.addresses.empty()) {
      addresses.emplace(container, sandbox.addresses.front());
    }
  }
  return addresses;
}

/// The spec reaches as far as the two states do: their subnets, their containers, and addresses up to the
/// highest in use.
LeaseAndAddressSpec spec_for(const Setup& setup, const LeaseAndAddressState& before,
                             const LeaseAndAddressState& after) {
  LeaseAndAddressSpec::Bounds bounds;
  bounds.nodes = static_cast<std::uint8_t>(setup.nodes.size());
  std::set<base::Ipv4Prefix> subnets;
  std::set<std::string> containers;
  for (const LeaseAndAddressState* state : {&before, &after}) {
    for (const auto& [subnet, owner] : state->leases) {
      subnets.insert(subnet);
    }
    for (const auto& addresses : state->addresses) {
      for (const auto& [container, address] : addresses) {
        containers.insert(container);
        const std::uint32_t place = address.value() - address.masked(setup.network.subnet_len).value();
        bounds.addresses_per_subnet = std::max(bounds.addresses_per_subnet, place);
      }
    }
  }
  bounds.subnets.assign(subnets.begin(), subnets.end());
  bounds.containers.assign(containers.begin(), containers.end());
  return LeaseAndAddressSpec(bounds);
}

}  // namespace

LeaseAndAddressState spec_state(const WorldView& view, const Assembly& assembly, const Setup& setup) {
  LeaseAndAddressState state;
  const auto owner_of = [&](base::Ipv4 address) {
    const auto node = std::find_if(assembly.nodes.begin(), assembly.nodes.end(),
                                   [&](const NodePlaces& places) { return places.public_ip == address; });
    PLIMSOLL_ASSERT(node != assembly.nodes.end());
    return NodeIndex{static_cast<std::uint8_t>(node - assembly.nodes.begin())};
  };
  for (const auto& [subnet, attributes] : live_leases(view, assembly)) {
    state.leases.emplace(subnet, owner_of(attributes.public_ip));
  }
  for (const NodePlaces& node : assembly.nodes) {
    std::optional<base::Ipv4Prefix> holding = view.part<plimsoll::ipam::NodeNetwork>(node.network).subnet;
    model::ipam::ContainerAddresses addresses;
    if (!node.pods.empty()) {
      addresses = running_addresses(view.part<Sandboxes>(node.sandboxes));
    }
    if (!addresses.empty()) {
      const base::Ipv4 used = addresses.begin()->second;
      holding = base::Ipv4Prefix(used.masked(setup.network.subnet_len), setup.network.subnet_len);
    }
    state.holding.push_back(holding);
    state.addresses.push_back(std::move(addresses));
  }
  return state;
}

Refinement make_refinement(const Assembly& assembly, const Setup& setup) {
  Refinement refinement;
  refinement.parts.push_back(assembly.store_data);
  std::size_t pods = 0;
  for (const NodePlaces& node : assembly.nodes) {
    refinement.parts.push_back(node.network);
    if (!node.pods.empty()) {
      refinement.parts.push_back(node.sandboxes);
    }
    pods = std::max(pods, node.pods.size());
  }
  const auto steps_max = static_cast<unsigned>(pods + 3);
  refinement.step = [&assembly, setup, steps_max](const WorldView& before, const WorldView& after) {
    const LeaseAndAddressState from = spec_state(before, assembly, setup);
    const LeaseAndAddressState to = spec_state(after, assembly, setup);
    if (from == to) {
      return Truth::vacuous;
    }
    const bool matched =
        checker::leads_to<LeaseAndAddressSpec>(spec_for(setup, from, to), from, to, steps_max, distance);
    return matched ? Truth::holds : Truth::violated;
  };
  return refinement;
}

}  // namespace plimsoll::properties::ipam
