// IPv4 addresses as values: strict text, total order, and the arithmetic that prefixes and address pools
// need.
//
// Source: RFC 791 (the address), RFC 6943 section 3.1.1 (why only the strict dotted quad is read). Deviates
// from the classic inet_aton on purpose: no octal, no hexadecimal, no missing octets, no leading zeros. What
// is accepted is exactly what glibc's inet_pton(AF_INET) accepts.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "impl/base/assert.hpp"
#include "impl/base/word_arithmetic.hpp"

namespace plimsoll::base {

/// One IPv4 address. Default: 0.0.0.0. Ordered as its number is, which is also the order of the octets.
///
/// Thread-safety: a plain value.
class Ipv4 {
 public:
  static constexpr unsigned width_bits = 32;
  static constexpr std::string_view family = "IPv4";

  constexpr Ipv4() = default;
  /// @param value  In host order: 10.0.0.1 is 0x0a000001.
  explicit constexpr Ipv4(std::uint32_t value) : value_(value) {}
  /// The address a.b.c.d.
  constexpr Ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d)
      : value_(std::uint32_t{a} << 24 | std::uint32_t{b} << 16 | std::uint32_t{c} << 8 | std::uint32_t{d}) {}

  /// Reads "10.1.0.7".
  /// @return the address, or one sentence that names the octet at fault.
  static tl::expected<Ipv4, std::string> parse(std::string_view text);

  [[nodiscard]] constexpr std::uint32_t value() const { return value_; }  ///< host order

  /// The `length` leading bits as they are, the others 0. Requires length <= 32.
  [[nodiscard]] constexpr Ipv4 masked(unsigned length) const {
    PLIMSOLL_ASSERT(length <= width_bits);
    return Ipv4(base::masked<std::uint32_t>(value_, length));
  }
  /// The `length` leading bits as they are, the others 1. Requires length <= 32.
  [[nodiscard]] constexpr Ipv4 filled(unsigned length) const {
    PLIMSOLL_ASSERT(length <= width_bits);
    return Ipv4(base::filled<std::uint32_t>(value_, length));
  }
  /// This address plus count * 2^shift, modulo 2^32. Requires shift <= 32.
  [[nodiscard]] constexpr Ipv4 plus(std::uint64_t count, unsigned shift = 0) const {
    PLIMSOLL_ASSERT(shift <= width_bits);
    return Ipv4(value_ + shifted_left(static_cast<std::uint32_t>(count), shift));
  }
  /// The address after this one; 0.0.0.0 follows 255.255.255.255.
  [[nodiscard]] constexpr Ipv4 next() const { return Ipv4(value_ + 1); }
  /// The address before this one; 255.255.255.255 comes before 0.0.0.0.
  [[nodiscard]] constexpr Ipv4 previous() const { return Ipv4(value_ - 1); }

  friend constexpr auto operator<=>(const Ipv4&, const Ipv4&) = default;

 private:
  std::uint32_t value_ = 0;
};

/// As the member: for what is written over words and addresses alike.
[[nodiscard]] constexpr Ipv4 masked(const Ipv4& address, unsigned length) {
  return address.masked(length);
}

/// The dotted quad, as parse() reads it.
std::string to_text(const Ipv4& address);

}  // namespace plimsoll::base
