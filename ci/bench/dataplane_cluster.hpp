// A cluster for measuring: nodes with flannel's vxlan backend and kube-proxy's iptables rules, pods that send
// and pods that only count what reaches them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "impl/overlay/node/network.hpp"

namespace plimsoll::bench {

struct ClusterSize {
  unsigned nodes = 3;
  unsigned services = 200;  ///< of three endpoints each
};
inline constexpr unsigned pods_each = 4;  ///< pods of every node
inline constexpr unsigned endpoints_each = 3;

/// The tables of a cluster, ready for packets.
class ClusterTables {
 public:
  explicit ClusterTables(const ClusterSize& size);

  struct Place {
    std::string name = {};
    std::unique_ptr<overlay::NodeTables> tables = {};
  };
  struct Wire {
    overlay::Port a = {};
    overlay::Port b = {};
  };
  [[nodiscard]] const ClusterSize& size() const { return size_; }
  [[nodiscard]] const std::vector<Place>& places() const { return places_; }
  [[nodiscard]] const std::vector<Wire>& wires() const { return wires_; }
  /// Pods and nodes count from 0.
  [[nodiscard]] overlay::NamespaceId pod(unsigned node, unsigned number) const;
  [[nodiscard]] static base::Ipv4 pod_address(unsigned node, unsigned number);
  [[nodiscard]] static base::Ipv4 cluster_ip(unsigned service);

 private:
  [[nodiscard]] overlay::NamespaceId find(const std::string& name) const;

  ClusterSize size_;
  std::vector<Place> places_;
  std::vector<Wire> wires_;
  std::vector<overlay::NamespaceId> pods_;
};

/// Answers as a generator of pseudo-random numbers does, the same in each run.
class DrawnChoices final : public base::Choices {
 public:
  std::uint32_t choose(std::uint32_t count, std::string_view /*what*/) override {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::uint32_t>((state_ >> 33U) % count);
  }

 private:
  std::uint64_t state_ = 1;
};

/// Counts what comes to its end, and remembers the last of it.
class Sink final : public overlay::Programs {
 public:
  struct Arrival {
    overlay::NamespaceId where = 0;
    base::Ipv4 src = {};
    base::Ipv4 dst = {};
    std::uint16_t src_port = 0;
    std::uint16_t dst_port = 0;
  };
  std::uint64_t delivered = 0;
  Arrival last = {};
  std::string complaint = {};  ///< what was not modelled

  void seen(overlay::Port /*port*/, overlay::Direction /*direction*/, const overlay::Skb& /*skb*/,
            overlay::Microseconds /*when*/) override {}
  [[nodiscard]] bool take_udp(overlay::NamespaceId where, const overlay::Ipv4Packet& packet,
                              const overlay::LocalArrival& /*arrival*/) override {
    ++delivered;
    last = {where, packet.src, packet.dst, packet.src_port, packet.dst_port};
    return true;
  }
  [[nodiscard]] overlay::TcpVerdict take_tcp(overlay::NamespaceId /*where*/,
                                             const overlay::Ipv4Packet& /*packet*/) override {
    return overlay::TcpVerdict::taken;
  }
  void echoed(overlay::NamespaceId /*where*/, const overlay::Ipv4Packet& /*request*/) override {}
  void take_echo_reply(overlay::NamespaceId /*where*/, const overlay::Ipv4Packet& /*packet*/) override {}
  void take_icmp_error(overlay::NamespaceId /*where*/, const overlay::Ipv4Packet& /*error*/,
                       const overlay::Ipv4Packet& /*about*/) override {}
  void read_tun(overlay::Port /*port*/, const overlay::Ipv4Packet& /*packet*/) override {}
  void unknown(overlay::NamespaceId /*where*/, const std::string& what) override { complaint = what; }
};

/// A datagram from pod to pod or to a service.
struct Datagram {
  overlay::NamespaceId from = 0;
  base::Ipv4 src = {};
  base::Ipv4 dst = {};
  std::uint16_t src_port = 0;
  std::uint16_t dst_port = 0;
};

/// The cluster at work.
class RunningCluster {
 public:
  explicit RunningCluster(const ClusterTables& tables);

  /// Sends one datagram and lets happen all that follows.
  void send(const Datagram& datagram);
  [[nodiscard]] const Sink& sink() const { return sink_; }
  /// How many times packets met hooks of netfilter.
  [[nodiscard]] std::uint64_t hooks();
  /// As it was before the first packet.
  void reset();

 private:
  const ClusterTables& tables_;
  DrawnChoices choices_;
  Sink sink_;
  std::unique_ptr<overlay::Network> network_;
  Datagram next_ = {};
};

}  // namespace plimsoll::bench
