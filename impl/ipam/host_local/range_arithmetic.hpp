// The arithmetic of host-local's ranges: defaults, what lies in a range, and which address comes next.
//
// Source: containernetworking/plugins, plugins/ipam/host-local/backend/allocator: range.go and allocator.go;
// rules IPAM-1 and IPAM-3. ranges.hpp calls these functions with addresses of either family. A proof calls
// them with terms of 32 bits (impl/base/word_arithmetic.hpp), `plimsoll prove ipam`.
#pragma once

#include "impl/base/word_arithmetic.hpp"

namespace plimsoll::ipam::range_arithmetic {

/// Whether `address` is from start to end.
template <class Address>
[[nodiscard]] constexpr auto is_in_range(const Address& start, const Address& end, const Address& address) {
  return start <= address && address <= end;
}
/// Whether some address is in both ranges.
template <class Address>
[[nodiscard]] constexpr auto ranges_overlap(const Address& start, const Address& end,
                                            const Address& other_start, const Address& other_end) {
  return start <= other_end && other_start <= end;
}
/// IPAM-1, 4: whether `address` may be handed out from the range.
template <class Address>
[[nodiscard]] constexpr auto is_allocatable(const Address& start, const Address& end, const Address& gateway,
                                            const Address& address) {
  return is_in_range(start, end, address) && address != gateway;
}

}  // namespace plimsoll::ipam::range_arithmetic
