// The invariants of the lease rules, proved by induction over steps.
//
// Why few nodes and leases are enough: suppose that after some step an invariant is false in a cluster of any
// size, though all were true before. Keep only the two leases, the holder or the two holders that show it,
// the node, the lease and the owner that the step is about, and the leases of the nodes kept. What is said of
// all leases or holders is still true, and what the step asks for is still there: so the step breaks the same
// invariant in the small cluster. At most two nodes and three leases are kept: for a violation by two leases
// the one that is new, the other, and what the new owner holds; for a violation by a holder without lease,
// the lease that ended or changed its owner, and what the two nodes hold; by two holders, the lease just
// taken, and what the two nodes hold. That is for one step; if k states were needed, it would be more.

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "impl/base/assert.hpp"
#include "properties/ipam/proofs/lease_system.hpp"
#include "properties/ipam/proofs/targets.hpp"

namespace plimsoll::properties::ipam {
namespace {

using model::ipam::MissingGuard;
using symbolic::Answer;
using symbolic::ClaimResult;
using symbolic::Induction;
using symbolic::ProofRequest;

constexpr LeaseSize size = {3, 2};
constexpr unsigned variant_steps_max = 10;

struct NamedInvariant {
  LeaseInvariant invariant;
  const char* id;
  const char* statement;
};
/// Each rests on those before it.
constexpr std::array invariants = {
    NamedInvariant{LeaseInvariant::live_leases_are_disjoint, "live-leases-are-disjoint",
                   "No two live leases have an address in common."},
    NamedInvariant{LeaseInvariant::every_holder_owns_its_subnet, "every-holder-owns-its-subnet",
                   "Whoever uses a subnet has a live lease of it."},
    NamedInvariant{LeaseInvariant::held_subnets_are_disjoint, "held-subnets-are-disjoint",
                   "No two nodes use subnets with an address in common: a subnet has one owner at most."},
};

struct NamedMutant {
  MissingGuard missing = MissingGuard::none;
  LeaseSize size = {};  ///< what is enough to show it
  const char* id;
  const char* story;
  const char* breaks;
};
constexpr std::array mutants = {
    NamedMutant{MissingGuard::renew_of_an_own_lease,
                {1, 2},
                "F1",
                "A node that was offline writes its lease back without looking whose it is by now.",
                "held-subnets-are-disjoint"},
    NamedMutant{MissingGuard::grant_overlaps_no_lease,
                {2, 2},
                "overlap-by-equality",
                "A subnet counts as free if nobody leases this very one.",
                "live-leases-are-disjoint"},
    NamedMutant{MissingGuard::lapse_of_a_subnet_not_held,
                {1, 2},
                "lapse-while-held",
                "A lease ends while its owner still uses the subnet.",
                "every-holder-owns-its-subnet"},
    NamedMutant{MissingGuard::take_of_an_own_lease,
                {1, 2},
                "take-unowned",
                "A node starts to use any subnet that is leased.",
                "held-subnets-are-disjoint"},
};

const NamedMutant& find_mutant(const std::string& variant) {
  const auto found =
      std::ranges::find_if(mutants, [&](const NamedMutant& mutant) { return variant == mutant.id; });
  PLIMSOLL_ASSERT_KNOWN(found != mutants.end(), variant);
  return *found;
}

std::vector<std::string> story(const symbolic::Path& path, const LeaseSize& of) {
  std::vector<std::string> lines = steps_text(path);
  lines.push_back("then " + state_text(path.states.back(), of));
  return lines;
}

ClaimResult prove_invariant(std::size_t index, const ProofRequest& request) {
  const symbolic::TransitionSystem system = lease_system(size, MissingGuard::none);
  const symbolic::Predicate together = [index](std::span<const Word> state) {
    Bool all = true;
    for (std::size_t i = 0; i <= index; ++i) {
      all &= predicate_of(invariants[i].invariant, size)(state);
    }
    return all;
  };
  const Induction found = prove_always(system, together, {4, request.limits, familiar_subnets(size)});
  ClaimResult result{found.answer, fmt::format("induction with k = {}", found.depth), {}, found.reason};
  if (index > 0) {
    result.method += index == 1 ? ", together with the one above" : ", together with those above";
  }
  if (found.answer == Answer::violated) {
    result.method = "bounded search, shortest";
    result.counterexample = story(*found.path, size);
  } else if (found.answer == Answer::holds && found.depth > 1) {
    result.method += fmt::format("; for at most {} subnets and {} nodes only", size.subnets, size.nodes);
  }
  return result;
}

ClaimResult find_broken(std::size_t index, const ProofRequest& request) {
  const NamedMutant& mutant = find_mutant(request.variant);
  const symbolic::TransitionSystem system = lease_system(mutant.size, mutant.missing);
  const symbolic::Predicate invariant = predicate_of(invariants[index].invariant, mutant.size);
  const Induction found = find_violation(system, invariant, variant_steps_max,
                                         {1, request.limits, familiar_subnets(mutant.size)});
  ClaimResult result{found.answer, "bounded search, shortest", {}, found.reason};
  if (found.path) {
    result.counterexample = story(*found.path, mutant.size);
  }
  return result;
}

}  // namespace

symbolic::ProofTarget lease_proofs() {
  symbolic::ProofTarget target;
  target.name = "leases";
  target.description = "the invariants of subnet leases, for any number of steps, nodes and leases";
  target.assumptions = {
      "The rules are the text that the explicit engine explores (model/ipam/lease_rules.hpp), read over "
      "terms. "
      "That the implementation refines them is checked in the worlds of model/scenarios/ipam, not proved "
      "here.",
      "The subnets are any IPv4 prefixes of at most 30 bits without host bits, of mixed lengths.",
      fmt::format("There are {} subnets and {} nodes. Whatever the size of a cluster, three subnets and two "
                  "nodes show a step that breaks an invariant (the argument is in "
                  "properties/ipam/proofs/lease_proofs.cpp), so with k = 1 the result is for all sizes.",
                  size.subnets, size.nodes),
      "An action happens at once. A lease ends only when its owner has let go of the subnet: the owner's "
      "clock "
      "runs out before the store's.",
      "Addresses of pods are left out: a node may stop using its subnet at any time, which allows more "
      "steps.",
  };
  for (std::size_t i = 0; i < invariants.size(); ++i) {
    target.claims.push_back({invariants[i].id, invariants[i].statement, [i](const ProofRequest& request) {
                               return request.variant.empty() ? prove_invariant(i, request)
                                                              : find_broken(i, request);
                             }});
  }
  for (const NamedMutant& mutant : mutants) {
    target.variants.push_back({mutant.id, mutant.story, mutant.breaks});
  }
  return target;
}

}  // namespace plimsoll::properties::ipam
