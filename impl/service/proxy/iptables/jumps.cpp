#include "impl/service/proxy/iptables/jumps.hpp"

#include <algorithm>
#include <array>

namespace plimsoll::service::iptables {

namespace {

constexpr std::array all_jumps = {
    Jump{"filter", "INPUT", "KUBE-FIREWALL", ""},
    Jump{"filter", "OUTPUT", "KUBE-FIREWALL", ""},
    Jump{
        "filter", "INPUT", "KUBE-EXTERNAL-SERVICES",
        R"(-m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals")"},
    Jump{
        "filter", "FORWARD", "KUBE-EXTERNAL-SERVICES",
        R"(-m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals")"},
    Jump{"filter", "INPUT", "KUBE-NODEPORTS",
         R"(-m comment --comment "kubernetes health check service ports")"},
    Jump{"filter", "FORWARD", "KUBE-SERVICES",
         R"(-m conntrack --ctstate NEW -m comment --comment "kubernetes service portals")"},
    Jump{"filter", "OUTPUT", "KUBE-SERVICES",
         R"(-m conntrack --ctstate NEW -m comment --comment "kubernetes service portals")"},
    Jump{"filter", "FORWARD", "KUBE-FORWARD", R"(-m comment --comment "kubernetes forwarding rules")"},
    Jump{"filter", "INPUT", "KUBE-PROXY-FIREWALL",
         R"(-m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall")"},
    Jump{"filter", "OUTPUT", "KUBE-PROXY-FIREWALL",
         R"(-m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall")"},
    Jump{"filter", "FORWARD", "KUBE-PROXY-FIREWALL",
         R"(-m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall")"},
    Jump{"nat", "OUTPUT", "KUBE-SERVICES", R"(-m comment --comment "kubernetes service portals")"},
    Jump{"nat", "PREROUTING", "KUBE-SERVICES", R"(-m comment --comment "kubernetes service portals")"},
    Jump{"nat", "POSTROUTING", "KUBE-POSTROUTING", R"(-m comment --comment "kubernetes postrouting rules")"}};

constexpr std::string_view canary = "KUBE-PROXY-CANARY";
constexpr std::array<std::string_view, 3> tables = {"mangle", "nat", "filter"};

/// "-m ... -j TO"
std::string rule_of(const Jump& jump) {
  std::string rule(jump.match);
  return rule.append(rule.empty() ? "-j " : " -j ").append(jump.to);
}

/// The lines of one table, without those around them.
std::vector<std::string_view> lines_of(std::string_view saved, std::string_view table) {
  std::vector<std::string_view> lines;
  bool is_inside = false;
  while (!saved.empty()) {
    const std::size_t end = std::min(saved.find('\n'), saved.size());
    const std::string_view line = saved.substr(0, end);
    saved.remove_prefix(std::min(end + 1, saved.size()));
    if (line.starts_with('*')) {
      is_inside = line.substr(1) == table;
    } else if (line == "COMMIT") {
      is_inside = false;
    } else if (is_inside) {
      lines.push_back(line);
    }
  }
  return lines;
}

std::string missing_in(std::string_view saved, std::string_view table, std::span<const Jump> jumps) {
  const auto lines = lines_of(saved, table);
  std::vector<std::string> chains = chains_of(saved, table);
  std::string text;
  const auto ensure_chain = [&](std::string_view chain) {
    if (std::ranges::find(chains, chain) == chains.end()) {
      text.append("-N ").append(chain).append("\n");
      chains.emplace_back(chain);
    }
  };
  ensure_chain(canary);
  for (const Jump& jump : jumps) {
    if (jump.table != table) {
      continue;
    }
    ensure_chain(jump.to);
    const std::string rule = std::string(jump.from) + " " + rule_of(jump);
    if (std::ranges::find(lines, "-A " + rule) == lines.end()) {
      text.append("-I ").append(rule).append("\n");
    }
  }
  return text.empty() ? text : "*" + std::string(table) + "\n" + text + "COMMIT\n";
}

}  // namespace

std::vector<std::string> chains_of(std::string_view saved, std::string_view table) {
  std::vector<std::string> chains;
  for (const std::string_view line : lines_of(saved, table)) {
    if (line.starts_with(':')) {
      chains.emplace_back(line.substr(1, line.find(' ') - 1));
    }
  }
  return chains;
}

std::span<const Jump> iptables_jumps() {
  return all_jumps;
}

std::string ensure_input(std::string_view saved, std::span<const Jump> jumps) {
  std::string text;
  for (const std::string_view table : tables) {
    text += missing_in(saved, table, jumps);
  }
  return text;
}

bool has_canaries(std::string_view saved) {
  return std::ranges::all_of(tables, [&](std::string_view table) {
    const auto chains = chains_of(saved, table);
    return std::ranges::find(chains, canary) != chains.end();
  });
}

}  // namespace plimsoll::service::iptables
