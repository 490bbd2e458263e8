// iptables as plainly as can be, and what conntrack remembers of UDP clients: an oracle for tests of the
// proxier. Rules are kept as text.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "impl/overlay/node/table_change.hpp"

namespace plimsoll::service {

using Chains = std::map<std::string, std::vector<std::string>>;

/// The words of a rule; what is in quotes is one word.
[[nodiscard]] inline std::vector<std::string> words_of(const std::string& rule) {
  std::vector<std::string> words;
  std::istringstream in(rule);
  for (std::string word; in >> word;) {
    while (word.starts_with('"') && (word.size() == 1 || !word.ends_with('"'))) {
      std::string more;
      in >> more;
      word += " " + more;
    }
    words.push_back(word);
  }
  return words;
}
/// The word after `option`, or nothing.
[[nodiscard]] inline std::string after(const std::vector<std::string>& words, const std::string& option) {
  const auto found = std::find(words.begin(), words.end(), option);
  return found == words.end() || found + 1 == words.end() ? "" : *(found + 1);
}

struct NaiveIptables {
  std::map<std::string, Chains> tables = {
      {"filter", {{"INPUT", {}}, {"FORWARD", {}}, {"OUTPUT", {}}}},
      {"mangle", {{"PREROUTING", {}}}},
      {"nat", {{"PREROUTING", {}}, {"INPUT", {}}, {"OUTPUT", {}}, {"POSTROUTING", {}}}}};

  /// iptables-restore --noflush. @return whether all of it was done; tables before the first error stay.
  bool restore(const std::string& text) {
    std::istringstream in(text);
    Chains* table = nullptr;
    Chains next;
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with('*')) {
        table = &tables.at(line.substr(1));
        next = *table;
      } else if (line == "COMMIT") {
        if (!refers_to_what_is_there(next)) {
          return false;
        }
        *table = next;
      } else if (!edit(next, line)) {
        return false;
      }
    }
    return true;
  }

  [[nodiscard]] std::string save() const {
    std::string text;
    for (const auto& [name, chains] : tables) {
      text += "*" + name + "\n";
      for (const auto& [chain, rules] : chains) {
        text += ":" + chain + " - [0:0]\n";
      }
      for (const auto& [chain, rules] : chains) {
        for (const std::string& rule : rules) {
          text += "-A " + chain + " " + rule + "\n";
        }
      }
      text += "COMMIT\n";
    }
    return text;
  }

 private:
  static bool edit(Chains& chains, const std::string& line) {
    std::istringstream in(line);
    std::string command;
    std::string chain;
    in >> command;
    if (command.starts_with(':')) {
      chains[command.substr(1)].clear();
      return true;
    }
    in >> chain;
    const bool is_there = chains.contains(chain);
    if (command == "-N") {
      chains[chain];
      return !is_there;
    }
    std::string rule;
    std::getline(in >> std::ws, rule);
    if (!is_there) {
      return false;
    }
    if (command == "-A") {
      chains[chain].push_back(rule);
    } else if (command == "-I") {
      chains[chain].insert(chains[chain].begin(), rule);
    } else if (command == "-X") {
      const bool is_empty = chains[chain].empty();
      chains.erase(chain);
      return is_empty;
    } else {
      return false;
    }
    return true;
  }

  static bool refers_to_what_is_there(const Chains& chains) {
    for (const auto& [chain, rules] : chains) {
      for (const std::string& rule : rules) {
        const std::string target = after(words_of(rule), "-j");
        if (target.starts_with("KUBE-") && !chains.contains(target)) {
          return false;
        }
      }
    }
    return true;
  }
};

/// A UDP client's flow: where its packets go.
struct NaiveFlow {
  std::string to = {};  ///< as the client sees it; empty: an address of the node
  std::uint16_t port = 0;
  std::string endpoint = {};  ///< "ip:port"; empty: not translated
  friend auto operator<=>(const NaiveFlow&, const NaiveFlow&) = default;
};

struct NaiveKernel {
  NaiveIptables iptables = {};
  std::set<NaiveFlow> flows = {};
  std::map<std::string, std::string> sysctls = {};

  /// A client whose flow is not known sends its first packet.
  /// @param pick  Chooses among the endpoints.
  void first_packet(const std::string& to, std::uint16_t port, std::size_t pick) {
    if (refused("KUBE-SERVICES", to, port) || refused("KUBE-EXTERNAL-SERVICES", to, port)) {
      return;  // a flow that is dropped is not confirmed
    }
    const std::string chain = to.empty() ? "KUBE-NODEPORTS" : "KUBE-SERVICES";
    const std::string endpoint = translate(chain, to, port, pick);
    if (!endpoint.empty() || !refused("KUBE-PROXY-FIREWALL", to, port)) {
      flows.insert({to, port, endpoint});
    }
  }

  void forget(const overlay::ConntrackDelete& which) {
    std::erase_if(flows, [&](const NaiveFlow& flow) {
      const auto is = [](const std::optional<base::Ipv4>& wanted, const std::string& there) {
        return !wanted || to_text(*wanted) == there;
      };
      return is(which.original_destination, flow.to) &&
             (which.original_destination_port == 0 || which.original_destination_port == flow.port) &&
             is(which.reply_source, flow.endpoint.substr(0, flow.endpoint.find(':')));
    });
  }

 private:
  [[nodiscard]] static bool matches(const std::vector<std::string>& words, const std::string& to,
                                    std::uint16_t port) {
    const std::string destination = after(words, "-d");
    const std::string destination_port = after(words, "--dport");
    return after(words, "-p") == "udp" && (destination.empty() ? to.empty() : destination == to) &&
           destination_port == std::to_string(port);
  }
  [[nodiscard]] bool refused(const std::string& chain, const std::string& to, std::uint16_t port) const {
    const Chains& filter = iptables.tables.at("filter");
    const auto found = filter.find(chain);
    return found != filter.end() && std::ranges::any_of(found->second, [&](const std::string& rule) {
             return matches(words_of(rule), to, port);
           });
  }
  /// The endpoint that the rules send such a packet to.
  [[nodiscard]] std::string translate(const std::string& chain, const std::string& to, std::uint16_t port,
                                      std::size_t pick) const {
    const Chains& nat = iptables.tables.at("nat");
    if (!nat.contains(chain)) {
      return "";
    }
    for (const std::string& rule : nat.at(chain)) {
      const auto words = words_of(rule);
      if (matches(words, to, port)) {
        return endpoint_of(after(words, "-j"), pick);
      }
    }
    return "";
  }
  /// Follows jumps from the chain of a service port. A client from elsewhere: no source matches.
  [[nodiscard]] std::string endpoint_of(const std::string& chain, std::size_t pick) const {
    std::vector<std::string> next;
    for (const std::string& rule : iptables.tables.at("nat").at(chain)) {
      const auto words = words_of(rule);
      if (after(words, "-j") == "DNAT") {
        return after(words, "--to-destination");
      }
      const std::string target = after(words, "-j");
      const bool is_for_some = !after(words, "-s").empty() || !after(words, "--src-type").empty();
      if (target.starts_with("KUBE-S") && !is_for_some) {
        next.push_back(target);
      }
    }
    return next.empty() ? "" : endpoint_of(next[pick % next.size()], pick);
  }
};

}  // namespace plimsoll::service
