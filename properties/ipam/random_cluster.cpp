#include "properties/ipam/random_cluster.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "impl/base/assert.hpp"
#include "impl/base/ipv4.hpp"

namespace plimsoll::properties::ipam {
namespace {

constexpr std::array untimed_faults = {"disconnect",    "cni-timeout", "flanneld-crash",
                                       "kubelet-crash", "node-reboot", "delete-pod",
                                       "compact",       "renew",       "retry"};
constexpr std::array discrete_faults = {"disconnect", "cni-timeout", "node-reboot", "delete-pod", "compact"};

/// The first address of subnet `number`, from 0.
base::Ipv4 subnet_address(const RandomCluster& cluster, std::uint32_t number) {
  constexpr std::uint32_t network = 10U << 24U | 1U << 16U;
  return base::Ipv4(network + ((number + 1) << (32U - cluster.subnet_len)));
}

std::string subnet_text(const RandomCluster& cluster, std::uint32_t number) {
  return fmt::format("{}/{}", to_text(subnet_address(cluster, number)), cluster.subnet_len);
}

RandomNode random_node(NumberTape& tape, std::uint32_t subnets) {
  RandomNode node;
  if (tape.below(3) == 1) {
    node.previous_subnet = tape.below(subnets);
    node.has_last_reserved = tape.below(3) == 1;
  }
  return node;
}

bool concerns_watches(const std::string& fault) {
  return fault == "disconnect" || fault == "compact" || fault == "retry" || fault == "renew";
}

/// With `for_watches` more of the faults that concern them, and otherwise only restarts, which change what
/// there is to watch.
void draw_faults(NumberTape& tape, RandomCluster& cluster, bool for_watches) {
  const auto draw = [&](const std::string& fault) {
    const std::uint32_t budget = tape.below(3);
    const bool concerns = concerns_watches(fault);
    const bool is_left_out = for_watches && !concerns && fault != "flanneld-crash" && fault != "node-reboot";
    const std::uint32_t given = budget + (for_watches && concerns ? 2 : 0);
    if (given > 0 && !is_left_out) {
      cluster.faults[fault] = given;
    }
  };
  if (cluster.is_discrete) {
    std::for_each(discrete_faults.begin(), discrete_faults.end(), draw);
  } else {
    std::for_each(untimed_faults.begin(), untimed_faults.end(), draw);
  }
}

std::string node_memory(const RandomCluster& cluster) {
  std::string lines;
  for (std::size_t i = 0; i < cluster.nodes.size(); ++i) {
    const RandomNode& node = cluster.nodes[i];
    if (!node.previous_subnet) {
      continue;
    }
    lines +=
        fmt::format("  node-{}: {{previous-subnet: {}", i + 1, subnet_text(cluster, *node.previous_subnet));
    if (node.has_last_reserved) {
      // .1 is the gateway.
      const base::Ipv4 address(subnet_address(cluster, *node.previous_subnet).value() + 2);
      lines += fmt::format(", last-reserved-ip: {}", to_text(address));
    }
    lines += "}\n";
  }
  return lines.empty() ? "" : "nodes:\n" + lines;
}

std::string manifests(const RandomCluster& cluster) {
  std::string text;
  for (std::size_t i = 0; i < cluster.nodes.size(); ++i) {
    text += fmt::format(
        "---\napiVersion: v1\nkind: Node\nmetadata: {{name: node-{}}}\n"
        "status:\n  addresses: [{{type: InternalIP, address: 192.168.0.{}}}]\n",
        i + 1, 101 + i);
    for (std::uint32_t pod = 0; pod < cluster.nodes[i].pods; ++pod) {
      text += fmt::format(
          "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: pod-{}-{}}}\n"
          "spec:\n  nodeName: node-{}\n  containers: [{{name: main, image: main}}]\n",
          i + 1, pod + 1, i + 1);
    }
  }
  return text;
}

}  // namespace

std::uint32_t NumberTape::below(std::uint32_t count) {
  PLIMSOLL_ASSERT(count > 0);
  return next_ < numbers_.size() ? numbers_[next_++] % count : 0;
}

std::uint32_t NumberTape::one_of(std::initializer_list<std::uint32_t> choices) {
  return choices.begin()[below(static_cast<std::uint32_t>(choices.size()))];
}

RandomCluster random_cluster(std::span<const std::uint32_t> numbers, RandomTime time) {
  NumberTape tape(numbers);
  RandomCluster cluster;
  const std::uint32_t nodes = tape.one_of({1, 2, 2, 3, 3, 4});
  // One fewer is scarcity, one more leaves room to move to.
  cluster.subnets = std::max(tape.one_of({nodes, nodes, nodes + 1, nodes - 1}), 1U);
  cluster.is_discrete = tape.below(3) == 1;
  if (time != RandomTime::any) {
    cluster.is_discrete = time == RandomTime::discrete;
  }
  cluster.ticks_max = cluster.is_discrete ? 4 + tape.below(9) : 0;
  // A snapshot after a compaction takes three faults in the right order, which are lost among others.
  const bool for_watches = tape.below(3) == 1;
  const std::uint32_t pods = for_watches ? 0 : tape.below(6);
  for (std::uint32_t i = 0; i < nodes; ++i) {
    cluster.nodes.push_back(random_node(tape, cluster.subnets));
  }
  for (std::uint32_t i = 0; i < pods; ++i) {
    ++cluster.nodes[tape.below(nodes)].pods;
  }
  draw_faults(tape, cluster, for_watches);
  // Pods that find no address stay without, which "deadlock-free" does not forgive.
  const bool fit_in_one_address = std::all_of(cluster.nodes.begin(), cluster.nodes.end(),
                                              [](const RandomNode& node) { return node.pods <= 1; });
  cluster.subnet_len = fit_in_one_address ? tape.one_of({24, 29, 30}) : tape.one_of({24, 29, 29});
  cluster.backend = std::array{"udp", "vxlan", "host-gw"}[tape.below(3)];
  cluster.recreate = tape.below(4) != 1;
  // What crashes and stays down has no lease: that alone is no finding.
  const bool may_go_down =
      cluster.faults.contains("flanneld-crash") || cluster.faults.contains("node-reboot");
  cluster.supervised = tape.below(4) != 1 || may_go_down;
  return cluster;
}

std::string scenario_text(const RandomCluster& cluster) {
  std::string faults;
  for (const auto& [name, budget] : cluster.faults) {
    faults += fmt::format("{}{}: {}", faults.empty() ? "" : ", ", name, budget);
  }
  const std::string time =
      cluster.is_discrete ? fmt::format("{{ticks-max: {}}}", cluster.ticks_max) : "untimed";
  return fmt::format(
             "apiVersion: plimsoll/v1\nkind: Scenario\nmetadata: {{name: random-cluster}}\nsystem: ipam\n"
             "network:\n  Network: 10.1.0.0/16\n  SubnetLen: {}\n  SubnetMin: {}\n  SubnetMax: {}\n"
             "  Backend: {{Type: {}}}\n",
             cluster.subnet_len, to_text(subnet_address(cluster, 0)),
             to_text(subnet_address(cluster, cluster.subnets - 1)), cluster.backend) +
         node_memory(cluster) +
         fmt::format(
             "parameters: {{static-range: {}, recreate: {}, supervised: {}}}\n"
             "time: {}\nfaults: {{{}}}\nexpect: {{default: holds}}\n",
             subnet_text(cluster, 0), cluster.recreate, cluster.supervised, time, faults) +
         manifests(cluster);
}

}  // namespace plimsoll::properties::ipam
