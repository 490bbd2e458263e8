#include "impl/base/described.hpp"

#include <cctype>

namespace plimsoll::base {

std::string kebab_case(std::string_view name) {
  std::string kebab;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto letter = static_cast<unsigned char>(name[i]);
    if (std::isupper(letter) != 0) {
      if (i > 0 && name[i - 1] != '_') {
        kebab.push_back('-');
      }
      kebab.push_back(static_cast<char>(std::tolower(letter)));
    } else if (letter == '_') {
      if (i + 1 < name.size()) {
        kebab.push_back('-');
      }
    } else {
      kebab.push_back(static_cast<char>(letter));
    }
  }
  return kebab;
}

}  // namespace plimsoll::base
