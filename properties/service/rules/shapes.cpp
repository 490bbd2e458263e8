#include "properties/service/rules/shapes.hpp"

#include <utility>
#include <variant>

#include "impl/overlay/netfilter/save_format.hpp"

namespace plimsoll::properties::rules {

base::Ipv4 ShapeWriter::hidden(base::Ipv4 address) {
  const auto number = static_cast<std::uint32_t>(addresses_.size() + 1);
  return base::Ipv4(addresses_.emplace(address, number).first->second);
}

std::uint16_t ShapeWriter::hidden(std::uint16_t port) {
  if (port == 0) {
    return 0;  // "no port" in every shape
  }
  const auto number = static_cast<std::uint16_t>(ports_.size() + 1);
  return ports_.emplace(port, number).first->second;
}

std::string ShapeWriter::hidden(const std::string& name) {
  return names_.emplace(name, "N" + std::to_string(names_.size() + 1)).first->second;
}

void ShapeWriter::hide(netfilter::AddressMatch& match) {
  constexpr std::uint32_t exactly = 0xffffffffU;
  if (match.mask.value() == exactly) {
    match.address = hidden(match.address);
  } else if (match.mask.value() != 0) {
    prefixes_[{match.address.value(), match.mask.value()}] = true;
  }
}

void ShapeWriter::hide(netfilter::PortRange& range) {
  if (range.first == range.last) {
    range.first = hidden(range.first);
    range.last = range.first;
  } else if (!range.all()) {
    ranges_.emplace(range.first, range.last);
  }
}

void ShapeWriter::rule(netfilter::Rule rule) {
  hide(rule.source);
  hide(rule.destination);
  for (netfilter::Match& match : rule.matches) {
    if (auto* const tcp = std::get_if<netfilter::TcpMatch>(&match)) {
      hide(tcp->source.range);
      hide(tcp->destination.range);
    } else if (auto* const udp = std::get_if<netfilter::UdpMatch>(&match)) {
      hide(udp->source.range);
      hide(udp->destination.range);
    } else if (auto* const several = std::get_if<netfilter::MultiportMatch>(&match)) {
      for (netfilter::PortRange& range : several->ports) {
        hide(range);
      }
    } else if (auto* const recent = std::get_if<netfilter::RecentMatch>(&match)) {
      recent->list = hidden(recent->list);
    } else if (auto* const comment = std::get_if<netfilter::Comment>(&match)) {
      comment->text.clear();
    }
  }
  if (auto* const nat = std::get_if<netfilter::Nat>(&rule.target)) {
    nat->first = hidden(nat->first);
    nat->last = hidden(nat->last);
    nat->first_port = hidden(nat->first_port);
    nat->last_port = hidden(nat->last_port);
  } else if (auto* const jump = std::get_if<netfilter::Jump>(&rule.target)) {
    jump->chain = hidden(jump->chain);
  }
  text_ += netfilter::print_rule("", rule) + "\n";
}

void ShapeWriter::chain(const netfilter::Table& table, const netfilter::Chain& chain,
                        const RuleChoice& rules) {
  text_ += hidden(chain.name) + (chain.policy == netfilter::Verdict::drop ? " drop\n" : "\n");
  if (std::exchange(written_[chain.name], true)) {
    return;
  }
  std::vector<std::string> further;
  const auto one = [&](const netfilter::Rule& of_chain) {
    rule(of_chain);
    if (const auto* const jump = std::get_if<netfilter::Jump>(&of_chain.target)) {
      further.push_back(jump->chain);
    }
  };
  if (rules) {
    for (const std::uint32_t index : rules(chain)) {
      one(chain.rules[index]);
    }
  } else {
    for (const netfilter::Rule& of_chain : chain.rules) {
      one(of_chain);
    }
  }
  for (const std::string& name : further) {
    if (const netfilter::Chain* const next = table.find(name)) {
      this->chain(table, *next, rules);
    }
  }
}

void ShapeWriter::walk(const netfilter::Table& table, netfilter::Hook hook, const RuleChoice& rules) {
  written_.clear();  // of another table
  if (const netfilter::Chain* const first = table.find(netfilter::chain_name(hook))) {
    chain(table, *first, rules);
  }
}

void ShapeWriter::address(base::Ipv4 address) {
  text_ += to_text(hidden(address)) + " ";
}
void ShapeWriter::port(std::uint16_t port) {
  text_ += std::to_string(hidden(port)) + " ";
}
void ShapeWriter::prefix(const base::Ipv4Prefix& prefix) {
  const base::Ipv4 mask = base::Ipv4(~std::uint32_t{0}).masked(prefix.length());
  prefixes_[{prefix.first().value(), mask.value()}] = true;
  text_ += to_text(prefix) + " ";
}
void ShapeWriter::word(std::string_view text) {
  text_.append(text).append("\n");
}

std::string ShapeWriter::take() {
  for (const auto& [prefix, used] : prefixes_) {
    text_ += std::to_string(prefix.first) + "/" + std::to_string(prefix.second) + ":";
    for (const auto& [address, number] : addresses_) {
      if ((address.value() & prefix.second) == prefix.first) {
        text_ += " " + std::to_string(number);
      }
    }
    text_ += "\n";
  }
  for (const auto& [first, last] : ranges_) {
    text_ += std::to_string(first) + "-" + std::to_string(last) + ":";
    for (const auto& [port, number] : ports_) {
      text_ += first <= port && port <= last ? " " + std::to_string(number) : "";
    }
    text_ += "\n";
  }
  return std::move(text_);
}

std::string shape_of(const ShapeRequest& request) {
  ShapeWriter writer;
  const Frontend& frontend = request.frontend;
  constexpr std::uint32_t loopback = 0x7f000000;
  constexpr unsigned loopback_length = 8;
  const auto number = [](auto value) { return std::to_string(static_cast<unsigned>(value)) + " "; };
  writer.word(number(request.hook) + (request.table == nullptr ? "none " : number(request.table->name)) +
              number(frontend.kind) + number(frontend.protocol) + number(frontend.is_local) +
              number(frontend.has_any));
  if (frontend.kind != FrontendKind::node_port) {
    writer.address(frontend.ip);
  }
  writer.port(frontend.port);
  for (const auto* const backends : {&frontend.cluster, &frontend.local}) {
    writer.word("backends");
    for (const Backend& backend : *backends) {
      writer.address(backend.ip);
      writer.port(backend.port);
    }
  }
  writer.word("sources");
  for (const base::Ipv4Prefix& range : frontend.source_ranges) {
    writer.prefix(range);
  }
  for (const base::Ipv4& source : frontend.more_sources) {
    writer.address(source);
  }
  writer.word("others");
  for (const base::Ipv4& rival : request.rivals) {
    writer.address(rival);
  }
  if (frontend.kind == FrontendKind::node_port && request.intent.node_port_addresses) {
    for (const base::Ipv4& address : *request.intent.node_port_addresses) {
      writer.address(address);
    }
  }
  if (const auto* const cidr = std::get_if<service::iptables::DetectByCidr>(&request.intent.detector)) {
    writer.prefix(cidr->cidr);
  }
  writer.prefix(base::Ipv4Prefix(base::Ipv4(loopback), loopback_length));
  if (request.table != nullptr) {
    writer.walk(*request.table, request.hook, request.rules);
  }
  return writer.take();
}

}  // namespace plimsoll::properties::rules
