// What happens to services in a scenario of system `services`: versions of the API server's objects, one
// after the other, and who sends to them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/service/routing.hpp"
#include "properties/service/delivery/cluster.hpp"

namespace plimsoll::properties::services_world {

namespace api = plimsoll::service;
namespace net = plimsoll::overlay;

/// The objects of one moment, by name.
struct Version {
  std::map<std::string, api::Service> services = {};
  std::map<std::string, std::vector<api::SliceEndpoint>> slices = {};
};

/// Who sends, and where to. Its packets come to rules on one node: its own, or the one that it goes by.
struct Client {
  std::string from = {};  ///< a namespace of delivery::Cluster
  std::uint8_t node = 1;  ///< whose rules decide
  std::string service = {};
  base::Ipv4 to = {};
  std::uint16_t port = 80;
  api::Protocol protocol = api::Protocol::udp;
  model::service::Entrance entrance = model::service::Entrance::internal;
  /// It sends from one port again and again, and nodes remember its flow; others use a new port each time,
  /// and leave nothing behind.
  bool keeps_port = false;
};

struct Story {
  std::string_view name = {};
  std::vector<Version> versions = {};  ///< 1 .. 8; the first one is there from the beginning
  std::vector<Client> clients = {};    ///< 1 .. 4
  bool has_stray_segments = false;     ///< a server also sends segments that belong to no connection
  bool kernel_before_5_16 = false;
};

[[nodiscard]] std::span<const Story> stories();
[[nodiscard]] const Story* find_story(std::string_view name);

/// The story, with so many more services of one endpoint each that nobody uses. They are TCP's, for which
/// kube-proxy makes no request of its own.
[[nodiscard]] Story among_others(Story story, std::uint32_t services);

/// A pod as the spec counts it: 8 to a node.
[[nodiscard]] model::service::Address number_of_pod(std::uint8_t node, std::uint8_t pod);
/// Of a namespace "n2p1".
[[nodiscard]] std::optional<model::service::Address> number_of_pod(std::string_view name);
/// The service as the spec has it; without endpoints if there is none.
[[nodiscard]] model::service::Service spec_of(const Version& version, const std::string& service);

}  // namespace plimsoll::properties::services_world
