// Where a packet goes: the decision for one that came in, and for one that is made here.
//
// Source: Linux, net/ipv4/route.c (ip_route_input_slow, __mkroute_input, ip_route_output_key_hash_rcu,
// __mkroute_output), fib_frontend.c (fib_validate_source), fib_semantics.c (fib_result_prefsrc).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <tl/expected.hpp>

#include "impl/overlay/node/fib.hpp"

namespace plimsoll::overlay {

/// The outcome of a routing decision, which a packet keeps until the next one (struct rtable).
struct Destination {
  /// What happens to a packet that came in and has this destination (dst.input).
  enum class Input : std::uint8_t { discard, deliver, forward, error };
  Input input = Input::discard;
  RouteType type = RouteType::unicast;
  DeviceId device = no_device;  ///< that it leaves by; loopback's for what is for this node
  std::optional<base::Ipv4> gateway = {};
  Errno error = Errno::enetunreach;  ///< if input is `error`
  std::uint32_t mtu = 0;             ///< the route's own; 0: the device's
  bool local = false;                ///< RTCF_LOCAL
  bool broadcast = false;            ///< RTCF_BROADCAST, RTCF_MULTICAST
  bool came_in = false;              ///< decided for a packet that came in
  bool redirect = false;             ///< the sender should have used the gateway itself (IPSKB_DOREDIRECT)

  /// The address to ask the neighbour table for.
  [[nodiscard]] base::Ipv4 next_hop(base::Ipv4 destination) const { return gateway.value_or(destination); }
};

/// What is asked about a packet that came in.
struct InputQuery {
  base::Ipv4 source = {};
  base::Ipv4 destination = {};
  DeviceId device = no_device;  ///< that it came in by
  std::uint32_t mark = 0;
  std::uint8_t tos = 0;
  bool is_ip = true;  ///< false: an ARP request asks
  friend bool operator==(const InputQuery&, const InputQuery&) = default;
};

/// Why an incoming packet is dropped at once, without a word to its sender.
enum class InputDrop : std::uint8_t {
  none,
  invalid_source,  ///< multicast, broadcast, 0.0.0.0 or 127.0.0.0/8 as source
  local_source,    ///< martian: the source is one of our own addresses
  reverse_path,    ///< rp_filter
  invalid_destination,
  no_address,   ///< the device has none
  unsupported,  ///< routing rules that are not understood
};
[[nodiscard]] std::string_view to_text(InputDrop drop);

struct InputRoute {
  InputDrop drop = InputDrop::none;
  Destination destination = {};  ///< if not dropped
};
[[nodiscard]] InputRoute route_input(const CompiledTables& tables, const Fib& fib, const InputQuery& query);

/// The verdict of the reverse-path filter and of the check for our own addresses.
struct SourceCheck {
  InputDrop drop = InputDrop::none;
  bool on_link = false;  ///< the source is reached without a gateway
};
/// @param out  The device that the packet will leave by; no_device if it is for this node.
[[nodiscard]] SourceCheck validate_source(const CompiledTables& tables, const Fib& fib,
                                          const InputQuery& query, DeviceId out);

/// What is asked about a packet that is made here.
struct OutputQuery {
  base::Ipv4 destination = {};
  base::Ipv4 source = {};   ///< 0.0.0.0: to be chosen
  bool any_source = false;  ///< `source` need not be an address of this node (FLOWI_FLAG_ANYSRC)
  std::uint32_t mark = 0;
  std::uint8_t tos = 0;
  friend bool operator==(const OutputQuery&, const OutputQuery&) = default;
};
struct OutputRoute {
  Destination destination = {};
  base::Ipv4 source = {};  ///< the one given, or the one chosen
};
/// Error: eopnotsupp if routing rules are not understood, else the kernel's.
[[nodiscard]] tl::expected<OutputRoute, Errno> route_output(const CompiledTables& tables, const Fib& fib,
                                                            const OutputQuery& query);

/// The address at which packets to `source` of a packet that came in would best be answered
/// (fib_compute_spec_dst): its destination, unless that is a broadcast.
[[nodiscard]] base::Ipv4 specific_destination(const CompiledTables& tables, const Fib& fib,
                                              const Destination& route, base::Ipv4 source,
                                              base::Ipv4 destination, DeviceId in);

}  // namespace plimsoll::overlay
