#include "properties/service/rules/slices.hpp"

#include <algorithm>
#include <set>
#include <variant>

namespace plimsoll::properties::rules {
namespace {

/// The one port that the rule's packets are for; 0: any, or several.
std::uint16_t exact_port(const netfilter::Rule& rule) {
  for (const netfilter::Match& match : rule.matches) {
    const netfilter::PortMatch* port = nullptr;
    if (const auto* const tcp = std::get_if<netfilter::TcpMatch>(&match)) {
      port = &tcp->destination;
    } else if (const auto* const udp = std::get_if<netfilter::UdpMatch>(&match)) {
      port = &udp->destination;
    }
    if (port != nullptr && !port->negated && port->range.first == port->range.last) {
      return port->range.first;
    }
  }
  return 0;
}

std::uint32_t exact_destination(const netfilter::Rule& rule) {
  return rule.destination.exact() ? rule.destination.address.value() : 0;
}

void add(std::vector<std::uint32_t>& to, const std::vector<std::uint32_t>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

const Slices::Index& Slices::index_of(const netfilter::Chain& chain) {
  const auto [place, is_new] = indices_.try_emplace(&chain);
  if (is_new) {
    for (std::uint32_t index = 0; index < chain.rules.size(); ++index) {
      const std::uint16_t port = exact_port(chain.rules[index]);
      place->second.by_both[{exact_destination(chain.rules[index]), port}].push_back(index);
      if (port != 0) {
        place->second.by_port[port].push_back(index);
      } else if (exact_destination(chain.rules[index]) != 0) {
        place->second.only_destination.push_back(index);
      }
    }
  }
  return place->second;
}

RuleChoice Slices::of(const Frontend& frontend) {
  return [this, kind = frontend.kind, ip = frontend.ip, port = frontend.port](const netfilter::Chain& chain) {
    const Index& index = index_of(chain);
    Indices found;
    const auto take = [&](std::uint32_t destination, std::uint16_t of_port) {
      if (const auto rules = index.by_both.find({destination, of_port}); rules != index.by_both.end()) {
        add(found, rules->second);
      }
    };
    take(0, 0);
    if (kind == FrontendKind::node_port) {
      // Whatever the node's addresses are, they are some rules' destinations only by chance.
      add(found, index.only_destination);
      if (const auto rules = index.by_port.find(port); rules != index.by_port.end()) {
        add(found, rules->second);
      }
    } else {
      take(0, port);
      take(ip.value(), 0);
      take(ip.value(), port);
    }
    std::ranges::sort(found);
    return found;
  };
}

Addressed Slices::addressed() const {
  Addressed found;
  for (const netfilter::Chain& chain : table_.chains) {
    for (const netfilter::Rule& rule : chain.rules) {
      const std::uint16_t port = exact_port(rule);
      const bool has_address = rule.destination.exact();
      if (has_address) {
        found.addresses.insert(rule.destination.address);
      }
      if (port != 0) {
        found.ports.insert(port);
        found.all.insert({!has_address, has_address ? rule.destination.address : base::Ipv4(), port});
      }
    }
  }
  return found;
}

std::vector<std::uint32_t> Slices::unaddressed(const netfilter::Chain& chain) {
  const Index& index = index_of(chain);
  const auto rules = index.by_both.find({0, 0});
  return rules == index.by_both.end() ? Indices{} : rules->second;
}

RuleChoice Slices::of_strangers(const Intent& intent) const {
  std::set<std::tuple<std::uint32_t, std::uint8_t, std::uint16_t>> known;
  for (const Frontend& frontend : intent.frontends) {
    const bool is_of_node = frontend.kind == FrontendKind::node_port;
    known.emplace(is_of_node ? 0 : frontend.ip.value(), frontend.protocol, frontend.port);
  }
  return [known = std::move(known)](const netfilter::Chain& chain) {
    Indices found;
    for (std::uint32_t index = 0; index < chain.rules.size(); ++index) {
      const netfilter::Rule& rule = chain.rules[index];
      const auto key = std::tuple(exact_destination(rule), rule.protocol.number, exact_port(rule));
      if (rule.protocol.negated || !known.contains(key)) {
        found.push_back(index);
      }
    }
    return found;
  };
}

}  // namespace plimsoll::properties::rules
