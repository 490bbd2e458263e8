// How flannel carves a Network into subnets, as arithmetic alone: which numbers are legal, which subnets
// there are, and which comes next.
//
// Source: flannel, pkg/subnet/config.go (CheckNetworkConfig) for what is legal, FLN-C1; pkg/ip/ipnet.go
// (Next) and pkg/subnet/etcd/local_manager.go (allocateSubnet) for the walk over the subnets, FLN-2. Texts,
// errors and defaults are network_config.cpp's, leases are subnets.cpp's; both call these functions with
// numbers. A proof calls them with terms (impl/base/word_arithmetic.hpp), `plimsoll prove ipam`.
#pragma once

#include "impl/base/word_arithmetic.hpp"

namespace plimsoll::ipam::carving {

/// What the arithmetic needs of a network configuration. All words have 32 bits; lengths are in bits.
template <class Word>
struct Carving {
  Word network;         ///< address of Network
  Word network_length;  ///< length of Network
  Word subnet_len;      ///< SubnetLen
  Word subnet_min;      ///< SubnetMin
  Word subnet_max;      ///< SubnetMax
};

inline constexpr unsigned subnet_len_max = 30;  ///< room for a tunnel and a bridge address on each node
inline constexpr unsigned subnet_bits_min =
    2;  ///< the first subnet is skipped: two would serve one node only
inline constexpr unsigned network_length_defaulted_max = subnet_len_max - subnet_bits_min;

/// FLN-C1: a subnet has at least four addresses.
template <class Word>
[[nodiscard]] constexpr auto is_long_enough(const Word& subnet_len) {
  return subnet_len <= Word(subnet_len_max);
}
/// FLN-C1: a network has at least four subnets. Requires network_length <= 32.
template <class Word>
[[nodiscard]] constexpr auto leaves_enough_subnets(const Word& network_length, const Word& subnet_len) {
  return subnet_len >= network_length + Word(subnet_bits_min);
}
/// FLN-C1: SubnetLen where none is given. Requires network_length <= network_length_defaulted_max.
template <class Word>
[[nodiscard]] constexpr Word default_subnet_len(const Word& network_length) {
  using base::select;
  return select(network_length <= Word(22), Word(24), network_length + Word(subnet_bits_min));
}

/// SubnetMin where none is given: the second subnet. The address of the first one is the network's, which old
/// stacks take for a broadcast.
template <class Word>
[[nodiscard]] constexpr Word default_subnet_min(const Carving<Word>& carving) {
  return base::masked(carving.network, carving.network_length) + base::address_count(carving.subnet_len);
}
/// SubnetMax where none is given: the last subnet.
template <class Word>
[[nodiscard]] constexpr Word default_subnet_max(const Carving<Word>& carving) {
  return base::masked(base::filled(carving.network, carving.network_length), carving.subnet_len);
}
/// FLN-C1: SubnetMin and SubnetMax lie inside Network.
template <class Word>
[[nodiscard]] constexpr auto is_inside_network(const Carving<Word>& carving, const Word& limit) {
  return base::covers(carving.network, carving.network_length, limit);
}
/// FLN-C1: SubnetMin and SubnetMax are on a SubnetLen boundary.
template <class Word>
[[nodiscard]] constexpr auto is_on_boundary(const Carving<Word>& carving, const Word& limit) {
  return base::masked(limit, carving.subnet_len) == limit;
}

/// The index of the subnet that `address` lies in, counted from SubnetMin. Requires address >= subnet_min.
template <class Word>
[[nodiscard]] constexpr Word index_of(const Carving<Word>& carving, const Word& address) {
  using base::shifted_right;
  return shifted_right(address - carving.subnet_min, Word(32) - carving.subnet_len);
}
/// How many subnets may be leased. Requires subnet_min <= subnet_max, and not both ends of the address space.
template <class Word>
[[nodiscard]] constexpr Word leasable_count(const Carving<Word>& carving) {
  return index_of(carving, carving.subnet_max) + Word(1);
}
/// Address of the leasable subnet at `index`. Requires index < leasable_count(carving).
template <class Word>
[[nodiscard]] constexpr Word leasable_address(const Carving<Word>& carving, const Word& index) {
  using base::shifted_left;
  return carving.subnet_min + shifted_left(index, Word(32) - carving.subnet_len);
}
/// The first index behind a lease that ends at `last` and blocks the candidate at some index.
template <class Word>
[[nodiscard]] constexpr Word index_behind(const Carving<Word>& carving, const Word& last) {
  return index_of(carving, last) + Word(1);
}
/// Whether a lease of address/length can be used: is_compatible() of subnets.hpp.
template <class Word>
[[nodiscard]] constexpr auto is_compatible(const Carving<Word>& carving, const Word& address,
                                           const Word& length) {
  return length == carving.subnet_len && carving.subnet_min <= address && address <= carving.subnet_max;
}

}  // namespace plimsoll::ipam::carving
