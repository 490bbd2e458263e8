// Real, documented bugs that a run may switch back on: sets of them, and what is told of each.
//
// A domain enumerates its defects (impl/raft/defects.hpp). A set of them is part of a component's Config and
// constant in a run; where one is switched on, a guarded line or two brings back the old behaviour. Without
// any the components are the reference, which is meant to be safe.
#pragma once

#include <cstdint>
#include <string_view>

namespace plimsoll::base {

/// A set of up to 64 defects. Invariant: only bits of enumerators of Defect are set. Thread-safety: a value.
template <class Defect>
class DefectSet {
 public:
  constexpr DefectSet() = default;

  [[nodiscard]] constexpr bool has(Defect defect) const { return (bits_ & bit(defect)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  /// This set and `defect`.
  [[nodiscard]] constexpr DefectSet with(Defect defect) const {
    DefectSet more = *this;
    more.bits_ |= bit(defect);
    return more;
  }
  friend constexpr bool operator==(const DefectSet&, const DefectSet&) = default;

 private:
  static constexpr std::uint64_t bit(Defect defect) {
    return std::uint64_t{1} << static_cast<unsigned>(defect);
  }
  std::uint64_t bits_ = 0;
};

/// What `plimsoll list` says of a defect.
template <class Defect>
struct DefectStory {
  Defect defect;
  std::string_view id;         ///< upper case, as on the command line
  std::string_view component;  ///< where its guarded lines are
  std::string_view story;
  std::string_view source;
};

}  // namespace plimsoll::base
