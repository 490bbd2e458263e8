#include "properties/overlay/all_packets/transparent_rules.hpp"

#include <algorithm>
#include <bit>
#include <set>
#include <variant>

namespace plimsoll::properties::overlay {
namespace {

using namespace plimsoll::overlay::netfilter;  // NOLINT(google-build-using-namespace): what is asked

constexpr std::uint8_t tcp = 6;
constexpr std::uint8_t udp = 17;

/// Which packets of the class match. The order makes `both` the smaller one.
enum class Share : std::uint8_t { none, some, all };

Share both(Share one, Share other) {
  return std::min(one, other);
}
Share opposite_if(bool negated, Share share) {
  if (!negated || share == Share::some) {
    return share;
  }
  return share == Share::all ? Share::none : Share::all;
}
Share share_of(std::size_t matching, std::size_t all) {
  return matching == 0 ? Share::none : matching == all ? Share::all : Share::some;
}

Share share_of(const AddressMatch& match, const std::vector<base::Ipv4>& addresses) {
  if (match.any()) {
    return Share::all;
  }
  const std::uint32_t mask = match.mask.value();
  const bool is_prefix = std::has_single_bit(~mask + 1U) || mask == 0;
  if (!is_prefix) {
    return Share::some;
  }
  const auto first = std::ranges::lower_bound(addresses, match.address);
  const auto last = std::ranges::upper_bound(addresses, base::Ipv4(match.address.value() | ~mask));
  return opposite_if(
      match.negated,
      share_of(static_cast<std::size_t>(std::max(last - first, std::ptrdiff_t{0})), addresses.size()));
}

Share share_of(const DeviceMatch& match, const std::vector<std::string_view>& devices) {
  if (devices.empty()) {
    return match.matches("") ? Share::all : Share::none;
  }
  return share_of(static_cast<std::size_t>(std::ranges::count_if(
                      devices, [&](std::string_view device) { return match.matches(device); })),
                  devices.size());
}

Share share_of(const ProtocolMatch& match, bool with_tcp) {
  if (match.number == 0) {
    return Share::all;
  }
  const Share equal = match.number == udp               ? (with_tcp ? Share::some : Share::all)
                      : match.number == tcp && with_tcp ? Share::some
                                                        : Share::none;
  return opposite_if(match.negated, equal);
}

bool asks_nothing(const PortMatch& match) {
  return match.range.all() && !match.negated;
}

/// What a match says of packets whose addresses, devices and protocols are settled.
struct MatchShare {
  const PacketClass& packets;

