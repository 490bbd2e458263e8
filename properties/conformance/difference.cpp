#include "properties/conformance/difference.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace plimsoll::properties {
namespace {

constexpr std::size_t around = 3;
constexpr std::size_t pairs_max = 4'000'000;

struct Line {
  char sign;  ///< '-', '+' or ' '
  std::string_view text;
};
using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

/// Lengths of longest common subsequences of what follows a line of each text: the table of the textbook, row
/// by row.
class CommonLengths {
 public:
  CommonLengths(const Lines& before, const Lines& after, std::size_t from, std::size_t before_end,
                std::size_t after_end)
      : from_(from), width_(after_end - from + 1), lengths_((before_end - from + 1) * width_) {
    for (std::size_t i = before_end; i-- > from;) {
      for (std::size_t j = after_end; j-- > from;) {
        at(i, j) = before[i] == after[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
      }
    }
  }
  [[nodiscard]] std::uint32_t& at(std::size_t i, std::size_t j) {
    return lengths_[(i - from_) * width_ + (j - from_)];
  }

 private:
  std::size_t from_;
  std::size_t width_;
  std::vector<std::uint32_t> lengths_;
};

std::vector<Line> merged(const Lines& before, const Lines& after) {
  std::size_t same_first = 0;
  const std::size_t shorter = std::min(before.size(), after.size());
  while (same_first < shorter && before[same_first] == after[same_first]) {
    ++same_first;
  }
  std::size_t same_last = 0;
  while (same_last < shorter - same_first &&
         before[before.size() - 1 - same_last] == after[after.size() - 1 - same_last]) {
    ++same_last;
  }
  const std::size_t before_end = before.size() - same_last;
  const std::size_t after_end = after.size() - same_last;

  std::vector<Line> all;
  for (std::size_t i = 0; i < same_first; ++i) {
    all.push_back({' ', before[i]});
  }
  std::size_t i = same_first;
  std::size_t j = same_first;
  if ((before_end - i) * (after_end - j) <= pairs_max) {
    CommonLengths common(before, after, same_first, before_end, after_end);
    while (i < before_end && j < after_end) {
      if (before[i] == after[j]) {
        all.push_back({' ', before[i]}), ++i, ++j;
      } else if (common.at(i + 1, j) >= common.at(i, j + 1)) {
        all.push_back({'-', before[i]}), ++i;
      } else {
        all.push_back({'+', after[j]}), ++j;
      }
    }
  }
  for (; i < before_end; ++i) {
    all.push_back({'-', before[i]});
  }
  for (; j < after_end; ++j) {
    all.push_back({'+', after[j]});
  }
  for (; i < before.size(); ++i) {
    all.push_back({' ', before[i]});
  }
  return all;
}

}  // namespace

std::string line_difference(std::string_view expected, std::string_view actual) {
  const std::vector<Line> all = merged(lines_of(expected), lines_of(actual));
  std::vector<bool> shown(all.size(), false);
  bool differs = false;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].sign == ' ') {
      continue;
    }
    differs = true;
    const std::size_t first = i < around ? 0 : i - around;
    std::fill(shown.begin() + static_cast<std::ptrdiff_t>(first),
              shown.begin() + static_cast<std::ptrdiff_t>(std::min(i + around + 1, all.size())), true);
  }
  if (!differs) {
    return {};
  }
  std::string text;
  std::size_t left_out = 0;
  const auto tell_left_out = [&] {
    if (left_out > 0) {
      text += "@@ " + std::to_string(left_out) + (left_out == 1 ? " equal line @@\n" : " equal lines @@\n");
      left_out = 0;
    }
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!shown[i]) {
      ++left_out;
      continue;
    }
    tell_left_out();
    text.append(1, all[i].sign).append(all[i].text).append("\n");
  }
  tell_left_out();
  return text;
}

}  // namespace plimsoll::properties
