#include "properties/overlay/conform/conntrack_lines.hpp"

#include <array>
#include <charconv>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <variant>

namespace plimsoll::properties::overlay {
namespace {

using namespace plimsoll::overlay::netfilter;  // NOLINT(google-build-using-namespace): the room this one is
                                               // about

std::uint16_t number_in(const std::map<std::string, std::string>& fields, const std::string& name) {
  const auto found = fields.find(name);
  std::uint16_t number = 0;
  if (found != fields.end()) {
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), number);
  }
  return number;
}

std::optional<Tuple> tuple_of(const std::map<std::string, std::string>& fields, std::uint8_t protocol) {
  const auto src = fields.find("src");
  const auto dst = fields.find("dst");
  if (src == fields.end() || dst == fields.end()) {
    return std::nullopt;
  }
  const auto from = base::Ipv4::parse(src->second);
  const auto to = base::Ipv4::parse(dst->second);
  if (!from || !to) {
    return std::nullopt;
  }
  if (protocol == plimsoll::overlay::protocol::icmp) {
    const auto type = static_cast<std::uint16_t>(number_in(fields, "type") << 8U | number_in(fields, "code"));
    return Tuple{*from, *to, number_in(fields, "id"), type, protocol};
  }
  return Tuple{*from, *to, number_in(fields, "sport"), number_in(fields, "dport"), protocol};
}

TcpState tcp_state(std::string_view word) {
  static const std::array<std::pair<std::string_view, TcpState>, 8> known = {
      {{"SYN_SENT", TcpState::syn_sent},
       {"SYN_RECV", TcpState::syn_recv},
       {"ESTABLISHED", TcpState::established},
       {"FIN_WAIT", TcpState::fin_wait},
       {"CLOSE_WAIT", TcpState::close_wait},
       {"LAST_ACK", TcpState::last_ack},
       {"TIME_WAIT", TcpState::time_wait},
       {"CLOSE", TcpState::close}}};
  for (const auto& [name, state] : known) {
    if (name == word) {
      return state;
    }
  }
  return TcpState::none;
}

}  // namespace

std::optional<Flow> flow_of_line(std::string_view line) {
  std::istringstream words{std::string(line)};
  std::string name;
  unsigned number = 0;
  if (!(words >> name >> number) || number > 255) {
    return std::nullopt;
  }
  const auto protocol = static_cast<std::uint8_t>(number);
  Flow flow = {.confirmed = true, .seen_reply = true, .src_nat_done = true, .dst_nat_done = true};
  std::array<std::map<std::string, std::string>, 2> sides;
  std::size_t side = 0;
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) {
      flow.seen_reply = flow.seen_reply && word != "[UNREPLIED]";
      flow.assured = flow.assured || word == "[ASSURED]";
      flow.tcp.state = protocol == plimsoll::overlay::protocol::tcp && tcp_state(word) != TcpState::none
                           ? tcp_state(word)
                           : flow.tcp.state;
      continue;
    }
    if (word.starts_with("src=") && sides[0].contains("src")) {
      side = 1;
    }
    sides.at(side).emplace(word.substr(0, equals), word.substr(equals + 1));
  }
  const auto original = tuple_of(sides[0], protocol);
  const auto reply = tuple_of(sides[1], protocol);
  if (!original || !reply) {
    return std::nullopt;
  }
  flow.original = *original;
  flow.reply = *reply;
  const bool ports = protocol != plimsoll::overlay::protocol::icmp;
  flow.dst_nat = reply->src != original->dst || (ports && reply->src_port != original->dst_port);
  flow.src_nat = reply->dst != original->src || (ports && reply->dst_port != original->src_port);
  return flow;
}

RecentLists recent_lists(const Ruleset& ruleset, const std::vector<Flow>& flows) {
  RecentLists lists;
  const Table* nat = ruleset.find(TableName::nat);
  if (nat == nullptr) {
    return lists;
  }
  for (const Chain& chain : nat->chains) {
    for (const Rule& rule : chain.rules) {
      const Nat* target = std::get_if<Nat>(&rule.target);
      for (const Match& match : rule.matches) {
        const RecentMatch* recent = std::get_if<RecentMatch>(&match);
        if (target == nullptr || recent == nullptr || recent->operation != RecentMatch::Operation::set) {
          continue;
        }
        for (const Flow& flow : flows) {
          const bool by_rule = flow.dst_nat && flow.reply.src == target->first &&
                               flow.reply.src_port == target->first_port &&
                               rule.protocol.number == flow.original.protocol;
          if (by_rule) {
            RecentList& list = lists[recent->list];
            list.entries[flow.original.src] = RecentEntry{.stamps = {0}, .touched = ++list.touches};
          }
        }
      }
    }
  }
  return lists;
}

}  // namespace plimsoll::properties::overlay
