#include "impl/service/proxy/ipvs/rules.hpp"

#include <array>

#include "impl/service/proxy/iptables/service_rules.hpp"

namespace plimsoll::service::ipvs {

namespace {

using iptables::Buffers;
using iptables::Jump;
using iptables::LineBuffer;
using overlay::netfilter::IpSets;

constexpr std::string_view portals = R"(-m comment --comment "kubernetes service portals")";
constexpr std::string_view firewall = R"(-m comment --comment "kube-proxy firewall rules")";
constexpr std::string_view access = R"(-m comment --comment "kubernetes ipvs access filter")";

/// In the order in which they are put first, so that the last ones are met first.
constexpr std::array all_jumps = {
    Jump{"nat", "OUTPUT", "KUBE-SERVICES", portals},
    Jump{"nat", "PREROUTING", "KUBE-SERVICES", portals},
    Jump{"nat", "POSTROUTING", "KUBE-POSTROUTING", R"(-m comment --comment "kubernetes postrouting rules")"},
    Jump{"filter", "FORWARD", "KUBE-FORWARD", R"(-m comment --comment "kubernetes forwarding rules")"},
    Jump{"filter", "INPUT", "KUBE-NODE-PORT", R"(-m comment --comment "kubernetes health check rules")"},
    Jump{"filter", "INPUT", "KUBE-PROXY-FIREWALL", firewall},
    Jump{"filter", "FORWARD", "KUBE-PROXY-FIREWALL", firewall},
    Jump{"filter", "INPUT", "KUBE-IPVS-FILTER", access},
    Jump{"filter", "OUTPUT", "KUBE-IPVS-OUT-FILTER", access}};

/// A rule that there is while its set is not empty.
struct SetRule {
  bool is_filter;
  std::string_view chain;
  std::string_view protocol;  ///< "-p tcp ", or nothing
  std::string_view comment;
  std::string_view match;  ///< the set, and which side of the packet is looked for
  std::string_view target;

