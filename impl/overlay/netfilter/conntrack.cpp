// The table of flows.
#include "impl/overlay/netfilter/conntrack.hpp"

#include <algorithm>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

std::uint64_t mixed(std::uint64_t value) {
  value *= 0x9e3779b97f4a7c15U;
  return value ^ value >> 32U;
}
std::size_t hash_of_source(const Tuple& tuple) {
  return mixed(std::uint64_t{tuple.src.value()} << 24U | std::uint64_t{tuple.src_port} << 8U |
               tuple.protocol);
}
std::uint32_t hash_of(const Tuple& tuple) {
  return static_cast<std::uint32_t>(
      mixed(hash_of_source(tuple) ^ (std::uint64_t{tuple.dst.value()} << 16U | tuple.dst_port)));
}

}  // namespace

const Tuple& Conntrack::tuple_at(std::uint32_t entry) const {
  return flows_[entry / 2].tuple(static_cast<Direction>(entry % 2));
}

/// Where the tuple is, or the free place where it would be. Requires: places_ is not empty.
std::size_t Conntrack::place_of(const Tuple& tuple, std::uint32_t hash) const {
  const std::size_t mask = places_.size() - 1;
  std::size_t place = hash & mask;
  while (places_[place].entry != nobody &&
         (places_[place].hash != hash || tuple_at(places_[place].entry) != tuple)) {
    place = (place + 1) & mask;
  }
  return place;
}

Conntrack::Found Conntrack::find(const Tuple& tuple) const {
  if (flows_.empty()) {
    return {};
  }
  const std::uint32_t entry = places_[place_of(tuple, hash_of(tuple))].entry;
  return entry == nobody ? Found{} : Found{&flows_[entry / 2], static_cast<Direction>(entry % 2)};
}

std::vector<Flow> Conntrack::flows() const {
  std::vector<Flow> sorted = flows_;
  std::ranges::sort(sorted, [](const Flow& a, const Flow& b) { return a.original < b.original; });
  return sorted;
}

std::uint32_t Conntrack::first_of_source(const Tuple& tuple) const {
  return sources_.empty() ? nobody : sources_[hash_of_source(tuple) & (sources_.size() - 1)];
}

/// Who talks to itself from port to same port has one tuple in both directions; it counts as the original.
void Conntrack::link_places(std::uint32_t flow) {
  const Flow& linked = flows_[flow];
  const std::uint32_t original = hash_of(linked.original);
  places_[place_of(linked.original, original)] = {flow * 2, original};
  if (linked.reply != linked.original) {
    const std::uint32_t reply = hash_of(linked.reply);
    places_[place_of(linked.reply, reply)] = {flow * 2 + 1, reply};
  }
}

void Conntrack::link_source(std::uint32_t flow) {
  std::uint32_t& bucket = sources_[hash_of_source(flows_[flow].original) & (sources_.size() - 1)];
  next_of_source_[flow] = bucket;
  bucket = flow;
}

void Conntrack::unlink_source(std::uint32_t flow) {
  std::uint32_t* link = &sources_[hash_of_source(flows_[flow].original) & (sources_.size() - 1)];
  while (*link != flow) {
    link = &next_of_source_[*link];
  }
  *link = next_of_source_[flow];
}

/// Makes room for twice as many flows.
void Conntrack::grow() {
  constexpr std::size_t places_min = 16;
  places_.assign(std::max(places_min, places_.size() * 2), Place{});
  sources_.assign(places_.size() / 2, nobody);
  for (std::uint32_t flow = 0; flow < flows_.size(); ++flow) {
    link_places(flow);
    link_source(flow);
  }
}

bool Conntrack::insert(Flow flow) {
  if (find(flow.original) || find(flow.reply)) {
    return false;
  }
  // A quarter of the places is always free, so that searches end soon.
  if ((flows_.size() + 1) * 8 > places_.size() * 3) {
    grow();
  }
  flow.confirmed = true;
  const auto index = static_cast<std::uint32_t>(flows_.size());
  flows_.push_back(flow);
  next_of_source_.push_back(nobody);
  link_places(index);
  link_source(index);
  return true;
}

void Conntrack::update(const Flow& flow) {
  const Found found = find(flow.original);
  PLIMSOLL_ASSERT(found && found.direction == Direction::original && found.flow->reply == flow.reply);
  flows_[static_cast<std::size_t>(found.flow - flows_.data())] = flow;
}

/// Empties a place and closes the gap: what comes behind it may have been put there because it was full.
void Conntrack::erase_place(std::size_t place) {
  const std::size_t mask = places_.size() - 1;
  for (std::size_t next = (place + 1) & mask; places_[next].entry != nobody; next = (next + 1) & mask) {
    const std::size_t home = places_[next].hash & mask;
    if (((next - home) & mask) >= ((next - place) & mask)) {
      places_[place] = places_[next];
      place = next;
    }
  }
  places_[place].entry = nobody;
}

bool Conntrack::forget(const Tuple& original) {
  const Found found = find(original);
  if (!found || found.direction != Direction::original) {
    return false;
  }
  const auto index = static_cast<std::uint32_t>(found.flow - flows_.data());
  const auto last = static_cast<std::uint32_t>(flows_.size() - 1);
  unlink_source(index);
  erase_place(place_of(flows_[index].original, hash_of(flows_[index].original)));
  if (flows_[index].reply != flows_[index].original) {
    erase_place(place_of(flows_[index].reply, hash_of(flows_[index].reply)));
  }
  if (index != last) {
    // The last flow moves into the gap, to where its places and its source must point then.
    unlink_source(last);
    const std::size_t original_place = place_of(flows_[last].original, hash_of(flows_[last].original));
    const std::size_t reply_place = place_of(flows_[last].reply, hash_of(flows_[last].reply));
    flows_[index] = flows_[last];
    places_[reply_place].entry = index * 2 + 1;
    places_[original_place].entry = index * 2;
    link_source(index);
  }
  flows_.pop_back();
  next_of_source_.pop_back();
  return true;
}

void Conntrack::clear() {
  if (flows_.size() * 16 > places_.size()) {
    std::ranges::fill(places_, Place{});
    std::ranges::fill(sources_, nobody);
  } else {  // a few flows in much memory
    for (const Flow& flow : flows_) {
      sources_[hash_of_source(flow.original) & (sources_.size() - 1)] = nobody;
      for (const Tuple& tuple : {flow.original, flow.reply}) {
        const std::size_t mask = places_.size() - 1;
        for (std::size_t at = hash_of(tuple) & mask; places_[at].entry != nobody; at = (at + 1) & mask) {
          places_[at].entry = nobody;
        }
      }
    }
  }
  flows_.clear();
  next_of_source_.clear();
}

bool Conntrack::taken(const Tuple& reply, const Flow& asking) const {
  const Found found = find(reply);
  return found && found.flow->original != asking.original;
}

}  // namespace plimsoll::overlay::netfilter
