// Which subnets flannel may lease, which of them are free, and how a subnet is written as a lease key.
//
// Source: flannel, pkg/subnet/etcd/local_manager.go (allocateSubnet, isSubnetConfigCompat) and
// pkg/subnet/subnet.go (MakeSubnetKey, ParseSubnetKey); rule FLN-2. Deviates: the list of candidates ends at
// the end of the address space, where flannel's 32-bit address wraps around; the lease key is read strictly,
// and dual-stack keys are refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "impl/base/prefix.hpp"
#include "impl/ipam/flannel/network_config.hpp"

namespace plimsoll::ipam {

/// How many free subnets flannel collects before it picks one of them at random.
inline constexpr std::size_t free_subnets_max = 100;

/// How many subnets may be leased: those from subnet_min to subnet_max.
std::uint64_t leasable_subnet_count(const NetworkConfig& config);

/// The leasable subnet at `index`, in order of address. Requires index < leasable_subnet_count(config).
base::Ipv4Prefix leasable_subnet(const NetworkConfig& config, std::uint64_t index);

/// The first `limit` leasable subnets that overlap none of `taken`, in order of address; empty if there are
/// none. `taken` may hold prefixes of any length, overlapping or outside the network, in any order. Cost: at
/// most limit + taken.size() candidates are looked at, each compared with all of `taken`, however large the
/// network is.
std::vector<base::Ipv4Prefix> free_subnets(const NetworkConfig& config,
                                           std::span<const base::Ipv4Prefix> taken,
                                           std::size_t limit = free_subnets_max);

/// Whether a lease for `subnet` can be used under `config`: of length subnet_len, and from subnet_min to
/// subnet_max. As in flannel, nobody asks whether it has host bits.
bool is_compatible(const NetworkConfig& config, const base::Ipv4Prefix& subnet);

/// "10.1.5.0-24": the last part of a lease's key.
std::string lease_key(const base::Ipv4Prefix& subnet);

/// Reads what lease_key() writes; host bits are refused.
/// @return the subnet, or one sentence.
tl::expected<base::Ipv4Prefix, std::string> parse_lease_key(std::string_view text);

}  // namespace plimsoll::ipam