  Share operator()(const Comment& /*match*/) const { return Share::all; }
  Share operator()(const MarkMatch& match) const {
    return opposite_if(match.negated, match.value == 0 ? Share::all : Share::none);
  }
  Share operator()(const IcmpMatch& match) const { return opposite_if(match.negated, Share::none); }
  Share operator()(const UdpMatch& match) const {
    if (packets.port && !match.destination.matches(*packets.port)) {
      return Share::none;
    }
    const bool is_settled = packets.port.has_value() || asks_nothing(match.destination);
    return asks_nothing(match.source) && is_settled ? Share::all : Share::some;
  }
  Share operator()(const ConntrackMatch& match) const {
    ConntrackMatch states_only = {};
    states_only.as_state = match.as_state;
    states_only.states = match.states;
    states_only.states_negated = match.states_negated;
    if (match != states_only) {
      return Share::some;
    }
    // Tracked or not, a packet of a connection that was made here is never invalid, related or translated.
    constexpr std::uint8_t possible = ct_state::new_ | ct_state::established | ct_state::untracked;
    const auto asked = static_cast<std::uint8_t>(match.states & possible);
    return opposite_if(match.states_negated, asked == 0          ? Share::none
                                             : asked == possible ? Share::all
                                                                 : Share::some);
  }
  Share operator()(const AddrtypeMatch& match) const {
    constexpr auto local = static_cast<std::uint16_t>(1U << static_cast<unsigned>(AddressType::local));
    const bool asks_for_local =
        match == AddrtypeMatch{.destination_types = local, .destination_negated = match.destination_negated};
    return asks_for_local && packets.to_others ? opposite_if(match.destination_negated, Share::none)
                                               : Share::some;
  }
  template <typename Other>
  Share operator()(const Other& /*match*/) const {
    return Share::some;
  }
};

Share share_of(const Rule& rule, const PacketClass& packets) {
  Share share =
      both(share_of(rule.source, *packets.sources), share_of(rule.destination, *packets.destinations));
  share = both(share, both(share_of(rule.in, packets.in), share_of(rule.out, packets.out)));
  share = both(share, share_of(rule.protocol, packets.tcp));
  if (rule.fragment != FragmentMatch::any) {
    share = both(share, Share::some);
  }
  for (const Match& match : rule.matches) {
    if (share == Share::none) {
      return share;
    }
    share = both(share, std::visit(MatchShare{packets}, match));
  }
  return share;
}

/// Whether a target lets packets go on as they are. Where a jump leads to is asked apart.
bool does_nothing(const Target& target) {
  if (const auto* verdict = std::get_if<Verdict>(&target)) {
    return *verdict != Verdict::drop;
  }
  const auto* jump = std::get_if<Jump>(&target);
  return (jump != nullptr && !jump->go_to) || std::holds_alternative<Continue>(target) ||
         std::holds_alternative<Log>(target);
}

/// Walks what packets of the class may come to in one table.
class TransparencyWalk {
 public:
  TransparencyWalk(const Table& table, const PacketClass& packets) : table_(table), packets_(packets) {}

  struct Result {
    std::optional<std::string> touches = {};
    bool accepts_all = false;  ///< no packet comes back from the chain
  };
  Result walk(const Chain& chain) {
    if (!seen_.insert(chain.name).second) {
      return {};  // all its rules were asked on the first way here
    }
    for (std::size_t index = 0; index < chain.rules.size(); ++index) {
      const Rule& rule = chain.rules[index];
      const Share share = share_of(rule, packets_);
      if (share == Share::none) {
        continue;
      }
      if (!does_nothing(rule.target)) {
        return {words(chain, index)};
      }
      const Result inside = follow(rule.target);
      if (inside.touches) {
        return inside;
      }
      if (share != Share::all) {
        continue;
      }
      const auto* verdict = std::get_if<Verdict>(&rule.target);
      if (inside.accepts_all || verdict != nullptr) {
        return {.accepts_all = inside.accepts_all || *verdict == Verdict::accept};
      }
    }
    return {};
  }

 private:
  Result follow(const Target& target) {
    const auto* jump = std::get_if<Jump>(&target);
    const Chain* to = jump == nullptr ? nullptr : table_.find(jump->chain);
    return to == nullptr ? Result{} : walk(*to);
  }

  [[nodiscard]] std::string words(const Chain& chain, std::size_t index) const {
    return "rule " + std::to_string(index + 1) + " of " + chain.name + " may do something to its packets";
  }

  const Table& table_;
  const PacketClass& packets_;
  std::set<std::string> seen_ = {};
};

}  // namespace

std::optional<std::string> what_touches(const Ruleset& rules, Hook hook, const PacketClass& packets) {
  for (const Table& table : rules.tables) {
    const Chain* chain = table.find(chain_name(hook));
    if (chain == nullptr || packets.sources->empty() || packets.destinations->empty()) {
      continue;
    }
    const TransparencyWalk::Result result = TransparencyWalk(table, packets).walk(*chain);
    if (result.touches) {
      return result.touches;
    }
    if (!result.accepts_all && chain->policy == Verdict::drop) {
      return "the policy of " + chain->name + " may drop its packets";
    }
  }
  return std::nullopt;
}

}  // namespace plimsoll::properties::overlay
