// Canonical bytes: what is hashed, compared and interned is the encoding of a value, never its layout in
// memory.
//
// Integers are LEB128 variable-length, so that the encoding of a value does not depend on the width of its
// C++ type; signed integers are zigzag-mapped first. Every value has exactly one encoding.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "impl/base/assert.hpp"

namespace plimsoll::base {

using Bytes = std::string;           ///< owned canonical bytes
using BytesView = std::string_view;  ///< borrowed canonical bytes

/// Appends canonical bytes. Not thread-safe.
class ByteWriter {
 public:
  void put_unsigned(std::uint64_t value) {
    while (value >= 0x80U) {
      bytes_.push_back(static_cast<char>((value & 0x7fU) | 0x80U));
      value >>= 7U;
    }
    bytes_.push_back(static_cast<char>(value));
  }
  void put_signed(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    put_unsigned((bits << 1U) ^ (value < 0 ? ~std::uint64_t{0} : std::uint64_t{0}));
  }
  void put_raw(BytesView raw) { bytes_.append(raw); }
  void put_text(std::string_view text) {
    put_unsigned(text.size());
    bytes_.append(text);
  }
  [[nodiscard]] const Bytes& bytes() const& { return bytes_; }
  [[nodiscard]] Bytes bytes() && { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

/// Reads what ByteWriter wrote. The bytes are our own: running past their end is a bug and aborts.
class ByteReader {
 public:
  explicit ByteReader(BytesView bytes) : bytes_(bytes) {}

  std::uint64_t get_unsigned() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      PLIMSOLL_ASSERT(!bytes_.empty() && shift < 64);
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
      if ((byte & 0x80U) == 0) {
        return value;
      }
    }
  }
  std::int64_t get_signed() {
    const std::uint64_t bits = get_unsigned();
    return static_cast<std::int64_t>((bits >> 1U) ^ (~(bits & 1U) + 1U));
  }
  BytesView get_raw(std::size_t size) {
    PLIMSOLL_ASSERT(bytes_.size() >= size);
    const BytesView raw = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return raw;
  }
  BytesView get_text() { return get_raw(static_cast<std::size_t>(get_unsigned())); }
  [[nodiscard]] bool at_end() const { return bytes_.empty(); }
  /// How many bytes there are still to read.
  [[nodiscard]] std::size_t left() const { return bytes_.size(); }

 private:
  BytesView bytes_;
};

}  // namespace plimsoll::base
