// What the parsers of this directory read through: bytes with bounds, offsets and refusals.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

#include "impl/base/assert.hpp"
#include "impl/base/ipv4.hpp"
#include "impl/base/mac.hpp"
#include "impl/overlay/packet/parse.hpp"
#include "impl/overlay/packet/payload.hpp"

namespace plimsoll::overlay {

/// A window on bytes that knows where it lies in the whole, and that continues with zeros up to its size: a
/// quote that was cut is read like one that was not.
class Window {
 public:
  explicit Window(std::string_view bytes) : Window(bytes, bytes.size(), 0) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t offset() const { return offset_; }
  [[nodiscard]] std::string_view given() const { return given_; }
  /// Requires, here and below: the bytes asked for are below size().
  [[nodiscard]] std::uint8_t u8(std::size_t at) const {
    PLIMSOLL_ASSERT(at < size_);
    return at < given_.size() ? static_cast<std::uint8_t>(given_[at]) : std::uint8_t{0};
  }
  [[nodiscard]] std::uint16_t u16(std::size_t at) const {
    return static_cast<std::uint16_t>(u8(at) << 8U | u8(at + 1));
  }
  [[nodiscard]] std::uint32_t u32(std::size_t at) const {
    return std::uint32_t{u16(at)} << 16U | u16(at + 2);
  }
  [[nodiscard]] base::Ipv4 address(std::size_t at) const { return base::Ipv4(u32(at)); }
  [[nodiscard]] base::Mac mac(std::size_t at) const {
    base::Mac::Bytes bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = u8(at + i);
    }
    return base::Mac(bytes);
  }
  [[nodiscard]] Window part(std::size_t at, std::size_t count) const {
    PLIMSOLL_ASSERT(at <= size_ && count <= size_ - at);
    return {given_.substr(std::min(at, given_.size()), count), count, offset_ + at};
  }
  [[nodiscard]] Window from(std::size_t at) const { return part(at, size_ - at); }
  /// The same bytes, cut or continued with zeros.
  [[nodiscard]] Window resized(std::size_t size) const { return {given_.substr(0, size), size, offset_}; }
  [[nodiscard]] Payload payload() const { return Payload(given_).padded_to(size_); }

 private:
  Window(std::string_view given, std::size_t size, std::size_t offset)
      : given_(given), size_(size), offset_(offset) {}

  std::string_view given_;
  std::size_t size_;
  std::size_t offset_;
};

/// The answer of a parser that refuses.
using Refused = tl::unexpected<ParseError>;

/// The answer that there is something wrong at byte `at` of the window.
inline Refused refuse(const Window& window, std::size_t at, std::string what) {
  return Refused(ParseError{window.offset() + at, std::move(what)});
}
inline Refused wrong(const Window& window, std::size_t at, const std::string& field, std::size_t found,
                     const std::string& expected) {
  return refuse(window, at, field + " " + std::to_string(found) + ", expected " + expected);
}
/// Refuses what ends before the `needed` bytes of `what`.
inline Refused ended(const Window& window, const std::string& what, std::size_t needed) {
  return refuse(window, window.size(),
                "end of bytes in " + what + ", expected " + std::to_string(needed) + " bytes of it");
}
/// "0x00ff"
inline std::string hex(std::uint16_t word) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "0x";
  for (unsigned shift = 16; shift > 0; shift -= 4) {
    text += digits[word >> (shift - 4) & 0xfU];
  }
  return text;
}

}  // namespace plimsoll::overlay
