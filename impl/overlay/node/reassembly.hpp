// Putting datagrams together from their fragments.
//
// Source: Linux, net/ipv4/ip_fragment.c (ip_defrag, ip_frag_queue, ip_frag_reasm), include/net/ip.h
// (ip_defrag_users). Not modelled: the timeout, 30 s.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "impl/overlay/node/skb.hpp"

namespace plimsoll::overlay {

class Reassembly {
 public:
  /// Fragments queued by different users never meet.
  enum class User : std::uint8_t { local_deliver, conntrack_in, conntrack_out, conntrack_bridge };

  /// Takes a fragment.
  /// @return the whole datagram, if this was the last one missing: with what belongs to the first fragment's
  /// frame, and the device of the last to arrive.
  [[nodiscard]] std::optional<Skb> add(Skb fragment, User user);

  /// Fragments that wait are forgotten.
  void clear() { waiting_.clear(); }

 private:
  using Key = std::tuple<User, base::Ipv4, base::Ipv4, std::uint8_t, std::uint16_t>;
  std::map<Key, std::vector<Skb>> waiting_;
};

}  // namespace plimsoll::overlay
