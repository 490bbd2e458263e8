// One probe: a program sends a packet somewhere in a network of nodes, others listen and answer; what comes
// of it.
//
// The programs are those of the recordings that the pipeline is judged by: listeners that answer datagrams
// and accept connections, one client with IP_RECVERR on its socket, flanneld's udp backend where it runs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "impl/overlay/flannel/udp_proxy.hpp"
#include "impl/overlay/node/capture.hpp"

namespace plimsoll::overlay {

/// A running flanneld with the udp backend.
struct TunRelay {
  std::string device = {};         ///< "flannel0"
  base::Ipv4 listen_address = {};  ///< of its socket
  std::uint16_t port = 8285;       ///< of its socket
  flannel::UdpProxyConfig config = {};
  flannel::UdpRoutes routes = {};
};

/// A namespace and what runs in it.
struct NamespaceSetup {
  std::string name = {};
  const NodeTables* tables = nullptr;       ///< outlive the probe
  std::vector<std::uint16_t> listens = {};  ///< UDP ports that are answered, TCP ports that are accepted on
  std::vector<std::uint16_t> listens_udp = {};  ///< further ones, UDP only
  std::optional<TunRelay> relay = {};
  std::vector<netfilter::Flow> flows = {};  ///< known to conntrack before
  netfilter::RecentLists recent = {};       ///< lists of -m recent before
};

/// Two devices joined, by name.
struct Wire {
  std::string from_namespace = {};
  std::string from_device = {};
  std::string to_namespace = {};
  std::string to_device = {};
};

enum class ProbeKind : std::uint8_t { udp, tcp, icmp, frame };

struct Probe {
  ProbeKind kind = ProbeKind::udp;
  std::string source = {};  ///< the namespace
  base::Ipv4 destination = {};
  std::uint16_t port = 0;
  std::optional<base::Ipv4> bind = {};
  std::uint16_t source_port = 40001;
  std::uint8_t ttl = 64;
  std::size_t size = 64;  ///< of the IP packet, in bytes
  PathMtu path_mtu = PathMtu::dont;
  std::string token = "PLIM000001";
  std::string device = {};  ///< that a frame is sent by
  std::string frame = {};   ///< its bytes
};

/// Something that a listener received.
struct Delivery {
  std::string to = {};
  base::Ipv4 src = {};
  base::Ipv4 dst = {};
  std::uint8_t ttl = 0;
  bool source_port_kept = true;
  std::string packet = {};  ///< of an echo request: as it was last seen
  friend bool operator==(const Delivery&, const Delivery&) = default;
};

/// What the client received.
struct Reply {
  base::Ipv4 src = {};
  std::uint8_t ttl = 0;
  std::string by = {};  ///< the namespace whose listener answered; empty: an echo reply does not say
  bool from_expected = true;
  friend bool operator==(const Reply&, const Reply&) = default;
};

/// What the client's socket complained of.
struct SenderError {
  enum class Origin : std::uint8_t { sendto, local, icmp };
  Errno error = Errno::einval;
  Origin origin = Origin::sendto;
  std::uint32_t mtu = 0;  ///< of emsgsize
  std::uint8_t type = 0;  ///< of origin icmp, as the following ones
  std::uint8_t code = 0;
  base::Ipv4 offender = {};
  friend bool operator==(const SenderError&, const SenderError&) = default;
};

/// How connect() ended.
struct TcpResult {
  bool connected = false;
  std::optional<Errno> error = {};  ///< none: no answer
  friend bool operator==(const TcpResult&, const TcpResult&) = default;
};

/// A packet that went no further, be it the probe's or another one.
struct Drop {
  std::string where = {};  ///< the namespace
  std::string why = {};    ///< for people: "dropped by rule 2 of chain FORWARD in table filter"
  friend bool operator==(const Drop&, const Drop&) = default;
};

struct Outcome {
  std::string unknown = {};              ///< what is not modelled; then nothing else here is to be relied on
  std::vector<Delivery> delivered = {};  ///< in order of namespace
  std::optional<Reply> reply = {};
  std::optional<SenderError> sender_error = {};
  std::optional<TcpResult> tcp = {};
  std::vector<ErrorSent> errors = {};
  std::vector<Hop> path = {};
  std::vector<Hop> reply_path = {};
  std::vector<Hop> error_path = {};
  std::vector<std::string> seen_by_other_hosts = {};
  std::vector<Drop> drops = {};  ///< in order of time
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// Runs the probe to its end. Requires: names in wires and probe are those of namespaces and devices.
[[nodiscard]] Outcome run_probe(const std::vector<NamespaceSetup>& namespaces, const std::vector<Wire>& wires,
                                const Probe& probe, base::Choices& choices);

}  // namespace plimsoll::overlay
