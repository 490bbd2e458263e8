// flannel's subnets (impl/ipam/flannel/carving.hpp), for every configuration that make_network_config()
// accepts.

#include <fmt/core.h>

#include "checker/symbolic/induction.hpp"
#include "impl/ipam/flannel/carving.hpp"
#include "properties/ipam/proofs/symbolic_values.hpp"
#include "properties/ipam/proofs/targets.hpp"

namespace plimsoll::properties::ipam {

namespace carving = plimsoll::ipam::carving;
using symbolic::ClaimResult;
using symbolic::implies;
using symbolic::ProofRequest;

namespace {

using Lines = std::vector<std::string>;

/// Whether a subnet at `address` may be leased, said without indexes.
Bool is_candidate(const SymbolicCarving& c, const Word& address) {
  return carving::is_on_boundary(c, address) && c.subnet_min <= address && address <= c.subnet_max;
}

/// A configuration without limits gets defaults that pass all checks.
ClaimResult defaults_are_legal(const ProofRequest& request) {
  Terms terms;
  SymbolicCarving c = carving_variable(terms);
  const Bool assumption =
      is_legal_network(c) && c.network_length <= Word(carving::network_length_defaulted_max);
  c.subnet_len = carving::default_subnet_len(c.network_length);
  c.subnet_min = carving::default_subnet_min(c);
  c.subnet_max = request.variant == "default-max-unmasked" ? base::filled(c.network, c.network_length)
                                                           : carving::default_subnet_max(c);
  return prove_implication(terms, request.limits,
                           {assumption,
                            {is_legal(c)},
                            {c.network_length == Word(16), c.network == Word(0x0a010000)},
                            [&](const Solver& model) { return Lines{text_of(model, c)}; }});
}

/// Of the leasable subnet at some index.
struct OneSubnet {
  SymbolicCarving c;
  Word index;
  SymbolicPrefix subnet;

