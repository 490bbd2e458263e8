// flannel's backends, run over the topology of the recordings, leave the tables that were recorded.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include <boost/test/unit_test.hpp>

#include "impl/overlay/netfilter/save_format.hpp"
#include "properties/overlay/conform/recording.hpp"
#include "properties/service/delivery/flanneld.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::properties::delivery;
using flannel::BackendKind;
using Lines = std::vector<std::string>;

struct Kind {
  std::string section;   ///< of the test data
  std::string scenario;  ///< of the recording
  BackendKind backend;
  bool direct_routing;
};
const std::vector<Kind> kinds = {{"vxlan", "base-vxlan", BackendKind::vxlan, false},
                                 {"host-gw", "base-hostgw", BackendKind::host_gw, false},
                                 {"udp", "base-udp", BackendKind::udp, false},
                                 {"vxlan direct routing", "base-directrouting", BackendKind::vxlan, true}};

base::Ipv4 node_ip(std::uint8_t node) {
  return {192, 168, 50, static_cast<std::uint8_t>(10 + node)};
}
base::Ipv4Prefix subnet(std::uint8_t node) {
  return {base::Ipv4(10, 244, node, 0), 24};
}
base::Mac vtep(std::uint8_t node) {
  return base::Mac({0x06, 0, 0, 0xf1, 0, node});
}

bool is_flannels(const std::string& device) {
  return device.starts_with("flannel");
}

std::string line_of(const net::Link& link) {
  std::string line =
      "link " + link.name + (link.vxlan ? " vxlan" : " tun") + " mtu " + std::to_string(link.mtu);
  if (link.vxlan) {
    line += " " + to_text(link.address);
  }
  line += link.up ? " up" : "";
  if (link.vxlan) {
    line += " vni " + std::to_string(link.vxlan->vni) + " local " + to_text(link.vxlan->local) + " dev " +
            link.vxlan->link + " port " + std::to_string(link.vxlan->port) +
            (link.vxlan->learning ? " learning" : " nolearning");
  }
  return line;
}

std::string line_of(const net::Route& route) {
  return "route " + to_text(route.destination) + (route.gateway ? " via " + to_text(*route.gateway) : "") +
         " dev " + route.device + (route.onlink ? " onlink" : "");
}

/// What there is in the tables because of flannel, sorted.
Lines entries_of(const net::Tables& tables, const flannel::UdpRoutes& udp_routes) {
  const base::Ipv4Prefix network(base::Ipv4(10, 244, 0, 0), 16);
  Lines lines;
  for (const net::Link& link : tables.links) {
    if (is_flannels(link.name)) {
      lines.push_back(line_of(link));
    }
  }
  for (const net::InterfaceAddress& address : tables.addresses) {
    if (is_flannels(address.device)) {
      lines.push_back("addr " + address.device + " " + to_text(address.address));
    }
  }
  for (const net::Route& route : tables.routes) {
    if (route.table == net::table_main && network.contains(route.destination) && route.device != "cni0") {
      lines.push_back(line_of(route));
    }
  }
  for (const net::Neighbour& neighbour : tables.neighbours) {
    if (is_flannels(neighbour.device) && neighbour.state == net::NeighbourState::permanent) {
      lines.push_back("neigh " + to_text(neighbour.address) + " dev " + neighbour.device + " " +
                      to_text(neighbour.mac));
    }
  }
  for (const net::FdbEntry& entry : tables.fdb) {
    if (is_flannels(entry.device) && entry.remote) {
      lines.push_back("fdb " + to_text(entry.mac) + " dev " + entry.device + " dst " +
                      to_text(*entry.remote));
    }
  }
  for (const flannel::UdpRoute& route : udp_routes) {
    lines.push_back("flanneld " + to_text(route.subnet) + " " + to_text(route.node));
  }
  std::ranges::sort(lines);
  return lines;
}

/// The rules of flannel's chains, and those that lead there: first those of the filter table, then those of
/// nat, each in the order of iptables-save.
Lines rules_of(const net::Tables& tables) {
  Lines filter;
  Lines nat;
  const std::string saved = net::netfilter::print(tables.ruleset);
  for (std::size_t at = 0; at < saved.size();) {
    const std::size_t end = saved.find('\n', at);
    const std::string line = saved.substr(at, end - at);
    if (line.starts_with("-A ") && line.find("FLANNEL-") != std::string::npos) {
      (line.find("masq") == std::string::npos ? filter : nat).push_back(line);
    }
    at = end + 1;
  }
  filter.insert(filter.end(), nat.begin(), nat.end());
  return filter;
}

/// A node of the recordings' topology, after its flanneld has heard of the two others.
struct Node {
  NodeKernel kernel = NodeKernel();
  Flanneld daemon;

