// One key of a store with get, put and append. A key that was never put has the empty value.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "checker/history/history.hpp"

namespace plimsoll::history {

/// A Specification whose states are values, so that they are compared and hashed as numbers.
class KeyValueSpec {
 public:
  using State = Value;

  /// @param operations  On one key: gets, puts and appends.
  /// @param values      Of the operations; gets the values that appending brings about. Both must outlive
  ///                    this object.
  KeyValueSpec(std::span<const Operation> operations, Values& values);

  [[nodiscard]] State initial() const { return empty_; }
  [[nodiscard]] bool apply(std::uint32_t number, State& state);
  [[nodiscard]] std::uint64_t hash(const State& state) const { return state; }
  [[nodiscard]] std::uint32_t kind(std::uint32_t number) const { return kinds_[number]; }
  [[nodiscard]] bool only_reads(std::uint32_t number) const {
    return operations_[number].verb == Verb::get && !operations_[number].is_pending();
  }
  void linearized(std::uint32_t /*number*/) {}
  void undone(std::uint32_t /*number*/) {}
  [[nodiscard]] bool hopeless(const State& /*left*/, const State& /*entered*/) const { return false; }
  [[nodiscard]] bool impossible() const { return false; }

 private:
  std::span<const Operation> operations_;
  Values& values_;
  Value empty_;
  std::vector<std::uint32_t> kinds_ = {};
  std::map<std::pair<Value, Value>, Value> appended_ = {};
};

}  // namespace plimsoll::history
