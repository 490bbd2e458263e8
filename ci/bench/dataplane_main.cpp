// Packets a second through the data plane (impl/overlay/node, impl/overlay/netfilter): what README.md of this
// directory describes.
//
// usage: bench_dataplane [--quick] [--repeat N] [--json FILE [--add]]
#include <fmt/core.h>

#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <ctime>
#include <exception>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "ci/bench/dataplane_cluster.hpp"
#include "ci/bench/machine.hpp"
#include "ci/bench/spread.hpp"
#include "ci/bench/text_table.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::bench {
namespace {

struct Request {
  std::string json_path;
  std::uint64_t repeat = 5;
  std::uint64_t packets = 200'000;  ///< in each run
  bool quick = false;
  bool add = false;
};

/// Where packets go to, from pods of the first node.
enum class Way : std::uint8_t { same_node, across, service };
constexpr std::array<std::string_view, 3> way_names = {"pod to pod, same node", "pod to pod, across nodes",
                                                       "pod to service, across nodes"};
/// Of ten packets so many begin a flow; the others belong to flows that are established, and go to and fro.
enum class New : std::uint8_t { none = 0, one = 1, all = 10 };
constexpr std::array<New, 3> mixtures = {New::none, New::one, New::all};

/// A source of datagrams along one way.
class Traffic {
 public:
  Traffic(const ClusterTables& tables, Way way) : tables_(tables), way_(way) {}

  /// The first datagram of a flow that there was none of before.
  [[nodiscard]] Datagram new_flow() {
    constexpr std::uint16_t first_port = 1024;
    constexpr std::uint32_t ports = 60'000;
    const std::uint32_t number = flows_++;
    const unsigned client = number % pods_each;
    Datagram datagram = {.from = tables_.pod(0, client), .src = ClusterTables::pod_address(0, client)};
    datagram.src_port = static_cast<std::uint16_t>(first_port + number / pods_each % ports);
    const ClusterSize& size = tables_.size();
    if (way_ == Way::service) {
      datagram.dst = ClusterTables::cluster_ip(number % size.services);
      datagram.dst_port = 80;
    } else {
      const unsigned node = way_ == Way::same_node ? 0 : 1 + number / pods_each % (size.nodes - 1);
      datagram.dst = ClusterTables::pod_address(node, (client + 1) % pods_each);
      datagram.dst_port = 8080;
    }
    return datagram;
  }

