// The Internet checksum: the 16-bit one's complement sum of one's complement arithmetic.
//
// Source: RFC 1071 (the sum, its independence of byte order, its carries), RFC 1624 (the incremental update
// whose equation 3 is the right one), RFC 768 (UDP: a sum of 0 is sent as 0xffff).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "impl/base/ipv4.hpp"

namespace plimsoll::overlay {

/// A sum under way. Bytes are taken in pairs, in the order in which they are sent.
///
/// Thread-safety: a plain value.
class ChecksumSum {
 public:
  /// Requires: all bytes added before were even in number; an odd byte at the end is a pair with 0.
  ChecksumSum& add(std::string_view bytes);
  ChecksumSum& add(std::uint16_t word) {
    sum_ += word;
    return *this;
  }
  ChecksumSum& add(base::Ipv4 address) {
    sum_ += (address.value() >> 16U) + (address.value() & 0xffffU);
    return *this;
  }
  /// The pseudo header of RFC 768 and RFC 9293. `length` is that of header and data.
  ChecksumSum& add_pseudo_header(base::Ipv4 src, base::Ipv4 dst, std::uint8_t protocol, std::size_t length);
  /// What belongs into the checksum field: the complement of the sum.
  [[nodiscard]] std::uint16_t checksum() const;

 private:
  std::uint64_t sum_ = 0;  ///< carries are added at the end: 2^48 words fit
};

/// The checksum of `bytes`. If they contain their own checksum and it is right, 0.
[[nodiscard]] std::uint16_t checksum_of(std::string_view bytes);

/// What the checksum field becomes when a word that it covers changes from `before` to `after` (RFC 1624,
/// equation 3). Equal to the sum made anew if the covered data are not all zeros.
[[nodiscard]] std::uint16_t updated_checksum(std::uint16_t checksum, std::uint16_t before,
                                             std::uint16_t after);
/// The same for an address.
[[nodiscard]] std::uint16_t updated_checksum(std::uint16_t checksum, base::Ipv4 before, base::Ipv4 after);

}  // namespace plimsoll::overlay
