// Two texts compared line by line, as `diff -u` would show it.
#pragma once

#include <string>
#include <string_view>

namespace plimsoll::properties {

/// The lines that are only in `expected` after "-", those only in `actual` after "+", and up to three lines
/// around them after " "; what is left out between is told in a line that begins with "@@". Empty if the
/// texts are equal, but for a line end at their very end. Longest common subsequence, so that the difference
/// is as small as can be; texts whose differing middle has more than 4 million pairs of lines are shown
/// whole.
[[nodiscard]] std::string line_difference(std::string_view expected, std::string_view actual);

}  // namespace plimsoll::properties
