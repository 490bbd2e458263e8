// What flannel's subnet leases and the pod addresses within them promise together, as one transition system.
//
// Three facts make up a state: which leases are live, which subnet each node believes it may use, and which
// container has which address. Everything between (requests, expiry timers, files, retries) is the
// implementation's affair and shows here only when one of the facts changes. The guards and effects on leases
// are those of lease_rules.hpp, which are also proved.
//
// Source: FLN-2, FLN-5 and the invariants of flannel; IPAM-1, 2 and the invariants of host-local in the
// semantics. Deviates from real flannel, on purpose, in two guards: a lease lapses only when its owner has
// let go of it (flannel lets a late node go on using what another may lease by then), and a node lets go only
// when no container uses the subnet.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "impl/base/describe_macro.hpp"
#include "impl/base/described_net.hpp"
#include "impl/base/ids.hpp"
#include "impl/base/ipv4.hpp"
#include "impl/base/prefix.hpp"
#include "model/ipam/lease_rules.hpp"

namespace plimsoll::model::ipam {

struct NodeTag {
  static constexpr const char* name = "node";
};
/// A node, numbered from 0.
using NodeIndex = base::Strong<NodeTag, std::uint8_t>;

using ContainerAddresses = std::map<std::string, base::Ipv4>;

/// Invariant: holding and addresses have one entry for each node.
struct LeaseAndAddressState {
  std::map<base::Ipv4Prefix, NodeIndex> leases;          ///< live ones, by subnet, with their owner
  std::vector<std::optional<base::Ipv4Prefix>> holding;  ///< by node: the subnet it gives addresses from
  std::vector<ContainerAddresses> addresses;             ///< by node: containers that have one
  PLIMSOLL_DESCRIBE(LeaseAndAddressState, leases, holding, addresses)
};

/// A subnet that overlaps no live lease becomes the node's.
struct Grant {
  NodeIndex node;
  base::Ipv4Prefix subnet;
  PLIMSOLL_DESCRIBE(Grant, node, subnet)
};
/// A lease that its owner does not hold ends, by expiry or because it was given back.
struct Lapse {
  base::Ipv4Prefix subnet;
  PLIMSOLL_DESCRIBE(Lapse, subnet)
};
/// A node writes a lease of its own again: nothing changes.
struct Renew {
  NodeIndex node;
  base::Ipv4Prefix subnet;
  PLIMSOLL_DESCRIBE(Renew, node, subnet)
};
/// A node that holds nothing starts to use a lease of its own.
struct Take {
  NodeIndex node;
  base::Ipv4Prefix subnet;
  PLIMSOLL_DESCRIBE(Take, node, subnet)
};
/// A node none of whose containers has an address stops using its subnet.
struct Drop {
  NodeIndex node;
  PLIMSOLL_DESCRIBE(Drop, node)
};
/// A container without address gets one of the node's subnet that is free and may be given (IPAM-1, 2).
struct Assign {
  NodeIndex node;
  std::string container;
  base::Ipv4 address;
  PLIMSOLL_DESCRIBE(Assign, node, container, address)
};
/// A container's address is free again.
struct Release {
  NodeIndex node;
  std::string container;
  PLIMSOLL_DESCRIBE(Release, node, container)
};

/// Thread-safety: immutable; next() may be called from any number of threads.
class LeaseAndAddressSpec {
 public:
  using State = LeaseAndAddressState;
  using Action = std::variant<Grant, Lapse, Take, Drop, Assign, Release, Renew>;

  /// What makes the spec finite. As the target of a refinement it must reach as far as the implementation
  /// does.
  struct Bounds {
    std::uint8_t nodes = 2;
    std::vector<base::Ipv4Prefix>
        subnets;  ///< those that may be leased; each without host bits and at most a /30
    std::uint32_t addresses_per_subnet = 2;  ///< the lowest ones that may be given; the others never are
    std::vector<std::string> containers;     ///< names, the same on every node
  };

  explicit LeaseAndAddressSpec(Bounds bounds, MissingGuard missing = MissingGuard::none);

  [[nodiscard]] std::vector<State> initial() const;
  /// Calls `emit` for each action that is enabled, in a fixed order.
  void next(const State& state, const std::function<void(const Action&, State)>& emit) const;

 private:
  using Emit = std::function<void(const Action&, State)>;
  void next_of_leases(const State& state, const Emit& emit) const;
  void next_of_node(const State& state, NodeIndex node, const Emit& emit) const;
  void next_of_container(const State& state, NodeIndex node, const std::string& container,
                         const Emit& emit) const;
  /// Emits the action on leases if it is enabled.
  void try_lease_action(LeaseAction action, const State& state, NodeIndex node,
                        const base::Ipv4Prefix& subnet, const Emit& emit) const;
  [[nodiscard]] bool guarded(MissingGuard which, bool holds) const { return guard(missing_, which, holds); }

  Bounds bounds_;
  MissingGuard missing_;
};

/// Whether host-local may give the address to a container of the subnet: it is inside, and not the network's,
/// the broadcast's or the gateway's, which is the first one after the network's (IPAM-1).
[[nodiscard]] bool may_be_given(const base::Ipv4Prefix& subnet, base::Ipv4 address);

}  // namespace plimsoll::model::ipam
