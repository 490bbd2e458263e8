// The rules of recorded clusters, which iptables-save printed on a real kernel, against what the proxier
// writes for the same services. Skipped where the recordings are not.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "impl/overlay/netfilter/save_format.hpp"
#include "impl/service/proxy/change_tracker.hpp"
#include "impl/service/proxy/iptables/jumps.hpp"
#include "impl/service/proxy/iptables/rules.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::service;
namespace netfilter = overlay::netfilter;
using Lines = std::vector<std::string>;

/// The recordings of kernel.json.gz, or nothing. They lie beside the source tree, or where PLIMSOLL_SHARED
/// says.
std::string recordings() {
  const char* const named = std::getenv("PLIMSOLL_SHARED");
  const std::filesystem::path shared = named != nullptr
                                           ? std::filesystem::path(named)
                                           : std::filesystem::path(PLIMSOLL_SOURCE_DIR) / "../shared";
  const std::filesystem::path file = shared / "conformance/dataplane/kernel.json.gz";
  if (!std::filesystem::exists(file)) {
    return {};
  }
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(("gzip -dc '" + file.string() + "'").c_str(), "r"),
                                                   pclose);
  std::string text;
  std::array<char, 65536> buffer{};
  while (pipe != nullptr) {
    const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe.get());
    if (count == 0) {
      break;
    }
    text.append(buffer.data(), count);
  }
  return text;
}

/// The strings of the JSON array that begins at `at`.
Lines strings_of(const std::string& json, std::size_t at) {
  Lines lines;
  for (++at; json[at] != ']'; ++at) {
    if (json[at] != '"') {
      continue;
    }
    lines.emplace_back();
    for (++at; json[at] != '"'; ++at) {
      at += json[at] == '\\' ? 1 : 0;
      lines.back() += json[at];
    }
  }
  return lines;
}

/// The rules of a ruleset's chains, of which other programs may have their own. Chains that all services
/// share are sorted: upstream's order of services is that of Go's maps.
std::map<std::string, Lines> kube_rules(const Lines& saved) {
  std::map<std::string, Lines> chains;
  std::string table;
  for (const std::string& line : saved) {
    if (line.starts_with('*')) {
      table = line;
    } else if (line.starts_with("-A KUBE-")) {
      chains[table + " " + line.substr(3, line.find(' ', 3) - 3)].push_back(line);
    }
  }
  for (auto& [chain, rules] : chains) {
    if (chain.ends_with("SERVICES") || chain.ends_with("KUBE-NODEPORTS") || chain.ends_with("FIREWALL")) {
      std::ranges::sort(rules);
    }
  }
  return chains;
}

struct Endpoints {
  std::string name;
  base::Ipv4 cluster_ip;
  std::uint16_t node_port;
  std::vector<std::pair<base::Ipv4, std::string>> pods;
};

/// The services of the recorded clusters, each on UDP and TCP.
class RecordedCluster {
 public:
  explicit RecordedCluster(std::string node) : node_(std::move(node)) {
    const auto pod = [](std::uint8_t on, std::uint8_t number) {
      return std::pair{base::Ipv4(10, 244, on, number), "n" + std::to_string(on)};
    };
    add({"web", {10, 96, 0, 10}, 30080, {pod(1, 2), pod(2, 2), pod(3, 2)}}, {});
    add({"solo", {10, 96, 0, 20}, 30020, {pod(1, 3)}}, {});
    add({"far", {10, 96, 0, 21}, 30021, {pod(2, 3)}}, {});
    Service local;
    local.external_policy = TrafficPolicy::local;
    add({"loc", {10, 96, 0, 22}, 30022, {pod(2, 4)}}, local);
    add({"empty", {10, 96, 0, 30}, 30030, {}}, {});
    Service sticky;
    sticky.affinity_seconds = 10800;
    add({"sticky", {10, 96, 0, 40}, 0, {pod(1, 4), pod(2, 4), pod(3, 4)}}, sticky);
    Service external;
    external.external_ips = {{192, 0, 2, 50}};
    add({"ext", {10, 96, 0, 50}, 0, {pod(3, 3)}}, external);
    Service balancer;
    balancer.load_balancer_ips = {{203, 0, 113, 60}};
    balancer.source_ranges = {{base::Ipv4(192, 168, 50, 100), 32}};
    add({"lb", {10, 96, 0, 60}, 0, {pod(1, 3)}}, balancer);
    add({"api", {10, 96, 0, 1}, 0, {{base::Ipv4(192, 168, 50, 11), "n1"}}}, {}, "https", 443, 6443);
  }

