// A flannel lease as the store keeps it: a key that names the subnet, a JSON value that says how to reach its
// node.
//
// Source: flannel, pkg/lease/lease.go (LeaseAttrs), pkg/subnet/etcd/registry.go (kvToIPLease, getSubnets),
// pkg/backend/vxlan (vxlanLeaseAttrs), all at cdf76059. Key: "<prefix>/subnets/10.5.1.0-24". Value, on one
// line:
//   {"PublicIP":"192.0.2.1","PublicIPv6":null,"BackendType":"vxlan",
//    "BackendData":{"VNI":1,"VtepMAC":"02:00:c0:00:02:01"}}
// Deviates: (1) dual-stack leases are outside this component: their keys are not lease keys here, PublicIPv6
// is written as null and BackendV6Data not at all. (2) flannel logs and ignores a value it cannot read, and
// may then offer the subnet as free until the store refuses it; here such a subnet counts as taken, but has
// no attributes and reaches no backend.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "impl/base/described_net.hpp"
#include "impl/base/kv.hpp"
#include "impl/base/mac.hpp"
#include "impl/base/prefix.hpp"
#include "impl/ipam/flannel/network_config.hpp"

namespace plimsoll::ipam {

/// What a lease says about its node.
struct LeaseAttributes {
  base::Ipv4 public_ip;
  std::string backend_type;  ///< "vxlan", "host-gw", "udp", or a foreign writer's word
  std::string backend_data;  ///< JSON text without white space, opaque but to the backend; empty: none
  PLIMSOLL_DESCRIBE(LeaseAttributes, public_ip, backend_type, backend_data)
};

/// The attributes this node publishes. For vxlan they hold the address of its VXLAN device, see vtep_mac().
[[nodiscard]] LeaseAttributes node_attributes(const NetworkConfig& network, base::Ipv4 public_ip,
                                              std::uint32_t incarnation);

/// The hardware address of a VXLAN device. Stands for the random address of a newly created device: it
/// changes at every start, which is what peers with stale tables stumble over. Distinct for distinct nodes,
/// and for 2^14 starts in a row.
[[nodiscard]] base::Mac vtep_mac(base::Ipv4 public_ip, std::uint32_t incarnation);

/// The value under a lease's key.
[[nodiscard]] std::string lease_value(const LeaseAttributes& attributes);
/// Reads what lease_value() and flannel write. Fields that it does not know are passed over, as in flannel.
/// @return the attributes, or one sentence. Cost: linear; nesting is limited, so hostile text is harmless.
[[nodiscard]] tl::expected<LeaseAttributes, std::string> parse_lease_value(std::string_view text);

/// A lease found in the store.
struct StoredLease {
  base::Ipv4Prefix subnet;
  std::optional<LeaseAttributes> attributes;  ///< none: the value cannot be read
  kv::Revision mod_revision;
  kv::LeaseId lease;  ///< the store's lease that the key is attached to
  PLIMSOLL_DESCRIBE(StoredLease, subnet, attributes, mod_revision, lease)
};

/// The key of `subnet`'s lease.
[[nodiscard]] std::string subnet_key(const std::string& prefix, const base::Ipv4Prefix& subnet);
/// Where all leases are.
[[nodiscard]] kv::KeyRange subnets_range(const std::string& prefix);
/// The subnet that `key` is the lease of; none if it is something else.
[[nodiscard]] std::optional<base::Ipv4Prefix> subnet_of_key(const std::string& prefix,
                                                            const std::string& key);
/// Reads one key. None if the key is not a lease's.
[[nodiscard]] std::optional<StoredLease> read_lease(const std::string& prefix, const kv::KeyValue& kv);
/// Reads a listing, in its order; keys that are not leases' are left out.
[[nodiscard]] std::vector<StoredLease> read_leases(const std::string& prefix,
                                                   const std::vector<kv::KeyValue>& kvs);

}  // namespace plimsoll::ipam
