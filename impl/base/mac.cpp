#include "impl/base/mac.hpp"

#include <charconv>
#include <cstddef>
#include <system_error>

#include <fmt/core.h>

#include "impl/base/quoted.hpp"

namespace plimsoll::base {

tl::expected<Mac, std::string> Mac::parse(std::string_view text) {
  constexpr std::size_t text_length = 17;
  Bytes bytes{};
  bool is_well_formed = text.size() == text_length;
  for (std::size_t i = 0; is_well_formed && i < bytes.size(); ++i) {
    const char* pair = text.data() + 3 * i;
    const auto [end, error] = std::from_chars(pair, pair + 2, bytes[i], 16);
    const bool is_followed_well = i + 1 == bytes.size() || pair[2] == ':';
    is_well_formed = error == std::errc{} && end == pair + 2 && is_followed_well;
  }
  if (!is_well_formed) {
    return tl::unexpected(fmt::format(
        "{} is not a MAC address: expected six pairs of hexadecimal digits, such as 0a:58:0a:01:00:07",
        quoted(text)));
  }
  return Mac(bytes);
}

std::string to_text(const Mac& address) {
  const Mac::Bytes& b = address.bytes();
  return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", b[0], b[1], b[2], b[3], b[4], b[5]);
}

}  // namespace plimsoll::base