  Node(const Kind& kind, std::uint8_t number) : daemon(config_of(kind, number), prepared(kernel, number)) {
    daemon.start(subnet(number));
    flannel::LeaseEvents listing;
    listing.listing = true;
    for (std::uint8_t peer = 1; peer <= 3; ++peer) {
      flannel::LeaseAttributes attributes = {
          node_ip(peer), std::string(flannel::backend_type(kind.backend)), {}};
      if (kind.backend == BackendKind::vxlan) {
        attributes.vxlan = flannel::VxlanData{1, vtep(peer)};
      }
      listing.events.push_back({subnet(peer), attributes});
    }
    daemon.hear(std::move(listing));
  }

  static NodeKernel& prepared(NodeKernel& kernel, std::uint8_t number) {
    kernel.must(net::LinkAdd{{.name = "eth0", .kind = net::LinkKind::veth, .address = base::Mac()}});
    kernel.must(net::LinkUp{"eth0"});
    kernel.must(net::AddressAdd{{.device = "eth0", .address = {node_ip(number), 24}}});
    kernel.must(net::RouteAdd{{.gateway = base::Ipv4(192, 168, 50, 1), .device = "eth0"}});
    return kernel;
  }
  static flannel::BackendConfig config_of(const Kind& kind, std::uint8_t number) {
    flannel::BackendConfig config;
    config.kind = kind.backend;
    config.network = {base::Ipv4(10, 244, 0, 0), 16};
    config.external = {"eth0", node_ip(number), node_ip(number), 1500};
    config.direct_routing = kind.direct_routing;
    config.stored_mac = vtep(number);
    return config;
  }
};

std::map<std::string, Lines> read_sections(const std::string& path) {
  std::ifstream file(path);
  std::map<std::string, Lines> sections;
  std::string section;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('[')) {
      section = line.substr(1, line.size() - 2);
    } else if (!line.empty() && !line.starts_with('#')) {
      sections[section].push_back(line);
    }
  }
  return sections;
}

std::filesystem::path recordings() {
  const char* const named = std::getenv("PLIMSOLL_SHARED");
  const std::filesystem::path shared = named != nullptr
                                           ? std::filesystem::path(named)
                                           : std::filesystem::path(PLIMSOLL_SOURCE_DIR) / "../shared";
  return shared / "conformance/dataplane/kernel.json.gz";
}
struct Recorded {
  bool operator()(boost::unit_test::test_unit_id /*asking*/) const {
    return std::filesystem::exists(recordings());
  }
};

void check_equal(const Lines& found, const Lines& wanted) {
  BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), wanted.begin(), wanted.end());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recorded_flannel_test)

BOOST_AUTO_TEST_CASE(a_node_has_the_entries_that_were_recorded) {
  auto sections =
      read_sections(PLIMSOLL_SOURCE_DIR "/properties/service/delivery/testdata/flannel_tables.txt");
  for (const Kind& kind : kinds) {
    BOOST_TEST_CONTEXT(kind.section) {
      Node node(kind, 1);
      Lines& wanted = sections[kind.section];
      BOOST_TEST(!wanted.empty());
      std::ranges::sort(wanted);
      check_equal(entries_of(node.kernel.tables(), node.daemon.udp_routes()), wanted);
      check_equal(rules_of(node.kernel.tables()), sections["all"]);
    }
  }
}

BOOST_AUTO_TEST_CASE(all_nodes_have_what_the_shared_recordings_show,
                     *boost::unit_test::precondition(Recorded{})) {
  const auto recording = properties::overlay::read_recording(recordings().string());
  BOOST_REQUIRE(recording.has_value());
  std::set<std::string> seen;
  for (const Kind& kind : kinds) {
    for (const auto& probe : recording->probes) {
      if (!probe.id.starts_with(kind.scenario + "/") || !seen.insert(probe.tables).second) {
        continue;
      }
      const auto& network = recording->networks.at(probe.tables);
      for (std::uint8_t number = 1; number <= 3; ++number) {
        const std::string name = "n" + std::to_string(number);
        BOOST_TEST_CONTEXT(kind.scenario << " " << name) {
          Node node(kind, number);
          const net::Tables& there = recording->tables.at(network.tables.at(name));
          const auto relay = network.relays.find(name);
          check_equal(
              entries_of(node.kernel.tables(), node.daemon.udp_routes()),
              entries_of(there, relay == network.relays.end() ? flannel::UdpRoutes() : relay->second.routes));
          check_equal(rules_of(node.kernel.tables()), rules_of(there));
        }
      }
    }
  }
  BOOST_TEST(seen.size() >= kinds.size());
}

BOOST_AUTO_TEST_SUITE_END()