  explicit OneSubnet(Terms& terms)
      : c(carving_variable(terms)),
        index(terms.variable("index", address_bits)),
        subnet(leasable_subnet(c, index)) {}
  [[nodiscard]] Bool is_leasable() const { return index < carving::leasable_count(c); }
  [[nodiscard]] Lines story(const Solver& model) const {
    return {text_of(model, c),
            fmt::format("leasable subnet at index {}: {}", model.value(index), text_of(model, subnet))};
  }
};

ClaimResult subnets_are_on_boundaries(const ProofRequest& request) {
  Terms terms;
  const OneSubnet one(terms);
  SkippedChecks skipped;
  skipped.subnet_min_on_boundary = request.variant == "unaligned-subnet-min";
  return prove_implication(terms, request.limits,
                           {is_legal(one.c, skipped) && one.is_leasable(),
                            {carving::is_on_boundary(one.c, one.subnet.address)},
                            familiar(one.c),
                            [&](const Solver& model) { return one.story(model); }});
}

ClaimResult subnets_stay_inside(const ProofRequest& request) {
  Terms terms;
  const OneSubnet one(terms);
  SkippedChecks skipped;
  skipped.subnet_max_inside = request.variant == "subnet-max-outside";
  const Word address = terms.variable("address", address_bits);
  const SymbolicPrefix network{one.c.network, one.c.network_length};
  const Bool is_inside =
      network.contains(address) && one.c.subnet_min <= address && one.subnet.first() <= one.c.subnet_max;
  return prove_implication(
      terms, request.limits,
      {is_legal(one.c, skipped) && one.is_leasable(),
       {implies(one.subnet.contains(address), is_inside)},
       familiar(one.c),
       [&](const Solver& model) {
         Lines lines = one.story(model);
         lines.push_back("an address of it that is not inside: " + text_of(model, address));
         return lines;
       }});
}

ClaimResult subnets_are_disjoint(const ProofRequest& request) {
  Terms terms;
  const OneSubnet one(terms);
  const SymbolicCarving& c = one.c;
  const Word other_index = terms.variable("other index", address_bits);
  const auto subnet_at = [&](const Word& index) {
    SymbolicPrefix subnet = leasable_subnet(c, index);
    if (request.variant == "half-a-step") {
      subnet.address = c.subnet_min + shifted_left(index, Word(31) - c.subnet_len);
    }
    return subnet;
  };
  const SymbolicPrefix subnet = subnet_at(one.index);
  const SymbolicPrefix other = subnet_at(other_index);
  const Word address = terms.variable("address", address_bits);
  const Bool assumption =
      is_legal(c) && one.is_leasable() && other_index < carving::leasable_count(c) && one.index < other_index;
  return prove_implication(
      terms, request.limits,
      {assumption,
       {!(subnet.contains(address) && other.contains(address))},
       familiar(c),
       [&](const Solver& model) {
         return Lines{
             text_of(model, c),
             fmt::format("leasable subnet at index {}: {}", model.value(one.index), text_of(model, subnet)),
             fmt::format("leasable subnet at index {}: {}", model.value(other_index), text_of(model, other)),
             "an address of both: " + text_of(model, address)};
       }});
}

ClaimResult overlap_is_a_common_address(const ProofRequest& request) {
  Terms terms;
  const SymbolicPrefix one = prefix_variable(terms, "one");
  const SymbolicPrefix other = prefix_variable(terms, "other");
  const Word address = terms.variable("address", address_bits);
  const Bool overlaps = request.variant == "overlap-by-equality" ? one == other : one.overlaps(other);
  const Bool assumption = one.is_network(address_bits) && other.is_network(address_bits);
  // If prefixes have an address in common, then the first address of the longer one is such an address.
  const Word witness = select(one.length >= other.length, one.first(), other.first());
  const Bool claim = implies(one.contains(address) && other.contains(address), overlaps) &&
                     implies(overlaps, one.contains(witness) && other.contains(witness));
  return prove_implication(
      terms, request.limits,
      {assumption,
       {claim},
       {one.address == Word(0x0a010000), one.length == Word(16), other.length == Word(24)},
       [&](const Solver& model) {
         return Lines{text_of(model, one) + " and " + text_of(model, other) +
                          (model.value(overlaps) ? " are said to overlap" : " are said not to overlap"),
                      "an address: " + text_of(model, address)};
       }});
}

ClaimResult indexes_count_subnets(const ProofRequest& request) {
  Terms terms;
  const OneSubnet one(terms);
  const SymbolicCarving& c = one.c;
  const Word address = terms.variable("address", address_bits);
  const Word count = request.variant == "last-subnet-forgotten" ? carving::index_of(c, c.subnet_max)
                                                                : carving::leasable_count(c);
  const Bool there = implies(one.index < count, is_candidate(c, one.subnet.address) &&
                                                    carving::index_of(c, one.subnet.address) == one.index);
  const Word found = carving::index_of(c, address);
  const Bool back =
      implies(is_candidate(c, address), found < count && carving::leasable_address(c, found) == address);
  return prove_implication(
      terms, request.limits,
      {is_legal(c), {there, back}, familiar(c), [&](const Solver& model) {
         return Lines{text_of(model, c),
                      fmt::format("{} subnets are counted, but {} has index {}", model.value(count),
                                  text_of(model, SymbolicPrefix{address, c.subnet_len}), model.value(found))};
       }});
}

ClaimResult jumps_skip_no_free_subnet(const ProofRequest& request) {
  Terms terms;
  const SymbolicCarving c = carving_variable(terms);
  const SymbolicPrefix blocked{terms.variable("blocked", address_bits), c.subnet_len};
  const SymbolicPrefix passed{terms.variable("passed", address_bits), c.subnet_len};
  const SymbolicPrefix lease = prefix_variable(terms, "lease");
  Word behind = carving::index_behind(c, lease.last());
  if (request.variant == "jump-one-too-far") {
    behind = behind + Word(1);
  }
  const Bool assumption = is_legal(c) && is_candidate(c, blocked.address) &&
                          is_candidate(c, passed.address) && lease.is_network(address_bits) &&
                          blocked.overlaps(lease);
  const Bool is_passed = blocked.address < passed.address && carving::index_of(c, passed.address) < behind;
  const Bool gets_ahead = carving::index_of(c, blocked.address) < behind;
  std::vector<Bool> wishes = familiar(c);
  wishes.push_back(lease.length == Word(23));
  return prove_implication(
      terms, request.limits,
      {assumption,
       {gets_ahead, implies(is_passed, passed.overlaps(lease))},
       wishes,
       [&](const Solver& model) {
         return Lines{
             text_of(model, c),
             fmt::format("candidate {} is blocked by the lease {}, so the next index looked at is {}",
                         text_of(model, blocked), text_of(model, lease), model.value(behind)),
             fmt::format("passed over, though free: index {}, {}",
                         model.value(carving::index_of(c, passed.address)), text_of(model, passed))};
       },
       {lease.length >= c.subnet_len, lease.length < c.subnet_len}});
}

ClaimResult compatible_leases_are_inside(const ProofRequest& request) {
  Terms terms;
  const SymbolicCarving c = carving_variable(terms);
  const SymbolicPrefix lease = prefix_variable(terms, "lease");
  const Word address = terms.variable("address", address_bits);
  const Bool is_compatible = request.variant == "length-not-compared"
                                 ? c.subnet_min <= lease.address && lease.address <= c.subnet_max
                                 : carving::is_compatible(c, lease.address, lease.length);
  const Bool is_inside = SymbolicPrefix{c.network, c.network_length}.contains(address);
  const Bool assumption = is_legal(c) && lease.is_network(address_bits) && is_compatible;
  std::vector<Bool> wishes = familiar(c);
  wishes.push_back(lease.length == Word(15));
  return prove_implication(
      terms, request.limits,
      {assumption, {implies(lease.contains(address), is_inside)}, wishes, [&](const Solver& model) {
         return Lines{text_of(model, c), "a lease that is taken over: " + text_of(model, lease),
                      "an address of it outside Network: " + text_of(model, address)};
       }});
}

// The walk over the candidates as a transition system: the configuration never changes, the position does.
namespace walk {

enum Place : std::size_t { network, network_length, subnet_len, subnet_min, subnet_max, position };

SymbolicCarving carving_of(std::span<const Word> state) {
  return {state[network], state[network_length], state[subnet_len], state[subnet_min], state[subnet_max]};
}

/// @param wraps  As flannel walks: the position is an address, and the next one may be beyond the last.
symbolic::TransitionSystem system(bool wraps) {
  symbolic::TransitionSystem system;
  for (const char* name : {"Network", "Network length", "SubnetLen", "SubnetMin", "SubnetMax", "position"}) {
    system.state.push_back({name, address_bits});
  }
  system.constants = position;
  system.initial = [wraps](std::span<const Word> state) {
    const SymbolicCarving c = carving_of(state);
    return is_legal(c) && state[position] == (wraps ? c.subnet_min : Word(0));
  };
  system.step = [wraps](std::span<const Word> before, std::span<const Word> /*input*/,
                        std::span<const Word> after) {
    const SymbolicCarving c = carving_of(before);
    const Bool goes_on = is_legal(c);
    if (wraps) {
      return goes_on && after[position] == before[position] + base::address_count(c.subnet_len) &&
             after[position] <= c.subnet_max;
    }
    return goes_on && after[position] == before[position] + Word(1) &&
           after[position] < carving::leasable_count(c);
  };
  return system;
}

SymbolicPrefix candidate(std::span<const Word> state, bool wraps) {
  const SymbolicCarving c = carving_of(state);
  return wraps ? SymbolicPrefix{state[position], c.subnet_len} : leasable_subnet(c, state[position]);
}

}  // namespace walk

ClaimResult walk_stays_inside(const ProofRequest& request) {
  const bool wraps = request.variant == "candidates-wrap";
  const symbolic::TransitionSystem system = walk::system(wraps);
  const symbolic::Predicate is_inside = [wraps](std::span<const Word> state) {
    const SymbolicCarving c = walk::carving_of(state);
    const SymbolicPrefix subnet = walk::candidate(state, wraps);
    const Bool is_index = Bool(wraps) || state[walk::position] < carving::leasable_count(c);
    return is_index && carving::is_inside_network(c, subnet.first()) &&
           carving::is_inside_network(c, subnet.last()) && c.subnet_min <= subnet.address;
  };
  const symbolic::Induction found = prove_always(system, is_inside, {4, request.limits, {}});
  ClaimResult result{found.answer, fmt::format("induction with k = {}", found.depth), {}, found.reason};
  if (found.answer == symbolic::Answer::violated) {
    result.method = "bounded search, shortest";
    const symbolic::Values& first = found.path->states.front();
    result.counterexample.push_back(
        fmt::format("Network {}, SubnetLen {}, SubnetMin {}, SubnetMax {}",
                    prefix_text(first[walk::network], first[walk::network_length]), first[walk::subnet_len],
                    address_text(first[walk::subnet_min]), address_text(first[walk::subnet_max])));
    for (std::size_t i = 0; i < found.path->states.size(); ++i) {
      const symbolic::Values& state = found.path->states[i];
      result.counterexample.push_back(
          fmt::format("candidate {}: {}", i, prefix_text(state[walk::position], state[walk::subnet_len])));
    }
  }
  return result;
}

}  // namespace

std::vector<symbolic::Claim> carving_claims() {
  return {
      {"defaults-are-legal", "SubnetLen, SubnetMin and SubnetMax that are not given get legal values.",
       defaults_are_legal},
      {"subnets-are-on-boundaries", "No leasable subnet has host bits.", subnets_are_on_boundaries},
      {"subnets-stay-inside", "Every address of a leasable subnet is in Network and not below SubnetMin.",
       subnets_stay_inside},
      {"subnets-are-disjoint", "Two leasable subnets have no address in common.", subnets_are_disjoint},
      {"walk-stays-inside",
       "The walk over the candidates, however long, meets only subnets inside Network from SubnetMin on.",
       walk_stays_inside},
      {"indexes-count-subnets",
       "Each index below the count is one subnet on a boundary from SubnetMin to SubnetMax, and each such "
       "subnet "
       "one index.",
       indexes_count_subnets},
      {"jumps-skip-no-free-subnet",
       "Going on behind a lease that blocks a candidate gets ahead and passes over blocked subnets only.",
       jumps_skip_no_free_subnet},
      {"compatible-leases-are-inside", "A lease that is taken over lies inside Network.",
       compatible_leases_are_inside},
      {"overlap-is-a-common-address", "Two prefixes overlap exactly if some address is in both.",
       overlap_is_a_common_address},
  };
}

}  // namespace plimsoll::properties::ipam
