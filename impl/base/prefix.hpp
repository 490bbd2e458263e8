// Address prefixes: the unit in which flannel leases and host-local allocates.
//
// Source: RFC 4632 section 3.1 (IPv4), RFC 4291 section 2.3 (IPv6). A prefix value may carry host bits,
// because an interface address (10.1.0.7/24) is one too; what a prefix covers never depends on them. parse()
// refuses host bits, parse_interface() keeps them. Go's net.ParseCIDR, which Kubernetes and flannel use,
// silently drops them instead.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "impl/base/assert.hpp"
#include "impl/base/ipv4.hpp"
#include "impl/base/ipv6.hpp"
#include "impl/base/word_arithmetic.hpp"

namespace plimsoll::base {

/// An address and a length. Default: 0.0.0.0/0 or ::/0. Ordered by address, then by length (shorter, so
/// larger, first).
///
/// Thread-safety: a plain value. Invariant: length() <= Address::width_bits.
template <class Address>
class Prefix {
 public:
  using address_type = Address;

  constexpr Prefix() = default;
  /// Keeps host bits. Requires length <= Address::width_bits.
  constexpr Prefix(Address address, unsigned length) : address_(address), length_(length) {
    PLIMSOLL_ASSERT(length <= Address::width_bits);
  }

  /// Reads "10.1.0.0/16".
  /// @return the prefix, or one sentence; a prefix with host bits is answered with the one that was probably
  /// meant.
  static tl::expected<Prefix, std::string> parse(std::string_view text);
  /// Reads "10.1.0.7/16": an address with the length of its network. Any prefix is also read.
  static tl::expected<Prefix, std::string> parse_interface(std::string_view text);

  [[nodiscard]] constexpr const Address& address() const {
    return address_;
  }  ///< with host bits, if it has any
  [[nodiscard]] constexpr unsigned length() const { return length_; }  ///< in bits

  [[nodiscard]] constexpr Address first() const {
    return address_.masked(length_);
  }  ///< lowest address covered
  [[nodiscard]] constexpr Address last() const {
    return address_.filled(length_);
  }  ///< highest address covered
  [[nodiscard]] constexpr bool has_host_bits() const { return address_ != first(); }
  /// The same prefix without host bits.
  [[nodiscard]] constexpr Prefix network() const { return Prefix(first(), length_); }

  [[nodiscard]] constexpr bool contains(const Address& address) const {
    return covers(address_, length_, address);
  }
  /// Whether every address of `other` is in this prefix.
  [[nodiscard]] constexpr bool contains(const Prefix& other) const {
    return covers(address_, length_, other.address_, other.length_);
  }
  /// Whether some address is in both; then one contains the other.
  [[nodiscard]] constexpr bool overlaps(const Prefix& other) const {
    return overlap(address_, length_, other.address_, other.length_);
  }

  /// How many subnets of `length` bits there are; 2^64 - 1 if there are more.
  /// Requires this->length() <= length <= Address::width_bits.
  [[nodiscard]] constexpr std::uint64_t subnet_count(unsigned length) const {
    PLIMSOLL_ASSERT(length_ <= length && length <= Address::width_bits);
    const unsigned bits = length - length_;
    return bits < 64 ? std::uint64_t{1} << bits : std::numeric_limits<std::uint64_t>::max();
  }
  /// How many addresses are covered; 2^64 - 1 if there are more.
  [[nodiscard]] constexpr std::uint64_t address_count() const { return subnet_count(Address::width_bits); }
  /// The subnet of `length` bits at `index`, counted from first(). Requires index < subnet_count(length).
  [[nodiscard]] constexpr Prefix subnet(std::uint64_t index, unsigned length) const {
    PLIMSOLL_ASSERT(index < subnet_count(length));
    return Prefix(first().plus(index, Address::width_bits - length), length);
  }

  friend constexpr auto operator<=>(const Prefix&, const Prefix&) = default;

 private:
  Address address_;
  std::uint32_t length_ = 0;
};

using Ipv4Prefix = Prefix<Ipv4>;
using Ipv6Prefix = Prefix<Ipv6>;

/// "10.1.0.0/16", as parse_interface() reads it.
std::string to_text(const Ipv4Prefix& prefix);
std::string to_text(const Ipv6Prefix& prefix);

extern template class Prefix<Ipv4>;
extern template class Prefix<Ipv6>;

}  // namespace plimsoll::base
