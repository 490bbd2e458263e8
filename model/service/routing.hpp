// Which endpoints a new connection to a service may reach, and what a node that lags behind may do meanwhile.
//
// A node acts on some version of the service between the one its tables were last seen to agree with and the
// newest. Drops are forgiven while those versions disagree; delivery to an address that none of them lists as
// eligible is never forgiven. Source: KPX-8 of the semantics; kubernetes v1.31, pkg/proxy/topology.go;
// KEP-1669 (terminating endpoints), KEP-2086 (internal policy). Hints of topology are not modelled, nor is
// the short cut that pods take to an external address. Pure functions: safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace plimsoll::model::service {

/// A pod's address and a node, as small numbers that the world gives out; both below 32.
using Address = std::uint8_t;
using Node = std::uint8_t;
/// Bit a stands for address a.
using Addresses = std::uint32_t;

enum class Policy : std::uint8_t { cluster, local };
enum class Entrance : std::uint8_t { internal, external };

struct Endpoint {
  Address address = 0;
  Node node = 0;
  bool ready = true;
  bool serving = true;
  bool terminating = false;
};

/// One version of a service. A deleted service is one without endpoints.
struct Service {
  std::vector<Endpoint> endpoints = {};
  Policy internal = Policy::cluster;
  Policy external = Policy::cluster;
};

/// What became of the first packet of a connection: the pod that got it, or nothing if none did.
using Fate = std::optional<Address>;

enum class Judgement : std::uint8_t { allowed, lost, misdelivered };

/// The ready endpoints within the policy's reach; if there are none, those that serve while they terminate.
/// Linear in the endpoints.
[[nodiscard]] Addresses eligible(const Service& service, Node node, Entrance entrance);

/// @param versions  What the node may act on, oldest first, never empty; a single one once it has converged.
[[nodiscard]] Judgement judge(std::span<const Service> versions, Node node, Entrance entrance, Fate fate);

}  // namespace plimsoll::model::service
