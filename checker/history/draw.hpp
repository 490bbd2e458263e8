// Operations drawn for people: a lane for each client, time from left to right.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "checker/history/history.hpp"
#include "checker/history/judge.hpp"

namespace plimsoll::history {

/// Lanes of the operations `shown`, like
///
///   client 0   |--- write 1 ---|
///   client 3           |-- read -> nil --|
///
/// with calls and returns in their order, not to scale; what never returned runs to the right edge. Lanes
/// wider than `columns_max` are continued below. Pure.
/// @param shown  Numbers in `operations`, in order of call.
[[nodiscard]] std::string draw_lanes(std::span<const Operation> operations,
                                     std::span<const std::uint32_t> shown, const Values& values,
                                     std::size_t columns_max);

/// An explained violation: how far all is well, what cannot follow, what contradicts it, what overlaps it.
/// Lines end in line feeds.
[[nodiscard]] std::string draw(const Violation& violation, const Values& values);

}  // namespace plimsoll::history
