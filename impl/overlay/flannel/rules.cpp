#include "impl/overlay/flannel/rules.hpp"

#include <algorithm>
#include <cstddef>

namespace plimsoll::overlay::flannel {
namespace {

constexpr std::string_view kube_proxy_mark = "0x4000/0x4000";
constexpr std::string_view multicast = "224.0.0.0/4";

/// The lines of `table` in a text of iptables-save.
std::vector<std::string> lines_of(std::string_view saved, const std::string& table) {
  std::vector<std::string> lines;
  bool inside = false;
  while (!saved.empty()) {
    const std::size_t end = std::min(saved.find('\n'), saved.size());
    const std::string_view line = saved.substr(0, end);
    saved.remove_prefix(std::min(end + 1, saved.size()));
    if (line.starts_with('*')) {
      inside = line.substr(1) == table;
    } else if (inside) {
      lines.emplace_back(line);
    }
  }
  return lines;
}

/// One rule of flannel's in a chain: "-A <chain> <match> -m comment --comment <comment> -j <target>".
std::string rule(const std::string& chain, const std::string& match, std::string_view comment,
                 const std::string& target) {
  return "-A " + chain + " " + match + (match.empty() ? "" : " ") + "-m comment --comment \"" +
         std::string(comment) + "\" -j " + target;
}

}  // namespace

RuleChain masquerade_rules(const BackendConfig& config, const base::Ipv4Prefix& subnet) {
  constexpr std::string_view comment = "flanneld masq";
  const std::string pods = to_text(subnet);
  const std::string network = to_text(config.network);
  const std::string masquerade = config.random_fully ? "MASQUERADE --random-fully" : "MASQUERADE";
  RuleChain made{"nat", "FLANNEL-POSTRTG", rule("POSTROUTING", "", comment, "FLANNEL-POSTRTG"), {}};
  const auto add = [&](const std::string& match, const std::string& target) {
    made.rules.push_back(rule(made.chain, match, comment, target));
  };
  if (!config.defects.has(Defect::F14)) {
    add("-m mark --mark " + std::string(kube_proxy_mark), "RETURN");
  }
  add("-s " + pods + " -d " + network, "RETURN");
  add("-s " + network + " -d " + pods, "RETURN");
  add("! -s " + network + " -d " + pods, "RETURN");
  add("-s " + network + " ! -d " + std::string(multicast), masquerade);
  add("! -s " + network + " -d " + network, masquerade);
  return made;
}

RuleChain forward_rules(const BackendConfig& config) {
  constexpr std::string_view comment = "flanneld forward";
  const std::string network = to_text(config.network);
  const std::string chain = "FLANNEL-FWD";
  return {"filter",
          chain,
          rule("FORWARD", "", comment, chain),
          {rule(chain, "-s " + network, comment, "ACCEPT"), rule(chain, "-d " + network, comment, "ACCEPT")}};
}

std::vector<RuleChain> all_rules(const BackendConfig& config, const base::Ipv4Prefix& subnet) {
  std::vector<RuleChain> chains;
  if (config.masquerade) {
    chains.push_back(masquerade_rules(config, subnet));
  }
  if (config.forward_rules) {
    chains.push_back(forward_rules(config));
  }
  return chains;
}

bool are_present(const RuleChain& wanted, std::string_view saved) {
  const std::vector<std::string> lines = lines_of(saved, wanted.table);
  std::vector<std::string> rules;
  std::ranges::copy_if(lines, std::back_inserter(rules),
                       [&](const std::string& line) { return line.starts_with("-A " + wanted.chain + " "); });
  return rules == wanted.rules && std::count(lines.begin(), lines.end(), wanted.jump) == 1;
}

std::string restore_text(const std::vector<RuleChain>& wanted, std::string_view saved) {
  std::string text;
  for (const RuleChain& chain : wanted) {
    const std::vector<std::string> lines = lines_of(saved, chain.table);
    text += "*" + chain.table + "\n:" + chain.chain + " - [0:0]\n";
    for (auto left = std::count(lines.begin(), lines.end(), chain.jump); left > 0; --left) {
      text += "-D" + chain.jump.substr(2) + "\n";
    }
    text += chain.jump + "\n";
    for (const std::string& line : chain.rules) {
      text += line + "\n";
    }
    text += "COMMIT\n";
  }
  return text;
}

}  // namespace plimsoll::overlay::flannel
