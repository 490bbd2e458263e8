// What a scenario of system `ipam` asks for, decoded and checked: the cluster to assemble.
//
// Nodes and pods are ordinary Kubernetes manifests; the network is flannel's net-conf.json; `nodes` says what
// a node remembers from before (subnet.env, last_reserved_ip); `parameters` holds durations and switches.
// Every field that is not understood is an error.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "checker/scenario/scenario.hpp"
#include "impl/base/prefix.hpp"
#include "impl/ipam/defects.hpp"
#include "impl/ipam/flannel/network_config.hpp"
#include "impl/ipam/host_local/ranges.hpp"

namespace plimsoll::properties::ipam {

struct NodeSetup {
  std::string name;
  base::Ipv4 public_ip;                             ///< status.addresses InternalIP, or flannel's annotation
  std::optional<base::Ipv4Prefix> previous_subnet;  ///< content of subnet.env at the start
  std::optional<base::Ipv4> last_reserved_ip;       ///< content of last_reserved_ip.0 at the start
  std::vector<std::string> pods;
};

/// Durations are in ticks; they matter in discrete time only. The defaults suit a tick of some hours.
struct Setup {
  plimsoll::ipam::NetworkConfig network;
  std::vector<NodeSetup> nodes;
  plimsoll::ipam::Defects defects;
  std::uint32_t ttl = 4;
  std::uint32_t renew_margin = 2;
  std::uint32_t safety_margin = 1;
  std::uint32_t retry_after = 1;
  std::uint32_t create_attempts_max = 10;
  bool recreate = true;          ///< a deleted pod comes back
  bool supervised = true;        ///< flanneld is restarted when it ends
  bool keep_history = true;      ///< the store remembers events, for watches from the past
  bool prompt_messages = false;  ///< with ticks: a message to or from the store arrives before the next tick
  std::optional<plimsoll::ipam::RangeSet<base::Ipv4>> static_range;  ///< used by defect I4
  bool is_discrete = false;
  std::uint32_t ticks_max = 0;
  std::map<std::string, std::uint32_t> budgets;
  std::uint32_t mailbox_messages_max = 8;
};

[[nodiscard]] tl::expected<Setup, scenario::Error> decode_setup(const scenario::Scenario& scenario,
                                                                const std::vector<std::string>& defects);

}  // namespace plimsoll::properties::ipam
