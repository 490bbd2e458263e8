// What one match says of a packet. Private to evaluate.cpp; one function for each module, named in evaluate.
//
// Source: Linux, net/netfilter/xt_tcpudp.c, xt_multiport.c, xt_mark.c, xt_statistic.c, xt_recent.c,
// xt_conntrack.c, xt_state.c, xt_addrtype.c, xt_set.c.
#pragma once

#include "impl/overlay/netfilter/evaluate.hpp"

namespace plimsoll::overlay::netfilter {

enum class Answer : std::uint8_t { no, yes, unknown };

[[nodiscard]] constexpr Answer answer(bool matches) {
  return matches ? Answer::yes : Answer::no;
}

/// What the packet is, in bits of ct_state; with `only_state` false (-m conntrack), also how its flow is
/// translated.
[[nodiscard]] std::uint8_t state_bits(const Tracked& tracked, bool only_state);

[[nodiscard]] Answer ask(const Comment& match, Environment& environment, const AtHook& at);
[[nodiscard]] Answer ask(const TcpMatch& match, Environment& environment, const AtHook& at);
[[nodiscard]] Answer ask(const UdpMatch& match, Environment& environment, const AtHook& at);
[[nodiscard]] Answer ask(const IcmpMatch& match, Environment& environment, const AtHook& at);
[[nodiscard]] Answer ask(const MarkMatch& match, Environment& environment, const AtHook& at);
[[nodiscard]] Answer ask(const MultiportMatch& match, Environment& environment, const AtHook& at);
[[nodiscard]] Answer ask(const RecentMatch& match, Environment& environment, const AtHook& at);
[[nodiscard]] Answer ask(const ConntrackMatch& match, Environment& environment, const AtHook& at);
[[nodiscard]] Answer ask(const AddrtypeMatch& match, Environment& environment, const AtHook& at);
[[nodiscard]] Answer ask(const SetMatch& match, Environment& environment, const AtHook& at);
/// `nth`: the counter's number.
[[nodiscard]] Answer ask_statistic(const StatisticMatch& match, Environment& environment, std::uint32_t nth);

}  // namespace plimsoll::overlay::netfilter
