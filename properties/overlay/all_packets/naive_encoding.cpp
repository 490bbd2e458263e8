#include "properties/overlay/all_packets/naive_encoding.hpp"

#include <algorithm>

#include "impl/base/assert.hpp"
#include "impl/base/stable_sort.hpp"

namespace plimsoll::properties::overlay {
namespace {

using symbolic::Bool;
using symbolic::Solver;
using symbolic::Terms;
using symbolic::Word;

constexpr unsigned address_bits = 32;
constexpr unsigned mac_bits = 48;
constexpr unsigned small_bits = 8;  // of nodes and fates

/// A node's routes, the longest prefix last.
std::vector<FlatRoute> by_length(const FlatNode& node) {
  std::vector<FlatRoute> routes = node.routes;
  base::stable_sort(routes, {}, &FlatRoute::length);
  return routes;
}

Bool lies_in(const Word& address, FlatAddress first, FlatAddress last) {
  return Word(first) <= address && address <= Word(last);
}

Bool is_a_pod(const FlatCluster& cluster, const Word& address) {
  Bool any = false;
  for (const FlatPod& pod : cluster.pods) {
    any |= address == Word(pod.address);
  }
  return any;
}

/// Where a packet is: at a node, or at its end.
struct Position {
  Bool ended = false;
  Word fate;  ///< if it ended
  Word node;  ///< otherwise
};

Position choose(const Bool& condition, const Position& then, const Position& otherwise) {
  return {(condition && then.ended) || (!condition && otherwise.ended),
          select(condition, then.fate, otherwise.fate), select(condition, then.node, otherwise.node)};
}

}  // namespace

class NaiveEncoding::Parts {
 public:
  explicit Parts(const FlatCluster& cluster) : cluster_(cluster) {
    PLIMSOLL_ASSERT(cluster.nodes.size() >= nodes_min && cluster.nodes.size() <= nodes_max);
    source_ = terms_.variable("source", small_bits);
    destination_ = terms_.variable("destination", address_bits);
    solver_.require(source_ < small(cluster.nodes.size()));
    solver_.require(is_a_pod(cluster, destination_));
    Position at = {false, small(0), source_};
    for (std::size_t passed = 1; passed <= cluster.nodes.size(); ++passed) {
      Position after = end(FlatFate::looped);
      for (std::size_t node = 0; node < cluster.nodes.size(); ++node) {
        after = choose(at.node == small(node), turn(node, passed), after);
      }
      at = choose(at.ended, at, after);
    }
    // Who visits as many nodes as there are and goes on has been somewhere twice.
    fate_ = select(at.ended, at.fate, small(static_cast<std::size_t>(FlatFate::looped)));
    solver_.require(fate_ != small(static_cast<std::size_t>(FlatFate::delivered)));
  }

  std::optional<NaivePacket> next() {
    const Solver::Satisfiable answer = solver_.check();
    PLIMSOLL_ASSERT_KNOWN(answer != Solver::Satisfiable::unknown, solver_.reason());
    if (answer == Solver::Satisfiable::no) {
      return std::nullopt;
    }
    const NaivePacket found = {.source = static_cast<NodeIndex>(solver_.value(source_)),
                               .destination = static_cast<FlatAddress>(solver_.value(destination_)),
                               .fate = static_cast<FlatFate>(solver_.value(fate_))};
    solver_.require(source_ != small(found.source) || destination_ != Word(found.destination));
    return found;
  }

 private:
  Word small(std::size_t number) { return terms_.constant(number, small_bits); }
  Word mac(FlatMac number) { return terms_.constant(number, mac_bits); }
  Position end(FlatFate fate) { return {true, small(static_cast<std::size_t>(fate)), small(0)}; }

  /// What `node` does with the packet, the `passed`-th on its way.
  Position turn(std::size_t node, std::size_t passed) {
    Position result = end(FlatFate::no_route);
    for (const FlatRoute& route : by_length(cluster_.nodes[node])) {
      result = choose(lies_in(destination_, route.first, last_of(route)), way(node, route, passed), result);
    }
    return result;
  }

