// Whether a node's iptables leave packets between pods alone: none is dropped, translated or marked, whatever
// their ports.
//
// A rule is asked about all packets of a class at once, and matches all of them, none, or perhaps some. A
// target that would do something to a packet counts against the rules as soon as some packet may come to
// it, so the answer errs on one side only: rules that are called transparent are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "impl/base/ipv4.hpp"
#include "impl/overlay/netfilter/ruleset.hpp"

namespace plimsoll::properties::overlay {

/// Packets that any address of the one set sends to any of the other: the first of their connections and
/// their answers, of UDP and TCP, without marks.
struct PacketClass {
  const std::vector<base::Ipv4>* sources = nullptr;       ///< in order
  const std::vector<base::Ipv4>* destinations = nullptr;  ///< in order
  bool tcp = true;                                        ///< besides UDP
  bool to_others = true;                                  ///< no destination is an address of the node itself
  std::optional<std::uint16_t> port = {};                 ///< that they are sent to; none: any
  std::vector<std::string_view> in = {};   ///< devices that they may come in by; empty: made here
  std::vector<std::string_view> out = {};  ///< devices that they may leave by; empty: for this node
};

/// The first rule that may do something to a packet of the class at the hook, in words; none: the rules of
/// all tables let all of them pass. Cost: rules that are reached, times log of addresses.
[[nodiscard]] std::optional<std::string> what_touches(const plimsoll::overlay::netfilter::Ruleset& rules,
                                                      plimsoll::overlay::netfilter::Hook hook,
                                                      const PacketClass& packets);

}  // namespace plimsoll::properties::overlay