 private:
  const ClusterTables& tables_;
  Way way_;
  std::uint32_t flows_ = 0;
};

/// Both directions of a flow.
using Exchange = std::array<Datagram, 2>;

Datagram answer_to(const Sink::Arrival& arrival) {
  return {arrival.where, arrival.dst, arrival.src, arrival.dst_port, arrival.src_port};
}

std::vector<Exchange> establish(RunningCluster& cluster, Traffic& traffic, std::size_t count) {
  std::vector<Exchange> flows;
  for (std::size_t i = 0; i < count; ++i) {
    Exchange flow;
    flow[0] = traffic.new_flow();
    cluster.send(flow[0]);
    flow[1] = answer_to(cluster.sink().last);
    cluster.send(flow[1]);
    flows.push_back(flow);
  }
  return flows;
}

double seconds_since(std::clock_t begin) {
  return static_cast<double>(std::clock() - begin) / static_cast<double>(CLOCKS_PER_SEC);
}

struct Speed {
  double packets = 0;  ///< a second
  double hooks = 0;    ///< a second
};

/// One run, and whether all packets arrived.
tl::expected<Speed, std::string> run(const ClusterTables& tables, Way way, New fresh, std::uint64_t packets) {
  constexpr std::size_t flow_count = 1000;
  RunningCluster cluster(tables);
  Traffic traffic(tables, way);
  const std::vector<Exchange> flows = establish(cluster, traffic, flow_count);
  const std::uint64_t before = cluster.sink().delivered;
  const std::uint64_t hooks = cluster.hooks();
  const std::clock_t begin = std::clock();
  for (std::uint64_t i = 0; i < packets; ++i) {
    const bool is_new = i % 10 < static_cast<std::uint64_t>(fresh);
    cluster.send(is_new ? traffic.new_flow() : flows[i / 2 % flow_count][i % 2]);
  }
  const double seconds = seconds_since(begin);
  if (cluster.sink().delivered - before != packets || !cluster.sink().complaint.empty()) {
    return tl::unexpected(fmt::format("{} of {} packets arrived {}", cluster.sink().delivered - before,
                                      packets, cluster.sink().complaint));
  }
  return Speed{static_cast<double>(packets) / seconds,
               static_cast<double>(cluster.hooks() - hooks) / seconds};
}

/// One packet at a time through a cluster that has seen none before.
tl::expected<Speed, std::string> run_fresh(const ClusterTables& tables, Way way, std::uint64_t packets) {
  RunningCluster cluster(tables);
  Traffic traffic(tables, way);
  const std::uint64_t before = cluster.sink().delivered;
  const std::clock_t begin = std::clock();
  for (std::uint64_t i = 0; i < packets; ++i) {
    cluster.reset();
    cluster.send(traffic.new_flow());
  }
  const double seconds = seconds_since(begin);
  if (cluster.sink().delivered - before != packets) {
    return tl::unexpected(std::string("not all packets arrived"));
  }
  return Speed{static_cast<double>(packets) / seconds, 0};
}

template <class Run>
tl::expected<Speed, std::string> median_of(std::uint64_t repeat, const Run& run) {
  std::vector<double> packets;
  std::vector<double> hooks;
  for (std::uint64_t round = 0; round < repeat; ++round) {
    const auto speed = run();
    if (!speed) {
      return speed;
    }
    packets.push_back(speed->packets);
    hooks.push_back(speed->hooks);
  }
  return Speed{spread(packets).median, spread(hooks).median};
}

std::string thousands(double speed) {
  return fmt::format("{:.0f}", speed / 1000);
}

tl::expected<boost::json::array, std::string> time_ways(const Request& request) {
  const ClusterTables tables({.nodes = 3, .services = 200});
  boost::json::array rows;
  TextTable table({"3 nodes, 200 services; thousands of packets/s", "established", "9:1", "all new", "fresh",
                   "9:1, hooks"});
  for (const Way way : {Way::same_node, Way::across, Way::service}) {
    TextTable::Row row = {std::string(way_names[static_cast<std::size_t>(way)])};
    boost::json::object json = {{"way", row[0]}};
    Speed mixed;
    for (const New fresh : mixtures) {
      const auto speed = median_of(request.repeat, [&] { return run(tables, way, fresh, request.packets); });
      if (!speed) {
        return tl::unexpected(speed.error());
      }
      mixed = fresh == New::one ? *speed : mixed;
      row.push_back(thousands(speed->packets));
      json[fresh == New::none ? "established" : fresh == New::one ? "mixed" : "new"] = speed->packets;
    }
    const auto speed =
        median_of(request.repeat, [&] { return run_fresh(tables, way, request.packets / 10); });
    if (!speed) {
      return tl::unexpected(speed.error());
    }
    row.push_back(thousands(speed->packets));
    row.push_back(thousands(mixed.hooks));
    json["fresh"] = speed->packets;
    json["mixed_hooks"] = mixed.hooks;
    table.add(std::move(row));
    rows.push_back(std::move(json));
  }
  table.print();
  return rows;
}

tl::expected<boost::json::array, std::string> time_growth(const Request& request) {
  std::vector<ClusterSize> sizes = {{3, 10}, {3, 200}, {3, 1000}, {3, 5000}, {10, 200}, {30, 200}};
  if (request.quick) {
    sizes = {{3, 10}, {3, 1000}, {10, 200}};
  }
  boost::json::array rows;
  TextTable table({"pod to service, across nodes, 9:1", "thousands of packets/s", "fresh"});
  for (const ClusterSize& size : sizes) {
    const ClusterTables tables(size);
    const auto speed =
        median_of(request.repeat, [&] { return run(tables, Way::service, New::one, request.packets); });
    const auto fresh =
        median_of(request.repeat, [&] { return run_fresh(tables, Way::service, request.packets / 10); });
    if (!speed || !fresh) {
      return tl::unexpected(speed ? fresh.error() : speed.error());
    }
    table.add({fmt::format("{} nodes, {} services", size.nodes, size.services), thousands(speed->packets),
               thousands(fresh->packets)});
    rows.push_back({{"nodes", size.nodes},
                    {"services", size.services},
                    {"mixed", speed->packets},
                    {"fresh", fresh->packets}});
  }
  table.print();
  return rows;
}

tl::expected<Request, std::string> read_arguments(const std::vector<std::string>& arguments) {
  Request request;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    const bool has_value = i + 1 < arguments.size();
    if (name == "--quick") {
      request.quick = true;
      request.repeat = 3;
      request.packets = 50'000;
    } else if (name == "--add") {
      request.add = true;
    } else if (name == "--json" && has_value) {
      request.json_path = arguments[++i];
    } else if (name == "--repeat" && has_value) {
      const std::string& value = arguments[++i];
      const char* const end = value.data() + value.size();
      const auto read = std::from_chars(value.data(), end, request.repeat);
      if (read.ec != std::errc{} || read.ptr != end || request.repeat == 0) {
        return tl::unexpected("--repeat needs a positive number, not " + value);
      }
    } else {
      return tl::unexpected(
          std::string("usage: bench_dataplane [--quick] [--repeat N] [--json FILE [--add]]"));
    }
  }
  return request;
}

/// Returns whether the file could be written.
bool write_json(const Request& request, boost::json::object results) {
  boost::json::value whole = boost::json::object{{"schema", "plimsoll-bench/1"}};
  if (request.add) {
    std::ostringstream text;
    text << std::ifstream(request.json_path).rdbuf();
    whole = boost::json::parse(text.str());
  }
  whole.as_object()["dataplane"] = std::move(results);
  std::ofstream file(request.json_path);
  file << boost::json::serialize(whole) << '\n';
  file.close();
  return !file.fail();
}

int bench(const std::vector<std::string>& arguments) {
  const auto request = read_arguments(arguments);
  if (!request) {
    fmt::print(stderr, "{}\n", request.error());
    return 2;
  }
  const Machine machine = this_machine();
  fmt::print("{}, {} cores, {}, load {:.2f}; median of {}, by processor time, one thread\n\n",
             machine.processor, machine.cores, machine.compiler, machine.load, request->repeat);
  auto ways = time_ways(*request);
  auto growth = ways ? time_growth(*request) : tl::unexpected(ways.error());
  if (!growth) {
    fmt::print(stderr, "{}\n", growth.error());
    return 4;
  }
  boost::json::object results = {{"ways", std::move(*ways)}, {"growth", std::move(*growth)}};
  if (!request->json_path.empty() && !write_json(*request, std::move(results))) {
    fmt::print(stderr, "{} cannot be written\n", request->json_path);
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace plimsoll::bench

int main(int argc, char** argv) {
  try {
    return plimsoll::bench::bench({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 4;
  }
}
