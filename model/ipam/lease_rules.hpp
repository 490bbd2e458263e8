// The rules of subnet leases: when a lease may begin, end and be used, what that changes, and what is then
// always true.
//
// One text for two readers. LeaseAndAddressSpec enumerates its steps with plain values
// (plain_lease_facts.hpp); `plimsoll prove leases` reads the same rules over terms, and proves the invariants
// for any number of steps. Source: FLN-2, FLN-4, FLN-5 and the invariants of flannel in the semantics.
//
// The rules know the facts by what they ask of them. A Facts has
//   types Truth (bool, or a term that has ! && ||), Node, and Subnet with overlaps();
//   no_lease(p), every_two_leases(p), every_holder(p), every_two_holders(p): p of subnets and nodes;
//   is_leased(subnet), is_leased_to(subnet, node), is_held_by(subnet, node), holds_nothing(node): Truth;
//   set_lease(subnet, node), end_lease(subnet), hold(node, subnet), let_go(node).
#pragma once

#include <cstdint>

namespace plimsoll::model::ipam {

/// Guards that a test can take away, to see which invariant stood on it.
enum class MissingGuard : std::uint8_t {
  none,
  grant_overlaps_no_lease,
  renew_of_an_own_lease,
  lapse_of_a_subnet_not_held,
  take_of_an_own_lease,
  take_by_a_node_that_holds_nothing,
  drop_without_addresses_in_use,
  assign_within_the_held_subnet,
  assign_of_a_free_address,
  assign_of_an_address_that_may_be_given,
  assign_to_a_container_without_address,
};

/// `holds`, or true of the guard that is missing.
template <class Truth>
[[nodiscard]] Truth guard(MissingGuard missing, MissingGuard which, const Truth& holds) {
  return missing == which ? Truth(true) : holds;
}

/// The actions on leases, each of a node and a subnet.
enum class LeaseAction : std::uint8_t {
  grant,  ///< the subnet becomes the node's
  renew,  ///< the node writes its lease of the subnet again
  lapse,  ///< the node's lease of the subnet ends, by expiry or because it was given back
  take,   ///< the node starts to use the subnet
  drop,   ///< the node stops using its subnet, which is `subnet`
};

/// Whether the action may happen now.
template <class Facts>
[[nodiscard]] auto is_enabled(LeaseAction action, const Facts& facts, const typename Facts::Node& node,
                              const typename Facts::Subnet& subnet, MissingGuard missing) ->
    typename Facts::Truth {
  using Truth = typename Facts::Truth;
  const auto guarded = [missing](MissingGuard which, const Truth& holds) {
    return guard<Truth>(missing, which, holds);
  };
  switch (action) {
    case LeaseAction::grant:
      // FLN-4: the store compares keys alone; overlaps are looked for in what was listed.
      return !facts.is_leased(subnet) &&
             guarded(MissingGuard::grant_overlaps_no_lease,
                     facts.no_lease([&](const auto& leased) { return leased.overlaps(subnet); }));
    case LeaseAction::renew:
      return guarded(MissingGuard::renew_of_an_own_lease, facts.is_leased_to(subnet, node));
    case LeaseAction::lapse:
      return facts.is_leased_to(subnet, node) &&
             guarded(MissingGuard::lapse_of_a_subnet_not_held, !facts.is_held_by(subnet, node));
    case LeaseAction::take:
      return facts.is_leased(subnet) &&
             guarded(MissingGuard::take_of_an_own_lease, facts.is_leased_to(subnet, node)) &&
             guarded(MissingGuard::take_by_a_node_that_holds_nothing, facts.holds_nothing(node));
    case LeaseAction::drop:
      return facts.is_held_by(subnet, node);
  }
  return Truth(false);
}

/// What the action changes.
template <class Facts>
void perform(LeaseAction action, Facts& facts, const typename Facts::Node& node,
             const typename Facts::Subnet& subnet) {
  switch (action) {
    case LeaseAction::grant:
    case LeaseAction::renew:
      facts.set_lease(subnet, node);
      break;
    case LeaseAction::lapse:
      facts.end_lease(subnet);
      break;
    case LeaseAction::take:
      facts.hold(node, subnet);
      break;
    case LeaseAction::drop:
      facts.let_go(node);
      break;
  }
}

template <class Facts>
[[nodiscard]] auto live_leases_are_disjoint(const Facts& facts) {
  return facts.every_two_leases([](const auto& one, const auto& other) { return !one.overlaps(other); });
}
template <class Facts>
[[nodiscard]] auto every_holder_owns_its_subnet(const Facts& facts) {
  return facts.every_holder(
      [&](const auto& node, const auto& held) { return facts.is_leased_to(held, node); });
}
template <class Facts>
[[nodiscard]] auto held_subnets_are_disjoint(const Facts& facts) {
  return facts.every_two_holders([](const auto& one, const auto& other) { return !one.overlaps(other); });
}

}  // namespace plimsoll::model::ipam
