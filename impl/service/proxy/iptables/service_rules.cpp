#include "impl/service/proxy/iptables/service_rules.hpp"

#include <array>
#include <charconv>
#include <string>

namespace plimsoll::service::iptables {

namespace {

constexpr std::string_view refuse = "REJECT";
constexpr std::string_view drop = "DROP";
constexpr std::string_view mark_masquerade = "KUBE-MARK-MASQ";
constexpr std::string_view services = "KUBE-SERVICES";
constexpr std::string_view external_services = "KUBE-EXTERNAL-SERVICES";
constexpr std::string_view node_ports = "KUBE-NODEPORTS";
constexpr std::string_view proxy_firewall = "KUBE-PROXY-FIREWALL";
constexpr std::string_view src_local = "-m addrtype --src-type LOCAL";
constexpr std::string_view dst_local = "-m addrtype --dst-type LOCAL";

/// -m comment --comment ...
std::string comment(std::string_view before, std::string_view name, std::string_view after) {
  return "-m comment --comment " + quoted(before, name, after);
}

std::string to_protocol(std::string_view protocol) {
  return std::string("-m ").append(protocol).append(" -p ").append(protocol);
}
std::string to_port(const PortPlan& plan, std::uint16_t port) {
  return to_protocol(plan.protocol).append(" --dport ").append(std::to_string(port));
}
std::string to_address(const PortPlan& plan, const base::Ipv4& ip) {
  return to_protocol(plan.protocol)
      .append(" -d ")
      .append(to_text(ip))
      .append(" --dport ")
      .append(std::to_string(plan.port->port));
}

/// What to do with traffic to a frontend without endpoints, and why.
struct Refusal {
  std::string_view target;
  std::string comment;
};
Refusal refusal(const PortPlan& plan) {
  // With endpoints elsewhere, another node may well serve the client: do not tell it that nobody does.
  return plan.has_any ? Refusal{drop, comment("", plan.name, " has no local endpoints")}
                      : Refusal{refuse, comment("", plan.name, " has no endpoints")};
}

void write_cluster_ip(Buffers& out, const PortPlan& plan) {
  const std::string match = to_address(plan, plan.port->cluster_ip);
  if (plan.has_internal) {
    out.nat_rules.write("-A", services, comment("", plan.name, " cluster IP"), match, "-j",
                        plan.internal_chain());
  } else {
    const Refusal refusal_of_all = refusal(plan);
    out.filter_rules.write("-A", services, refusal_of_all.comment, match, "-j", refusal_of_all.target);
  }
}

void write_external_ips(Buffers& out, const PortPlan& plan) {
  for (const base::Ipv4& ip : plan.port->external_ips) {
    const std::string match = to_address(plan, ip);
    if (plan.has_any) {
      out.nat_rules.write("-A", services, comment("", plan.name, " external IP"), match, "-j",
                          plan.external_chain);
    }
    if (!plan.has_external) {
      const Refusal refused = refusal(plan);
      out.filter_rules.write("-A", external_services, refused.comment, match, "-j", refused.target);
    }
  }
}

void write_load_balancer_ips(Buffers& out, const PortPlan& plan) {
  for (const base::Ipv4& ip : plan.port->load_balancer_ips) {
    const std::string match = to_address(plan, ip);
    if (plan.has_any) {
      out.nat_rules.write("-A", services, comment("", plan.name, " loadbalancer IP"), match, "-j",
                          plan.load_balancer_chain());
    }
    if (plan.uses_firewall_chain) {
      out.filter_rules.write("-A", proxy_firewall,
                             comment("", plan.name, " traffic not accepted by " + plan.firewall_chain), match,
                             "-j", drop);
    }
  }
  if (plan.has_external) {
    return;
  }
  for (const base::Ipv4& ip : plan.port->load_balancer_ips) {
    const Refusal refused = refusal(plan);
    out.filter_rules.write("-A", external_services, refused.comment, to_address(plan, ip), "-j",
                           refused.target);
  }
}

void write_node_port(Buffers& out, const PortPlan& plan) {
  if (plan.port->node_port == 0) {
    return;
  }
  const std::string match = to_port(plan, plan.port->node_port);
  if (plan.has_any) {
    // Source ranges of load balancers do not apply to node ports, in upstream's words for better or worse.
    out.nat_rules.write("-A", node_ports, "-m comment --comment", plan.name, match, "-j",
                        plan.external_chain);
  }
  if (!plan.has_external) {
    const Refusal refused = refusal(plan);
    out.filter_rules.write("-A", external_services, refused.comment, dst_local, match, "-j", refused.target);
  }
}

void write_health_check_node_port(Buffers& out, const PortPlan& plan) {
  if (plan.port->health_check_node_port != 0) {
    out.filter_rules.write("-A", node_ports, comment("", plan.name, " health check node port"),
                           "-m tcp -p tcp --dport", std::to_string(plan.port->health_check_node_port),
                           "-j ACCEPT");
  }
}

void write_internal_masquerade(Buffers& out, const PortPlan& plan, const RulesConfig& config) {
  if (!plan.has_internal) {
    return;
  }
  const std::string words = comment("", plan.name, " cluster IP");
  const std::string match = to_address(plan, plan.port->cluster_ip);
  const std::string not_local = detect(config.detector, false);
  if (config.masquerade_all) {
    out.nat_rules.write("-A", plan.internal_chain(), words, match, "-j", mark_masquerade);
  } else if (!not_local.empty()) {
    // A service range may be routed to any node from outside the cluster. Answers must come back here.
    out.nat_rules.write("-A", plan.internal_chain(), words, match, not_local, "-j", mark_masquerade);
  }
}

void write_external_chain(Buffers& out, const PortPlan& plan, const RulesConfig& config) {
  if (!plan.uses_external_chain) {
    return;
  }
  out.nat_chains.declare(plan.external_chain);
  if (!plan.port->external_local) {
    // The endpoint may be on another node, which must answer through this one.
    out.nat_rules.write("-A", plan.external_chain,
                        comment("masquerade traffic for ", plan.name, " external destinations"), "-j",
                        mark_masquerade);
  } else {
    const std::string local = detect(config.detector, true);
    if (!local.empty()) {
      // As if the pod's packet had left the cluster and come back by the load balancer.
      out.nat_rules.write("-A", plan.external_chain,
                          comment("pod traffic for ", plan.name, " external destinations"), local, "-j",
                          plan.cluster_chain);
    }
    // The node's own: the external address may be one of its own, and would be the source.
    out.nat_rules.write("-A", plan.external_chain,
                        comment("masquerade LOCAL traffic for ", plan.name, " external destinations"),
                        src_local, "-j", mark_masquerade);
    out.nat_rules.write("-A", plan.external_chain,
                        comment("route LOCAL traffic for ", plan.name, " external destinations"), src_local,
                        "-j", plan.cluster_chain);
  }
  if (plan.has_external) {
    out.nat_rules.write("-A", plan.external_chain, "-j", plan.external_policy_chain());
  }
}

void write_firewall_chain(Buffers& out, const PortPlan& plan, const RulesConfig& config) {
  if (!plan.uses_firewall_chain) {
    return;
  }
  out.nat_chains.declare(plan.firewall_chain);
  const std::string words = comment("", plan.name, " loadbalancer IP");
  bool is_node_allowed = false;
  for (const base::Ipv4Prefix& range : plan.port->source_ranges) {
    out.nat_rules.write("-A", plan.firewall_chain, words, "-s", to_text(range.network()), "-j",
                        plan.external_chain);
    is_node_allowed = is_node_allowed || range.contains(config.node_ip);
  }
  if (is_node_allowed) {
    // Where the balancer's address is also the node's own, the node's traffic to it has it as source.
    for (const base::Ipv4& ip : plan.port->load_balancer_ips) {
      out.nat_rules.write("-A", plan.firewall_chain, words, "-s", to_text(ip), "-j", plan.external_chain);
    }
  }
  // What reaches the end was not translated, and matches the rule in KUBE-PROXY-FIREWALL.
  out.nat_rules.write("-A", plan.firewall_chain,
                      comment("other traffic to ", plan.name, " will be dropped by KUBE-PROXY-FIREWALL"));
}

/// "0.3333333333": the probability of the first of `count` rules, the rest being left to those after it.
std::string probability(std::size_t count) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                 1.0 / static_cast<double>(count), std::chars_format::fixed, 10);
  return {digits.data(), end.ptr};
}

