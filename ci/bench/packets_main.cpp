// Speed of the verdict on all packets (properties/overlay/all_packets), by size of the cluster: what
// README.md of this directory describes.
//
// usage: bench_packets [--quick] [--repeat N] [--json FILE [--add]]
#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <optional>
#include <random>

#include "ci/bench/part.hpp"
#include "ci/bench/resident.hpp"
#include "ci/bench/spread.hpp"
#include "ci/bench/text_table.hpp"
#include "properties/overlay/all_packets/forwarding_classes.hpp"
#include "properties/overlay/all_packets/service_agreement.hpp"

namespace plimsoll::bench {
namespace {

using namespace properties::overlay;

constexpr FlatAddress pods_of_cluster = 0x0a400000;  // 10.64.0.0
constexpr FlatAddress underlay = 0xac100000;         // 172.16.0.0
constexpr FlatMac vteps = 0x020000000000;
constexpr std::uint8_t subnet_length = 24;
constexpr FlatAddress subnet_size = 256;
constexpr std::uint32_t pods_each = 30;
constexpr std::uint32_t services = 5'000;
constexpr std::uint32_t endpoints_each = 3;

FlatAddress subnet_of(NodeIndex node) {
  return pods_of_cluster + node * subnet_size;
}

/// As flannel's vxlan backend makes it, entries in an order of their own on every node.
FlatCluster cluster_of(NodeIndex nodes) {
  std::mt19937 random(nodes);
  FlatCluster cluster;
  std::vector<NodeIndex> peers(nodes);
  for (NodeIndex node = 0; node < nodes; ++node) {
    peers[node] = node;
  }
  for (NodeIndex node = 0; node < nodes; ++node) {
    std::ranges::shuffle(peers, random);
    FlatNode made = {.underlay = underlay + node, .vtep = vteps + node};
    made.routes = {{0, 0, FlatWay::away, 0},
                   {subnet_of(node), subnet_length, FlatWay::bridge, 0},
                   {subnet_of(node) + 1, 32, FlatWay::itself, 0}};
    for (const NodeIndex peer : peers) {
      if (peer != node) {
        made.routes.push_back({subnet_of(peer), subnet_length, FlatWay::vxlan, subnet_of(peer)});
        made.neighbours.push_back({subnet_of(peer), vteps + peer});
        made.entries.push_back({vteps + peer, underlay + peer});
      }
    }
    cluster.nodes.push_back(std::move(made));
    for (std::uint32_t pod = 0; pod < pods_each; ++pod) {
      cluster.pods.push_back({subnet_of(node) + 2 + pod, node});
    }
  }
  return cluster;
}

struct Services {
  std::vector<FlatService> sets = {};
  std::vector<std::vector<SetIndex>> rows = {};
  std::vector<FlatAddress> present = {};
};

/// All nodes have the same; a second set of each service, with one endpoint less, is for changes.
Services services_of(const FlatCluster& cluster) {
  Services made;
  for (std::uint32_t service = 0; service < services; ++service) {
    FlatService set = {.service = service};
    for (std::uint32_t k = 0; k < endpoints_each; ++k) {
      set.endpoints.push_back(
          {cluster.pods[(service * endpoints_each + k) % cluster.pods.size()].address, 80});
    }
    made.sets.push_back(set);
    set.endpoints.pop_back();
    made.sets.push_back(set);
  }
  std::vector<SetIndex> row(services);
  for (std::uint32_t service = 0; service < services; ++service) {
    row[service] = 2 * service;
  }
  made.rows.assign(cluster.nodes.size(), row);
  for (const FlatPod& pod : cluster.pods) {
    made.present.push_back(pod.address);
  }
  std::ranges::sort(made.present);
  return made;
}

/// Microseconds of each of so many changes there and back; every one must be seen by the verdict.
bool time_changes(ForwardingClasses& classes, ServiceAgreement& agreement, std::vector<double>& times) {
  constexpr int rounds = 400;
  std::mt19937 engine(1);
  const auto random = [&] { return static_cast<std::uint32_t>(engine()); };
  bool seen = true;
  const auto timed = [&](const auto& change) {
    const auto begin = std::chrono::steady_clock::now();
    change();
    times.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count());
  };
  const auto nodes = static_cast<NodeIndex>(classes.cluster().nodes.size());
  for (int k = 0; k < rounds; ++k) {
    const NodeIndex node = random() % nodes;
    const NodeIndex peer = (node + 1 + random() % (nodes - 1)) % nodes;
    const NodeIndex third = (peer + 1) % nodes;
    const FlatRoute route = {subnet_of(peer), subnet_length, FlatWay::vxlan, subnet_of(peer)};
    const auto there = [&](const auto& change) {
      timed(change);
      seen = seen && classes.crooked_pairs() > 0;
    };
    const auto back = [&](const auto& change) {
      timed(change);
      seen = seen && classes.crooked_pairs() == 0;
    };
    there([&] { classes.remove_entry(node, vteps + peer); });
    back([&] { classes.set_entry(node, {vteps + peer, underlay + peer}); });
    there([&] { classes.set_neighbour(node, {subnet_of(peer), vteps + third + nodes}); });
    back([&] { classes.set_neighbour(node, {subnet_of(peer), vteps + peer}); });
    there([&] { classes.remove_route(node, subnet_of(peer), subnet_length); });
    back([&] { classes.set_route(node, route); });
    const std::uint32_t service = random() % services;
    timed([&] { agreement.set(node, service, 2 * service + 1); });
    seen = seen && agreement.differing() == 1;
    timed([&] { agreement.set(node, service, 2 * service); });
    seen = seen && agreement.differing() == 0;
  }
  return seen;
}

double quantile(std::vector<double>& values, double share) {
  const auto place = static_cast<std::size_t>(static_cast<double>(values.size() - 1) * share);
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(place));
  return values[place];
}

