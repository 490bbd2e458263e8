#include "impl/overlay/packet/payload.hpp"

namespace plimsoll::overlay {

std::string to_text(const Payload& payload) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = std::to_string(payload.size()) + " bytes";
  std::string_view bytes = payload.given();
  while (!bytes.empty() && bytes.back() == '\0') {
    bytes.remove_suffix(1);
  }
  text += bytes.empty() ? "" : " ";
  for (const char byte : bytes) {
    text += digits[static_cast<std::uint8_t>(byte) >> 4U];
    text += digits[static_cast<std::uint8_t>(byte) & 0xfU];
  }
  return text;
}

}  // namespace plimsoll::overlay
