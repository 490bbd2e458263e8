// The facts about leases as terms, as the rules ask for them (model/ipam/lease_rules.hpp): a few subnets,
// each with any address and any length, and a few nodes.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "checker/symbolic/transition_system.hpp"
#include "properties/ipam/proofs/symbolic_values.hpp"

namespace plimsoll::properties::ipam {

/// How many subnets and nodes there are, at most 8 and 256.
struct LeaseSize {
  std::size_t subnets = 3;
  std::size_t nodes = 2;
};

/// One of the subnets: its number, with the prefixes that all of them are.
struct NumberedSubnet {
  const std::vector<SymbolicPrefix>* all = nullptr;
  Word number = {};

  /// Cost: a formula that is quadratic in the number of subnets, unless the numbers are literals.
  [[nodiscard]] Bool overlaps(const NumberedSubnet& other) const;
  friend Bool operator==(const NumberedSubnet& a, const NumberedSubnet& b) { return a.number == b.number; }
};

/// Invariant: of a lease that is not live, and of a node that holds nothing, the rest says nothing.
///
/// Neither copied nor moved, because its subnets refer to it. Thread-safety: as that of its terms.
class SymbolicLeaseFacts {
 public:
  using Truth = Bool;
  using Node = Word;
  using Subnet = NumberedSubnet;

  struct Lease {
    Bool is_live = {};
    Word owner = {};
  };
  struct Holding {
    Bool holds = {};
    Word number = {};  ///< of the subnet
    // The rules do not ask for these: what the node took last, if anything.
    Bool had_one = {};
    Word last_taken = {};
  };

  /// The variables of a state, in the order in which this class reads them. The first constants() of them,
  /// the subnets' prefixes, never change.
  static std::vector<symbolic::Variable> variables(const LeaseSize& size);
  static std::size_t constants(const LeaseSize& size) { return 2 * size.subnets; }
  static constexpr unsigned number_bits = 3;  ///< of the number of a subnet
  static constexpr unsigned node_bits = 8;

  SymbolicLeaseFacts(const LeaseSize& size, std::span<const Word> state);

  /// The subnets differ, have at most 30 bits and no host bits.
  [[nodiscard]] Bool has_proper_subnets() const;
  /// No live lease, and nobody holds or has held anything.
  [[nodiscard]] Bool is_empty() const;
  [[nodiscard]] Bool is_same_as(const SymbolicLeaseFacts& other) const;
  [[nodiscard]] Subnet subnet(const Word& number) const { return {&prefixes_, number}; }
  [[nodiscard]] Bool was_last_taken_by(const Subnet& subnet, const Node& node) const;

  template <class Predicate>
  [[nodiscard]] Bool no_lease(const Predicate& predicate) const {
    Bool none = true;
    for (std::size_t i = 0; i < leases_.size(); ++i) {
      none &= !(leases_[i].is_live && predicate(subnet(literal(i))));
    }
    return none;
  }
  template <class Predicate>
  [[nodiscard]] Bool every_two_leases(const Predicate& predicate) const {
    Bool all = true;
    for (std::size_t i = 0; i < leases_.size(); ++i) {
      for (std::size_t j = i + 1; j < leases_.size(); ++j) {
        const Bool are_live = leases_[i].is_live && leases_[j].is_live;
        all &= implies(are_live, predicate(subnet(literal(i)), subnet(literal(j))));
      }
    }
    return all;
  }
  template <class Predicate>
  [[nodiscard]] Bool every_holder(const Predicate& predicate) const {
    Bool all = true;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      all &= implies(nodes_[i].holds, predicate(literal(i), subnet(nodes_[i].number)));
    }
    return all;
  }
  template <class Predicate>
  [[nodiscard]] Bool every_two_holders(const Predicate& predicate) const {
    Bool all = true;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      for (std::size_t j = i + 1; j < nodes_.size(); ++j) {
        const Bool hold = nodes_[i].holds && nodes_[j].holds;
        all &= implies(hold, predicate(subnet(nodes_[i].number), subnet(nodes_[j].number)));
      }
    }
    return all;
  }

  [[nodiscard]] Bool is_leased(const Subnet& subnet) const;
  [[nodiscard]] Bool is_leased_to(const Subnet& subnet, const Node& node) const;
  [[nodiscard]] Bool is_held_by(const Subnet& subnet, const Node& node) const;
  [[nodiscard]] Bool holds_nothing(const Node& node) const;

  void set_lease(const Subnet& subnet, const Node& node);
  void end_lease(const Subnet& subnet);
  void hold(const Node& node, const Subnet& subnet);
  void let_go(const Node& node);

  SymbolicLeaseFacts(const SymbolicLeaseFacts&) = delete;
  SymbolicLeaseFacts& operator=(const SymbolicLeaseFacts&) = delete;
  SymbolicLeaseFacts(SymbolicLeaseFacts&&) = delete;
  SymbolicLeaseFacts& operator=(SymbolicLeaseFacts&&) = delete;
  ~SymbolicLeaseFacts() = default;

 private:
  [[nodiscard]] static Word literal(std::size_t number) { return {static_cast<std::uint32_t>(number)}; }
  template <class Predicate>
  [[nodiscard]] Bool any_node(const Node& node, const Predicate& predicate) const {
    Bool any = false;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      any |= node == literal(i) && predicate(nodes_[i]);
    }
    return any;
  }

  std::vector<SymbolicPrefix> prefixes_;
  std::vector<Lease> leases_;  ///< by number of the subnet
  std::vector<Holding> nodes_;
};

}  // namespace plimsoll::properties::ipam
