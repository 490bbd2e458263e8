// Ethernet (MAC-48) addresses as values.
//
// Source: IEEE 802-2014 section 8.2 (the local and the group bit of the first octet). Only the text with six
// pairs of hexadecimal digits and colons is read, which is what Linux prints and flannel stores in a lease's
// VtepMAC.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace plimsoll::base {

/// One MAC address. Default: 00:00:00:00:00:00. Ordered as its six bytes are.
///
/// Thread-safety: a plain value.
class Mac {
 public:
  using Bytes = std::array<std::uint8_t, 6>;

  constexpr Mac() = default;
  /// @param bytes  In the order in which they are written and sent.
  explicit constexpr Mac(const Bytes& bytes) : bytes_(bytes) {}

  /// Reads "0a:58:0a:01:00:07"; upper-case digits are read too.
  /// @return the address, or one sentence that says what is wrong.
  static tl::expected<Mac, std::string> parse(std::string_view text);

  /// The unicast, locally administered address number `serial`: what a device gets that has no vendor.
  /// Injective for serial < 2^46, the number of such addresses; further bits are ignored. A vxlan device of
  /// the reference cluster takes its address from here, where flannel draws one at random: no two devices
  /// must collide by accident.
  static constexpr Mac locally_administered(std::uint64_t serial) {
    Bytes bytes{};
    for (unsigned i = 0; i < 5; ++i) {
      bytes[5 - i] = static_cast<std::uint8_t>(serial >> 8 * i);
    }
    bytes[0] = static_cast<std::uint8_t>((serial >> 40 << 2 & 0xfcU) | local_bit);
    return Mac(bytes);
  }

  [[nodiscard]] constexpr const Bytes& bytes() const { return bytes_; }
  [[nodiscard]] constexpr bool is_locally_administered() const { return (bytes_[0] & local_bit) != 0; }
  [[nodiscard]] constexpr bool is_group() const {
    return (bytes_[0] & group_bit) != 0;
  }  ///< multicast, broadcast

  friend constexpr auto operator<=>(const Mac&, const Mac&) = default;

 private:
  static constexpr std::uint8_t group_bit = 1;
  static constexpr std::uint8_t local_bit = 2;

  Bytes bytes_{};
};

/// Six pairs of lower-case digits with colons, as parse() reads them.
std::string to_text(const Mac& address);

}  // namespace plimsoll::base
