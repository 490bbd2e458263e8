#include "impl/overlay/netfilter/tcp_tracking.hpp"

#include <array>

namespace plimsoll::overlay::netfilter {
namespace {

// The table's letters, as in the kernel's source. Values from TcpState; two more say what is no state.
enum Cell : std::uint8_t { sNO, sSS, sSR, sES, sFW, sCW, sLA, sTW, sCL, sS2, sIV, sIG };
constexpr std::size_t state_count = 10;

/// By direction, kind of segment, and present state.
constexpr std::array<std::array<std::array<Cell, state_count>, 6>, 2> transitions = {{
    {{
        //          sNO, sSS, sSR, sES, sFW, sCW, sLA, sTW, sCL, sS2
        /* syn    */ {sSS, sSS, sIG, sIG, sIG, sIG, sIG, sSS, sSS, sS2},
        /* synack */ {sIV, sIV, sSR, sIV, sIV, sIV, sIV, sIV, sIV, sSR},
        /* fin    */ {sIV, sIV, sFW, sFW, sLA, sLA, sLA, sTW, sCL, sIV},
        /* ack    */ {sES, sIV, sES, sES, sCW, sCW, sTW, sTW, sCL, sIV},
        /* rst    */ {sIV, sCL, sCL, sCL, sCL, sCL, sCL, sCL, sCL, sCL},
        /* none   */ {sIV, sIV, sIV, sIV, sIV, sIV, sIV, sIV, sIV, sIV},
    }},
    {{
        //          sNO, sSS, sSR, sES, sFW, sCW, sLA, sTW, sCL, sS2
        /* syn    */ {sIV, sS2, sIV, sIV, sIV, sIV, sIV, sSS, sIV, sS2},
        /* synack */ {sIV, sSR, sIG, sIG, sIG, sIG, sIG, sIG, sIG, sSR},
        /* fin    */ {sIV, sIV, sFW, sFW, sLA, sLA, sLA, sTW, sCL, sIV},
        /* ack    */ {sIV, sIG, sSR, sES, sCW, sCW, sTW, sTW, sCL, sIG},
        /* rst    */ {sIV, sCL, sCL, sCL, sCL, sCL, sCL, sCL, sCL, sCL},
        /* none   */ {sIV, sIV, sIV, sIV, sIV, sIV, sIV, sIV, sIV, sIV},
    }},
}};

TcpKind kind_of(std::uint16_t flags) {
  if ((flags & tcp_flag::rst) != 0) {
    return TcpKind::rst;
  }
  if ((flags & tcp_flag::syn) != 0) {
    return (flags & tcp_flag::ack) != 0 ? TcpKind::synack : TcpKind::syn;
  }
  if ((flags & tcp_flag::fin) != 0) {
    return TcpKind::fin;
  }
  return (flags & tcp_flag::ack) != 0 ? TcpKind::ack : TcpKind::none;
}

/// tcp_valid_flags: PSH, ECE and CWR do not count.
bool flags_make_sense(std::uint16_t flags) {
  switch (flags & (tcp_flag::fin | tcp_flag::syn | tcp_flag::rst | tcp_flag::ack | tcp_flag::urg)) {
    case tcp_flag::syn:
    case tcp_flag::syn | tcp_flag::urg:
    case tcp_flag::syn | tcp_flag::ack:
    case tcp_flag::rst:
    case tcp_flag::rst | tcp_flag::ack:
    case tcp_flag::fin | tcp_flag::ack:
    case tcp_flag::fin | tcp_flag::ack | tcp_flag::urg:
    case tcp_flag::ack:
    case tcp_flag::ack | tcp_flag::urg:
      return true;
    default:
      return false;
  }
}

/// The sequence number after the segment; SYN and FIN count one each.
std::uint32_t end_of(const Ipv4Packet& packet) {
  const auto payload =
      static_cast<std::uint32_t>(packet.total_length() - packet.header_length() - packet.transport_length());
  return packet.tcp_seq + payload + ((packet.tcp_flags & tcp_flag::syn) != 0 ? 1U : 0U) +
         ((packet.tcp_flags & tcp_flag::fin) != 0 ? 1U : 0U);
}

/// A segment that must be let through, although the flow may be out of step with the two ends.
void note_ignored(TcpTracking& tcp, TcpKind kind, Direction direction, const Ipv4Packet& packet) {
  const bool is_syn = kind == TcpKind::syn;
  tcp.last_kind = is_syn ? TcpKind::syn : TcpKind::none;
  tcp.last_direction = is_syn ? direction : Direction::original;
  tcp.last_end = is_syn ? end_of(packet) : 0;
  tcp.challenge_ack = tcp.challenge_ack || tcp.state == TcpState::last_ack;
}

/// From here on the segment counts.
TcpVerdict advance(Flow& flow, TcpState old_state, TcpState new_state, TcpKind kind, Direction direction) {
  TcpTracking& tcp = flow.tcp;
  const bool is_reset = kind == TcpKind::rst;
  tcp.last_kind = is_reset ? TcpKind::rst : TcpKind::none;
  tcp.last_direction = is_reset ? direction : Direction::original;
  tcp.last_end = 0;
  tcp.state = new_state;
  if (old_state != new_state && new_state == TcpState::fin_wait) {
    tcp.close_init = true;
  }
  if (!flow.seen_reply) {
    // A reset as the only answer: nothing was ever established.
    return is_reset ? TcpVerdict::kill : TcpVerdict::valid;
  }
  if ((old_state == TcpState::syn_recv || old_state == TcpState::established) &&
      new_state == TcpState::established) {
    flow.assured = true;
  }
  return TcpVerdict::valid;
}

bool begins(Flow& flow, const ConntrackConfig& config, TcpKind kind) {
  const Cell cell = transitions[0][static_cast<std::size_t>(kind)][sNO];
  flow.tcp = TcpTracking{};
  return cell == sSS || (cell == sES && config.tcp_loose);
}

}  // namespace

TcpVerdict track_tcp(Flow& flow, const ConntrackConfig& config, Direction direction,
                     const Ipv4Packet& packet) {
  TcpTracking& tcp = flow.tcp;
  const TcpKind kind = kind_of(packet.tcp_flags);
  if (!flags_make_sense(packet.tcp_flags) || (!flow.confirmed && !begins(flow, config, kind))) {
    return TcpVerdict::invalid;
  }
  TcpState old_state = tcp.state;
  Cell cell = transitions[static_cast<std::size_t>(direction)][static_cast<std::size_t>(kind)]
                         [static_cast<std::size_t>(old_state)];
  if (cell == sSS && old_state >= TcpState::time_wait) {
    if (tcp.close_init || (tcp.last_direction == direction && tcp.last_kind == TcpKind::rst)) {
      return TcpVerdict::reopen;
    }
    cell = sIG;
  }
  switch (cell) {
    case sIV:
      return TcpVerdict::invalid;
    case sIG:
      if (kind == TcpKind::synack && tcp.last_kind == TcpKind::syn && tcp.last_direction != direction &&
          packet.tcp_ack == tcp.last_end) {
        // The SYN that it answers was ignored, and was valid after all.
        old_state = TcpState::syn_sent;
        cell = sSR;
        break;
      }
      note_ignored(tcp, kind, direction, packet);
      return TcpVerdict::valid;
    case sTW:
      if (old_state == TcpState::last_ack && kind == TcpKind::ack && tcp.last_direction != direction &&
          tcp.last_kind == TcpKind::syn && tcp.challenge_ack) {
        tcp.challenge_ack = false;
        return TcpVerdict::valid;
      }
      break;
    case sS2:
      tcp.simultaneous_open = true;
      break;
    case sSR:
      if (direction == Direction::reply && kind == TcpKind::ack && tcp.simultaneous_open) {
        cell = sES;
      }
      break;
    default:
      break;
  }
  return advance(flow, old_state, static_cast<TcpState>(cell), kind, direction);
}

}  // namespace plimsoll::overlay::netfilter
