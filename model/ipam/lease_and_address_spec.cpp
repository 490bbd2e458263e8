#include "model/ipam/lease_and_address_spec.hpp"

#include <algorithm>
#include <utility>

#include "impl/base/assert.hpp"
#include "model/ipam/plain_lease_facts.hpp"

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

[[nodiscard]] LeaseAndAddressSpec::Action action_of(LeaseAction action, NodeIndex node,
                                                    const base::Ipv4Prefix& subnet) {
  switch (action) {
    case LeaseAction::grant:
      return Grant{node, subnet};
    case LeaseAction::renew:
      return Renew{node, subnet};
    case LeaseAction::lapse:
      return Lapse{subnet};
    case LeaseAction::take:
      return Take{node, subnet};
    case LeaseAction::drop:
      return Drop{node};
  }
  PLIMSOLL_ASSERT_KNOWN(false, "an action that is none");
  return Drop{node};
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

void LeaseAndAddressSpec::try_lease_action(LeaseAction action, const State& state, NodeIndex node,
                                           const base::Ipv4Prefix& subnet, const Emit& emit) const {
  if (!is_enabled(action, PlainLeaseFacts<const State>(state), node, subnet, missing_)) {
    return;
  }
  State after = state;
  PlainLeaseFacts<State> facts(after);
  perform(action, facts, node, subnet);
  emit(action_of(action, node, subnet), std::move(after));
}

void LeaseAndAddressSpec::next_of_leases(const State& state, const Emit& emit) const {
  for (const base::Ipv4Prefix& subnet : bounds_.subnets) {
    for (std::uint8_t node = 0; node < bounds_.nodes; ++node) {
      try_lease_action(LeaseAction::grant, state, {node}, subnet, emit);
      try_lease_action(LeaseAction::renew, state, {node}, subnet, emit);
    }
  }
  for (const auto& [subnet, owner] : state.leases) {
    try_lease_action(LeaseAction::lapse, state, owner, subnet, emit);
  }
}

void LeaseAndAddressSpec::next_of_node(const State& state, NodeIndex node, const Emit& emit) const {
  for (const auto& [subnet, owner] : state.leases) {
    try_lease_action(LeaseAction::take, state, node, subnet, emit);
  }
  const std::optional<base::Ipv4Prefix>& held = state.holding[node.value];
  const bool is_idle = state.addresses[node.value].empty();
  if (held && guarded(MissingGuard::drop_without_addresses_in_use, is_idle)) {
    try_lease_action(LeaseAction::drop, state, node, *held, emit);
  }
}

void LeaseAndAddressSpec::next_of_container(const State& state, NodeIndex node, const std::string& container,
                                            const Emit& emit) const {
  const std::optional<base::Ipv4Prefix>& held = state.holding[node.value];
  const ContainerAddresses& used = state.addresses[node.value];
  const bool has_address = used.contains(container);
  if (guarded(MissingGuard::assign_to_a_container_without_address, !has_address)) {
    for (const base::Ipv4Prefix& subnet : bounds_.subnets) {
      if (!guarded(MissingGuard::assign_within_the_held_subnet, held == subnet)) {
        continue;
      }
      std::vector<base::Ipv4> addresses = pool(subnet, bounds_.addresses_per_subnet);
      if (missing_ == MissingGuard::assign_of_an_address_that_may_be_given) {
        addresses.push_back(subnet.first());
      }
      for (const base::Ipv4 address : addresses) {
        if (guarded(MissingGuard::assign_of_a_free_address, !is_used(used, address))) {
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
