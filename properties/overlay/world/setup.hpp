// What a scenario of system `flannel` asks for, decoded and checked.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "checker/scenario/scenario.hpp"
#include "impl/overlay/flannel/config.hpp"
#include "impl/overlay/flannel/lease_feed.hpp"

namespace plimsoll::properties::flannel_world {

namespace net = plimsoll::overlay;
namespace flannel = plimsoll::overlay::flannel;

/// What the environment may do, so often as its budget says.
enum class Fault : std::uint8_t {
  disconnect,      ///< a node's connection with the registry breaks
  compact,         ///< the registry forgets what happened so far
  flanneld_crash,  ///< flanneld ends; the kernel keeps all it has
  bounce,          ///< the device that routes go by goes down and up again
  refuse,          ///< the kernel refuses one request
  reboot,          ///< the node starts again with an empty kernel
  replace,         ///< another machine takes its place under its name
  power_off,       ///< the node stops until its lease has run out, at least
  delete_pod,
  add_pod,
};
inline constexpr std::array<std::string_view, 10> fault_names = {
    "disconnect", "compact", "flanneld-crash", "bounce",     "refuse",
    "reboot",     "replace", "power-off",      "delete-pod", "add-pod"};

inline constexpr std::uint32_t nodes_max = 6;

struct Setup {
  flannel::BackendKind backend = flannel::BackendKind::vxlan;
  bool direct_routing = false;
  bool dual_stack = false;
  bool remembers = false;                ///< pods also send to the address that one of them had long ago
  std::uint32_t nodes = 2;               ///< 2 .. nodes_max
  std::uint32_t present = 2;             ///< so many are there from the beginning; the others join
  std::uint32_t subnets = 2;             ///< in the range, 1 .. 6
  std::uint32_t pods = 1;                ///< of each node, 1 or 2
  std::uint32_t addresses = 8;           ///< of pods, in each subnet
  std::vector<std::uint32_t> mtus = {};  ///< of each node's interface
  std::uint32_t underlay_mtu = 1500;     ///< of what is between them
  bool full_size = false;                ///< packets as large as the sender's pod may send are sent, too
  bool icmp_filtered = false;            ///< somebody on the way drops ICMP errors
  std::uint32_t ttl = 0;                 ///< of leases, in ticks; 0: they last for ever
  std::uint32_t ticks_max = 0;
  std::array<std::uint8_t, fault_names.size()> budgets = {};
  flannel::Defects defects = {};

  [[nodiscard]] std::uint8_t budget(Fault fault) const { return budgets[static_cast<std::size_t>(fault)]; }
};

/// Parameters: `backend` (vxlan, host-gw, udp), `direct-routing`, `dual-stack`, `remembers`, `nodes` 2 to 6,
/// `present`, `subnets` 1 to 6, `pods` 1 or 2, `addresses` 2 to 30, `mtus` (as many words as nodes),
/// `underlay-mtu`, `full-size`, `icmp-filtered`, `ttl` (with discrete time). Faults: fault_names, each at
/// most 7 times; `bounce` not with udp, whose flanneld looks at its device only when it makes it.
[[nodiscard]] tl::expected<Setup, scenario::Error> decode_setup(const scenario::Scenario& scenario,
                                                                const std::vector<std::string>& defects);

}  // namespace plimsoll::properties::flannel_world
