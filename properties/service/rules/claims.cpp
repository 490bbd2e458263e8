#include "properties/service/rules/claims.hpp"

#include <algorithm>
#include <variant>

namespace plimsoll::properties::rules {

using symbolic::Bool;
using symbolic::Word;

namespace {

constexpr auto local_type = static_cast<std::uint32_t>(netfilter::AddressType::local);

base::Ipv4 mask_of(const base::Ipv4Prefix& prefix) {
  return base::Ipv4(~std::uint32_t{0}).masked(prefix.length());
}

Bool is_own(const Word& type) {
  return type == local_type;
}

Bool is_in(const ClaimRequest& request, const Word& address, const base::Ipv4Prefix& prefix) {
  return request.constants.is_under(address, prefix.first(), mask_of(prefix));
}

Bool names_one_of(const ClaimRequest& request, const Word& device, const netfilter::DeviceMatch& match) {
  Bool any = false;
  for (std::uint32_t index = 0; index < request.devices.names.size(); ++index) {
    if (match.matches(request.devices.names[index])) {
      any |= device == index + 1;
    }
  }
  return any;
}

/// Whether the packet must come to `backend` under another source.
Bool must_masquerade(const ClaimRequest& request, const Backend& backend) {
  const Intent& intent = request.intent;
  const Frontend& frontend = request.frontend;
  const bool can_tell = !std::holds_alternative<service::iptables::DetectNothing>(intent.detector);
  const Bool hairpin = request.packet.src == request.constants.address(backend.ip);
  if (!frontend.is_external()) {
    return hairpin || Bool(intent.masquerade_all) || (Bool(can_tell) && !is_from_pod(request));
  }
  if (!frontend.is_local) {
    return true;
  }
  return hairpin || (is_own(request.packet.src_type) && !is_from_pod(request));
}

Bool has_mark(const ClaimRequest& request, const Word& mark) {
  return (mark & request.intent.mark) == request.intent.mark;
}

/// Whether this way out is a good one for those who may come to one of `backends`.
Bool is_good(const ClaimRequest& request, const Exit& exit, const std::vector<Backend>& backends) {
  if (exit.nat == nullptr) {
    return exit.decision == netfilter::Decision::accept && backends.empty();
  }
  const netfilter::Nat& nat = *exit.nat;
  const auto backend = std::ranges::find_if(backends, [&](const Backend& one) {
    return nat.kind == netfilter::Nat::Kind::dnat && nat.first == one.ip && nat.last == one.ip &&
           nat.first_port == one.port && nat.last_port == one.port;
  });
  if (backend == backends.end()) {
    return false;
  }
  const Bool masquerades = has_mark(request, exit.mark);
  const Bool must = must_masquerade(request, *backend);
  return (masquerades && must) || (!masquerades && !must);
}

}  // namespace

Bool is_from_pod(const ClaimRequest& request) {
  const auto& detector = request.intent.detector;
  if (const auto* const cidr = std::get_if<service::iptables::DetectByCidr>(&detector)) {
    return is_in(request, request.packet.src, cidr->cidr);
  }
  if (const auto* const bridge = std::get_if<service::iptables::DetectByBridge>(&detector)) {
    return names_one_of(request, request.packet.in, {bridge->interface, false});
  }
  if (const auto* const prefix = std::get_if<service::iptables::DetectByInterfacePrefix>(&detector)) {
    return names_one_of(request, request.packet.in, {prefix->prefix + "+", false});
  }
  return false;
}

Bool is_let_in(const ClaimRequest& request) {
  const Frontend& frontend = request.frontend;
  if (frontend.source_ranges.empty()) {
    return true;
  }
  Bool in = false;
  for (const base::Ipv4Prefix& range : frontend.source_ranges) {
    in |= is_in(request, request.packet.src, range);
  }
  for (const base::Ipv4& source : frontend.more_sources) {
    in |= request.packet.src == request.constants.address(source);
  }
  return in;
}

std::vector<Served> served_by(const ClaimRequest& request) {
  const Frontend& frontend = request.frontend;
  if (!frontend.is_external() || !frontend.is_local) {
    return {{true, &frontend.backends()}};
  }
  // Pods and the node itself reach external addresses as if they were the cluster's.
  const Bool pod = is_from_pod(request);
  const Bool node = is_own(request.packet.src_type);
  return {{pod, &frontend.cluster}, {node && !pod, &frontend.cluster}, {!node && !pod, &frontend.local}};
}

Bool is_for(const ClaimRequest& request) {
  const Frontend& frontend = request.frontend;
  const SymbolicPacket& packet = request.packet;
  Bool is_there = packet.protocol == std::uint32_t{frontend.protocol} &&
                  packet.dst_port == request.constants.port(frontend.port) &&
                  packet.state == static_cast<std::uint32_t>(FlowState::new_) && packet.mark == 0U &&
                  !packet.src_nat && !packet.dst_nat;
  if (frontend.kind != FrontendKind::node_port) {
    return is_there && packet.dst == request.constants.address(frontend.ip);
  }
  is_there &= is_own(packet.dst_type);
  constexpr std::uint32_t loopback = 0x7f000000;
  constexpr std::uint32_t loopback_mask = 0xff000000;
  const Bool to_loopback =
      request.constants.is_under(packet.dst, base::Ipv4(loopback), base::Ipv4(loopback_mask));
  if (request.intent.node_port_addresses) {
    Bool wanted = false;
    for (const base::Ipv4& address : *request.intent.node_port_addresses) {
      wanted |= packet.dst == request.constants.address(address);
    }
    is_there &= wanted;
  }
  if (!request.intent.localhost_node_ports) {
    is_there &= !to_loopback;
  }
  for (const base::Ipv4& rival : request.rivals) {
    is_there &= packet.dst != request.constants.address(rival);
  }
  return is_there;
}

Bool is_translated_well(const ClaimRequest& request, const EncodedWalk& walk) {
  const Bool let_in = is_let_in(request);
  Bool well = true;
  for (const Served& served : served_by(request)) {
    for (const Exit& exit : walk.exits) {
      const Bool good = is_good(request, exit, *served.backends);
      const bool passes = exit.nat == nullptr && exit.decision == netfilter::Decision::accept;
      well &= implies(exit.when && served.who && let_in, good);
      // Who is not let in must not be translated: table filter drops what keeps its destination.
      well &= implies(exit.when && served.who && !let_in, passes);
    }
  }
  return well;
}

Bool is_refused_well(const ClaimRequest& request, const EncodedWalk& walk) {
  Bool passes_nat = !is_let_in(request);
  for (const Served& served : served_by(request)) {
    passes_nat |= served.who && Bool(served.backends->empty());
  }
  Bool well = true;
  for (const Exit& exit : walk.exits) {
    // Where nobody serves, clients are told; where others may serve them, they try again.
    const bool has_any = request.frontend.has_any;
    const Bool good = exit.decision == netfilter::Decision::reject ? Bool(!has_any)
                      : exit.decision == netfilter::Decision::drop ? Bool(has_any) || !is_let_in(request)
                                                                   : Bool(false);
    well &= implies(exit.when && passes_nat, good);
  }
  return well;
}

}  // namespace plimsoll::properties::rules
