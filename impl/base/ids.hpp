// Strong ids and counters: a Term is not a LogIndex, and neither is an int.
#pragma once

#include <compare>
#include <cstdint>
#include <type_traits>

namespace plimsoll::base {

/// An unsigned number that only compares with its own kind. `Tag` is a struct with `static constexpr const
/// char* name` (shown in traces) and optionally `static constexpr bool renames = true`, which marks ids that
/// symmetry may permute.
template <class Tag, class Rep>
struct Strong {
  static_assert(std::is_unsigned_v<Rep>);
  using tag_type = Tag;
  using rep_type = Rep;

  Rep value{};

  friend constexpr auto operator<=>(const Strong&, const Strong&) = default;
  /// The next number. Requires: below the maximum of Rep.
  [[nodiscard]] constexpr Strong next() const { return Strong{static_cast<Rep>(value + 1)}; }
};

struct ProcessTag {
  static constexpr const char* name = "process";
  static constexpr bool renames = true;
};
/// A process of the world, numbered in order of assembly.
using ProcessId = Strong<ProcessTag, std::uint8_t>;

struct TicksTag {
  static constexpr const char* name = "ticks";
};
/// A duration in clock ticks; what a tick lasts is the deployment's choice (an hour for flannel leases, say).
/// 0 means at once.
using Ticks = Strong<TicksTag, std::uint32_t>;

}  // namespace plimsoll::base
