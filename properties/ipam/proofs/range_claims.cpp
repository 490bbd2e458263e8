// host-local's addresses, for every range that make_range() accepts, and together with flannel's subnets.

#include <fmt/core.h>

#include "checker/symbolic/induction.hpp"
#include "properties/ipam/proofs/symbolic_range.hpp"
#include "properties/ipam/proofs/targets.hpp"

namespace plimsoll::properties::ipam {

namespace carving = plimsoll::ipam::carving;
using symbolic::ClaimResult;
using symbolic::implies;
using symbolic::ProofRequest;

namespace {

using Lines = std::vector<std::string>;

std::vector<Bool> familiar_subnet(const SymbolicPrefix& subnet) {
  return {subnet.length == Word(24), subnet.address == Word(0x0a010500)};
}

/// Inside the subnet, and none of the three addresses that have a meaning.
Bool is_plain_address(const SymbolicPrefix& subnet, const Word& gateway, const Word& address) {
  return subnet.contains(address) && address != subnet.first() && address != gateway &&
         address != subnet.last();
}

ClaimResult default_range_is_plain(const ProofRequest& request) {
  Terms terms;
  const SymbolicPrefix subnet = prefix_variable(terms, "subnet");
  const Word address = terms.variable("address", address_bits);
  SymbolicRange range = default_range(subnet);
  if (request.variant == "end-is-broadcast") {
    range.end = subnet.last();
  }
  const Bool claim = is_legal(range) &&
                     implies(range.is_allocatable(address), is_plain_address(subnet, range.gateway, address));
  return prove_implication(
      terms, request.limits,
      {subnet.is_network(range_subnet_len_max), {claim}, familiar_subnet(subnet), [&](const Solver& model) {
         return Lines{text_of(model, range), "handed out: " + text_of(model, address)};
       }});
}

ClaimResult explicit_range_is_plain(const ProofRequest& request) {
  Terms terms;
  const SymbolicRange range = range_variable(terms, "range");
  const Word address = terms.variable("address", address_bits);
  Bool assumption = is_legal(range) && range.start != range.subnet.first();
  if (request.variant != "range-end-is-broadcast") {
    assumption &= range.end != range.subnet.last();
  }
  std::vector<Bool> wishes = familiar_subnet(range.subnet);
  wishes.push_back(range.gateway == range.subnet.first() + Word(1));
  wishes.push_back(range.start == range.gateway);
  return prove_implication(
      terms, request.limits,
      {assumption,
       {implies(range.is_allocatable(address), is_plain_address(range.subnet, range.gateway, address))},
       wishes,
       [&](const Solver& model) {
         return Lines{text_of(model, range), "handed out: " + text_of(model, address)};
       }});
}

ClaimResult ranges_of_disjoint_subnets_are_disjoint(const ProofRequest& request) {
  Terms terms;
  const SymbolicRange one = range_variable(terms, "one");
  const SymbolicRange other = range_variable(terms, "other");
  const Word address = terms.variable("address", address_bits);
  const bool may_end_outside = request.variant == "range-end-outside";
  const Bool assumption = is_legal(one, may_end_outside) && is_legal(other, may_end_outside) &&
                          !one.subnet.overlaps(other.subnet);
  const Bool claim = !one.overlaps(other) && !(one.is_allocatable(address) && other.is_allocatable(address));
  std::vector<Bool> wishes = familiar_subnet(one.subnet);
  wishes.push_back(other.subnet.length == Word(24));
  wishes.push_back(other.subnet.address == Word(0x0a010600));
  return prove_implication(terms, request.limits, {assumption, {claim}, wishes, [&](const Solver& model) {
                                                     return Lines{text_of(model, one), text_of(model, other),
                                                                  "an address: " + text_of(model, address)};
                                                   }});
}

ClaimResult pods_of_different_nodes_differ(const ProofRequest& request) {
  Terms terms;
  const SymbolicCarving c = carving_variable(terms);
  const Word index = terms.variable("index", address_bits);
  const Word other_index = terms.variable("other index", address_bits);
  const Word pod = terms.variable("pod", address_bits);
  const Word other_pod = terms.variable("other pod", address_bits);
  const Word count = carving::leasable_count(c);
  const SymbolicPrefix subnet = leasable_subnet(c, index);
  const SymbolicPrefix other = leasable_subnet(c, other_index);
  // I4: the range is a hand-written one, the same on both nodes, and not the subnet that each has leased.
  const SymbolicRange range = default_range(subnet);
  const SymbolicRange other_range = request.variant == "I4" ? range : default_range(other);
  const Bool assumption = is_legal(c) && index < count && other_index < count && index != other_index &&
                          range.is_allocatable(pod) && other_range.is_allocatable(other_pod);
  std::vector<Bool> wishes = familiar(c);
  wishes.push_back(index < other_index);
  return prove_implication(terms, request.limits,
                           {assumption, {pod != other_pod}, wishes, [&](const Solver& model) {
                              return Lines{text_of(model, c),
                                           "one node leases " + text_of(model, subnet) +
                                               ", a pod there gets " + text_of(model, pod),
                                           "another node leases " + text_of(model, other) +
                                               ", a pod there gets " + text_of(model, other_pod)};
                            }});
}

// RangeIter over a set of any number of ranges: which one comes next is an input of the step.
namespace walk {

enum Place : std::size_t { start, end, current };
enum Input : std::size_t { next_start, next_end };

symbolic::TransitionSystem system(bool ends_late) {
  symbolic::TransitionSystem system;
  system.state = {{"start", address_bits}, {"end", address_bits}, {"current", address_bits}};
  system.input = {{"next start", address_bits}, {"next end", address_bits}};
  system.initial = [](std::span<const Word> state) {
    return state[start] <= state[current] && state[current] <= state[end];
  };
  system.step = [ends_late](std::span<const Word> before, std::span<const Word> input,
                            std::span<const Word> after) {
    const Word stop = ends_late ? before[end] + Word(1) : before[end];
    const Bool is_done = before[current] == stop;
    return input[next_start] <= input[next_end] &&
           after[current] == next_in_walk(before[current], stop, input[next_start]) &&
           after[start] == select(is_done, input[next_start], before[start]) &&
           after[end] == select(is_done, input[next_end], before[end]);
  };
  return system;
}

}  // namespace walk

ClaimResult walk_stays_in_ranges(const ProofRequest& request) {
  const symbolic::TransitionSystem system = walk::system(request.variant == "walk-ends-late");
  const symbolic::Predicate is_in_range = [](std::span<const Word> state) {
    return state[walk::start] <= state[walk::current] && state[walk::current] <= state[walk::end];
  };
  symbolic::InductionOptions options{4, request.limits, {}};
  options.wishes = [](std::span<const symbolic::Words> states, std::span<const symbolic::Words> /*inputs*/) {
    return std::vector<Bool>{states.front()[walk::start] == Word(0x0a010501),
                             states.front()[walk::end] == Word(0x0a0105fe)};
  };
  const symbolic::Induction found = prove_always(system, is_in_range, options);
  ClaimResult result{found.answer, fmt::format("induction with k = {}", found.depth), {}, found.reason};
  if (found.answer == symbolic::Answer::violated) {
    result.method = "bounded search, shortest";
    for (const symbolic::Values& state : found.path->states) {
      result.counterexample.push_back(
          fmt::format("in the range {} to {}: {}", address_text(state[walk::start]),
                      address_text(state[walk::end]), address_text(state[walk::current])));
    }
  }
  return result;
}

}  // namespace

std::vector<symbolic::Claim> range_claims() {
  return {
      {"default-range-is-plain",
       "From a range with defaults, neither the network's, the gateway's nor the broadcast address is handed "
       "out.",
       default_range_is_plain},
      {"explicit-range-is-plain",
       "The same of every range whose rangeStart is not the network's and rangeEnd not the broadcast "
       "address.",
       explicit_range_is_plain},
      {"walk-stays-in-ranges", "Every address that is tried, of any number of ranges, lies in its range.",
       walk_stays_in_ranges},
      {"disjoint-subnets-disjoint-ranges", "Ranges of subnets that do not overlap have no address in common.",
       ranges_of_disjoint_subnets_are_disjoint},
      {"pods-of-different-nodes-differ",
       "Nodes with different leasable subnets never give two pods the same address.",
       pods_of_different_nodes_differ},
  };
}

}  // namespace plimsoll::properties::ipam