/// Jumps of a policy's chain to the chains of its endpoints: first those that remember the client, then one
/// at random.
void write_policy_chain(Buffers& out, const PortPlan& plan, const std::string& chain,
                        const std::vector<std::size_t>& endpoints, bool with_comments) {
  out.nat_chains.declare(chain);
  std::string start = "-A " + chain;
  const auto begun = [&](const PlannedEndpoint& endpoint) {
    return with_comments ? start + " " + comment("", plan.name, " -> " + endpoint.text) : start;
  };
  if (plan.port->affinity_seconds != 0) {
    for (const std::size_t index : endpoints) {
      const PlannedEndpoint& endpoint = plan.endpoints[index];
      out.nat_rules.write(begun(endpoint), "-m recent --name", endpoint.chain, "--rcheck --seconds",
                          std::to_string(plan.port->affinity_seconds), "--reap -j", endpoint.chain);
    }
  }
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const PlannedEndpoint& endpoint = plan.endpoints[endpoints[i]];
    const std::size_t left = endpoints.size() - i;
    if (left > 1) {
      out.nat_rules.write(begun(endpoint), "-m statistic --mode random --probability", probability(left),
                          "-j", endpoint.chain);
    } else {
      out.nat_rules.write(begun(endpoint), "-j", endpoint.chain);
    }
  }
}

