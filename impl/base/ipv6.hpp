// IPv6 addresses as values: text in and out, total order, and the arithmetic that prefixes and address pools
// need.
//
// Source: RFC 4291 section 2.2 (text forms that are read, the embedded dotted quad included), RFC 5952
// sections 4 and 5 (the one text that is written). Deviates from glibc's inet_ntop in one place: an
// IPv4-compatible address (::/96, deprecated by RFC 4291 section 2.5.5.1) is written in hexadecimal, only an
// IPv4-mapped one ends in a dotted quad. What is read is exactly what inet_pton(AF_INET6) reads; zone
// identifiers (RFC 4007) are refused.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "impl/base/assert.hpp"

namespace plimsoll::base {

/// One IPv6 address. Default: ::. Ordered as its 16 bytes are.
///
/// Thread-safety: a plain value.
class Ipv6 {
 public:
  static constexpr unsigned width_bits = 128;
  static constexpr std::string_view family = "IPv6";

  constexpr Ipv6() = default;
  /// @param high, low  The first and the last 64 bits, in host order: ::1 is (0, 1).
  constexpr Ipv6(std::uint64_t high, std::uint64_t low) : high_(high), low_(low) {}
  /// @param bytes  In network order.
  explicit constexpr Ipv6(const std::array<std::uint8_t, 16>& bytes) {
    for (std::size_t i = 0; i < 8; ++i) {
      high_ = high_ << 8 | bytes[i];
      low_ = low_ << 8 | bytes[8 + i];
    }
  }

  /// Reads "fd00:10::1" or "::ffff:10.1.0.7".
  /// @return the address, or one sentence that says what is wrong.
  static tl::expected<Ipv6, std::string> parse(std::string_view text);

  [[nodiscard]] constexpr std::uint64_t high() const { return high_; }
  [[nodiscard]] constexpr std::uint64_t low() const { return low_; }
  /// In network order.
  [[nodiscard]] constexpr std::array<std::uint8_t, 16> bytes() const {
    std::array<std::uint8_t, 16> result{};
    for (std::size_t i = 0; i < 8; ++i) {
      result[i] = static_cast<std::uint8_t>(high_ >> (56 - 8 * i));
      result[8 + i] = static_cast<std::uint8_t>(low_ >> (56 - 8 * i));
    }
    return result;
  }

  /// The `length` leading bits as they are, the others 0. Requires length <= 128.
  [[nodiscard]] constexpr Ipv6 masked(unsigned length) const {
    return {high_ & high_mask(length), low_ & low_mask(length)};
  }
  /// The `length` leading bits as they are, the others 1. Requires length <= 128.
  [[nodiscard]] constexpr Ipv6 filled(unsigned length) const {
    return {high_ | ~high_mask(length), low_ | ~low_mask(length)};
  }
  /// This address plus count * 2^shift, modulo 2^128. Requires shift <= 128.
  [[nodiscard]] constexpr Ipv6 plus(std::uint64_t count, unsigned shift = 0) const {
    PLIMSOLL_ASSERT(shift <= width_bits);
    if (shift == width_bits) {
      return *this;
    }
    if (shift >= 64) {
      return {high_ + (count << (shift - 64)), low_};
    }
    const std::uint64_t low = low_ + (count << shift);
    const std::uint64_t shifted_out = shift == 0 ? 0 : count >> (64 - shift);
    return {high_ + shifted_out + (low < low_ ? 1 : 0), low};
  }
  /// The address after this one; :: follows the last.
  [[nodiscard]] constexpr Ipv6 next() const { return plus(1); }
  /// The address before this one; the last comes before ::.
  [[nodiscard]] constexpr Ipv6 previous() const { return {high_ - (low_ == 0 ? 1 : 0), low_ - 1}; }

  friend constexpr auto operator<=>(const Ipv6&, const Ipv6&) = default;

 private:
  static constexpr std::uint64_t leading_ones(unsigned count) {
    return count == 0 ? 0 : ~std::uint64_t{0} << (64 - count);
  }
  static constexpr std::uint64_t high_mask(unsigned length) {
    PLIMSOLL_ASSERT(length <= width_bits);
    return leading_ones(length < 64 ? length : 64);
  }
  static constexpr std::uint64_t low_mask(unsigned length) {
    PLIMSOLL_ASSERT(length <= width_bits);
    return leading_ones(length < 64 ? 0 : length - 64);
  }

  // Declared in this order: the default comparison is that of the 16 bytes.
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

/// As the member: for what is written over words and addresses alike.
[[nodiscard]] constexpr Ipv6 masked(const Ipv6& address, unsigned length) {
  return address.masked(length);
}

/// The canonical text of RFC 5952, as parse() reads it.
std::string to_text(const Ipv6& address);

}  // namespace plimsoll::base
