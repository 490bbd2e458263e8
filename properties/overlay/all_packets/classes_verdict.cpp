#include "properties/overlay/all_packets/classes_verdict.hpp"

#include <algorithm>

#include "impl/base/assert.hpp"
#include "properties/overlay/all_packets/packet_judge.hpp"

namespace plimsoll::properties::overlay {

SettledPairs::SettledPairs(const Recording& recording, const std::string& network, const ClusterView& view)
    : flattened_(flatten(recording, network, view)), classes_(flattened_.cluster) {
  if (!flattened_.no_underlay.empty()) {
    return;
  }
  for (std::size_t index = 0; index < flattened_.pods.size(); ++index) {
    const FlatPod& pod = flattened_.cluster.pods[index];
    const std::string& name = flattened_.pods[index];
    if (flattened_.irregular.contains(flattened_.nodes[pod.node])) {
      continue;
    }
    places_[name] = pod.node;
    const base::Ipv4 address(pod.address);
    if (view.owners.at(address).size() == 1 && !view.node_addresses.contains(address)) {
      owners_[address] = pod.node;
    }
  }
}

SettledPairs::Settled SettledPairs::settle(const std::string& pod, base::Ipv4 from, base::Ipv4 to) const {
  const auto source = places_.find(pod);
  const auto destination = owners_.find(to);
  if (source == places_.end() || destination == owners_.end() || !owners_.contains(from)) {
    return Settled::open;
  }
  const FlatStory request = there(pod, to);
  const FlatStory answer = back(from, to);
  if (!is_told(request) || !is_told(answer)) {
    return Settled::open;
  }
  if (request.fate == FlatFate::delivered && answer.fate == FlatFate::delivered) {
    return Settled::right;
  }
  // An answer that comes back by a detour has come back.
  return request.fate == FlatFate::delivered && answer.fate == FlatFate::detour ? Settled::open
                                                                                : Settled::crooked;
}

bool SettledPairs::is_told(const FlatStory& story) const {
  const auto is_irregular = [&](NodeIndex node) {
    return flattened_.irregular.contains(flattened_.nodes[node]);
  };
  // An irregular node has no row that says where it is.
  const bool may_be_there = story.fate == FlatFate::no_such_node || story.fate == FlatFate::other_vtep;
  return std::ranges::none_of(story.nodes, is_irregular) && !(may_be_there && !flattened_.irregular.empty());
}

FlatStory SettledPairs::there(const std::string& pod, base::Ipv4 to) const {
  return classes_.story(places_.at(pod), to.value());
}

FlatStory SettledPairs::back(base::Ipv4 from, base::Ipv4 to) const {
  return classes_.story(owners_.at(to), from.value());
}

DataplaneVerdict judge_by_classes(const Recording& recording, const std::string& network) {
  constexpr std::uint64_t inquiries_of_pair = 3;
  PacketJudge judge(recording, network);
  const ClusterView& view = judge.view();
  const SettledPairs settled(recording, network, view);
  judge.judge_tables();
  for (const auto& [pod, own] : view.addresses) {
    for (const auto& [address, owners] : view.owners) {
      if (owners.contains(pod)) {
        continue;
      }
      const SettledPairs::Settled told = settled.settle(pod, own.front(), address);
      if (told == SettledPairs::Settled::right) {
        judge.count_settled(inquiries_of_pair);
        continue;
      }
      const bool is_right = judge.judge_pair(pod, address);
      PLIMSOLL_ASSERT_KNOWN(
          !is_right || told == SettledPairs::Settled::open,
          "the rows and the pipeline disagree on packets of " + pod + " to " + to_text(address));
    }
    for (const auto& [service, known] : view.services) {
      (void)judge.judge_service(pod, service);
    }
  }
  judge.judge_nodes_and_strangers();
  return judge.verdict();
}

}  // namespace plimsoll::properties::overlay
