// Making the classes, comparing all pairs, following what is crooked.
#include "properties/overlay/all_packets/forwarding_classes.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::properties::overlay {
namespace {

constexpr unsigned lengths = 33;

std::uint64_t prefix_key(const FlatRoute& route) {
  constexpr unsigned bits_of_length = 6;
  return std::uint64_t{route.first} << bits_of_length | route.length;
}

}  // namespace

/// Looks up one node's neighbours and entries in constant time; what other nodes left is told by its round.
class ForwardingClasses::BulkResolver {
 public:
  explicit BulkResolver(const FlatCluster& cluster) {
    for (const FlatNode& node : cluster.nodes) {
      for (const FlatRoute& route : node.routes) {
        prefixes_.add(prefix_key(route));
      }
    }
  }

  [[nodiscard]] const NumberIndex& prefixes() const { return prefixes_; }
  /// For each prefix the classes in it: from the first to before the second.
  std::vector<std::pair<ClassIndex, ClassIndex>> ranges = {};

  void begin(const FlatNode& node) {
    ++round_;
    for (const FlatNeighbour& neighbour : node.neighbours) {
      set(addresses_, macs_of_, neighbour.address, neighbour.mac);
    }
    for (const FlatEntry& entry : node.entries) {
      set(macs_, remotes_of_, entry.mac, entry.remote);
    }
  }

  [[nodiscard]] Decision by_vxlan(const ForwardingClasses& classes, FlatAddress gateway) const {
    const std::uint64_t* mac = get(addresses_, macs_of_, gateway);
    if (mac == nullptr) {
      return end(FlatFate::no_neighbour);
    }
    const std::uint64_t* remote = get(macs_, remotes_of_, *mac);
    return remote == nullptr ? end(FlatFate::no_entry)
                             : classes.across(static_cast<FlatAddress>(*remote), mac);
  }

 private:
  struct Said {
    std::uint64_t value = 0;
    std::uint32_t round = 0;
  };

  void set(NumberIndex& index, std::vector<Said>& said, std::uint64_t key, std::uint64_t value) const {
    const std::uint32_t number = index.add(key);
    if (number >= said.size()) {
      said.resize(number + 1UL);
    }
    said[number] = {value, round_};
  }
  [[nodiscard]] const std::uint64_t* get(const NumberIndex& index, const std::vector<Said>& said,
                                         std::uint64_t key) const {
    const std::uint32_t number = index.find(key);
    const bool is_said = number != NumberIndex::absent && said[number].round == round_;
    return is_said ? &said[number].value : nullptr;
  }

  NumberIndex prefixes_ = {};
  NumberIndex addresses_ = {};
  NumberIndex macs_ = {};
  std::vector<Said> macs_of_ = {};
  std::vector<Said> remotes_of_ = {};
  std::uint32_t round_ = 0;
};

ForwardingClasses::ForwardingClasses(FlatCluster cluster) : cluster_(std::move(cluster)) {
  index_underlay();
  BulkResolver resolver(cluster_);
  std::vector<FlatAddress> cuts;
  for (const std::uint64_t key : resolver.prefixes().keys()) {
    constexpr unsigned bits_of_length = 6;
    const FlatRoute route = {.first = static_cast<FlatAddress>(key >> bits_of_length),
                             .length = static_cast<std::uint8_t>(key & ((1U << bits_of_length) - 1))};
    cuts.push_back(route.first);
    cuts.push_back(last_of(route) + 1);  // 0 after the last address of all, where nothing is to be cut
  }
  std::ranges::sort(cuts);
  make_classes(cuts);
  for (const std::uint64_t key : resolver.prefixes().keys()) {
    constexpr unsigned bits_of_length = 6;
    const FlatRoute route = {.first = static_cast<FlatAddress>(key >> bits_of_length),
                             .length = static_cast<std::uint8_t>(key & ((1U << bits_of_length) - 1))};
    const FlatAddress last = last_of(route);
    const std::size_t behind = last == ~FlatAddress{0} ? order_.size() : place_of(last + 1);
    resolver.ranges.emplace_back(static_cast<ClassIndex>(place_of(route.first)),
                                 static_cast<ClassIndex>(behind));
  }
  constexpr std::size_t spare = 64;
  stride_ = classes_.size() + spare;
  cells_.assign(cluster_.nodes.size() * stride_, {end(FlatFate::no_route), no_route_index});
  for (NodeIndex node = 0; node < cluster_.nodes.size(); ++node) {
    fill_node(node, resolver);
  }
  count_crooked();
}

void ForwardingClasses::index_underlay() {
  for (NodeIndex node = 0; node < cluster_.nodes.size(); ++node) {
    if (underlay_.add(cluster_.nodes[node].underlay) == node_at_.size()) {
      node_at_.push_back(node);
    }
  }
}

void ForwardingClasses::make_classes(const std::vector<FlatAddress>& cuts) {
  std::vector<FlatPod> pods = cluster_.pods;
  std::ranges::sort(pods, {}, [](const FlatPod& pod) { return std::pair(pod.address, pod.node); });
  for (const FlatPod& pod : pods) {
    if (pods_by_address_.empty() || pods_by_address_.back().address != pod.address) {
      pods_by_address_.push_back(pod);
    } else if (pods_by_address_.back().node != pod.node) {
      std::vector<NodeIndex>& owners = further_owners_[pod.address];
      if (owners.empty() || owners.back() != pod.node) {
        owners.push_back(pod.node);
      }
    }
  }
  auto cut = cuts.begin();
  for (std::uint32_t pod = 0; pod < pods_by_address_.size(); ++pod) {
    const FlatPod& at = pods_by_address_[pod];
    const auto passed = cut;
    cut = std::find_if(cut, cuts.end(), [&](FlatAddress address) { return address > at.address; });
    const bool several = further_owners_.contains(at.address);
    const bool continues = !classes_.empty() && passed == cut && !several &&
                           !classes_.back().several_owners && classes_.back().owner == at.node;
    if (continues) {
      ++classes_.back().pods;
      continue;
    }
    order_.push_back(static_cast<ClassIndex>(classes_.size()));
    classes_.push_back({.first_pod = pod, .pods = 1, .owner = at.node, .several_owners = several});
  }
}

