// What a scenario of system `services` asks for, decoded and checked.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "checker/scenario/scenario.hpp"
#include "properties/service/world/stories.hpp"

namespace plimsoll::properties::services_world {

/// What the environment may do, so often as its budget says.
enum class Fault : std::uint8_t {
  restart,  ///< a kube-proxy ends and begins anew; the kernel keeps all it has
  refuse,   ///< the kernel refuses one request
  flush,    ///< somebody flushes table nat
};
inline constexpr std::array<std::string_view, 3> fault_names = {"restart", "refuse", "flush"};

struct Setup {
  std::shared_ptr<const Story> story = {};  ///< never null once decoded
  delivery::ProxyMode mode = delivery::ProxyMode::iptables;
  std::uint8_t nodes = 2;    ///< 2 .. 7
  std::uint8_t proxies = 2;  ///< on so many nodes something happens; the others stay at the first version
  bool bridge_nf = true;     ///< net.bridge.bridge-nf-call-iptables
  std::array<std::uint8_t, fault_names.size()> budgets = {};
  api::Defects defects = {};

  [[nodiscard]] std::uint8_t budget(Fault fault) const { return budgets[static_cast<std::size_t>(fault)]; }
};

/// Parameters: `story` (a name of stories()), `proxy` (iptables, ipvs), `nodes` 2 to 7, `proxies` from 1 to
/// nodes, which is the default, and at least those that clients come by, `bridge-nf`, `bystanders` 0 to 1000,
/// services that are there besides the story's and that nobody uses. Faults: fault_names,
/// each at most 3 times.
[[nodiscard]] tl::expected<Setup, scenario::Error> decode_setup(const scenario::Scenario& scenario,
                                                                const std::vector<std::string>& defects);

}  // namespace plimsoll::properties::services_world
