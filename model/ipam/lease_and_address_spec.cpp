#include "model/ipam/lease_and_address_spec.hpp"

#include <algorithm>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::model::ipam {
namespace {

/// The addresses that may be given from a subnet, lowest first, at most `count_max`.
[[nodiscard]] std::vector<base::Ipv4> pool(const base::Ipv4Prefix& subnet, std::uint32_t count_max) {
  std::vector<base::Ipv4> addresses;
  for (base::Ipv4 address = subnet.first(); address != subnet.last(); address = address.next()) {
    if (addresses.size() == count_max) {
      break;
    }
    if (may_be_given(subnet, address)) {
      addresses.push_back(address);
    }
  }
  return addresses;
}

[[nodiscard]] bool is_used(const ContainerAddresses& addresses, base::Ipv4 address) {
  return std::any_of(addresses.begin(), addresses.end(),
                     [&](const auto& entry) { return entry.second == address; });
}

}  // namespace

LeaseAndAddressSpec::LeaseAndAddressSpec(Bounds bounds, MissingGuard missing)
    : bounds_(std::move(bounds)), missing_(missing) {
  for (const base::Ipv4Prefix& subnet : bounds_.subnets) {
    PLIMSOLL_ASSERT(!subnet.has_host_bits() && subnet.length() <= 30);
  }
}

std::vector<LeaseAndAddressState> LeaseAndAddressSpec::initial() const {
  State state;
  state.holding.resize(bounds_.nodes);
  state.addresses.resize(bounds_.nodes);
  return {state};
}

void LeaseAndAddressSpec::next(const State& state, const Emit& emit) const {
  PLIMSOLL_ASSERT(state.holding.size() == bounds_.nodes && state.addresses.size() == bounds_.nodes);
  next_of_leases(state, emit);
  for (std::uint8_t node = 0; node < bounds_.nodes; ++node) {
    next_of_node(state, {node}, emit);
    for (const std::string& container : bounds_.containers) {
      next_of_container(state, {node}, container, emit);
    }
  }
}

void LeaseAndAddressSpec::next_of_leases(const State& state, const Emit& emit) const {
  for (const base::Ipv4Prefix& subnet : bounds_.subnets) {
    const bool is_free = std::none_of(state.leases.begin(), state.leases.end(),
                                      [&](const auto& lease) { return lease.first.overlaps(subnet); });
    if (guard(MissingGuard::grant_overlaps_no_lease, is_free)) {
      for (std::uint8_t node = 0; node < bounds_.nodes; ++node) {
        State after = state;
        after.leases.insert_or_assign(subnet, NodeIndex{node});
        emit(Grant{{node}, subnet}, std::move(after));
      }
    }
  }
  for (const auto& [subnet, owner] : state.leases) {
    const bool is_held = state.holding[owner.value] == subnet;
    if (guard(MissingGuard::lapse_of_a_subnet_not_held, !is_held)) {
      State after = state;
      after.leases.erase(subnet);
      emit(Lapse{subnet}, std::move(after));
    }
  }
}

void LeaseAndAddressSpec::next_of_node(const State& state, NodeIndex node, const Emit& emit) const {
  const std::optional<base::Ipv4Prefix>& held = state.holding[node.value];
  for (const auto& [subnet, owner] : state.leases) {
    if (guard(MissingGuard::take_of_an_own_lease, owner == node) &&
        guard(MissingGuard::take_by_a_node_that_holds_nothing, !held)) {
      State after = state;
      after.holding[node.value] = subnet;
      emit(Take{node, subnet}, std::move(after));
    }
  }
  if (held && guard(MissingGuard::drop_without_addresses_in_use, state.addresses[node.value].empty())) {
    State after = state;
    after.holding[node.value].reset();
    emit(Drop{node}, std::move(after));
  }
}

void LeaseAndAddressSpec::next_of_container(const State& state, NodeIndex node, const std::string& container,
                                            const Emit& emit) const {
  const std::optional<base::Ipv4Prefix>& held = state.holding[node.value];
  const ContainerAddresses& used = state.addresses[node.value];
  const bool has_address = used.contains(container);
  if (guard(MissingGuard::assign_to_a_container_without_address, !has_address)) {
    for (const base::Ipv4Prefix& subnet : bounds_.subnets) {
      if (!guard(MissingGuard::assign_within_the_held_subnet, held == subnet)) {
        continue;
      }
      std::vector<base::Ipv4> addresses = pool(subnet, bounds_.addresses_per_subnet);
      if (missing_ == MissingGuard::assign_of_an_address_that_may_be_given) {
        addresses.push_back(subnet.first());
      }
      for (const base::Ipv4 address : addresses) {
        if (guard(MissingGuard::assign_of_a_free_address, !is_used(used, address))) {
          State after = state;
          after.addresses[node.value].insert_or_assign(container, address);
          emit(Assign{node, container, address}, std::move(after));
        }
      }
    }
  }
  if (has_address) {
    State after = state;
    after.addresses[node.value].erase(container);
    emit(Release{node, container}, std::move(after));
  }
}

bool may_be_given(const base::Ipv4Prefix& subnet, base::Ipv4 address) {
  return subnet.contains(address) && address != subnet.first() && address != subnet.first().next() &&
         address != subnet.last();
}

}  // namespace plimsoll::model::ipam
