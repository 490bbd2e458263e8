// Connection tracking: which flow a packet belongs to, and what it is to that flow.
//
// Source: Linux, net/netfilter/nf_conntrack_core.c (nf_conntrack_in, resolve_normal_ct,
// __nf_conntrack_confirm, nf_conntrack_tuple_taken, nf_conntrack_attach), nf_conntrack_proto_tcp.c,
// nf_conntrack_proto_icmp.c (nf_conntrack_inet_error). Deviates: (1) no windows: a segment that is out of
// the TCP window is not INVALID; (2) no timers: expiry is an input, forget(), and UDP flows never become
// assured; (3) no helpers, hence no
// expectations; (4) no zones.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "impl/base/described.hpp"
#include "impl/overlay/netfilter/tuple.hpp"

namespace plimsoll::overlay::netfilter {

/// A device by its ifindex; 0: none.
using DeviceId = std::uint32_t;

/// enum tcp_conntrack
enum class TcpState : std::uint8_t {
  none,
  syn_sent,
  syn_recv,
  established,
  fin_wait,
  close_wait,
  last_ack,
  time_wait,
  close,
  syn_sent2
};
PLIMSOLL_DESCRIBE_ENUM(TcpState, none, syn_sent, syn_recv, established, fin_wait, close_wait, last_ack,
                       time_wait, close, syn_sent2)

/// What a segment is to the state machine: the row of its table.
enum class TcpKind : std::uint8_t { syn, synack, fin, ack, rst, none };
PLIMSOLL_DESCRIBE_ENUM(TcpKind, syn, synack, fin, ack, rst, none)

enum class Direction : std::uint8_t { original, reply };
PLIMSOLL_DESCRIBE_ENUM(Direction, original, reply)
[[nodiscard]] constexpr Direction other(Direction direction) {
  return direction == Direction::original ? Direction::reply : Direction::original;
}

/// What is remembered of a TCP connection.
struct TcpTracking {
  TcpState state = TcpState::none;
  /// Of the last segment: syn if it was let through without effect, rst if it was a reset, else none.
  TcpKind last_kind = TcpKind::none;
  Direction last_direction = Direction::original;
  std::uint32_t last_end = 0;      ///< sequence number after such a SYN
  bool close_init = false;         ///< a FIN was seen in an open connection
  bool simultaneous_open = false;  ///< SYNs crossed
  bool challenge_ack = false;      ///< an ignored SYN in LAST_ACK may be answered by an ACK
  PLIMSOLL_DESCRIBE_OPTIONS(last_kind)
  PLIMSOLL_DESCRIBE(TcpTracking, state, last_kind, last_direction, last_end, close_init, simultaneous_open,
                    challenge_ack)
};

/// One entry of conntrack (struct nf_conn).
struct Flow {
  Tuple original = {};        ///< of the first packet, as it arrived
  Tuple reply = {};           ///< what answers look like on arrival; NAT changes this one
  bool confirmed = false;     ///< the first packet left the node, or was delivered on it
  bool seen_reply = false;    ///< IPS_SEEN_REPLY
  bool assured = false;       ///< IPS_ASSURED
  bool src_nat = false;       ///< IPS_SRC_NAT
  bool dst_nat = false;       ///< IPS_DST_NAT
  bool src_nat_done = false;  ///< IPS_SRC_NAT_DONE: decided, perhaps to leave it as it is
  bool dst_nat_done = false;  ///< IPS_DST_NAT_DONE
  DeviceId masquerade_device = 0;
  TcpTracking tcp = {};

  [[nodiscard]] const Tuple& tuple(Direction direction) const {
    return direction == Direction::original ? original : reply;
  }
  PLIMSOLL_DESCRIBE_OPTIONS(confirmed)
  PLIMSOLL_DESCRIBE(Flow, original, reply, confirmed, seen_reply, assured, src_nat, dst_nat, src_nat_done,
                    dst_nat_done, masquerade_device, tcp)
};

/// enum ip_conntrack_info, and the two ways to have no flow. `none`: conntrack has not seen the packet, or
/// the namespace does not track; rules take it for invalid.
enum class CtInfo : std::uint8_t {
  none,
  invalid,
  untracked,
  new_,
  related,
  established,
  related_reply,
  established_reply
};
PLIMSOLL_DESCRIBE_ENUM(CtInfo, none, invalid, untracked, new_, related, established, related_reply,
                       established_reply)

/// What a packet carries about its flow while it passes a node (skb->_nfct). A new packet has the default.
///
/// The flow is a copy: nothing but the NAT of a flow's first packet changes a flow between a packet's
/// tracking and its confirmation.
struct Tracked {
  CtInfo info = CtInfo::none;
  Flow flow = {};  ///< if has_flow()

  [[nodiscard]] bool has_flow() const { return info >= CtInfo::new_; }
  [[nodiscard]] Direction direction() const {
    return info >= CtInfo::related_reply ? Direction::reply : Direction::original;
  }
  PLIMSOLL_DESCRIBE(Tracked, info, flow)
};

/// What an ICMP error or a TCP reset that this node sends because of a packet carries from the beginning: the
/// flow of that packet, in the other direction (nf_conntrack_attach). Give it to the new packet before its
/// OUTPUT hook.
[[nodiscard]] Tracked tracked_of_answer(const Tracked& cause);

/// The flows of a namespace.
///
/// Thread-safety: a value, copies are deep. Invariant: every flow is confirmed, and no two flows
/// share a tuple. Equal if the same flows are in them; described as the list of flows in order.
/// Look-ups are O(1), and no operation but insert() allocates.
class Conntrack {
 public:
  struct Found {
    const Flow* flow = nullptr;
    Direction direction = Direction::original;
    explicit operator bool() const { return flow != nullptr; }
  };
  /// The flow with this tuple in either direction. The pointer is good until the next change.
  [[nodiscard]] Found find(const Tuple& tuple) const;
  /// All flows, in order of their original tuples. O(n log n).
  [[nodiscard]] std::vector<Flow> flows() const;
  [[nodiscard]] std::size_t size() const { return flows_.size(); }

