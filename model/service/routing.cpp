#include "model/service/routing.hpp"

#include <algorithm>

namespace plimsoll::model::service {

Addresses eligible(const Service& service, Node node, Entrance entrance) {
  const Policy policy = entrance == Entrance::internal ? service.internal : service.external;
  Addresses ready = 0;
  Addresses last_resort = 0;
  for (const Endpoint& endpoint : service.endpoints) {
    if (policy == Policy::local && endpoint.node != node) {
      continue;
    }
    const Addresses bit = Addresses{1} << endpoint.address;
    if (endpoint.ready) {
      ready |= bit;
    }
    if (endpoint.serving && endpoint.terminating) {
      last_resort |= bit;
    }
  }
  return ready != 0 ? ready : last_resort;
}

Judgement judge(std::span<const Service> versions, Node node, Entrance entrance, Fate fate) {
  const Addresses newest = eligible(versions.back(), node, entrance);
  Addresses ever = 0;
  for (const Service& version : versions) {
    ever |= eligible(version, node, entrance);
  }
  if (fate) {
    return (ever >> *fate & 1U) != 0 ? Judgement::allowed : Judgement::misdelivered;
  }
  // Tables that are being replaced may lose a packet; tables that have settled may not.
  const bool settled = std::ranges::all_of(
      versions, [&](const Service& version) { return eligible(version, node, entrance) == newest; });
  return settled && newest != 0 ? Judgement::lost : Judgement::allowed;
}

}  // namespace plimsoll::model::service
