// Changes of one node's tables, one by one.
#include <algorithm>

#include "properties/overlay/all_packets/forwarding_classes.hpp"

namespace plimsoll::properties::overlay {
namespace {

template <class Row, class Key, class Member>
bool remove_by(std::vector<Row>& rows, const Key& key, Member member) {
  const auto row = std::ranges::find(rows, key, member);
  if (row == rows.end()) {
    return false;
  }
  *row = rows.back();
  rows.pop_back();
  return true;
}

template <class Row, class Member>
void set_by(std::vector<Row>& rows, const Row& row, Member member) {
  const auto present = std::ranges::find(rows, row.*member, member);
  if (present == rows.end()) {
    rows.push_back(row);
  } else {
    *present = row;
  }
}

}  // namespace

ForwardingClasses::Decision ForwardingClasses::decide(NodeIndex node, std::uint32_t route) const {
  const FlatNode& tables = cluster_.nodes[node];
  const FlatRoute& taken = tables.routes[route];
  switch (taken.way) {
    case FlatWay::bridge:
      return bridged;
    case FlatWay::itself:
      return end(FlatFate::taken_by_node);
    case FlatWay::unreachable:
      return end(FlatFate::unreachable);
    case FlatWay::away:
      return end(FlatFate::left);
    case FlatWay::direct:
      return across(taken.gateway, nullptr);
    case FlatWay::vxlan:
      break;
  }
  const auto neighbour = std::ranges::find(tables.neighbours, taken.gateway, &FlatNeighbour::address);
  if (neighbour == tables.neighbours.end()) {
    return end(FlatFate::no_neighbour);
  }
  const auto entry = std::ranges::find(tables.entries, neighbour->mac, &FlatEntry::mac);
  return entry == tables.entries.end() ? end(FlatFate::no_entry) : across(entry->remote, &neighbour->mac);
}

void ForwardingClasses::make_room() {
  if (classes_.size() < stride_) {
    return;
  }
  constexpr std::size_t share = 8;
  constexpr std::size_t least = 64;
  const std::size_t wider = stride_ + std::max(least, stride_ / share);
  std::vector<Cell> cells(cluster_.nodes.size() * wider);
  for (std::size_t node = 0; node < cluster_.nodes.size(); ++node) {
    std::copy_n(cells_.data() + node * stride_, classes_.size(), cells.data() + node * wider);
  }
  cells_ = std::move(cells);
  stride_ = wider;
}

void ForwardingClasses::cut_before(FlatAddress address) {
  const std::size_t place = place_of(address);
  if (place == order_.size() || address_of(classes_[order_[place]].first_pod) >= address) {
    return;
  }
  make_room();
  const ClassIndex lower = order_[place];
  const auto upper = static_cast<ClassIndex>(classes_.size());
  Class& of = classes_[lower];
  std::uint32_t below = 0;
  while (address_of(of.first_pod + below) < address) {
    ++below;
  }
  Class above = of;
  above.first_pod += below;
  above.pods -= below;
  of.pods = below;
  classes_.push_back(above);
  order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(place) + 1, upper);
  for (NodeIndex node = 0; node < cluster_.nodes.size(); ++node) {
    cell(node, upper) = cell(node, lower);
  }
}

void ForwardingClasses::recount(ClassIndex which) {
  Class& of = classes_[which];
  crooked_pairs_ -= std::uint64_t{of.crooked} * of.pods;
  of.crooked = 0;
  for (NodeIndex node = 0; node < cluster_.nodes.size(); ++node) {
    of.crooked += is_straight(node, which) ? 0 : 1;
  }
  crooked_pairs_ += std::uint64_t{of.crooked} * of.pods;
}

void ForwardingClasses::decide_again(NodeIndex node, ClassIndex which, std::uint32_t route) {
  Cell& at = cell(node, which);
  const bool was_straight = is_straight(node, which);
  const bool was_bridged = at.decision == bridged;
  at = {route == no_route_index ? end(FlatFate::no_route) : decide(node, route), route};
  // Whether packets of others go straight hangs on this node only where it owns the class.
  if (was_bridged != (at.decision == bridged) && owns(node, which)) {
    recount(which);
    return;
  }
  const bool straight = is_straight(node, which);
  if (straight == was_straight) {
    return;
  }
  Class& of = classes_[which];
  if (straight) {
    --of.crooked;
    crooked_pairs_ -= of.pods;
  } else {
    ++of.crooked;
    crooked_pairs_ += of.pods;
  }
}

