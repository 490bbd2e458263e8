// Speed of kube-proxy's rules (impl/service/proxy), by number of services: what README.md of this directory
// describes.
//
// usage: bench_proxy [--quick] [--repeat N] [--json FILE [--add]]
#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <tl/expected.hpp>

#include "ci/bench/part.hpp"
#include "ci/bench/spread.hpp"
#include "ci/bench/text_table.hpp"
#include "impl/service/proxy/change_tracker.hpp"
#include "impl/service/proxy/iptables/rules.hpp"

namespace plimsoll::bench {
namespace {

using namespace service;

constexpr std::size_t endpoints_each = 3;

/// Milliseconds of processor time.
struct Times {
  double track = 0;           ///< services and slices from nothing to views
  double full = 0;            ///< the text of a full sync, comments as the cluster's size wants them
  double full_commented = 0;  ///< the same with all comments
  double partial = 0;         ///< the text after one service has changed
  std::size_t bytes = 0;      ///< of the full sync's text
};

ObjectName name_of(std::size_t number) {
  return {"namespace-" + std::to_string(number % 50), "service-" + std::to_string(number)};
}
Service service_of(std::size_t number) {
  Service service;
  service.cluster_ip = base::Ipv4(static_cast<std::uint32_t>(0x0a600000 + number));
  service.ports = {{"http", Protocol::tcp, 80, 0}};
  return service;
}
EndpointSlice slice_of(std::size_t number) {
  EndpointSlice slice{name_of(number).name, {{"http", Protocol::tcp, 8080}}, {}};
  for (std::size_t i = 0; i < endpoints_each; ++i) {
    SliceEndpoint endpoint;
    endpoint.ip = base::Ipv4(static_cast<std::uint32_t>(0x0af40000 + endpoints_each * number + i));
    endpoint.node = "node-" + std::to_string(i);
    slice.endpoints.push_back(std::move(endpoint));
  }
  return slice;
}

/// One run, and whether the text is what it must be.
tl::expected<Times, std::string> run(std::size_t services) {
  Times times;
  ChangeTracker tracker;
  times.track = milliseconds([&] {
    for (std::size_t i = 0; i < services; ++i) {
      const ObjectName name = name_of(i);
      service_changed(tracker, "node-0", name, service_of(i));
      slice_changed(tracker, "node-0", {name.space, name.name + "-x"}, slice_of(i));
    }
  });
  iptables::RulesConfig config;
  config.detector = iptables::DetectByCidr{{base::Ipv4(10, 244, 0, 0), 16}};
  std::string text;
  times.full = milliseconds([&] { text = iptables::restore_input({.views = tracker.views}, config); });
  times.bytes = text.size();
  const auto chains = static_cast<std::size_t>(std::count(text.begin(), text.end(), ':'));
  const ServiceViews changed = {{name_of(services / 2), {}}};
  std::string part;
  times.partial = milliseconds(
      [&] { part = iptables::restore_input({.views = tracker.views, .changed = &changed}, config); });
  config.large_cluster_endpoints = static_cast<std::uint32_t>(services * endpoints_each);
  std::string commented;
  times.full_commented =
      milliseconds([&] { commented = iptables::restore_input({.views = tracker.views}, config); });
  if (chains < services * (1 + endpoints_each) || part.size() >= text.size() ||
      commented.size() < text.size()) {
    return tl::unexpected(fmt::format("{} services: the text is not what was asked for", services));
  }
  return times;
}

double median(const std::vector<Times>& runs, double Times::* field) {
  std::vector<double> values;
  for (const Times& each : runs) {
    values.push_back(each.*field);
  }
  return spread(std::move(values)).median;
}

tl::expected<std::string, std::string> time_growth(const PartRequest& request) {
  std::vector<std::size_t> sizes = {1'000, 2'000, 5'000};
  if (!request.quick) {
    sizes.push_back(10'000);
  }
  boost::json::array rows;
  TextTable table({"3 endpoints each", "objects in ms", "full sync ms", "with comments ms", "partial sync ms",
                   "full sync MB"});
  for (const std::size_t services : sizes) {
    std::vector<Times> runs;
    for (std::uint64_t round = 0; round < request.repeat; ++round) {
      auto times = run(services);
      if (!times) {
        return tl::unexpected(std::move(times.error()));
      }
      runs.push_back(*times);
    }
    const double track = median(runs, &Times::track);
    const double full = median(runs, &Times::full);
    const double commented = median(runs, &Times::full_commented);
    const double partial = median(runs, &Times::partial);
    table.add({fmt::format("{} services", services), fmt::format("{:.1f}", track),
               fmt::format("{:.1f}", full), fmt::format("{:.1f}", commented), fmt::format("{:.1f}", partial),
               fmt::format("{:.1f}", static_cast<double>(runs.front().bytes) / 1e6)});
    rows.push_back({{"services", services},
                    {"track_ms", track},
                    {"full_ms", full},
                    {"full_commented_ms", commented},
                    {"partial_ms", partial},
                    {"bytes", runs.front().bytes}});
  }
  table.print();
  return boost::json::serialize(rows);
}

}  // namespace
}  // namespace plimsoll::bench

int main(int argc, char** argv) {
  return plimsoll::bench::run_part("proxy", argc, argv, plimsoll::bench::time_growth);
}