void ForwardingClasses::fill_node(NodeIndex node, BulkResolver& resolver) {
  const FlatNode& tables = cluster_.nodes[node];
  resolver.begin(tables);
  std::uint64_t present = 0;
  for (const FlatRoute& route : tables.routes) {
    present |= std::uint64_t{1} << route.length;
  }
  Cell* row = cells_.data() + node * stride_;
  // The longer prefix is painted over the shorter one.
  for (unsigned length = 0; length < lengths; ++length) {
    if ((present >> length & 1U) == 0) {
      continue;
    }
    for (std::uint32_t index = 0; index < tables.routes.size(); ++index) {
      const FlatRoute& route = tables.routes[index];
      if (route.length != length) {
        continue;
      }
      const auto [first, behind] = resolver.ranges[resolver.prefixes().find(prefix_key(route))];
      if (first < behind) {
        const Decision decision =
            route.way == FlatWay::vxlan ? resolver.by_vxlan(*this, route.gateway) : decide(node, index);
        std::fill(row + first, row + behind, Cell{decision, index});
      }
    }
  }
}

ForwardingClasses::Decision ForwardingClasses::across(FlatAddress remote, const FlatMac* mac) const {
  const std::uint32_t number = underlay_.find(remote);
  if (number == NumberIndex::absent) {
    return end(FlatFate::no_such_node);
  }
  const NodeIndex next = node_at_[number];
  return mac != nullptr && cluster_.nodes[next].vtep != *mac ? end(FlatFate::other_vtep) : next;
}

bool ForwardingClasses::owns(NodeIndex node, ClassIndex which) const {
  const Class& of = classes_[which];
  if (of.owner == node) {
    return true;
  }
  return of.several_owners && std::ranges::count(further_owners_.at(address_of(of.first_pod)), node) > 0;
}

bool ForwardingClasses::is_straight(NodeIndex node, ClassIndex which) const {
  const Decision decision = cell(node, which).decision;
  if (decision == bridged) {
    return owns(node, which);
  }
  return decision < ends && decision != node && owns(decision, which) &&
         cell(decision, which).decision == bridged;
}

void ForwardingClasses::count_crooked() {
  constexpr Decision nowhere = ends - 1;
  std::vector<Decision> target(classes_.size(), nowhere);
  for (ClassIndex which = 0; which < classes_.size(); ++which) {
    const NodeIndex owner = classes_[which].owner;
    if (cell(owner, which).decision == bridged) {
      target[which] = owner;
    }
  }
  for (NodeIndex node = 0; node < cluster_.nodes.size(); ++node) {
    const Cell* row = cells_.data() + node * stride_;
    for (ClassIndex which = 0; which < classes_.size(); ++which) {
      if (row[which].decision != target[which] && !is_straight(node, which)) {
        ++classes_[which].crooked;
      }
    }
  }
  for (const Class& of : classes_) {
    crooked_pairs_ += std::uint64_t{of.crooked} * of.pods;
  }
}

std::size_t ForwardingClasses::place_of(FlatAddress address) const {
  const auto found = std::ranges::partition_point(order_, [&](ClassIndex which) {
    return address_of(classes_[which].first_pod + classes_[which].pods - 1) < address;
  });
  return static_cast<std::size_t>(found - order_.begin());
}

FlatStory ForwardingClasses::walk(NodeIndex source, ClassIndex which) const {
  FlatStory story = {.nodes = {source}};
  while (true) {
    const NodeIndex at = story.nodes.back();
    const Decision decision = cell(at, which).decision;
    if (decision == bridged) {
      constexpr std::size_t straight = 2;
      const FlatFate arrived = story.nodes.size() > straight ? FlatFate::detour : FlatFate::delivered;
      story.fate = owns(at, which) ? arrived : FlatFate::nobody;
      return story;
    }
    if (decision >= ends) {
      story.fate = static_cast<FlatFate>(decision & ~ends);
      return story;
    }
    const bool was_there = std::ranges::find(story.nodes, decision) != story.nodes.end();
    story.nodes.push_back(decision);
    if (was_there) {
      story.fate = FlatFate::looped;
      return story;
    }
  }
}

std::vector<ClassRange> ForwardingClasses::ranges() const {
  std::vector<ClassRange> ranges;
  for (const ClassIndex which : order_) {
    const Class& of = classes_[which];
    ranges.push_back({address_of(of.first_pod), address_of(of.first_pod + of.pods - 1)});
  }
  return ranges;
}

FlatStory ForwardingClasses::story(NodeIndex source, FlatAddress address) const {
  const std::size_t place = place_of(address);
  PLIMSOLL_ASSERT(place < order_.size());
  return walk(source, order_[place]);
}

std::vector<ClassFinding> ForwardingClasses::findings(std::size_t most) const {
  std::vector<ClassFinding> found;
  for (const ClassIndex which : order_) {
    const Class& of = classes_[which];
    for (NodeIndex node = 0; of.crooked > 0 && node < cluster_.nodes.size(); ++node) {
      if (found.size() == most) {
        return found;
      }
      if (!is_straight(node, which)) {
        found.push_back({node, address_of(of.first_pod), of.pods, walk(node, which)});
      }
    }
  }
  return found;
}

}  // namespace plimsoll::properties::overlay
