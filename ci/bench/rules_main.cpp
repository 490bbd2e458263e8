// Speed of the proof that one node's iptables do what its services want (properties/service/rules), by number
// of services: what README.md of this directory describes.
//
// usage: bench_rules [--quick] [--repeat N] [--json FILE [--add]]
#include <fmt/core.h>

#include <boost/json.hpp>

#include "ci/bench/part.hpp"
#include "ci/bench/spread.hpp"
#include "ci/bench/text_table.hpp"
#include "impl/overlay/netfilter/save_format.hpp"
#include "impl/service/proxy/cluster_bed.hpp"
#include "impl/service/proxy/iptables/jumps.hpp"
#include "impl/service/proxy/iptables/rules.hpp"
#include "properties/service/rules/coverage.hpp"
#include "properties/service/rules/verify.hpp"

namespace plimsoll::bench {
namespace {

using namespace properties::rules;
using service::ClusterBed;

constexpr std::uint32_t endpoints_each = 3;
constexpr std::uint32_t octet = 250;

base::Ipv4 counted(std::uint8_t first, std::uint8_t second, std::uint32_t number) {
  return base::Ipv4(first, second, static_cast<std::uint8_t>(number / octet),
                    static_cast<std::uint8_t>(1 + number % octet));
}

/// Every fourth service has a node port, and of those every other one the policy Local; every fifth has no
/// endpoint, every seventh remembers its clients.
ClusterBed services_of(std::uint32_t count) {
  ClusterBed bed;
  for (std::uint32_t number = 0; number < count; ++number) {
    service::Service made = ClusterBed::service(1);
    made.cluster_ip = counted(10, 96, number);
    made.affinity_seconds = number % 7 == 0 ? 10800 : 0;
    if (number % 4 == 0) {
      made = ClusterBed::node_port(made, static_cast<std::uint16_t>(30000 + number / 4));
      made.external_policy =
          number % 8 == 0 ? service::TrafficPolicy::local : service::TrafficPolicy::cluster;
    }
    std::vector<service::SliceEndpoint> endpoints;
    for (std::uint32_t k = 0; k < (number % 5 == 0 ? 0 : endpoints_each); ++k) {
      service::SliceEndpoint endpoint = ClusterBed::endpoint(static_cast<std::uint8_t>(1 + k), 1);
      endpoint.ip = counted(10, static_cast<std::uint8_t>(244 + k), number);
      endpoints.push_back(endpoint);
    }
    bed.add("s" + std::to_string(number), made, endpoints);
  }
  return bed;
}

tl::expected<std::string, std::string> time_growth(const PartRequest& request) {
  std::vector<std::uint32_t> sizes = {100, 1'000, 5'000};
  if (!request.quick) {
    sizes.push_back(10'000);
  }
  boost::json::array rows;
  TextTable table({"services, 3 endpoints each", "rules", "frontends", "shapes", "questions to Z3",
                   "proof ms", "dead rules", "coverage ms"});
  for (const std::uint32_t count : sizes) {
    const ClusterBed bed = services_of(count);
    service::iptables::RulesConfig config;
    config.detector = service::iptables::DetectByCidr{base::Ipv4Prefix(base::Ipv4(10, 240, 0, 0), 12)};
    config.node_ip = base::Ipv4(192, 168, 0, 1);
    netfilter::Ruleset ruleset;
    for (const std::string& text : {service::iptables::ensure_input(""),
                                    service::iptables::restore_input({bed.tracker.views}, config)}) {
      if (const auto done = netfilter::restore(ruleset, text, {.noflush = true}); !done) {
        return tl::unexpected("the rules cannot be read: " + to_text(done.error()));
      }
    }
    std::uint64_t rules = 0;
    for (const netfilter::Table& one : ruleset.tables) {
      for (const netfilter::Chain& chain : one.chains) {
        rules += chain.rules.size();
      }
    }
    const Intent intent = intent_of(bed.tracker.views, {}, config);
    std::vector<double> times;
    RulesVerdict verdict;
    for (std::uint64_t round = 0; round < request.repeat; ++round) {
      times.push_back(milliseconds([&] { verdict = verify(ruleset, intent); }));
      if (!verdict.findings.empty() || !verdict.is_complete) {
        return tl::unexpected(fmt::format("{} services: the verdict is not what it must be", count));
      }
    }
    const double median = spread(times).median;
    Coverage coverage;
    const double coverage_ms = milliseconds([&] { coverage = coverage_of(ruleset); });
    if (!coverage.open.empty()) {
      return tl::unexpected(fmt::format("{} services: the coverage is not complete", count));
    }
    table.add({fmt::format("{}", count), fmt::format("{}", rules), fmt::format("{}", verdict.frontends),
               fmt::format("{}", verdict.shapes), fmt::format("{}", verdict.questions),
               fmt::format("{:.0f}", median), fmt::format("{}", coverage.dead.size()),
               fmt::format("{:.0f}", coverage_ms)});
    rows.push_back({{"services", count},
                    {"rules", rules},
                    {"frontends", verdict.frontends},
                    {"shapes", verdict.shapes},
                    {"questions", verdict.questions},
                    {"proof_ms", median},
                    {"dead_rules", coverage.dead.size()},
                    {"coverage_ms", coverage_ms}});
  }
  table.print();
  return boost::json::serialize(rows);
}

}  // namespace
}  // namespace plimsoll::bench

int main(int argc, char** argv) {
  return plimsoll::bench::run_part("rules", argc, argv, plimsoll::bench::time_growth);
}
