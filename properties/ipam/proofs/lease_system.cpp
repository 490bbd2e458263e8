#include "properties/ipam/proofs/lease_system.hpp"

#include <array>

#include <fmt/core.h>

#include "impl/base/assert.hpp"
#include "impl/base/ipv4.hpp"

namespace plimsoll::properties::ipam {
namespace {

using model::ipam::LeaseAction;
using model::ipam::MissingGuard;

constexpr std::array actions = {LeaseAction::grant, LeaseAction::renew, LeaseAction::lapse, LeaseAction::take,
                                LeaseAction::drop};

enum Input : std::size_t { action, node, subnet_number };

Word count(std::size_t things) {
  return {static_cast<std::uint32_t>(things)};
}
Word number(LeaseAction which) {
  return {static_cast<std::uint32_t>(which)};
}

/// The subnet of this number in a state.
std::string subnet_text(const symbolic::Values& state, std::uint64_t which) {
  return prefix_text(state[2 * which], state[2 * which + 1]);
}

std::string step_text(const symbolic::Values& before, const symbolic::Values& input) {
  const std::string who = fmt::format("node-{}", input[node]);
  const std::string subnet = subnet_text(before, input[subnet_number]);
  switch (static_cast<LeaseAction>(input[action])) {
    case LeaseAction::grant:
      return fmt::format("grant: {} is leased to {}", subnet, who);
    case LeaseAction::renew:
      return fmt::format("renew: {} writes its lease of {} again", who, subnet);
    case LeaseAction::lapse:
      return fmt::format("lapse: the lease of {} to {} ends", subnet, who);
    case LeaseAction::take:
      return fmt::format("take: {} starts to use {}", who, subnet);
    case LeaseAction::drop:
      return fmt::format("drop: {} stops using {}", who, subnet);
  }
  PLIMSOLL_ASSERT_KNOWN(false, "an action that is none");
  return {};
}

}  // namespace

symbolic::TransitionSystem lease_system(const LeaseSize& size, MissingGuard missing) {
  symbolic::TransitionSystem system;
  system.state = SymbolicLeaseFacts::variables(size);
  system.constants = SymbolicLeaseFacts::constants(size);
  system.input = {
      {"action", 3}, {"node", SymbolicLeaseFacts::node_bits}, {"subnet", SymbolicLeaseFacts::number_bits}};
  system.initial = [size](std::span<const Word> state) {
    const SymbolicLeaseFacts facts(size, state);
    return facts.has_proper_subnets() && facts.is_empty();
  };
  system.step = [size, missing](std::span<const Word> before, std::span<const Word> input,
                                std::span<const Word> after) {
    const SymbolicLeaseFacts facts(size, before);
    const SymbolicLeaseFacts result(size, after);
    const NumberedSubnet subnet = facts.subnet(input[subnet_number]);
    Bool is_some_action = false;
    for (const LeaseAction which : actions) {
      SymbolicLeaseFacts changed(size, before);
      model::ipam::perform(which, changed, input[node], subnet);
      Bool happens = input[action] == number(which) &&
                     model::ipam::is_enabled(which, facts, input[node], subnet, missing) &&
                     changed.is_same_as(result);
      if (which == LeaseAction::renew) {
        happens &= facts.was_last_taken_by(subnet, input[node]);
      }
      is_some_action |= happens;
    }
    return is_some_action && facts.has_proper_subnets() && input[node] < count(size.nodes) &&
           input[subnet_number] <= count(size.subnets - 1);
  };
  return system;
}

symbolic::Predicate predicate_of(LeaseInvariant invariant, const LeaseSize& size) {
  return [invariant, size](std::span<const Word> state) -> Bool {
    const SymbolicLeaseFacts facts(size, state);
    switch (invariant) {
      case LeaseInvariant::live_leases_are_disjoint:
        return model::ipam::live_leases_are_disjoint(facts);
      case LeaseInvariant::every_holder_owns_its_subnet:
        return model::ipam::every_holder_owns_its_subnet(facts);
      case LeaseInvariant::held_subnets_are_disjoint:
        return model::ipam::held_subnets_are_disjoint(facts);
    }
    return false;
  };
}

symbolic::Wishes familiar_subnets(const LeaseSize& size) {
  return [size](std::span<const symbolic::Words> states, std::span<const symbolic::Words> /*inputs*/) {
    std::vector<Bool> wishes;
    const Word network(base::Ipv4(10, 1, 0, 0).value());
    for (const std::uint32_t length : {24U, 23U}) {
      for (std::size_t i = 0; i < size.subnets; ++i) {
        const SymbolicPrefix subnet{states.front()[2 * i], states.front()[2 * i + 1]};
        wishes.push_back(base::masked(subnet.address, Word(16)) == network && subnet.length == Word(length));
      }
    }
    return wishes;
  };
}

std::vector<std::string> steps_text(const symbolic::Path& path) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < path.inputs.size(); ++i) {
    lines.push_back(fmt::format("{}. {}", i + 1, step_text(path.states[i], path.inputs[i])));
  }
  return lines;
}

std::string state_text(const symbolic::Values& state, const LeaseSize& size) {
  std::string leases;
  std::string holders;
  std::size_t at = SymbolicLeaseFacts::constants(size);
  for (std::size_t i = 0; i < size.subnets; ++i, at += 2) {
    if (state[at] == 1) {
      leases +=
          fmt::format("{}{} of node-{}", leases.empty() ? "" : ", ", subnet_text(state, i), state[at + 1]);
    }
  }
  for (std::size_t i = 0; i < size.nodes; ++i, at += 4) {
    if (state[at] == 1) {
      holders += fmt::format("; node-{} uses {}", i, subnet_text(state, state[at + 1]));
    }
  }
  return "leases: " + (leases.empty() ? "none" : leases) + holders;
}

}  // namespace plimsoll::properties::ipam
