// A lock with acquire and release, free at first. Whoever releases it may do so, as with the mutex of the
// Knossos checker: a history of a lock with owners is judged too leniently, never too strictly.
#pragma once

#include <cstdint>
#include <span>

#include "checker/history/history.hpp"

namespace plimsoll::history {

/// A Specification.
class MutexSpec {
 public:
  using State = bool;  ///< held

  /// @param operations  Acquires and releases of one lock; must outlive this object.
  explicit MutexSpec(std::span<const Operation> operations) : operations_(operations) {}

  [[nodiscard]] State initial() const { return false; }
  [[nodiscard]] bool apply(std::uint32_t number, State& state) const {
    const Operation& operation = operations_[number];
    const bool held_after = operation.verb == Verb::acquire;
    if (state == held_after) {
      return operation.is_pending();  // it still waits; the search sees that nothing changed
    }
    state = held_after;
    return true;
  }
  [[nodiscard]] std::uint64_t hash(const State& state) const { return state ? 1 : 0; }
  [[nodiscard]] std::uint32_t kind(std::uint32_t number) const {
    return operations_[number].verb == Verb::acquire ? 0 : 1;
  }
  [[nodiscard]] bool only_reads(std::uint32_t /*number*/) const { return false; }
  void linearized(std::uint32_t /*number*/) {}
  void undone(std::uint32_t /*number*/) {}
  [[nodiscard]] bool hopeless(const State& /*left*/, const State& /*entered*/) const { return false; }
  [[nodiscard]] bool impossible() const { return false; }

 private:
  std::span<const Operation> operations_;
};

}  // namespace plimsoll::history
