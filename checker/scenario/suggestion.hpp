// "Did you mean ...?": the known name nearest to an unknown one.
//
// Distance: Levenshtein's, with swapped neighbours counted as one edit (optimal string alignment), case
// ignored. A name is near enough if at most a third of its letters, and at least one, would have to change.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace plimsoll::scenario {

/// `, did you mean 'x'?` for the nearest of `known`, the first of equals; empty if none is near.
/// Cost: the product of the lengths per known name; names longer than 64 bytes are not compared.
[[nodiscard]] std::string suggestion(std::string_view unknown, std::span<const std::string_view> known);

}  // namespace plimsoll::scenario
