// The facts about leases in a state of LeaseAndAddressSpec, as the rules ask for them (lease_rules.hpp).
#pragma once

#include <algorithm>
#include <iterator>

#include "model/ipam/lease_and_address_spec.hpp"

namespace plimsoll::model::ipam {

/// A view of a state. State is LeaseAndAddressState, const if nothing is to be changed; it must outlive this.
///
/// Thread-safety: as that of the state. Cost: at most quadratic in the leases, or in the nodes.
template <class State>
class PlainLeaseFacts {
 public:
  using Truth = bool;
  using Node = NodeIndex;
  using Subnet = base::Ipv4Prefix;

  explicit PlainLeaseFacts(State& state) : state_(state) {}

  template <class Predicate>
  [[nodiscard]] bool no_lease(const Predicate& predicate) const {
    return std::none_of(state_.leases.begin(), state_.leases.end(),
                        [&](const auto& lease) { return predicate(lease.first); });
  }
  template <class Predicate>
  [[nodiscard]] bool every_two_leases(const Predicate& predicate) const {
    for (auto one = state_.leases.begin(); one != state_.leases.end(); ++one) {
      if (!std::all_of(std::next(one), state_.leases.end(),
                       [&](const auto& other) { return predicate(one->first, other.first); })) {
        return false;
      }
    }
    return true;
  }
  template <class Predicate>
  [[nodiscard]] bool every_holder(const Predicate& predicate) const {
    for (std::size_t node = 0; node < state_.holding.size(); ++node) {
      const auto& held = state_.holding[node];
      if (held && !predicate(NodeIndex{static_cast<std::uint8_t>(node)}, *held)) {
        return false;
      }
    }
    return true;
  }
  template <class Predicate>
  [[nodiscard]] bool every_two_holders(const Predicate& predicate) const {
    for (auto one = state_.holding.begin(); one != state_.holding.end(); ++one) {
      if (*one && !std::all_of(std::next(one), state_.holding.end(),
                               [&](const auto& other) { return !other || predicate(**one, *other); })) {
        return false;
      }
    }
    return true;
  }

  [[nodiscard]] bool is_leased(const Subnet& subnet) const { return state_.leases.contains(subnet); }
  [[nodiscard]] bool is_leased_to(const Subnet& subnet, const Node& node) const {
    const auto lease = state_.leases.find(subnet);
    return lease != state_.leases.end() && lease->second == node;
  }
  [[nodiscard]] bool is_held_by(const Subnet& subnet, const Node& node) const {
    return state_.holding[node.value] == subnet;
  }
  [[nodiscard]] bool holds_nothing(const Node& node) const { return !state_.holding[node.value]; }

  void set_lease(const Subnet& subnet, const Node& node) { state_.leases.insert_or_assign(subnet, node); }
  void end_lease(const Subnet& subnet) { state_.leases.erase(subnet); }
  void hold(const Node& node, const Subnet& subnet) { state_.holding[node.value] = subnet; }
  void let_go(const Node& node) { state_.holding[node.value].reset(); }

 private:
  State& state_;
};

}  // namespace plimsoll::model::ipam
