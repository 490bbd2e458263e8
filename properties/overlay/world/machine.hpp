// One machine of the world: its kernel's tables, and flanneld that programs them. Functions from values to
// values; the world interns what comes out and runs no step twice.
//
//   eth0 192.168.50.(10+N), bridge cni0 10.244.S.1/24, a pod 10.244.S.H behind vethH      N from 1, S the
//   number of the subnet that it leases, from 1
//
// flanneld's looks at the kernel, and its start up to the lease, happen at once with the step that asks;
// changes for leases and repairs are asked for one at a time, and each may be refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "impl/overlay/flannel/backend.hpp"
#include "impl/overlay/flannel/lease_feed.hpp"
#include "properties/overlay/world/setup.hpp"

namespace plimsoll::properties::flannel_world {

/// flanneld, and what stands round it.
struct Daemon {
  bool is_alive = false;
  flannel::Backend::State backend = {};
  flannel::LeaseFeed feed = {};
  std::optional<flannel::Question> pending = {};       ///< a change that the kernel was asked for
  std::optional<flannel::LeaseAttributes> wants = {};  ///< a lease with these attributes
  bool check_armed = false;
  bool retry_armed = false;
  bool must_check = false;   ///< its device went down and up, and it had no occasion to look since
  bool is_checking = false;  ///< the timer for looks has fired, and what came of it is under way
  PLIMSOLL_DESCRIBE_OPTIONS(pending)
  PLIMSOLL_DESCRIBE(Daemon, is_alive, backend, feed, pending, wants, check_armed, retry_armed, must_check,
                    is_checking)
};

/// Nothing is under way, and it means its tables to agree with what it was told.
[[nodiscard]] bool is_settled(const Daemon& daemon);

/// Which machine: the node's number from 0, and how often it was replaced.
struct Place {
  std::uint32_t node = 0;
  std::uint32_t replaced = 0;
};
[[nodiscard]] base::Ipv4 address_of(const Place& place);
[[nodiscard]] base::Ipv4Prefix subnet_of(std::uint32_t number);
/// The number of a subnet that subnet_of() made.
[[nodiscard]] std::uint32_t number_of(const base::Ipv4Prefix& subnet);
[[nodiscard]] base::Ipv4 pod_address(std::uint32_t subnet, std::uint32_t host);
[[nodiscard]] flannel::BackendConfig backend_config(const Setup& setup, const Place& place);
[[nodiscard]] flannel::FeedConfig feed_config(const Setup& setup);
/// The device that routes to peers go by.
[[nodiscard]] const char* routing_device(const Setup& setup);

/// Tables of a machine that has just started; of what is between the machines; of a pod.
[[nodiscard]] net::Tables fresh_kernel(const Setup& setup, const Place& place);
[[nodiscard]] net::Tables underlay(const Setup& setup);
[[nodiscard]] net::Tables pod_tables(const Setup& setup, const Place& place, base::Ipv4 own);

/// What a flanneld of the udp backend moves packets by. A packet that it moves also changes the order of its
/// routes, which no other packet can tell: their subnets are disjoint.
struct Relay {
  std::string device = {};
  base::Ipv4 tun_address = {};
  flannel::UdpRoutes routes = {};
  PLIMSOLL_DESCRIBE(Relay, device, tun_address, routes)
};
/// None: flanneld does not run, or leaves packets to the kernel.
[[nodiscard]] std::optional<Relay> relay_of(const Setup& setup, const Daemon& daemon);

struct Machine {
  net::Tables kernel = {};
  Daemon daemon = {};
};

/// What the machine does, or has done to it. Thread-safety: pure functions of what they are given.
class MachineSteps {
 public:
  MachineSteps(const Setup& setup, const Place& place)
      : setup_(setup), place_(place), config_(backend_config(setup, place)) {}

  void start(Machine& machine, std::uint32_t incarnation) const;
  /// flanneld is gone, and with it the TUN device that it had.
  void end(Machine& machine) const;
  /// A lease was put for it. What the CNI plugins make of subnet.env is part of the step.
  void grant(Machine& machine, const base::Ipv4Prefix& subnet) const;
  void revoke(Machine& machine) const;
  void hear(Machine& machine, flannel::LeaseEvents events) const;
  /// The kernel does what it was asked for, or refuses. Requires: something is pending.
  void proceed(Machine& machine) const;
  void refuse(Machine& machine) const;
  /// Requires: the timer is armed.
  void fire(Machine& machine, flannel::BackendTimer timer) const;
  void bounce(Machine& machine) const;
  void plug_pod(Machine& machine, std::uint32_t host) const;
  void unplug_pod(Machine& machine, std::uint32_t host) const;

 private:
  void feed(Machine& machine, const flannel::Backend::Input& input) const;
  void step(Machine& machine, const flannel::Backend::Input& input) const;
  void go_on(Machine& machine) const;
  void answer(Machine& machine, flannel::Answer answer) const;
  void make_bridge(Machine& machine) const;

  const Setup& setup_;
  Place place_ = {};
  flannel::BackendConfig config_;
};

}  // namespace plimsoll::properties::flannel_world
