// What one rule asks of a packet.
#include <type_traits>
#include <variant>

#include "properties/service/rules/encode.hpp"

namespace plimsoll::properties::rules {

using symbolic::Bool;
using symbolic::Word;

namespace {

Bool flipped(const Bool& truth, bool negated) {
  return negated ? !truth : truth;
}

class Asker {
 public:
  Asker(symbolic::Terms& terms, const netfilter::RuleRef& where, const WalkRequest& request, const Word& mark,
        std::vector<Chance>& chances)
      : terms_(terms), where_(where), request_(request), mark_(mark), chances_(chances) {}

  RuleCondition ask(const netfilter::Rule& rule) {
    const SymbolicPacket& packet = request_.packet;
    require(address(rule.source, packet.src));
    require(address(rule.destination, packet.dst));
    require(device(rule.in, packet.in));
    require(device(rule.out, packet.out));
    if (rule.protocol.number != 0) {
      require(flipped(packet.protocol == std::uint32_t{rule.protocol.number}, rule.protocol.negated));
    }
    // Packets are whole here.
    require(rule.fragment != netfilter::FragmentMatch::later);
    for (const netfilter::Match& match : rule.matches) {
      std::visit([&](const auto& concrete) { one(concrete); }, match);
    }
    return condition_;
  }

 private:
  void require(const Bool& truth) { condition_.matches &= truth; }
  void unknown() { condition_.is_known = false; }

  Bool address(const netfilter::AddressMatch& match, const Word& of_packet) {
    if (match.mask.value() == 0xffffffffU) {
      return flipped(of_packet == request_.constants.address(match.address), match.negated);
    }
    if (match.mask.value() == 0) {
      return (match.address.value() == 0) != match.negated;
    }
    return flipped(request_.constants.is_under(of_packet, match.address, match.mask), match.negated);
  }
  Bool device(const netfilter::DeviceMatch& match, const Word& of_packet) {
    if (match.any()) {
      return true;
    }
    Bool matches = match.matches("") && of_packet == 0U;
    for (std::uint32_t i = 0; i < request_.devices.names.size(); ++i) {
      if (match.matches(request_.devices.names[i])) {
        matches |= of_packet == i + 1;
      }
    }
    return matches;
  }
  Bool port(const netfilter::PortMatch& match, const Word& of_packet) {
    return flipped(in_range(match.range, of_packet), match.negated);
  }
  Bool in_range(const netfilter::PortRange& range, const Word& of_packet) {
    if (range.all()) {
      return true;
    }
    if (range.first == range.last) {
      return of_packet == request_.constants.port(range.first);
    }
    return of_packet >= std::uint32_t{range.first} && of_packet <= std::uint32_t{range.last};
  }
  Bool has_type(const Word& type, std::uint16_t types, bool negated) {
    if (types == 0) {
      return true;
    }
    Bool matches = false;
    for (std::uint32_t i = 0; i < address_type_count; ++i) {
      if ((types >> i & 1U) != 0) {
        matches |= type == i;
      }
    }
    return flipped(matches, negated);
  }
  void draw(bool is_remembered) {
    chances_.push_back({where_, terms_.truth_variable(where_.chain), is_remembered});
    require(chances_.back().matches);
  }

  void one(const netfilter::Comment& /*match*/) {}
  void one(const netfilter::TcpMatch& match) {
    require(request_.packet.protocol == 6U && port(match.source, request_.packet.src_port) &&
            port(match.destination, request_.packet.dst_port));
    if (match.flags_mask != 0 || match.flags_negated || match.option != 0) {
      unknown();
    }
  }
  void one(const netfilter::UdpMatch& match) {
    require(request_.packet.protocol == 17U && port(match.source, request_.packet.src_port) &&
            port(match.destination, request_.packet.dst_port));
  }
  void one(const netfilter::IcmpMatch& match) {
    require(request_.packet.protocol == 1U);
    if (match.type != netfilter::IcmpMatch::any_type || match.negated) {
      unknown();
    }
  }
  void one(const netfilter::MarkMatch& match) {
    require(flipped((mark_ & match.mask) == match.value, match.negated));
  }
  void one(const netfilter::MultiportMatch& match) {
    using Side = netfilter::MultiportMatch::Side;
    const SymbolicPacket& packet = request_.packet;
    Bool found = false;
    for (const netfilter::PortRange& range : match.ports) {
      found |= match.side != Side::destination && in_range(range, packet.src_port);
      found |= match.side != Side::source && in_range(range, packet.dst_port);
    }
    require((packet.protocol == 6U || packet.protocol == 17U) && flipped(found, match.negated));
  }
  void one(const netfilter::StatisticMatch& match) {
    const bool is_random = match.mode == netfilter::StatisticMatch::Mode::random;
    const bool always =
        is_random ? match.probability >= netfilter::StatisticMatch::certain : match.every == 1;
    if (always || (is_random && match.probability == 0)) {
      require(always != match.negated);
    } else {
      draw(false);
    }
  }
  void one(const netfilter::RecentMatch& match) {
    if (match.operation == netfilter::RecentMatch::Operation::set) {
      require(!match.negated);
    } else {
      draw(true);
    }
  }
  void one(const netfilter::ConntrackMatch& match) {
    netfilter::ConntrackMatch rest = match;
    rest.as_state = false;
    rest.states = 0;
    rest.states_negated = false;
    if (!(rest == netfilter::ConntrackMatch{}) || (match.states == 0 && !match.states_negated)) {
      unknown();
    }
    const SymbolicPacket& packet = request_.packet;
    Bool found = false;
    for (std::uint32_t i = 0; i < flow_state_count; ++i) {
      if ((match.states >> i & 1U) != 0) {
        found |= packet.state == i;
      }
    }
    if (!match.as_state) {
      found |= (match.states & netfilter::ct_state::snat) != 0 && packet.src_nat;
      found |= (match.states & netfilter::ct_state::dnat) != 0 && packet.dst_nat;
    }
    require(flipped(found, match.states_negated));
  }
  void one(const netfilter::AddrtypeMatch& match) {
    require(has_type(request_.packet.src_type, match.source_types, match.source_negated) &&
            has_type(request_.packet.dst_type, match.destination_types, match.destination_negated));
    if (match.limit_in || match.limit_out) {
      unknown();
    }
  }
  void one(const netfilter::PhysdevMatch& /*match*/) { unknown(); }
  void one(const netfilter::SetMatch& /*match*/) { unknown(); }
  void one(const netfilter::UnsupportedMatch& /*match*/) { unknown(); }

  symbolic::Terms& terms_;
  const netfilter::RuleRef& where_;
  const WalkRequest& request_;
  const Word& mark_;
  std::vector<Chance>& chances_;
  RuleCondition condition_ = {};
};

}  // namespace

RuleCondition condition_of(symbolic::Terms& terms, const netfilter::Rule& rule,
                           const netfilter::RuleRef& where, const WalkRequest& request, const Word& mark,
                           std::vector<Chance>& chances) {
  return Asker(terms, where, request, mark, chances).ask(rule);
}

}  // namespace plimsoll::properties::rules
