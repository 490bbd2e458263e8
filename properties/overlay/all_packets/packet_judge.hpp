// Sends packets through the concrete pipeline, under every choice that the environment has, and keeps what
// was wrong with them: the part that the engines of `plimsoll dataplane` have in common.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "properties/overlay/all_packets/exact.hpp"
#include "properties/overlay/conform/predict.hpp"

namespace plimsoll::properties::overlay {

/// The ports that a cluster's inquiries are for, before and behind its services.
[[nodiscard]] std::set<std::uint16_t> asked_ports(const ClusterView& view);
/// All namespaces listen on the ports, so that whoever gets a packet shows it.
void listen_everywhere(Recording& recording, const std::set<std::uint16_t>& ports);

/// Thread-safety: none. Neither copied nor moved: what it compiles refers to its own recording.
class PacketJudge {
 public:
  /// Requires: `network` is a key of Recording::networks.
  PacketJudge(const Recording& recording, std::string network);
  PacketJudge(const PacketJudge&) = delete;
  PacketJudge& operator=(const PacketJudge&) = delete;

  [[nodiscard]] const ClusterView& view() const { return view_; }

  /// What is wrong with the tables, whatever is sent: addresses twice, services that nodes disagree on.
  void judge_tables();
  /// The packets of a pod, or a node, to an address of a pod: datagrams, small and full-sized, and a
  /// connection.
  /// @return whether all are right. Requires: the sender has an address.
  bool judge_pair(const std::string& sender, base::Ipv4 address);
  /// The same, to a service.
  bool judge_service(const std::string& sender, const ServicePort& service);
  /// What nodes send to pods and services, and what they and one pod of each send to addresses that nobody
  /// has.
  void judge_nodes_and_strangers();
  /// Inquiries that were settled without a packet.
  void count_settled(std::uint64_t inquiries) { verdict_.inquiries += inquiries; }

  /// What was found so far.
  [[nodiscard]] DataplaneVerdict verdict() const;

 private:
  bool ask(Inquiry inquiry);
  bool send(const Inquiry& inquiry);
  void add(const Finding& finding);
  [[nodiscard]] RecordedProbe probe_of(const Inquiry& inquiry) const;

  const std::string network_;
  const ClusterView view_;
  const Recording recording_;
  Predictor predictor_;
  std::map<std::pair<Fault, std::string>, Cause> causes_ = {};
  DataplaneVerdict verdict_ = {};
};

}  // namespace plimsoll::properties::overlay
