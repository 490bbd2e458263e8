// A backend of flannel: turns subnet leases into entries of its node's tables, and keeps them there.
//
// Source: flannel, main.go (the order of the start), pkg/backend/vxlan/{vxlan,device,vxlan_network}.go,
// pkg/backend/hostgw/hostgw.go and route_network.go, pkg/backend/udp/udp_network_amd64.go,
// pkg/ip/iface.go (EnsureV4AddressOnLink, DirectRouting), pkg/trafficmngr/iptables/iptables.go, at cdf76059;
// rules FLN-U, FLN-V, FLN-H and FLN-M. Read startup.cpp, sync.cpp and audit.cpp in this order.
//
// One request to the kernel is under way at a time, as in a program that calls and waits; any of them may
// fail. For each lease the requests, their order, and what is taken back when one fails, are flannel's.
// Deviates, to end with the right tables where flannel does not (each defect brings the original back):
// (1) what was put there for a subnet is remembered, and goes when the lease says something else (F3, which
// ignores it; flannel leaves the old FDB entry behind); (2) what an earlier life of flanneld left and no
// lease asks for is removed once the first listing is worked off, and routes that would send the node's own
// subnet elsewhere before it is used (F4); (3) a lease whose entries the kernel
// refused is tried again every retry_after, and so is a removal (F5); flannel tries a few times, then forgets
// it; (4) the vxlan backend looks after its entries as host-gw does after its routes (F6); (5) one timer
// serves the look at routes (flannel: 10 s) and at rules (5 s).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "impl/base/described_net.hpp"
#include "impl/base/step.hpp"
#include "impl/overlay/flannel/config.hpp"
#include "impl/overlay/flannel/entries.hpp"
#include "impl/overlay/flannel/kernel.hpp"
#include "impl/overlay/flannel/lease.hpp"
#include "impl/overlay/flannel/udp_proxy.hpp"