void write_endpoint_chain(Buffers& out, const PortPlan& plan, const PlannedEndpoint& endpoint,
                          const RulesConfig& config, bool with_comments) {
  out.nat_chains.declare(endpoint.chain);
  std::string start = "-A " + endpoint.chain;
  if (with_comments) {
    start.append(" -m comment --comment ").append(plan.name);
  }
  if (!config.defects.has(Defect::P15)) {
    // A pod that meets itself through its service must see another source than its own address.
    out.nat_rules.write(start, "-s", endpoint.ip, "-j", mark_masquerade);
  }
  if (plan.port->affinity_seconds != 0) {
    start.append(" -m recent --name ").append(endpoint.chain).append(" --set");
  }
  out.nat_rules.write(start, "-m", plan.protocol, "-p", plan.protocol, "-j DNAT --to-destination",
                      endpoint.text);
}

}  // namespace

std::string detect(const LocalDetector& detector, bool is_local) {
  const std::string negation = is_local ? "" : "! ";
  if (const auto* const by_cidr = std::get_if<DetectByCidr>(&detector)) {
    return negation + "-s " + to_text(by_cidr->cidr);
  }
  if (const auto* const by_bridge = std::get_if<DetectByBridge>(&detector)) {
    return negation + "-i " + by_bridge->interface;
  }
  if (const auto* const by_prefix = std::get_if<DetectByInterfacePrefix>(&detector)) {
    return negation + "-i " + by_prefix->prefix + "+";
  }
  return {};
}

void write_masquerade(LineBuffer& nat_rules, const RulesConfig& config) {
  const std::string mark = mark_text(config.masquerade_bit);
  nat_rules.write("-A KUBE-POSTROUTING -m mark ! --mark", mark + "/" + mark, "-j RETURN");
  nat_rules.write("-A KUBE-POSTROUTING -j MARK --xor-mark", mark);
  const std::string_view masquerade =
      R"(-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE)";
  if (config.random_fully) {
    nat_rules.write(masquerade, "--random-fully");
  } else {
    nat_rules.write(masquerade);
  }
  nat_rules.write("-A KUBE-MARK-MASQ -j MARK --or-mark", mark);
}

void write_forward(LineBuffer& filter_rules, const RulesConfig& config) {
  const std::string mark = mark_text(config.masquerade_bit);
  filter_rules.write(R"(-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark)",
                     mark + "/" + mark, "-j ACCEPT");
  filter_rules.write(
      R"(-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack )"
      "--ctstate RELATED,ESTABLISHED -j ACCEPT");
}

std::string mark_text(std::uint8_t masquerade_bit) {
  std::array<char, 8> digits{};
  const std::uint32_t mark = std::uint32_t{1} << masquerade_bit;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), mark, 16);
  const auto count = static_cast<std::size_t>(end.ptr - digits.data());
  return "0x" + std::string(digits.size() - count, '0') + std::string(digits.data(), count);
}

void write_shared_rules(Buffers& out, const PortPlan& plan) {
  write_cluster_ip(out, plan);
  write_external_ips(out, plan);
  write_load_balancer_ips(out, plan);
  write_node_port(out, plan);
  write_health_check_node_port(out, plan);
}

void write_own_chains(Buffers& out, const PortPlan& plan, const RulesConfig& config, bool with_comments) {
  write_internal_masquerade(out, plan, config);
  write_external_chain(out, plan, config);
  write_firewall_chain(out, plan, config);
  if (plan.uses_cluster_chain) {
    write_policy_chain(out, plan, plan.cluster_chain, plan.cluster, with_comments);
  }
  if (plan.uses_local_chain) {
    write_policy_chain(out, plan, plan.local_chain, plan.local, with_comments);
  }
  for (const PlannedEndpoint& endpoint : plan.endpoints) {
    write_endpoint_chain(out, plan, endpoint, config, with_comments);
  }
}

}  // namespace plimsoll::service::iptables
