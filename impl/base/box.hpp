// A value on the heap, for types that contain themselves: a transaction in a transaction, say.
#pragma once

#include <compare>
#include <memory>
#include <utility>

#include "impl/base/described.hpp"

namespace plimsoll::base {

/// Holds exactly one T, which may be incomplete where the Box is a member. Copies are deep; a box that was
/// moved from may only be assigned to or destroyed.
template <class T>
class Box {
 public:
  Box() : value_(std::make_unique<T>()) {}
  Box(T value) : value_(std::make_unique<T>(std::move(value))) {}  // NOLINT(google-explicit-constructor)
  Box(const Box& other) : value_(std::make_unique<T>(*other)) {}
  Box& operator=(const Box& other) {
    *this = Box(other);
    return *this;
  }
  Box(Box&&) noexcept = default;
  Box& operator=(Box&&) noexcept = default;
  ~Box() = default;

  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return value_.get(); }
  const T* operator->() const { return value_.get(); }

  // The result types are spelled out: they cannot be deduced before T is complete.
  friend bool operator==(const Box& a, const Box& b) { return *a == *b; }
  friend std::strong_ordering operator<=>(const Box& a, const Box& b) { return *a <=> *b; }

 private:
  std::unique_ptr<T> value_;
};

/// Written, named and printed as what is in it is.
template <class T>
struct Codec<Box<T>> {
  static void write(ByteWriter& out, const Box<T>& value) { encode(out, *value); }
  static Box<T> read(ByteReader& in) { return decode<T>(in); }
  using DescribedAs = T;
};

}  // namespace plimsoll::base