tl::expected<std::string, std::string> time_growth(const PartRequest& request) {
  std::vector<NodeIndex> sizes = {10, 100, 500, 1'000};
  if (!request.quick) {
    sizes.insert(sizes.end(), {2'000, 5'000});
  }
  boost::json::array rows;
  TextTable table({"30 pods each, 5,000 services", "table entries", "verdict ms", "resident MB",
                   "change us, median", "99th percentile"});
  for (const NodeIndex nodes : sizes) {
    const std::uint64_t entries = std::uint64_t{nodes} * (3UL * nodes + services);
    std::vector<double> verdicts;
    std::vector<double> changes;
    for (std::uint64_t round = 0; round < request.repeat; ++round) {
      FlatCluster cluster = cluster_of(nodes);
      Services of = services_of(cluster);
      std::optional<ForwardingClasses> classes;
      std::optional<ServiceAgreement> agreement;
      std::size_t wrong = 0;
      verdicts.push_back(milliseconds([&] {
        classes.emplace(std::move(cluster));
        agreement.emplace(std::move(of.sets), std::move(of.rows), std::move(of.present));
        wrong = classes->crooked_pairs() + agreement->differing() + agreement->gone().size();
      }));
      const bool last = round + 1 == request.repeat;
      if (wrong != 0 || (last && !time_changes(*classes, *agreement, changes))) {
        return tl::unexpected(fmt::format("{} nodes: the verdict is not what it must be", nodes));
      }
    }
    const double verdict = spread(verdicts).median;
    const double peak = static_cast<double>(resident().peak_bytes) / 1e6;
    const double median = quantile(changes, 0.5);
    const double slow = quantile(changes, 0.99);
    table.add({fmt::format("{} nodes", nodes), fmt::format("{:.1f} M", static_cast<double>(entries) / 1e6),
               fmt::format("{:.1f}", verdict), fmt::format("{:.0f}", peak), fmt::format("{:.1f}", median),
               fmt::format("{:.1f}", slow)});
    rows.push_back({{"nodes", nodes},
                    {"entries", entries},
                    {"verdict_ms", verdict},
                    {"peak_mb", peak},
                    {"change_median_us", median},
                    {"change_p99_us", slow}});
  }
  table.print();
  return boost::json::serialize(rows);
}

}  // namespace
}  // namespace plimsoll::bench

int main(int argc, char** argv) {
  return plimsoll::bench::run_part("packets", argc, argv, plimsoll::bench::time_growth);
}