  /// Adds a flow, confirmed. Returns false if one of its tuples is taken; nothing has changed then.
  bool insert(Flow flow);
  /// Replaces the flow with the same original tuple by this one, which has the same reply tuple too.
  /// Requires: there is one.
  void update(const Flow& flow);
  /// The flow with this original tuple expires, or is deleted. Returns false if there is none.
  bool forget(const Tuple& original);
  /// conntrack -D: all flows of which `predicate(const Flow&)` holds. Returns how many.
  template <class Predicate>
  std::size_t forget_if(const Predicate& predicate) {
    std::vector<Tuple> gone;
    for (const Flow& flow : flows_) {
      if (predicate(flow)) {
        gone.push_back(flow.original);
      }
    }
    for (const Tuple& original : gone) {
      forget(original);
    }
    return gone.size();
  }
  /// All flows expire. Cost: linear in their number; the memory is kept.
  void clear();

  /// Whether some flow would take an answer with tuple `reply` for its own; `asking` itself does not count,
  /// nor does another flow with its original tuple (nf_conntrack_tuple_taken).
  [[nodiscard]] bool taken(const Tuple& reply, const Flow& asking) const;
  /// Calls `visit(const Flow&)`, until it returns true, for the flows whose original source and protocol are
  /// those of `tuple` and whose source NAT is decided. Most recent first. Returns whether one returned true.
  template <class Visit>
  bool any_of_source(const Tuple& tuple, const Visit& visit) const {
    for (std::uint32_t at = first_of_source(tuple); at != nobody; at = next_of_source_[at]) {
      const Flow& flow = flows_[at];
      if (flow.src_nat_done && same_source(flow.original, tuple) && visit(flow)) {
        return true;
      }
    }
    return false;
  }

  friend bool operator==(const Conntrack& a, const Conntrack& b) { return a.flows() == b.flows(); }
  friend std::strong_ordering operator<=>(const Conntrack& a, const Conntrack& b) {
    return a.flows() <=> b.flows();
  }

 private:
  static constexpr std::uint32_t nobody = 0xffffffffU;

  [[nodiscard]] static bool same_source(const Tuple& a, const Tuple& b) {
    return a.src == b.src && a.src_port == b.src_port && a.protocol == b.protocol;
  }
  /// Where one tuple of a flow is found.
  struct Place {
    std::uint32_t entry = nobody;  ///< flow * 2 + direction
    std::uint32_t hash = 0;  ///< of the tuple: most other ones are told apart without a look at the flow
  };
  [[nodiscard]] std::size_t place_of(const Tuple& tuple, std::uint32_t hash) const;
  [[nodiscard]] const Tuple& tuple_at(std::uint32_t entry) const;
  [[nodiscard]] std::uint32_t first_of_source(const Tuple& tuple) const;
  void link_places(std::uint32_t flow);
  void link_source(std::uint32_t flow);
  void unlink_source(std::uint32_t flow);
  void erase_place(std::size_t place);
  void grow();

  std::vector<Flow> flows_;                    ///< dense, in no particular order
  std::vector<Place> places_;                  ///< open addressing, a power of two
  std::vector<std::uint32_t> sources_;         ///< buckets by original source: the first flow, or nobody
  std::vector<std::uint32_t> next_of_source_;  ///< by flow: the next one of its bucket
};

/// Parameters of net.netfilter.nf_conntrack_*.
struct ConntrackConfig {
  bool tcp_loose = true;  ///< connections whose beginning was not seen are picked up
  PLIMSOLL_DESCRIBE(ConntrackConfig, tcp_loose)
};

/// Tracks a packet at PREROUTING or OUTPUT (nf_conntrack_in). A packet that already carries a flow, or is
/// untracked, keeps what it has. A new flow is in `tracked` alone until confirm().
void track(Conntrack& conntrack, const ConntrackConfig& config, const Ipv4Packet& packet, Tracked& tracked);

/// At the end of INPUT or POSTROUTING: the flow of a first packet enters the table (nf_confirm).
/// @return false if the packet must be dropped: another flow took one of the tuples meanwhile.
[[nodiscard]] bool confirm(Conntrack& conntrack, Tracked& tracked);

}  // namespace plimsoll::overlay::netfilter

namespace plimsoll::base {

/// As the list of its flows, in order.
template <>
struct Codec<overlay::netfilter::Conntrack> {
  using Flow = overlay::netfilter::Flow;
  static void write(ByteWriter& out, const overlay::netfilter::Conntrack& value) {
    encode(out, value.flows());
  }
  static overlay::netfilter::Conntrack read(ByteReader& in) {
    overlay::netfilter::Conntrack conntrack;
    for (const Flow& flow : decode<std::vector<Flow>>(in)) {
      conntrack.insert(flow);
    }
    return conntrack;
  }
  using DescribedAs = std::vector<Flow>;
};

}  // namespace plimsoll::base
