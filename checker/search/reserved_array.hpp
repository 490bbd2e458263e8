// An array that grows without moving: addresses for as much as the machine has memory are reserved, and pages
// cost nothing until they are written. A vector that doubles would need three times its old size for a
// moment.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <type_traits>

namespace plimsoll::checker {

/// Elements are zero until written. Not thread-safe while it grows; distinct elements may be written from
/// distinct threads.
template <class T>
  requires std::is_trivially_copyable_v<T>
class ReservedArray {
 public:
  /// Errors: std::bad_alloc if not even a small part can be reserved.
  ReservedArray() {
    const std::uint64_t wanted = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
                                 static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    for (bytes_ = std::max(wanted, bytes_min); bytes_ >= bytes_min; bytes_ /= 2) {
      void* memory =
          mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (memory != MAP_FAILED) {
        elements_ = static_cast<T*>(memory);
        return;
      }
    }
    throw std::bad_alloc();
  }
  ~ReservedArray() { munmap(elements_, bytes_); }
  ReservedArray(const ReservedArray&) = delete;
  ReservedArray& operator=(const ReservedArray&) = delete;
  ReservedArray(ReservedArray&&) = delete;
  ReservedArray& operator=(ReservedArray&&) = delete;

  /// Errors: std::bad_alloc beyond what was reserved. Requires: size >= size(). Cost: none.
  void grow(std::uint64_t size) {
    if (size > bytes_ / sizeof(T)) {
      throw std::bad_alloc();
    }
    size_ = size;
  }
  void push_back(const T& value) {
    grow(size_ + 1);
    elements_[size_ - 1] = value;
  }
  [[nodiscard]] T& operator[](std::uint64_t i) { return elements_[i]; }
  [[nodiscard]] const T& operator[](std::uint64_t i) const { return elements_[i]; }
  [[nodiscard]] std::span<const T> part(std::uint64_t first, std::uint64_t count) const {
    return {elements_ + first, count};
  }
  [[nodiscard]] std::span<T> part(std::uint64_t first, std::uint64_t count) {
    return {elements_ + first, count};
  }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::uint64_t memory_bytes() const { return size_ * sizeof(T); }

 private:
  static constexpr std::uint64_t bytes_min = std::uint64_t{1} << 20U;

  T* elements_ = nullptr;
  std::uint64_t bytes_ = 0;
  std::uint64_t size_ = 0;
};

}  // namespace plimsoll::checker
