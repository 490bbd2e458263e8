// What the kernel checks when a table is handed to it.
#include <algorithm>
#include <map>
#include <utility>

#include "impl/overlay/netfilter/ruleset.hpp"
#include "impl/overlay/packet/packet.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

using HookSet = unsigned;
constexpr HookSet bit(Hook hook) {
  return 1U << static_cast<unsigned>(hook);
}
constexpr HookSet every_hook = (1U << hook_count) - 1;

/// Where a target may be used: struct xt_target, members table and hooks.
struct Home {
  std::string_view name;
  std::optional<TableName> table;
  HookSet hooks = every_hook;
};

Home home_of(const Target& target) {
  if (std::holds_alternative<Reject>(target)) {
    return {"REJECT", TableName::filter, bit(Hook::input) | bit(Hook::forward) | bit(Hook::output)};
  }
  if (std::holds_alternative<Notrack>(target)) {
    return {"CT", TableName::raw};
  }
  if (const auto* const nat = std::get_if<Nat>(&target)) {
    switch (nat->kind) {
      case Nat::Kind::dnat:
        return {"DNAT", TableName::nat, bit(Hook::prerouting) | bit(Hook::output)};
      case Nat::Kind::redirect:
        return {"REDIRECT", TableName::nat, bit(Hook::prerouting) | bit(Hook::output)};
      case Nat::Kind::snat:
        return {"SNAT", TableName::nat, bit(Hook::postrouting) | bit(Hook::input)};
      case Nat::Kind::masquerade:
        return {"MASQUERADE", TableName::nat, bit(Hook::postrouting)};
    }
  }
  return {"", std::nullopt};
}

bool has_protocol(const Rule& rule, std::uint8_t number) {
  return rule.protocol.number == number && !rule.protocol.negated;
}
/// Protocols with ports, as multiport and the NAT targets want them: TCP, UDP, DCCP, SCTP, UDP-Lite.
bool has_ports(const Rule& rule) {
  constexpr std::array<std::uint8_t, 5> numbers = {protocol::tcp, protocol::udp, 33, 132, 136};
  return std::ranges::any_of(numbers, [&](std::uint8_t number) { return has_protocol(rule, number); });
}

std::string fault_of_match(const Rule& rule, const Match& match, HookSet hooks) {
  if (std::holds_alternative<TcpMatch>(match) && !has_protocol(rule, protocol::tcp)) {
    return "-m tcp needs -p tcp.";
  }
  if (std::holds_alternative<UdpMatch>(match) && !has_protocol(rule, protocol::udp)) {
    return "-m udp needs -p udp.";
  }
  if (std::holds_alternative<IcmpMatch>(match) && !has_protocol(rule, protocol::icmp)) {
    return "-m icmp needs -p icmp.";
  }
  if (std::holds_alternative<MultiportMatch>(match) && !has_ports(rule)) {
    return "-m multiport needs a protocol with ports.";
  }
  if (const auto* const type = std::get_if<AddrtypeMatch>(&match)) {
    if (type->limit_in && (hooks & (bit(Hook::output) | bit(Hook::postrouting))) != 0) {
      return "--limit-iface-in has no meaning in OUTPUT and POSTROUTING.";
    }
    if (type->limit_out && (hooks & (bit(Hook::prerouting) | bit(Hook::input))) != 0) {
      return "--limit-iface-out has no meaning in PREROUTING and INPUT.";
    }
  }
  return {};
}

std::string fault_of_target(const Rule& rule, TableName table, HookSet hooks) {
  const Home home = home_of(rule.target);
  if (home.table && *home.table != table) {
    return std::string(home.name) + " belongs to another table.";
  }
  for (std::size_t hook = 0; hook < hook_count; ++hook) {
    if ((hooks & ~home.hooks & bit(static_cast<Hook>(hook))) != 0) {
      return std::string(home.name) + " has no meaning in " +
             std::string(chain_name(static_cast<Hook>(hook))) + ".";
    }
  }
  if (const auto* const reject = std::get_if<Reject>(&rule.target)) {
    if (reject->type == RejectType::tcp_reset && !has_protocol(rule, protocol::tcp)) {
      return "--reject-with tcp-reset needs -p tcp.";
    }
  }
  if (const auto* const nat = std::get_if<Nat>(&rule.target)) {
    if (nat->first_port != 0 && !has_ports(rule) && !has_protocol(rule, protocol::icmp)) {
      return "NAT to ports needs a protocol with ports.";
    }
  }
  return {};
}

/// Follows all jumps from the hooks, as mark_source_chains() does.
class Walk {
 public:
  explicit Walk(const Table& table) : table_(table) {
    for (const Chain& chain : table.chains) {
      chains_.emplace(chain.name, &chain);
    }
  }

  std::optional<TableFault> run() {
    for (const Hook hook : hooks_of(table_.name)) {
      if (!enter(chain_name(hook), bit(hook))) {
        return fault_;
      }
    }
    for (const Chain& chain : table_.chains) {
      for (std::size_t at = 0; at < chain.rules.size(); ++at) {
        if (!check(chain, at)) {
          return fault_;
        }
      }
    }
    return std::nullopt;
  }

 private:
  struct Visit {
    HookSet hooks = 0;
    bool open = false;
  };

  bool enter(std::string_view name, HookSet hook) {
    Visit& visit = visits_[name];
    if ((visit.hooks & hook) != 0) {
      return true;
    }
    visit.hooks |= hook;
    visit.open = true;
    const Chain& chain = *chains_.at(name);
    for (std::size_t at = 0; at < chain.rules.size(); ++at) {
      const auto* const jump = std::get_if<Jump>(&chain.rules[at].target);
      if (jump != nullptr && !follow(chain, at, *jump, hook)) {
        return false;
      }
    }
    visits_[name].open = false;
    return true;
  }

  bool follow(const Chain& chain, std::size_t at, const Jump& jump, HookSet hook) {
    const auto target = chains_.find(jump.chain);
    if (target == chains_.end()) {
      return fail(chain, at, "There is no chain " + jump.chain + ".");
    }
    if (target->second->policy) {
      return fail(chain, at, "A rule cannot jump to " + jump.chain + ", which is a built-in chain.");
    }
    if (visits_[target->first].open) {
      return fail(chain, at, "The jump to " + jump.chain + " closes a loop.");
    }
    return enter(target->first, hook);
  }

  bool check(const Chain& chain, std::size_t at) {
    const Rule& rule = chain.rules[at];
    const HookSet hooks = visits_[chain.name].hooks;
    for (const Match& match : rule.matches) {
      if (std::string why = fault_of_match(rule, match, hooks); !why.empty()) {
        return fail(chain, at, std::move(why));
      }
    }
    if (const auto* const jump = std::get_if<Jump>(&rule.target)) {
      const auto target = chains_.find(jump->chain);
      if (target == chains_.end()) {
        return fail(chain, at, "There is no chain " + jump->chain + ".");
      }
    }
    std::string why = fault_of_target(rule, table_.name, hooks);
    return why.empty() || fail(chain, at, std::move(why));
  }

  bool fail(const Chain& chain, std::size_t at, std::string why) {
    fault_ = TableFault{{table_.name, chain.name, static_cast<std::uint32_t>(at + 1)}, std::move(why)};
    return false;
  }

  const Table& table_;
  std::map<std::string_view, const Chain*> chains_;
  std::map<std::string_view, Visit> visits_;
  std::optional<TableFault> fault_;
};

}  // namespace

std::optional<TableFault> fault_of(const Table& table) {
  return Walk(table).run();
}

}  // namespace plimsoll::overlay::netfilter
