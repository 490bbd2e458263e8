// How a piece of somebody's input appears inside an error sentence.
//
// Input may be hostile: a megabyte long, or full of terminal control sequences. A sentence must survive both.
#pragma once

#include <string>
#include <string_view>

namespace plimsoll::base {

/// `text` in double quotes. Control characters, bytes that are not ASCII, quotes and backslashes become \xNN;
/// after 64 bytes of input the rest is replaced by "...". Cost: bounded, whatever the input.
std::string quoted(std::string_view text);

}  // namespace plimsoll::base
