#include "properties/ipam/proofs/symbolic_lease_facts.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "impl/base/assert.hpp"

namespace plimsoll::properties::ipam {
namespace {

constexpr unsigned subnet_len_max = 30;

Bool both_or_neither(const Bool& a, const Bool& b) {
  return implies(a, b) && implies(b, a);
}

}  // namespace

Bool NumberedSubnet::overlaps(const NumberedSubnet& other) const {
  Bool any = false;
  for (std::size_t i = 0; i < all->size(); ++i) {
    for (std::size_t j = 0; j < all->size(); ++j) {
      const Bool are_these = number == Word(static_cast<std::uint32_t>(i)) &&
                             other.number == Word(static_cast<std::uint32_t>(j));
      // Written in one order only, so that the solver need not find out that the other one says the same.
      any |= are_these && (i == j ? Bool(true) : (*all)[std::min(i, j)].overlaps((*all)[std::max(i, j)]));
    }
  }
  return any;
}

std::vector<symbolic::Variable> SymbolicLeaseFacts::variables(const LeaseSize& size) {
  PLIMSOLL_ASSERT(size.subnets <= 1U << number_bits && size.nodes <= 1U << node_bits);
  std::vector<symbolic::Variable> variables;
  for (std::size_t i = 0; i < size.subnets; ++i) {
    variables.push_back({fmt::format("subnet {} address", i), address_bits});
    variables.push_back({fmt::format("subnet {} length", i), address_bits});
  }
  for (std::size_t i = 0; i < size.subnets; ++i) {
    variables.push_back({fmt::format("subnet {} is leased", i), 1});
    variables.push_back({fmt::format("subnet {} owner", i), node_bits});
  }
  for (std::size_t i = 0; i < size.nodes; ++i) {
    variables.push_back({fmt::format("node-{} holds", i), 1});
    variables.push_back({fmt::format("node-{} subnet", i), number_bits});
    variables.push_back({fmt::format("node-{} had one", i), 1});
    variables.push_back({fmt::format("node-{} last taken", i), number_bits});
  }
  return variables;
}

SymbolicLeaseFacts::SymbolicLeaseFacts(const LeaseSize& size, std::span<const Word> state) {
  std::size_t at = 0;
  const auto next = [&] { return state[at++]; };
  const auto truth = [&] { return next() == Word(1); };
  for (std::size_t i = 0; i < size.subnets; ++i) {
    const Word address = next();
    prefixes_.push_back({address, next()});
  }
  for (std::size_t i = 0; i < size.subnets; ++i) {
    Lease& lease = leases_.emplace_back();
    lease.is_live = truth();
    lease.owner = next();
  }
  for (std::size_t i = 0; i < size.nodes; ++i) {
    Holding& node = nodes_.emplace_back();
    node.holds = truth();
    node.number = next();
    node.had_one = truth();
    node.last_taken = next();
  }
  PLIMSOLL_ASSERT(at == state.size());
}

Bool SymbolicLeaseFacts::has_proper_subnets() const {
  Bool proper = true;
  for (std::size_t i = 0; i < prefixes_.size(); ++i) {
    proper &= prefixes_[i].is_network(subnet_len_max);
    for (std::size_t j = i + 1; j < prefixes_.size(); ++j) {
      proper &= !(prefixes_[i] == prefixes_[j]);
    }
  }
  return proper;
}

Bool SymbolicLeaseFacts::is_empty() const {
  Bool empty = true;
  for (const Lease& lease : leases_) {
    empty &= !lease.is_live;
  }
  for (const Holding& node : nodes_) {
    empty &= !node.holds && !node.had_one;
  }
  return empty;
}

Bool SymbolicLeaseFacts::is_same_as(const SymbolicLeaseFacts& other) const {
  Bool same = true;
  for (std::size_t i = 0; i < leases_.size(); ++i) {
    const Lease& a = leases_[i];
    const Lease& b = other.leases_[i];
    same &= both_or_neither(a.is_live, b.is_live) && a.owner == b.owner;
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Holding& a = nodes_[i];
    const Holding& b = other.nodes_[i];
    same &= both_or_neither(a.holds, b.holds) && a.number == b.number &&
            both_or_neither(a.had_one, b.had_one) && a.last_taken == b.last_taken;
  }
  return same;
}

Bool SymbolicLeaseFacts::was_last_taken_by(const Subnet& subnet, const Node& node) const {
  return any_node(
      node, [&](const Holding& holding) { return holding.had_one && holding.last_taken == subnet.number; });
}

Bool SymbolicLeaseFacts::is_leased(const Subnet& subnet) const {
  return !no_lease([&](const Subnet& leased) { return leased == subnet; });
}

Bool SymbolicLeaseFacts::is_leased_to(const Subnet& subnet, const Node& node) const {
  Bool any = false;
  for (std::size_t i = 0; i < leases_.size(); ++i) {
    any |= subnet.number == literal(i) && leases_[i].is_live && leases_[i].owner == node;
  }
  return any;
}

Bool SymbolicLeaseFacts::is_held_by(const Subnet& subnet, const Node& node) const {
  return any_node(node,
                  [&](const Holding& holding) { return holding.holds && holding.number == subnet.number; });
}

Bool SymbolicLeaseFacts::holds_nothing(const Node& node) const {
  return !any_node(node, [](const Holding& holding) { return holding.holds; });
}

void SymbolicLeaseFacts::set_lease(const Subnet& subnet, const Node& node) {
  for (std::size_t i = 0; i < leases_.size(); ++i) {
    const Bool is_here = subnet.number == literal(i);
    leases_[i].owner = select(is_here, node, leases_[i].owner);
    leases_[i].is_live |= is_here;
  }
}

void SymbolicLeaseFacts::end_lease(const Subnet& subnet) {
  for (std::size_t i = 0; i < leases_.size(); ++i) {
    leases_[i].is_live &= !(subnet.number == literal(i));
  }
}

void SymbolicLeaseFacts::hold(const Node& node, const Subnet& subnet) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Bool is_here = node == literal(i);
    nodes_[i].number = select(is_here, subnet.number, nodes_[i].number);
    nodes_[i].last_taken = select(is_here, subnet.number, nodes_[i].last_taken);
    nodes_[i].holds |= is_here;
    nodes_[i].had_one |= is_here;
  }
}

void SymbolicLeaseFacts::let_go(const Node& node) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i].holds &= !(node == literal(i));
  }
}

}  // namespace plimsoll::properties::ipam
