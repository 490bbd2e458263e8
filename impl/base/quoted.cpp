#include "impl/base/quoted.hpp"

#include <cstddef>

#include <fmt/core.h>

namespace plimsoll::base {

std::string quoted(std::string_view text) {
  constexpr std::size_t shown_bytes_max = 64;
  std::string result = "\"";
  for (const char c : text.substr(0, shown_bytes_max)) {
    const bool is_printable = c >= ' ' && c <= '~' && c != '"' && c != '\\';
    if (is_printable) {
      result += c;
    } else {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  result += text.size() > shown_bytes_max ? "...\"" : "\"";
  return result;
}

}  // namespace plimsoll::base
