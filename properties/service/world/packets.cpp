#include "properties/service/world/packets.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "properties/few_choices.hpp"
#include "properties/overlay/world/kernel_value.hpp"
#include "properties/service/world/machine.hpp"

namespace plimsoll::properties::services_world {
namespace {

using delivery::Cluster;
/// A delivery::Connection, by namespace of the program that has it.
struct Open {
  base::Ipv4 source = {};
  std::uint16_t source_port = 0;
  base::Ipv4 destination = {};
  std::uint16_t destination_port = 0;
  PLIMSOLL_DESCRIBE(Open, source, source_port, destination, destination_port)
};
using Connections = std::map<std::string, std::vector<Open>>;

constexpr std::uint16_t kept_port = 40001;
constexpr std::uint16_t new_port = 50000;
constexpr Slot nothing_loaded = ~Slot{0};

delivery::ClusterConfig config_of(const Setup& setup) {
  delivery::ClusterConfig config;
  config.proxy = setup.mode;
  config.nodes = setup.nodes;
  config.bridge_nf = setup.bridge_nf;
  config.kernel_before_5_16 = setup.story->kernel_before_5_16;
  config.proxy_defects = setup.defects;
  return config;
}

std::vector<std::string> pods_of(const Setup& setup) {
  std::vector<std::string> names;
  for (std::uint8_t node = 1; node <= setup.nodes; ++node) {
    for (std::uint8_t pod = 1; pod <= delivery::ClusterConfig().pods; ++pod) {
      names.push_back(Cluster::pod_name(node, pod));
    }
  }
  return names;
}

}  // namespace

std::size_t Packets::KeyHash::operator()(const std::vector<Slot>& key) const {
  std::uint64_t hash = 0x9e3779b97f4a7c15ULL;
  for (const Slot slot : key) {
    hash = checker::fold_multiply(hash ^ slot, 0xbf58476d1ce4e5b9ULL);
  }
  return static_cast<std::size_t>(hash);
}

Packets::Packets(const Setup& setup, checker::Interner& values)
    : setup_(setup), values_(values), cluster_(config_of(setup)), loaded_(setup.nodes, nothing_loaded) {
  no_connections_ = values_.intern(base::to_bytes(Connections()));
}
Packets::~Packets() = default;

const net::Tables& Packets::node_tables(std::uint32_t node) {
  return cluster_.kernel(Cluster::node_name(static_cast<std::uint8_t>(node + 1))).tables();
}

void Packets::load(const PacketView& view) {
  for (std::uint32_t node = 0; node < setup_.nodes; ++node) {
    if (loaded_[node] == view.kernels[node]) {
      continue;
    }
    delivery::NodeKernel& kernel = cluster_.kernel(Cluster::node_name(static_cast<std::uint8_t>(node + 1)));
    const std::set<std::uint16_t> listens = kernel.listens;
    kernel = kernel_of(std::string(values_.bytes(view.kernels[node])),
                       std::string(values_.bytes(view.memories[node])), setup_);
    kernel.listens = listens;
    loaded_[node] = view.kernels[node];
  }
}

void Packets::load_memories(const PacketView& view) {
  for (std::uint32_t node = 0; node < setup_.nodes; ++node) {
    set_memory(cluster_.kernel(Cluster::node_name(static_cast<std::uint8_t>(node + 1))),
               std::string(values_.bytes(view.memories[node])));
  }
  const auto connections = base::from_bytes<Connections>(values_.bytes(view.connections));
  for (const std::string& name : pods_of(setup_)) {
    cluster_.kernel(name).remembered = {};
    if (const auto own = connections.find(name); own != connections.end()) {
      for (const Open& open : own->second) {
        cluster_.kernel(name).remembered.connections.emplace(open.source, open.source_port, open.destination,
                                                             open.destination_port);
      }
    }
  }
}

delivery::Request Packets::request_of(std::size_t client, SendKind kind) const {
  const Client& of = setup_.story->clients[client];
  delivery::Request request;
  request.from = of.from;
  request.to = of.to;
  request.port = of.port;
  request.protocol = of.protocol;
  request.source_port = kind == SendKind::fresh ? new_port : kept_port;
  if (kind == SendKind::segment) {
    request.tcp_flags = net::tcp_flag::ack | net::tcp_flag::psh;
  } else if (kind == SendKind::reset) {
    request.tcp_flags = net::tcp_flag::rst | net::tcp_flag::ack;
  }
  return request;
}

Outcome Packets::run(const PacketView& view, std::size_t client, SendKind kind, base::Choices& choices,
                     std::vector<std::string>& hops) {
  load_memories(view);
  delivery::Request request = request_of(client, kind);
  if (kind == SendKind::stray) {
    // From the first endpoint of the first version: no state of a connection takes a SYN from there.
    const Client& of = setup_.story->clients[client];
    const api::SliceEndpoint& server = setup_.story->versions.front().slices.at(of.service).front();
    const auto pod = static_cast<std::uint8_t>((server.ip.value() & 0xffU) - 1);
    const auto own = static_cast<std::uint8_t>(of.from[3] - '0');
    request.from = Cluster::pod_name(static_cast<std::uint8_t>(server.node[1] - '0'), pod);
    request.to = Cluster::pod_ip(of.node, own);
    request.port = kept_port;
    request.source_port = Cluster::pod_port;
    request.tcp_flags = net::tcp_flag::syn;
  }
  ++runs_;
  delivery::Exchange exchange = cluster_.send(request, choices, hops);
  if (kind == SendKind::open && exchange.is_lost()) {
    exchange = cluster_.send(request, choices, hops);
  }
  Outcome outcome = {.is_multiplied = exchange.arrivals.size() > 1,
                     .is_served = exchange.is_served(request),
                     .unknown = exchange.unknown};
  if (!exchange.arrivals.empty()) {
    // Somebody who is no pod counts as nobody's number.
    outcome.server = number_of_pod(std::string_view(exchange.arrivals.front().at)).value_or(0);
  }
  if (kind == SendKind::fresh || kind == SendKind::stray) {
    outcome.memories = view.memories;
    outcome.connections = view.connections;
    return outcome;
  }
  for (std::uint8_t node = 1; node <= setup_.nodes; ++node) {
    outcome.memories.push_back(values_.intern(memory_of(cluster_.kernel(Cluster::node_name(node)))));
  }
  Connections connections;
  for (const std::string& name : pods_of(setup_)) {
    for (const auto& [source, source_port, destination, port] :
         cluster_.kernel(name).remembered.connections) {
      connections[name].push_back({source, source_port, destination, port});
    }
  }
  outcome.connections = values_.intern(base::to_bytes(connections));
  return outcome;
}

const std::vector<Outcome>& Packets::outcomes(const PacketView& view, std::size_t client, SendKind kind) {
  key_.clear();
  key_.insert(key_.end(), view.kernels.begin(), view.kernels.end());
  key_.insert(key_.end(), view.memories.begin(), view.memories.end());
  key_.push_back(view.connections);
  key_.push_back(static_cast<Slot>(client << 3U) | static_cast<Slot>(kind));
  const auto known = answers_.find(key_);
  if (known != answers_.end()) {
    ++recalled_;
    return *known->second;
  }
  load(view);
  auto found = std::make_unique<std::vector<Outcome>>();
  FewChoices choices;
  std::vector<std::string> hops;
  do {
    choices.rewind();
    hops.clear();
    found->push_back(run(view, client, kind, choices, hops));
  } while (choices.advance());
  return *answers_.emplace(key_, std::move(found)).first->second;
}

std::string Packets::hops(const PacketView& view, std::size_t client, SendKind kind, std::size_t which) {
  load(view);
  FewChoices choices;
  std::vector<std::string> hops;
  do {
    choices.rewind();
    hops.clear();
    (void)run(view, client, kind, choices, hops);
  } while (which-- > 0 && choices.advance());
  constexpr std::size_t most = 40;
  std::string text;
  for (std::size_t hop = 0; hop < std::min(hops.size(), most); ++hop) {
    text += (text.empty() ? "" : " ") + hops[hop];
  }
  return hops.empty() ? "none" : hops.size() > most ? text + " and more" : text;
}

}  // namespace plimsoll::properties::services_world
