// The rules of subnet leases as a transition system of formulas, and paths of it as stories.
#pragma once

#include <string>
#include <vector>

#include "checker/symbolic/induction.hpp"
#include "model/ipam/lease_rules.hpp"
#include "properties/ipam/proofs/symbolic_lease_facts.hpp"

namespace plimsoll::properties::ipam {

enum class LeaseInvariant : std::uint8_t {
  live_leases_are_disjoint,
  every_holder_owns_its_subnet,
  held_subnets_are_disjoint,
};

/// Steps of the actions of the rules, by any node on any subnet of at most 30 bits. A node renews only what
/// it took last, and drops its subnet whenever it likes, whether addresses of it are in use or not.
[[nodiscard]] symbolic::TransitionSystem lease_system(const LeaseSize& size,
                                                      model::ipam::MissingGuard missing);
[[nodiscard]] symbolic::Predicate predicate_of(LeaseInvariant invariant, const LeaseSize& size);
/// Subnets as most people have them.
[[nodiscard]] symbolic::Wishes familiar_subnets(const LeaseSize& size);

/// "1. grant: 10.1.1.0/24 is leased to node-0", one line for each step.
[[nodiscard]] std::vector<std::string> steps_text(const symbolic::Path& path);
/// "leases: 10.1.1.0/24 of node-0; node-0 uses 10.1.1.0/24".
[[nodiscard]] std::string state_text(const symbolic::Values& state, const LeaseSize& size);

}  // namespace plimsoll::properties::ipam