  [[nodiscard]] std::string_view set() const { return match.substr(0, match.find(' ')); }
};

/// Upstream's ipsetWithIptablesChain.
constexpr SetRule set_rules[] = {
    {false, "KUBE-POSTROUTING", "", "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose",
     "KUBE-LOOP-BACK dst,dst,src", "MASQUERADE"},
    {false, "KUBE-SERVICES", "", "Kubernetes service lb portal", "KUBE-LOAD-BALANCER dst,dst",
     "KUBE-LOAD-BALANCER"},
    {false, "KUBE-LOAD-BALANCER", "",
     "Kubernetes service load balancer ip + port with externalTrafficPolicy=local",
     "KUBE-LOAD-BALANCER-LOCAL dst,dst", "RETURN"},
    {false, "KUBE-NODE-PORT", "-p tcp ", "Kubernetes nodeport TCP port with externalTrafficPolicy=local",
     "KUBE-NODE-PORT-LOCAL-TCP dst", "RETURN"},
    {false, "KUBE-NODE-PORT", "-p tcp ", "Kubernetes nodeport TCP port for masquerade purpose",
     "KUBE-NODE-PORT-TCP dst", "KUBE-MARK-MASQ"},
    {false, "KUBE-NODE-PORT", "-p udp ", "Kubernetes nodeport UDP port with externalTrafficPolicy=local",
     "KUBE-NODE-PORT-LOCAL-UDP dst", "RETURN"},
    {false, "KUBE-NODE-PORT", "-p udp ", "Kubernetes nodeport UDP port for masquerade purpose",
     "KUBE-NODE-PORT-UDP dst", "KUBE-MARK-MASQ"},
    {false, "KUBE-NODE-PORT", "-p sctp ",
     "Kubernetes nodeport SCTP port with externalTrafficPolicy=local with type 'hash ip:port'",
     "KUBE-NODE-PORT-LOCAL-SCTP-HASH dst,dst", "RETURN"},
    {false, "KUBE-NODE-PORT", "-p sctp ",
     "Kubernetes nodeport SCTP port for masquerade purpose with type 'hash ip:port'",
     "KUBE-NODE-PORT-SCTP-HASH dst,dst", "KUBE-MARK-MASQ"},
    {true, "KUBE-PROXY-FIREWALL", "",
     "Kubernetes service load balancer ip + port for load balancer with sourceRange",
     "KUBE-LOAD-BALANCER-FW dst,dst", "KUBE-SOURCE-RANGES-FIREWALL"},
    {true, "KUBE-SOURCE-RANGES-FIREWALL", "",
     "Kubernetes service load balancer ip + port + source cidr for packet filter purpose",
     "KUBE-LOAD-BALANCER-SOURCE-CIDR dst,dst,src", "RETURN"},
    {true, "KUBE-SOURCE-RANGES-FIREWALL", "",
     "Kubernetes service load balancer ip + port + source IP for packet filter purpose",
     "KUBE-LOAD-BALANCER-SOURCE-IP dst,dst,src", "RETURN"},
};

bool has_entries(const IpSets& sets, std::string_view name) {
  const auto found = sets.find(name);
  return found != sets.end() && !found->second.entries.empty();
}

/// The beginning of a rule for the addresses in a set.
std::string matches(std::string_view comment, std::string_view match) {
  return "-A KUBE-SERVICES -m comment --comment " + iptables::quoted("", comment, "") +
         " -m set --match-set " + std::string(match);
}

void write_cluster_ips(LineBuffer& nat_rules, const IpSets& sets, const iptables::RulesConfig& config) {
  if (!has_entries(sets, "KUBE-CLUSTER-IP")) {
    return;
  }
  const std::string start =
      matches("Kubernetes service cluster ip + port for masquerade purpose", "KUBE-CLUSTER-IP");
  const std::string not_local = iptables::detect(config.detector, false);
  if (config.masquerade_all) {
    nat_rules.write(start, "dst,dst -j KUBE-MARK-MASQ");
  } else if (!not_local.empty()) {
    nat_rules.write(start, "dst,dst", not_local, "-j KUBE-MARK-MASQ");
  } else {
    // All service addresses are on kube-ipvs0, so the node's own traffic to one may have it as its source.
    nat_rules.write(start, "src,dst -j KUBE-MARK-MASQ");
  }
}

/// Traffic to external addresses from off this machine, or to those that are also this node's, is served.
void accept_external(LineBuffer& nat_rules, const std::string& start) {
  nat_rules.write(start, "-m physdev ! --physdev-is-in -m addrtype ! --src-type LOCAL -j ACCEPT");
  nat_rules.write(start, "-m addrtype --dst-type LOCAL -j ACCEPT");
}

void write_external_ips(LineBuffer& nat_rules, const IpSets& sets) {
  if (has_entries(sets, "KUBE-EXTERNAL-IP")) {
    const std::string start =
        matches("Kubernetes service external ip + port for masquerade and filter purpose",
                "KUBE-EXTERNAL-IP dst,dst");
    nat_rules.write(start, "-j KUBE-MARK-MASQ");
    accept_external(nat_rules, start);
  }
  if (has_entries(sets, "KUBE-EXTERNAL-IP-LOCAL")) {
    accept_external(nat_rules,
                    matches("Kubernetes service external ip + port with externalTrafficPolicy=local",
                            "KUBE-EXTERNAL-IP-LOCAL dst,dst"));
  }
}

/// What is on an address of kube-ipvs0 but is no service's port must not reach the host's own sockets
/// (kubernetes#72236).
void write_ipvs_filter(LineBuffer& filter_rules) {
  for (const char* match :
       {"KUBE-LOAD-BALANCER dst,dst", "KUBE-CLUSTER-IP dst,dst", "KUBE-EXTERNAL-IP dst,dst",
        "KUBE-EXTERNAL-IP-LOCAL dst,dst", "KUBE-HEALTH-CHECK-NODE-PORT dst"}) {
    filter_rules.write("-A KUBE-IPVS-FILTER -m set --match-set", match, "-j RETURN");
  }
  filter_rules.write(
      "-A KUBE-IPVS-FILTER -m conntrack --ctstate NEW -m set --match-set KUBE-IPVS-IPS dst -j REJECT");
}

void write_chains(Buffers& out) {
  for (const char* chain :
       {"KUBE-SERVICES", "KUBE-POSTROUTING", "KUBE-NODE-PORT", "KUBE-LOAD-BALANCER", "KUBE-MARK-MASQ"}) {
    out.nat_chains.declare(chain);
  }
  for (const char* chain : {"KUBE-FORWARD", "KUBE-NODE-PORT", "KUBE-PROXY-FIREWALL",
                            "KUBE-SOURCE-RANGES-FIREWALL", "KUBE-IPVS-FILTER", "KUBE-IPVS-OUT-FILTER"}) {
    out.filter_chains.declare(chain);
  }
}

void write_set_rules(Buffers& out, const IpSets& sets) {
  for (const SetRule& rule : set_rules) {
    if (has_entries(sets, rule.set())) {
      LineBuffer& rules = rule.is_filter ? out.filter_rules : out.nat_rules;
      rules.write(
          "-A", rule.chain,
          std::string(rule.protocol) + "-m comment --comment " + iptables::quoted("", rule.comment, ""),
          "-m set --match-set", rule.match, "-j", rule.target);
    }
  }
}

}  // namespace

std::span<const Jump> ipvs_jumps() {
  return all_jumps;
}

std::string restore_input(const IpSets& sets, const iptables::RulesConfig& config) {
  Buffers out;
  write_chains(out);
  write_set_rules(out, sets);
  write_cluster_ips(out.nat_rules, sets, config);
  write_external_ips(out.nat_rules, sets);
  out.nat_rules.write("-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT");
  out.nat_rules.write("-A KUBE-LOAD-BALANCER -j KUBE-MARK-MASQ");
  out.filter_rules.write("-A KUBE-SOURCE-RANGES-FIREWALL -j DROP");
  for (const char* set : {"KUBE-CLUSTER-IP", "KUBE-LOAD-BALANCER"}) {
    if (has_entries(sets, set)) {
      out.nat_rules.write("-A KUBE-SERVICES -m set --match-set", set, "dst,dst -j ACCEPT");
    }
  }
  iptables::write_forward(out.filter_rules, config);
  out.filter_rules.write(
      R"(-A KUBE-NODE-PORT -m comment --comment "Kubernetes health check node port" -m set )"
      "--match-set KUBE-HEALTH-CHECK-NODE-PORT dst -j ACCEPT");
  write_ipvs_filter(out.filter_rules);
  iptables::write_masquerade(out.nat_rules, config);
  return "*filter\n" + out.filter_chains.text() + out.filter_rules.text() + "COMMIT\n*nat\n" +
         out.nat_chains.text() + out.nat_rules.text() + "COMMIT\n";
}

}  // namespace plimsoll::service::ipvs
