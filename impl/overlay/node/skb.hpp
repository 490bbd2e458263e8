// A packet on its way through one node, with what the kernel remembers of it.
//
// Source: Linux, include/linux/skbuff.h (struct sk_buff, struct nf_bridge_info), include/net/ip.h (struct
// inet_skb_parm: IPCB).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "impl/overlay/netfilter/evaluate.hpp"
#include "impl/overlay/node/route.hpp"
#include "impl/overlay/packet/packet.hpp"

namespace plimsoll::overlay {

/// For whom a frame is, by its destination address (PACKET_*).
enum class PacketType : std::uint8_t { host, broadcast, multicast, other_host, loopback };

/// What br_netfilter remembers of a packet that crosses a bridge.
struct BridgeInfo {
  DeviceId physical_in = no_device;   ///< the port it came in by
  DeviceId physical_out = no_device;  ///< the port it will leave by
  bool in_prerouting = false;
  bool sabotage_done = false;  ///< PREROUTING was run while bridging and is not run again
  bool other_host = false;     ///< the packet type to restore
  bool bridged_dnat = false;   ///< its neighbour is looked up; then bridging goes on
  bool bridge_route = false;   ///< the route is a stand-in that says: this bridge
  base::Mac source = {};       ///< of the frame, to restore after the neighbour's answer
};

/// What happened to a fragment's bytes in memory, which AF_PACKET sockets share: they show what the bytes are
/// when they are read, not when the packet passed.
enum class Bytes : std::uint8_t {
  same,       ///< as when the packet was last seen
  rewritten,  ///< in place: whoever saw the packet since the last copy sees the new headers
  copied,     ///< the earlier bytes stay as they are
};

struct Skb {
  Frame frame = {};
  DeviceId device = no_device;  ///< that it came in by or leaves by
  PacketType type = PacketType::host;
  std::optional<Destination> route = {};
  netfilter::Metadata metadata = {};  ///< mark and flow
  std::optional<BridgeInfo> bridge = {};
  std::uint16_t fragment_max =
      0;  ///< size of the largest fragment that it was put together from; 0: was whole
  std::vector<std::uint16_t> pieces = {};  ///< lengths of those fragments, in order of offset
  bool ignore_df = false;                  ///< was put together from fragments, or its socket does not care
  bool forwarded = false;
  bool unpacked = false;         ///< came out of a VXLAN tunnel, whose headers left room before it
  bool tapped = false;           ///< seen by AF_PACKET sockets since it was put together
  Bytes bytes = Bytes::same;     ///< meaningful of later fragments
  bool balanced = false;         ///< IPVS has translated it, and looks at it no more (ipvs_property)
  bool isolated_source = false;  ///< came in by an isolated port of the bridge that it crosses

  /// What the other end of a wire gets: the frame alone (skb_scrub_packet).
  void scrub(DeviceId arrives_by) {
    device = arrives_by;
    type = PacketType::host;
    route.reset();
    metadata = {};
    bridge.reset();
    fragment_max = 0;
    pieces.clear();
    ignore_df = forwarded = unpacked = tapped = balanced = isolated_source = false;
    bytes = Bytes::same;
  }

  [[nodiscard]] Ipv4Packet& ip() { return *frame.ip(); }
  [[nodiscard]] const Ipv4Packet& ip() const { return *frame.ip(); }
};

}  // namespace plimsoll::overlay
