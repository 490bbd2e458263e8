// What must be true of every packet to a frontend, as a formula over the exits of its walk.
#pragma once

#include "properties/service/rules/constants.hpp"
#include "properties/service/rules/encode.hpp"
#include "properties/service/rules/intent.hpp"

namespace plimsoll::properties::rules {

/// One question about a frontend: all new, unmarked packets to it at one hook.
struct ClaimRequest {
  const Intent& intent;
  const Frontend& frontend;
  const SymbolicPacket& packet;
  const Devices& devices;
  Constants& constants;
  /// Of a node port: addresses of other frontends with its protocol and port.
  const std::vector<base::Ipv4>& rivals;
};

/// Whether the packet is a new one for the frontend, without a mark. A port of the node is on its addresses
/// that are no addresses of other frontends.
[[nodiscard]] symbolic::Bool is_for(const ClaimRequest& request);

/// Whether the packet is from a pod of the cluster, as far as the node is told to tell.
[[nodiscard]] symbolic::Bool is_from_pod(const ClaimRequest& request);

/// Whether the packet's source may come in at all (loadBalancerSourceRanges).
[[nodiscard]] symbolic::Bool is_let_in(const ClaimRequest& request);

/// Clients of one kind, and whom they may come to. Kinds exclude each other, and are all clients.
struct Served {
  symbolic::Bool who = true;
  const std::vector<Backend>* backends = nullptr;  ///< the frontend's
};
[[nodiscard]] std::vector<Served> served_by(const ClaimRequest& request);

/// Whether table nat does with the packet what the frontend wants.
[[nodiscard]] symbolic::Bool is_translated_well(const ClaimRequest& request, const EncodedWalk& walk);

/// Whether table filter refuses the packet, if table nat has nobody to send it to; true of others.
/// Requires: the walk is of table filter, and the packet comes to it as it was.
[[nodiscard]] symbolic::Bool is_refused_well(const ClaimRequest& request, const EncodedWalk& walk);

}  // namespace plimsoll::properties::rules
