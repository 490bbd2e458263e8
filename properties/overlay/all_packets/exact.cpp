#include "properties/overlay/all_packets/exact.hpp"

#include "properties/overlay/all_packets/packet_judge.hpp"

namespace plimsoll::properties::overlay {

DataplaneVerdict judge_all_packets(const Recording& recording, const std::string& network) {
  PacketJudge judge(recording, network);
  judge.judge_tables();
  for (const auto& [pod, own] : judge.view().addresses) {
    for (const auto& [address, owners] : judge.view().owners) {
      if (!owners.contains(pod)) {
        (void)judge.judge_pair(pod, address);
      }
    }
    for (const auto& [service, known] : judge.view().services) {
      (void)judge.judge_service(pod, service);
    }
  }
  judge.judge_nodes_and_strangers();
  return judge.verdict();
}

}  // namespace plimsoll::properties::overlay