namespace plimsoll::overlay::flannel {

enum class BackendPhase : std::uint8_t {
  stopped,      ///< not started yet, or ended by itself
  device,       ///< vxlan: the device is being made; its address is part of the lease
  leasing,      ///< the manager is asked for a subnet
  configuring,  ///< the device gets the subnet's first address; udp makes its own only now
  running,      ///< leases are turned into entries
};
PLIMSOLL_DESCRIBE_ENUM(BackendPhase, stopped, device, leasing, configuring, running)

/// What the answer to a request is for.
enum class Purpose : std::uint8_t {
  change,            ///< nothing but that it is done
  create_device,     ///< vxlan: EEXIST leads to a comparison
  compare_device,    ///< vxlan: kept, or made anew
  read_device,       ///< vxlan: what is its hardware address?
  open_tun,          ///< udp: EEXIST leads to the next number
  find_addresses,    ///< of the device
  find_own_routes,   ///< to the subnet just leased: left over from when it was another's
  find_gateway,      ///< vxlan: is there one on the way to the peer?
  find_other_route,  ///< host-gw: another route to the subnet is in the way
  find_route,        ///< host-gw: is the route there by now?
  audit_routes,      ///< what is missing, what is left over
  audit_neighbours,  ///< the same
  audit_fdb,         ///< the same
  audit_rules,       ///< are all rules there?
};
PLIMSOLL_DESCRIBE_ENUM(Purpose, change, create_device, compare_device, read_device, open_tun, find_addresses,
                       find_own_routes, find_gateway, find_other_route, find_route, audit_routes,
                       audit_neighbours, audit_fdb, audit_rules)

/// What a failed request means for the job that it belongs to.
enum class OnFailure : std::uint8_t {
  carry_on,  ///< the rest is done all the same; the job comes again later
  give_up,   ///< the rest is left, `undo` is done; the job comes again later
  exit,      ///< flanneld ends itself; whoever supervises it starts it again
};
PLIMSOLL_DESCRIBE_ENUM(OnFailure, carry_on, give_up, exit)

/// A request to come.
struct Operation {
  Question question = {};
  Purpose purpose = Purpose::change;
  OnFailure on_failure = OnFailure::carry_on;
  std::set<Errno> fine = {};           ///< errors that say that what was wanted is the case already
  std::vector<TableChange> undo = {};  ///< with give_up, whether these succeed or not
  PLIMSOLL_DESCRIBE_OPTIONS(purpose)
  PLIMSOLL_DESCRIBE(Operation, question, purpose, on_failure, fine, undo)
};

/// What the requests under way are for, together.
enum class JobKind : std::uint8_t { none, start, lease, audit };
PLIMSOLL_DESCRIBE_ENUM(JobKind, none, start, lease, audit)

/// Requests that belong together. A lease's subnet is worked on until the script is empty.
struct Job {
  JobKind kind = JobKind::none;
  base::Ipv4Prefix subnet = {};        ///< of a lease
  std::optional<Entries> target = {};  ///< what the lease's tables shall have; none: nothing
  std::vector<Operation> script = {};  ///< the first one is under way if `asked`
  bool asked = false;
  bool incomplete = false;  ///< a request failed: to be done again
  PLIMSOLL_DESCRIBE_OPTIONS(subnet)
  PLIMSOLL_DESCRIBE(Job, kind, subnet, target, script, asked, incomplete)
};

/// Volatile, all of it. Invariants: (1) `subnet` is set in configuring and running; (2) `installed` has no
/// empty lists; (3) the check timer is armed while running and no audit is due or under way.
struct BackendNode {
  BackendPhase phase = BackendPhase::stopped;
  std::uint32_t incarnation = 0;
  std::string device = {};  ///< of flannel's own: flannel.1, flannel0; host-gw has none
  base::Mac new_mac = {};   ///< vxlan: for a new device
  std::optional<base::Ipv4Prefix> subnet = {};
  Job job = {};
  std::map<base::Ipv4Prefix, LeaseAttributes> leases = {};  ///< of peers, as far as they concern the backend
  std::vector<base::Ipv4Prefix> news = {};  ///< subnets to work on, in order of arrival; none twice
  std::set<base::Ipv4Prefix> refused = {};  ///< subnets to be tried again when retry fires
  /// What may be in the tables for a subnet: one after success; after failures more than one.
  std::map<base::Ipv4Prefix, std::vector<Entries>> installed = {};
  bool audit_due = false;
  bool sweep_due = false;  ///< the next audit removes what no lease asks for
  PLIMSOLL_DESCRIBE(BackendNode, phase, incarnation, device, new_mac, subnet, job, leases, news, refused,
                    installed, audit_due, sweep_due)
};

// What a backend is sent.

/// The manager holds a lease of this subnet.
struct LeaseAcquired {
  base::Ipv4Prefix subnet = {};
  PLIMSOLL_DESCRIBE(LeaseAcquired, subnet)
};
/// The lease is another's or nobody's: flanneld ends itself and leaves everything as it is (FLN-5).
struct LeaseRevoked {
  PLIMSOLL_DESCRIBE(LeaseRevoked)
};
/// The kernel's answer to the request under way. Those to requests of an earlier life are passed over.
struct KernelAnswer {
  std::uint32_t incarnation = 0;
  Answer answer = {};
  PLIMSOLL_DESCRIBE(KernelAnswer, incarnation, answer)
};

// What it sends.

/// To the manager: lease a subnet, and publish these attributes with it.
struct AcquireLease {
  LeaseAttributes attributes = {};
  PLIMSOLL_DESCRIBE(AcquireLease, attributes)
};
/// To the kernel.
struct KernelRequest {
  std::uint32_t incarnation = 0;
  Question question = {};
  PLIMSOLL_DESCRIBE(KernelRequest, incarnation, question)
};
/// To the environment: the file subnet.env is written, the network is ready for pods.
struct SubnetFile {
  std::string text = {};
  PLIMSOLL_DESCRIBE(SubnetFile, text)
};

enum class BackendTimer : std::uint8_t { check, retry };
PLIMSOLL_DESCRIBE_ENUM(BackendTimer, check, retry)

/// The component. The TUN device of the udp backend lives as long as the process: who ends the process also
/// deletes State::node.device, with all its routes.
struct Backend {
  using Config = BackendConfig;
  struct State {
    BackendNode node = {};
    /// udp: read and changed also by the packets that flanneld moves, see udp_proxy.hpp. Volatile.
    UdpRoutes udp_routes = {};
    PLIMSOLL_DESCRIBE(State, node, udp_routes)
  };

  using Incoming = std::variant<LeaseAcquired, LeaseEvents, LeaseRevoked, KernelAnswer>;
  using Outgoing = std::variant<AcquireLease, KernelRequest, SubnetFile>;
  using Timer = BackendTimer;
  using Input = base::Input<Incoming, Timer>;
  using Outputs = base::Outputs<Outgoing, Timer>;

  static void step(const Config& config, State& state, const Input& input, Outputs& outputs);
  static base::TimerKind timer_kind(const Timer& timer);
};

}  // namespace plimsoll::overlay::flannel
