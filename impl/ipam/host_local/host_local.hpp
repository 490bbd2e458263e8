// host-local: hands out the pod addresses of one node, and takes them back.
//
// Source: containernetworking/plugins plugins/ipam/host-local (main.go, backend/allocator/allocator.go,
// backend/disk); statements IPAM-1 to IPAM-7; GC is the Container Network Interface specification's (1.1.0),
// the plugin itself has none. The real plugin is one short-lived process for each call, kept apart by a file
// lock; here it is one process that takes one call at a time. Between any two changes of files it can crash,
// and whoever held the lock is then forgotten while the files stay (IPAM-7).
//
// Deviates where the original is known to be unsafe:
// - A file appears together with its content: it is written under another name, then linked to its own, which
// fails if
//   that name exists. The original creates the file and then writes it; a crash in between leaves an empty
//   file that no DEL ever finds (containernetworking/plugins#498; defect I2).
// - A second ADD is refused (IPAM-4) whatever it asks for and wherever the first address lies. The original
// looks at
//   addresses of the same range set only, and not at all if an address is asked for: an ADD that is repeated
//   because its outcome was unknown, after the node's lease has changed, would hold two.
// - A failed ADD takes back what it reserved itself (IPAM-6); the original removes all files of the
// attachment.
// - An address that is asked for but lies in no range is refused first and not after everything else was
// reserved. IPv4 only, because the subnets that flannel leases here are; the ranges themselves exist for both
// families.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "impl/base/described.hpp"
#include "impl/base/ids.hpp"
#include "impl/base/step.hpp"
#include "impl/ipam/defects.hpp"
#include "impl/ipam/host_local/address_files.hpp"
#include "impl/ipam/host_local/cni.hpp"
#include "impl/ipam/host_local/ranges.hpp"
#include "impl/ipam/node_network.hpp"

namespace plimsoll::ipam {

/// What the verb in progress does next. Every stage but the first changes one file.
enum class Stage : std::uint8_t {
  begin,          ///< decides what to do, and does the first of it
  reserve,        ///< ADD: creates a file for an address of the next range set
  write_content,  ///< ADD under defect I2: writes the file just created
  record_last,    ///< ADD: notes the address as the last one of its range set
  release,        ///< removes the first file of to_release
};
PLIMSOLL_DESCRIBE_ENUM(Stage, begin, reserve, write_content, record_last, release)

/// A call, and who waits for its response.
struct PendingCall {
  base::ProcessId client;
  CniRequest request;
  PLIMSOLL_DESCRIBE(PendingCall, client, request)
};

/// The call that holds the directory's lock.
struct RunningCall {
  PendingCall pending;
  Stage stage = Stage::begin;
  std::vector<IpConfig> ips;           ///< ADD: reserved so far, one for each range set
  std::vector<base::Ipv4> to_release;  ///< files still to be removed
  std::optional<CniError> error;       ///< ADD: why it takes back what it reserved
  PLIMSOLL_DESCRIBE(RunningCall, pending, stage, ips, to_release, error)
};

/// The plugin's processes. Volatile.
struct Operation {
  std::optional<RunningCall> running;
  std::vector<PendingCall> waiting;  ///< for the lock, in order of arrival
  PLIMSOLL_DESCRIBE(Operation, running, waiting)
};

enum class HostLocalTimer : std::uint8_t { proceed };
PLIMSOLL_DESCRIBE_ENUM(HostLocalTimer, proceed)

/// The component (impl/base/step.hpp). A step changes one file at most; a verb that needs more goes on when
/// `proceed` fires, so that a crash can fall in between.
///
/// Invariants: (1) `proceed` is armed exactly while a call runs or waits; (2) only addresses that are
/// allocatable in a range set get files; (3) each call gets exactly one response, unless a crash or its
/// client's disconnection forgets it.
struct HostLocal {
  struct Config {
    /// Whether the one range is the node's lease, as flannel's CNI plugin delegates it; otherwise range_sets
    /// are used.
    bool from_lease = true;
    /// The hand-written configuration. An ADD reserves one address of each set. Not empty unless from_lease.
    std::vector<RangeSet<base::Ipv4>> range_sets = {};
    Defects defects = {};
  };
  struct State {
    Operation operation;  ///< volatile
    NodeNetwork network;  ///< shared with flanneld; only read
    AddressFiles files;   ///< survives crashes of the process and of the node
    PLIMSOLL_DESCRIBE(State, operation, network, files)
  };
  using Incoming = CniRequest;
  using Outgoing = CniResponse;
  using Timer = HostLocalTimer;
  static constexpr bool never_exits = true;

  static void step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs);
  static base::TimerKind timer_kind(const Timer& /*timer*/) { return base::TimerKind::work; }
};

}  // namespace plimsoll::ipam