  /// What iptables-save prints once the rules are in the kernel.
  [[nodiscard]] Lines saved() const {
    iptables::RulesConfig config;
    config.detector = iptables::DetectByCidr{{base::Ipv4(10, 244, 0, 0), 16}};
    config.random_fully = false;
    netfilter::Ruleset ruleset;
    for (const std::string& text : {iptables::ensure_input(netfilter::print(ruleset)),
                                    iptables::restore_input({.views = tracker_.views}, config)}) {
      const auto restored = netfilter::restore(ruleset, text, {.noflush = true});
      const std::string error = restored ? "" : to_text(restored.error());
      BOOST_TEST_REQUIRE(error == "");
    }
    Lines lines;
    const std::string text = netfilter::print(ruleset);
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
      lines.push_back(text.substr(at, text.find('\n', at) - at));
    }
    return lines;
  }

 private:
  void add(const Endpoints& endpoints, Service service, const std::string& port_name = "http",
           std::uint16_t port = 80, std::uint16_t pod_port = 8080) {
    service.cluster_ip = endpoints.cluster_ip;
    service.type = endpoints.node_port != 0             ? ServiceType::node_port
                   : !service.load_balancer_ips.empty() ? ServiceType::load_balancer
                                                        : ServiceType::cluster_ip;
    EndpointSlice slice;
    slice.service = endpoints.name;
    for (const Protocol protocol : {Protocol::udp, Protocol::tcp}) {
      const std::string name = port_name + "-" + std::string(to_text(protocol));
      service.ports.push_back({name, protocol, port, endpoints.node_port});
      slice.ports.push_back({name, protocol, pod_port});
    }
    for (const auto& [ip, on] : endpoints.pods) {
      SliceEndpoint endpoint;
      endpoint.ip = ip;
      endpoint.node = on;
      slice.endpoints.push_back(endpoint);
    }
    service_changed(tracker_, node_, {"default", endpoints.name}, service);
    slice_changed(tracker_, node_, {"default", endpoints.name + "-x"}, slice);
  }

  std::string node_;
  ChangeTracker tracker_ = {};
};

/// What proxier and recording have, but for chains that flannel or the recording's faults changed.
const std::vector<Lines>& recorded() {
  static const std::vector<Lines> all = [] {
    std::vector<Lines> found;
    const std::string json = recordings();
    const std::string key = "\"iptables_save\":";
    for (std::size_t at = json.find(key); at != std::string::npos; at = json.find(key, at + 1)) {
      const std::size_t bracket = json.find('[', at);
      if (bracket - at <= key.size() + 1) {
        found.push_back(strings_of(json, bracket));
      }
    }
    return found;
  }();
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recorded_rules_test)

BOOST_AUTO_TEST_CASE(kpx_1_to_7_a_real_kernel_shows_the_same_rules) {
  if (recorded().empty()) {
    BOOST_TEST_MESSAGE("no recordings here: skipped");
    return;
  }
  for (const char* node : {"n1", "n2", "n3"}) {
    const auto ours = kube_rules(RecordedCluster(node).saved());
    const auto same =
        std::ranges::count_if(recorded(), [&](const Lines& saved) { return kube_rules(saved) == ours; });
    BOOST_TEST_CONTEXT(node) {
      BOOST_TEST(same >= 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(kpx_2_a_real_kernel_shows_the_same_jumps) {
  const Lines ours = RecordedCluster("n1").saved();
  const auto jumps = [](const Lines& saved) {
    std::map<std::string, Lines> by_chain;
    std::string table;
    for (const std::string& line : saved) {
      if (line.starts_with('*')) {
        table = line;
      } else if (!line.starts_with("-A KUBE-") && line.find("-j KUBE-") != std::string::npos) {
        by_chain[table + " " + line.substr(3, line.find(' ', 3) - 3)].push_back(line);
      }
    }
    return by_chain;
  };
  BOOST_TEST(jumps(ours).size() == 6U);
  if (!recorded().empty()) {
    BOOST_TEST(std::ranges::count_if(recorded(),
                                     [&](const Lines& saved) { return jumps(saved) == jumps(ours); }) >= 1);
  }
}

BOOST_AUTO_TEST_SUITE_END()
