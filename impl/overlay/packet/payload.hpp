// The bytes of a packet that nobody on the way looks at, and values on the heap that copies share.
//
// A packet is copied at every hop, its payload never changed. So payloads are immutable and shared: a copy of
// a packet costs a reference count, a fragment is a window on the same bytes, and a payload of zeros costs
// nothing at all.
#pragma once

#include <algorithm>
#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/base/described.hpp"

namespace plimsoll::overlay {

/// Nothing, or a T on the heap that copies share and that is never changed while they do: a packet within a
/// packet. T may be incomplete where the Shared is a member. Equal if the values are.
///
/// Thread-safety: a plain value; copies may be used by different threads.
template <class T>
class Shared {
 public:
  Shared() = default;
  Shared(T value) : held_(new Held{std::move(value)}) {}  // NOLINT(google-explicit-constructor)
  Shared(const Shared& other) : held_(other.held_) {
    if (held_ != nullptr) {
      held_->owners.fetch_add(1, std::memory_order_relaxed);
    }
  }
  Shared(Shared&& other) noexcept : held_(std::exchange(other.held_, nullptr)) {}
  Shared& operator=(const Shared& other) {  // NOLINT(bugprone-unhandled-self-assignment): copy and swap
    Shared copy = other;
    std::swap(held_, copy.held_);
    return *this;
  }
  Shared& operator=(Shared&& other) noexcept {
    if (this != &other) {
      leave();
      held_ = std::exchange(other.held_, nullptr);
    }
    return *this;
  }
  ~Shared() { leave(); }

  explicit operator bool() const { return held_ != nullptr; }
  const T& operator*() const { return held_->value; }
  const T* operator->() const { return get(); }
  [[nodiscard]] const T* get() const { return held_ == nullptr ? nullptr : &held_->value; }
  /// The value, to be changed, if no copy shares it; else null.
  [[nodiscard]] T* unshared() { return held_ != nullptr && is_only_owner() ? &held_->value : nullptr; }

  // The result types are spelled out: they cannot be deduced before T is complete.
  friend bool operator==(const Shared& a, const Shared& b) {
    return a.held_ == b.held_ || (a.held_ != nullptr && b.held_ != nullptr && *a == *b);
  }
  friend std::strong_ordering operator<=>(const Shared& a, const Shared& b) {
    if (a.held_ == b.held_) {
      return std::strong_ordering::equal;
    }
    return a && b ? *a <=> *b : static_cast<bool>(a) <=> static_cast<bool>(b);
  }

 private:
  struct Held {
    T value;
    std::atomic<std::uint32_t> owners = 1;
  };

  [[nodiscard]] bool is_only_owner() const { return held_->owners.load(std::memory_order_acquire) == 1; }
  /// The only owner has nobody to tell that it goes, and saves the atomic subtraction.
  void leave() {
    if (held_ != nullptr && (is_only_owner() || held_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1)) {
      delete held_;
    }
  }

  Held* held_ = nullptr;
};

/// `size` bytes: a window on shared bytes, and zeros after it. Equal if all bytes are.
///
/// Thread-safety: a plain value; copies may be used by different threads.
class Payload {
 public:
  Payload() = default;
  /// So many bytes, all 0.
  explicit Payload(std::size_t zeros) : size_(static_cast<std::uint32_t>(zeros)) {}
  /// These bytes.
  explicit Payload(std::string_view bytes)
      : bytes_(bytes.empty() ? Shared<std::string>() : Shared<std::string>(std::string(bytes))),
        given_(static_cast<std::uint32_t>(bytes.size())),
        size_(given_) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  /// The bytes up to where only zeros are left; zeros may be among them. At most size() bytes.
  [[nodiscard]] std::string_view given() const {
    return bytes_ ? std::string_view(*bytes_).substr(offset_, given_) : std::string_view();
  }
  /// All bytes. O(size).
  [[nodiscard]] std::string text() const {
    std::string text(given());
    text.resize(size_);
    return text;
  }
  /// The window of `count` bytes from `offset` on, without copying. Requires: offset + count <= size().
  [[nodiscard]] Payload part(std::size_t offset, std::size_t count) const {
    PLIMSOLL_ASSERT(offset <= size_ && count <= size_ - offset);
    Payload part(count);
    if (offset < given_ && count > 0) {
      part.bytes_ = bytes_;
      part.offset_ = offset_ + static_cast<std::uint32_t>(offset);
      part.given_ = static_cast<std::uint32_t>(std::min<std::size_t>(given_ - offset, count));
    }
    return part;
  }
  /// The same bytes and then zeros, `size` in all. Requires: size >= size().
  [[nodiscard]] Payload padded_to(std::size_t size) const {
    PLIMSOLL_ASSERT(size >= size_);
    Payload padded = *this;
    padded.size_ = static_cast<std::uint32_t>(size);
    return padded;
  }

  friend bool operator==(const Payload& a, const Payload& b) {
    return a.size_ == b.size_ && (a.is_same_window(b) || a.without_zeros() == b.without_zeros());
  }
  /// Shorter ones first, then as bytes are ordered.
  friend std::strong_ordering operator<=>(const Payload& a, const Payload& b) {
    return a.size_ != b.size_ ? a.size_ <=> b.size_ : a.without_zeros() <=> b.without_zeros();
  }

 private:
  friend struct base::Codec<Payload>;

  [[nodiscard]] bool is_same_window(const Payload& other) const {
    return bytes_.get() == other.bytes_.get() && offset_ == other.offset_ && given_ == other.given_;
  }
  /// The one form that equal payloads share: given() without the zeros at its end.
  [[nodiscard]] std::string_view without_zeros() const {
    std::string_view bytes = given();
    while (!bytes.empty() && bytes.back() == '\0') {
      bytes.remove_suffix(1);
    }
    return bytes;
  }

  Shared<std::string> bytes_;
  std::uint32_t offset_ = 0;
  std::uint32_t given_ = 0;  ///< bytes of the window
  std::uint32_t size_ = 0;   ///< with the zeros after it
};

/// Base of the codec below: what a payload is in traces, as "64 bytes 504c..." (zeros at the end left out).
[[nodiscard]] std::string to_text(const Payload& payload);

}  // namespace plimsoll::overlay

namespace plimsoll::base {

template <>
struct Codec<overlay::Payload> {
  static void write(ByteWriter& out, const overlay::Payload& payload) {
    out.put_unsigned(payload.size_);
    out.put_text(payload.without_zeros());
  }
  static overlay::Payload read(ByteReader& in) {
    const std::size_t size = in.get_unsigned();
    return overlay::Payload(in.get_text()).padded_to(size);
  }
  static Schema make_schema() {
    Schema schema{Schema::Kind::scalar, "payload", {}, {}};
    schema.scalar_text = [](ByteReader& in) { return overlay::to_text(read(in)); };
    return schema;
  }
};

/// Written, named and printed as an optional value is.
template <class T>
struct Codec<overlay::Shared<T>> {
  static void write(ByteWriter& out, const overlay::Shared<T>& value) {
    out.put_unsigned(value ? 1 : 0);
    if (value) {
      encode(out, *value);
    }
  }
  static overlay::Shared<T> read(ByteReader& in) {
    return in.get_unsigned() == 0 ? overlay::Shared<T>() : overlay::Shared<T>(decode<T>(in));
  }
  using DescribedAs = std::optional<T>;
};

}  // namespace plimsoll::base