  Position way(std::size_t node, const FlatRoute& route, std::size_t passed) {
    switch (route.way) {
      case FlatWay::itself:
        return end(FlatFate::taken_by_node);
      case FlatWay::unreachable:
        return end(FlatFate::unreachable);
      case FlatWay::away:
        return end(FlatFate::left);
      case FlatWay::direct:
        return across(terms_.constant(route.gateway, address_bits), mac(0), false);
      case FlatWay::vxlan:
        return by_vxlan(cluster_.nodes[node], route.gateway);
      case FlatWay::bridge:
        break;
    }
    Bool is_here = false;
    for (const FlatPod& pod : cluster_.pods) {
      is_here |= Bool(pod.node == node) && destination_ == Word(pod.address);
    }
    constexpr std::size_t straight = 2;
    return choose(is_here, end(passed > straight ? FlatFate::detour : FlatFate::delivered),
                  end(FlatFate::nobody));
  }

  Position by_vxlan(const FlatNode& node, FlatAddress gateway) {
    const Word asked = terms_.constant(gateway, address_bits);
    Bool is_neighbour = false;
    Word found = mac(0);
    for (const FlatNeighbour& neighbour : node.neighbours) {
      const Bool is_it = asked == Word(neighbour.address);
      is_neighbour |= is_it;
      found = select(is_it, mac(neighbour.mac), found);
    }
    Bool is_entry = false;
    Word remote = terms_.constant(0, address_bits);
    for (const FlatEntry& entry : node.entries) {
      const Bool is_it = found == mac(entry.mac);
      is_entry |= is_it;
      remote = select(is_it, Word(entry.remote), remote);
    }
    return choose(is_neighbour, choose(is_entry, across(remote, found, true), end(FlatFate::no_entry)),
                  end(FlatFate::no_neighbour));
  }

  /// Over the underlay to the node there; in a VXLAN it must have the MAC address.
  Position across(const Word& remote, const Word& frame, bool in_vxlan) {
    Position result = end(FlatFate::no_such_node);
    for (std::size_t node = 0; node < cluster_.nodes.size(); ++node) {
      const Position there = {false, small(0), small(node)};
      const Bool takes_it = Bool(!in_vxlan) || frame == mac(cluster_.nodes[node].vtep);
      result = choose(remote == Word(cluster_.nodes[node].underlay),
                      choose(takes_it, there, end(FlatFate::other_vtep)), result);
    }
    return result;
  }

  const FlatCluster cluster_;
  Terms terms_;
  Solver solver_{terms_, {}};
  Word source_;
  Word destination_;
  Word fate_;
};

NaiveEncoding::NaiveEncoding(const FlatCluster& cluster) : parts_(std::make_unique<Parts>(cluster)) {}
NaiveEncoding::~NaiveEncoding() = default;

std::optional<NaivePacket> NaiveEncoding::next() {
  return parts_->next();
}

ClassFault fault_of(const FlatCluster& cluster, const std::vector<ClassRange>& classes) {
  Terms terms;
  Solver solver(terms, {});
  const auto possible = [&](const Bool& question) {
    solver.push();
    solver.require(question);
    const Solver::Satisfiable answer = solver.check();
    PLIMSOLL_ASSERT_KNOWN(answer != Solver::Satisfiable::unknown, solver.reason());
    solver.pop();
    return answer == Solver::Satisfiable::yes;
  };
  const Word one = terms.variable("address", address_bits);
  const Word other = terms.variable("another", address_bits);
  solver.require(is_a_pod(cluster, one));
  solver.require(is_a_pod(cluster, other));
  Bool covered = false;
  Bool shared = false;
  for (const ClassRange& range : classes) {
    const Bool inside = lies_in(one, range.first, range.last);
    shared |= covered && inside;
    covered |= inside;
  }
  if (possible(!covered)) {
    return ClassFault::uncovered;
  }
  if (possible(shared)) {
    return ClassFault::shared;
  }
  for (const FlatNode& node : cluster.nodes) {
    const auto route_of = [&](const Word& address) {
      constexpr unsigned index_bits = 32;
      Word index = terms.constant(0, index_bits);
      std::uint32_t number = 0;
      for (const FlatRoute& route : by_length(node)) {
        index = select(lies_in(address, route.first, last_of(route)), Word(++number), index);
      }
      return index;
    };
    Bool torn = false;
    const Bool differs = route_of(one) != route_of(other);
    for (const ClassRange& range : classes) {
      torn |= differs && lies_in(one, range.first, range.last) && lies_in(other, range.first, range.last);
    }
    if (possible(torn)) {
      return ClassFault::torn;
    }
  }
  return ClassFault::none;
}

}  // namespace plimsoll::properties::overlay
