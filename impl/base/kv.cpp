#include "impl/base/kv.hpp"

#include "impl/base/assert.hpp"

namespace plimsoll::kv {

KeyRange prefix_range(std::string prefix) {
  std::string end = prefix;
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xffU) {
    end.pop_back();
  }
  PLIMSOLL_ASSERT(!end.empty());
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1U);
  return {std::move(prefix), std::move(end)};
}

bool contains(const KeyRange& range, const std::string& key) {
  if (range.range_end.empty()) {
    return key == range.key;
  }
  const bool is_open = range.range_end.size() == 1 && range.range_end.front() == '\0';
  return key >= range.key && (is_open || key < range.range_end);
}

}  // namespace plimsoll::kv
