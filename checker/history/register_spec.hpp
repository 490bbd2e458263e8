// A register with reads, writes and compare-and-swaps, with a look at what is still to be answered.
//
// The look ahead counts, for each value, the answers that need it (reads that returned it, compare-and-swaps
// that found it) and the operations that can bring it about. To leave a value that somebody still has to
// see, and that nothing left can write, is hopeless. Where most values are written once this leaves a search
// little to try; it is the idea of the clusters of Gibbons and Korach, "Testing shared memories" (SIAM J.
// Comput. 26(4), 1997), section 4, without their precondition.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/history/history.hpp"

namespace plimsoll::history {

/// A Specification. Values that no answer depends on are one value: nobody can tell them apart.
class RegisterSpec {
 public:
  using State = Value;

  /// @param operations  On one register, initially nil: reads, writes and compare-and-swaps. Not kept.
  explicit RegisterSpec(std::span<const Operation> operations);

  [[nodiscard]] State initial() const { return initial_; }
  [[nodiscard]] bool apply(std::uint32_t number, State& state) const {
    const Deed& deed = deeds_[number];
    switch (deed.what) {
      case What::read:
        return state == deed.seen;
      case What::write:
        state = deed.written;
        return true;
      case What::swap:
        if (state != deed.seen) {
          return false;
        }
        state = deed.written;
        return true;
      case What::refused_swap:
        return state != deed.seen;
      case What::unknown_swap:
        if (state == deed.seen) {
          state = deed.written;
        }
        return true;
      case What::unknown_read:
        return true;
    }
    return true;
  }
  [[nodiscard]] std::uint64_t hash(const State& state) const { return state; }
  [[nodiscard]] std::uint32_t kind(std::uint32_t number) const { return deeds_[number].kind; }
  [[nodiscard]] bool only_reads(std::uint32_t number) const {
    return deeds_[number].what == What::read || deeds_[number].what == What::refused_swap;
  }
  void linearized(std::uint32_t number) { count(deeds_[number], -1); }
  void undone(std::uint32_t number) { count(deeds_[number], 1); }
  [[nodiscard]] bool hopeless(const State& left, const State& entered) const {
    return left != entered && needs_[left] > 0 && sources_[left] == 0;
  }
  [[nodiscard]] bool impossible() const;

 private:
  enum class What : std::uint8_t { read, write, swap, refused_swap, unknown_swap, unknown_read };
  struct Deed {
    What what = What::read;
    Value seen = nil;
    Value written = nil;
    std::uint32_t kind = 0;

    [[nodiscard]] bool needs() const { return what == What::read || what == What::swap; }
    [[nodiscard]] bool is_source() const {
      return what == What::write || what == What::swap || what == What::unknown_swap;
    }
  };
  [[nodiscard]] static What what_of(const Operation& operation);
  void count(const Deed& deed, int by) {
    if (deed.needs()) {
      needs_[deed.seen] += by;
    }
    if (deed.is_source()) {
      sources_[deed.written] += by;
    }
  }
  void find_kinds();

  State initial_ = 0;
  std::vector<Deed> deeds_ = {};
  std::vector<std::int32_t> needs_ = {};    ///< by value: answers not in order yet that need it
  std::vector<std::int32_t> sources_ = {};  ///< by value: operations not in order yet that may write it
};

}  // namespace plimsoll::history
