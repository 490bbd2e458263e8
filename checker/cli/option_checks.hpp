// Words and numbers of the command line, decoded and complained about.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "checker/cli/options.hpp"
#include "checker/scenario/scalar.hpp"
#include "checker/scenario/suggestion.hpp"

namespace plimsoll::cli {

/// Collects the first complaint.
class Checks {
 public:
  void fail(std::string message) {
    if (!error_) {
      error_ = UsageError{std::move(message)};
    }
  }
  [[nodiscard]] const std::optional<UsageError>& error() const { return error_; }

  std::optional<std::uint64_t> number(const std::string& option, const std::string& text, std::uint64_t min,
                                      std::uint64_t max) {
    if (text.empty()) {
      return std::nullopt;
    }
    const std::optional<std::uint64_t> value = scenario::parse_uint(text);
    if (!value || *value < min || *value > max) {
      const std::string range = max == std::numeric_limits<std::uint64_t>::max()
                                    ? "of at least " + std::to_string(min)
                                    : "between " + std::to_string(min) + " and " + std::to_string(max);
      fail(option + ": expected a whole number " + range + ", found " + scenario::quote(text));
    }
    return value;
  }

  std::size_t word(const std::string& option, const std::string& text,
                   std::span<const std::string_view> words, std::string_view available) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (text == words[i]) {
        return i;
      }
    }
    fail(option + ": expected " + std::string(available) + ", found " + scenario::quote(text) +
         scenario::suggestion(text, words));
    return 0;
  }

 private:
  std::optional<UsageError> error_;
};

/// Nothing if an option was not given.
[[nodiscard]] inline std::optional<std::string> given(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace plimsoll::cli
