#include "impl/overlay/node/errno.hpp"

#include <algorithm>

namespace plimsoll::overlay {

std::string to_text(Errno error) {
  std::string text(described_enumerators(Errno{})[static_cast<std::size_t>(error)]);
  std::ranges::transform(text, text.begin(), [](char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  });
  return text;
}

}  // namespace plimsoll::overlay
