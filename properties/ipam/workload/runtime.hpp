// The runtime of one node: stands for kubelet and the container runtime, as far as they concern pod
// addresses.
//
// Source: Kubernetes pkg/kubelet (one sandbox for each pod of the node, start over when it fails),
// containerd's CRI plugin (DEL after a failed ADD, GC at start) and the Container Network Interface
// specification 1.1.0 (a runtime must DEL what it does not know the outcome of; GC names the attachments that
// are still valid). Deviates: calls are made one after the other, where kubelet works on pods in parallel,
// because host-local takes one at a time anyway; the loss of the pod network stops all pods at once, where
// kubelet would leave them running with addresses that may be another node's by then; a pod for which there
// was no address is not tried again and again but when something has changed, so that the node comes to rest.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "impl/base/described.hpp"
#include "impl/base/ids.hpp"
#include "impl/base/step.hpp"
#include "impl/ipam/defects.hpp"
#include "impl/ipam/flannel/network_changed.hpp"
#include "impl/ipam/host_local/cni.hpp"
#include "impl/ipam/node_network.hpp"
#include "properties/ipam/workload/sandboxes.hpp"

namespace plimsoll::properties::ipam {

enum class CniVerb : std::uint8_t { add, del, gc };
PLIMSOLL_DESCRIBE_ENUM(CniVerb, add, del, gc)

/// The call that has not been answered.
struct OutstandingCall {
  CniVerb verb = CniVerb::gc;
  std::string container_id;      ///< empty for GC
  bool network_changed = false;  ///< since ADD was sent: its failure may be history
  PLIMSOLL_DESCRIBE(OutstandingCall, verb, container_id, network_changed)
};

/// Volatile.
struct Work {
  std::uint32_t incarnation = 0;
  std::uint32_t calls_lost = 0;  ///< since the last answer, modulo Config::calls_lost_max
  bool collected = false;        ///< GC has been answered in this life
  std::optional<OutstandingCall> call;
  std::set<std::uint8_t>
      without_address;  ///< pods for which the range was exhausted, until something changes
  PLIMSOLL_DESCRIBE(Work, incarnation, calls_lost, collected, call, without_address)
};

/// Pods that are no longer wanted. It stands for the API server's knowledge: it survives everything.
struct DeletedPods {
  std::set<std::uint8_t> pods;
  PLIMSOLL_DESCRIBE(DeletedPods, pods)
};

/// Somebody deletes the pod. Armed while its sandbox runs.
struct DeletePod {
  std::uint8_t pod = 0;
  PLIMSOLL_DESCRIBE(DeletePod, pod)
};

/// The component (impl/base/step.hpp).
///
/// Invariants: (1) a step leaves a call outstanding unless there is nothing to do; (2) a pod has at most one
/// sandbox, and DEL of the old one is answered before the next is created; (3) with from_lease, no sandbox
/// runs after a step that saw the network down.
struct Runtime {
  struct Config {
    base::ProcessId host_local = {};
    base::ProcessId flanneld = {};  ///< meaningless unless from_lease
    /// Names of the node's pods. At most 256, pairwise different, fit to begin a container id.
    std::vector<std::string> pods = {};
    plimsoll::ipam::Defects defects = {};
    bool recreate = true;    ///< whether a deleted pod comes back, as that of a ReplicaSet does
    bool from_lease = true;  ///< whether the pod network is flannel's; otherwise it is always up
    /// Lost calls are told apart modulo this number. It must exceed the number of calls that host-local may
    /// still answer although the connection failed after they were made: the budget of such failures.
    std::uint32_t calls_lost_max = 4;
  };
  struct State {
    Work work;                            ///< volatile
    Sandboxes sandboxes;                  ///< survives the process, not the node
    DeletedPods deleted;                  ///< survives everything; stays empty with recreate
    plimsoll::ipam::NodeNetwork network;  ///< shared with flanneld; only read
    PLIMSOLL_DESCRIBE(State, work, sandboxes, deleted, network)
  };
  using Incoming = std::variant<plimsoll::ipam::CniResponse, plimsoll::ipam::NetworkChanged>;
  using Outgoing = plimsoll::ipam::CniRequest;
  using Timer = DeletePod;
  static constexpr bool never_exits = true;

  static void step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs);
  static base::TimerKind timer_kind(const Timer& /*timer*/) { return base::TimerKind::whim; }
};

}  // namespace plimsoll::properties::ipam