std::uint32_t ForwardingClasses::longest_route(NodeIndex node, ClassIndex which) const {
  const FlatAddress address = address_of(classes_[which].first_pod);
  const std::vector<FlatRoute>& routes = cluster_.nodes[node].routes;
  std::uint32_t best = no_route_index;
  for (std::uint32_t index = 0; index < routes.size(); ++index) {
    const FlatRoute& route = routes[index];
    const bool matches = route.first <= address && address <= last_of(route);
    if (matches && (best == no_route_index || route.length > routes[best].length)) {
      best = index;
    }
  }
  return best;
}

void ForwardingClasses::set_route(NodeIndex node, const FlatRoute& route) {
  const FlatAddress last = last_of(route);
  cut_before(route.first);
  if (last != ~FlatAddress{0}) {
    cut_before(last + 1);
  }
  std::vector<FlatRoute>& routes = cluster_.nodes[node].routes;
  const auto present = std::ranges::find_if(routes, [&](const FlatRoute& other) {
    return other.first == route.first && other.length == route.length;
  });
  const auto index = static_cast<std::uint32_t>(present - routes.begin());
  if (present == routes.end()) {
    routes.push_back(route);
  } else {
    *present = route;
  }
  for (std::size_t place = place_of(route.first); place < order_.size(); ++place) {
    const ClassIndex which = order_[place];
    if (address_of(classes_[which].first_pod) > last) {
      break;
    }
    const std::uint32_t taken = cell(node, which).route;
    if (taken == no_route_index || routes[taken].length <= route.length) {
      decide_again(node, which, index);
    }
  }
}

void ForwardingClasses::remove_route(NodeIndex node, FlatAddress first, std::uint8_t length) {
  std::vector<FlatRoute>& routes = cluster_.nodes[node].routes;
  const auto route = std::ranges::find_if(
      routes, [&](const FlatRoute& other) { return other.first == first && other.length == length; });
  if (route == routes.end()) {
    return;
  }
  const auto index = static_cast<std::uint32_t>(route - routes.begin());
  const auto moved = static_cast<std::uint32_t>(routes.size() - 1);
  *route = routes.back();
  routes.pop_back();
  std::vector<ClassIndex> bereft;
  for (ClassIndex which = 0; which < classes_.size(); ++which) {
    std::uint32_t& taken = cell(node, which).route;
    if (taken == index) {
      bereft.push_back(which);
    } else if (taken == moved) {
      taken = index;
    }
  }
  for (const ClassIndex which : bereft) {
    decide_again(node, which, longest_route(node, which));
  }
}

void ForwardingClasses::gateways_changed(NodeIndex node, const std::vector<FlatAddress>& gateways) {
  const std::vector<FlatRoute>& routes = cluster_.nodes[node].routes;
  for (ClassIndex which = 0; which < classes_.size(); ++which) {
    const std::uint32_t taken = cell(node, which).route;
    if (taken != no_route_index && routes[taken].way == FlatWay::vxlan &&
        std::ranges::find(gateways, routes[taken].gateway) != gateways.end()) {
      decide_again(node, which, taken);
    }
  }
}

std::vector<FlatAddress> ForwardingClasses::gateways_by(NodeIndex node, FlatMac mac) const {
  std::vector<FlatAddress> gateways;
  for (const FlatNeighbour& neighbour : cluster_.nodes[node].neighbours) {
    if (neighbour.mac == mac) {
      gateways.push_back(neighbour.address);
    }
  }
  return gateways;
}

void ForwardingClasses::set_neighbour(NodeIndex node, const FlatNeighbour& neighbour) {
  set_by(cluster_.nodes[node].neighbours, neighbour, &FlatNeighbour::address);
  gateways_changed(node, {neighbour.address});
}

void ForwardingClasses::remove_neighbour(NodeIndex node, FlatAddress address) {
  if (remove_by(cluster_.nodes[node].neighbours, address, &FlatNeighbour::address)) {
    gateways_changed(node, {address});
  }
}

void ForwardingClasses::set_entry(NodeIndex node, const FlatEntry& entry) {
  set_by(cluster_.nodes[node].entries, entry, &FlatEntry::mac);
  gateways_changed(node, gateways_by(node, entry.mac));
}

void ForwardingClasses::remove_entry(NodeIndex node, FlatMac mac) {
  if (remove_by(cluster_.nodes[node].entries, mac, &FlatEntry::mac)) {
    gateways_changed(node, gateways_by(node, mac));
  }
}

}  // namespace plimsoll::properties::overlay
