// host-local's ranges as terms: a second formulation of make_range() and RangeIter, which tests compare with
// the first. What lies in a range is not formulated twice: see impl/ipam/host_local/range_arithmetic.hpp.
#pragma once

#include "impl/ipam/host_local/range_arithmetic.hpp"
#include "properties/ipam/proofs/symbolic_values.hpp"

namespace plimsoll::properties::ipam {

inline constexpr unsigned range_subnet_len_max = 30;

/// IPAM-1: gateway and rangeStart where none is given, the first address after the subnet's own.
template <class Word32>
[[nodiscard]] Word32 default_gateway(const Word32& address, const Word32& length) {
  return base::masked(address, length) + Word32(1);
}
/// IPAM-1: rangeEnd where none is given, the address before the broadcast address.
template <class Word32>
[[nodiscard]] Word32 default_end(const Word32& address, const Word32& length) {
  return base::filled(address, length) - Word32(1);
}
/// IPAM-3: the address tried after `current`.
/// @param next_start  Where the next range of the set begins.
template <class Word32>
[[nodiscard]] Word32 next_in_walk(const Word32& current, const Word32& end, const Word32& next_start) {
  using base::select;
  return select(current == end, next_start, current + Word32(1));
}

/// As Range<Ipv4>.
struct SymbolicRange {
  SymbolicPrefix subnet;
  Word start;
  Word end;
  Word gateway;

  [[nodiscard]] Bool contains(const Word& address) const {
    return plimsoll::ipam::range_arithmetic::is_in_range(start, end, address);
  }
  [[nodiscard]] Bool is_allocatable(const Word& address) const {
    return plimsoll::ipam::range_arithmetic::is_allocatable(start, end, gateway, address);
  }
  [[nodiscard]] Bool overlaps(const SymbolicRange& other) const {
    return plimsoll::ipam::range_arithmetic::ranges_overlap(start, end, other.start, other.end);
  }
};

/// start, end and gateway are variables.
[[nodiscard]] SymbolicRange range_variable(Terms& terms, std::string_view name);
/// What make_range() accepts. @param may_end_outside  Without its check of rangeEnd.
[[nodiscard]] Bool is_legal(const SymbolicRange& range, bool may_end_outside = false);
/// The range of a subnet without anything else given.
[[nodiscard]] SymbolicRange default_range(const SymbolicPrefix& subnet);
/// "subnet 10.1.5.0/24, 10.1.5.1 to 10.1.5.254, gateway 10.1.5.1".
[[nodiscard]] std::string text_of(const Solver& model, const SymbolicRange& range);

}  // namespace plimsoll::properties::ipam
