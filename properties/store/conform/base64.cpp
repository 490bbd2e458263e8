#include "properties/store/conform/base64.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace plimsoll::properties::store {
namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

[[nodiscard]] bool is_line_end(char c) {
  return c == '\n' || c == '\r';
}

/// Reads groups of four letters.
class Decoder {
 public:
  explicit Decoder(std::string_view text) : text_(text) {}

  tl::expected<std::string, std::size_t> run() {
    while (!done_ && !error_) {
      group();
    }
    return error_ ? tl::expected<std::string, std::size_t>(tl::unexpected(*error_)) : std::move(bytes_);
  }

 private:
  void group() {
    std::array<std::uint32_t, 4> values{};
    std::size_t count = 0;
    while (count < values.size()) {
      skip_line_ends();
      if (at_ == text_.size()) {
        done_ = true;
        if (count != 0) {
          error_ = at_ - count;
        }
        return;
      }
      const char c = text_[at_++];
      const std::size_t value = letters.find(c);
      if (value != std::string_view::npos) {
        values[count++] = static_cast<std::uint32_t>(value);
      } else if (c == '=' && count >= 2) {
        padding(count);
        break;
      } else {
        error_ = at_ - 1;
        return;
      }
    }
    const std::uint32_t all = (values[0] << 18U) | (values[1] << 12U) | (values[2] << 6U) | values[3];
    for (std::size_t i = 0; i + 1 < count; ++i) {
      bytes_.push_back(static_cast<char>((all >> (16U - 8U * i)) & 0xffU));
    }
  }
  /// After a "=" that follows `count` letters; nothing may come after the padding.
  void padding(std::size_t count) {
    if (count == 2) {
      skip_line_ends();
      if (at_ == text_.size()) {
        error_ = text_.size();
        return;
      }
      if (text_[at_] != '=') {
        error_ = at_;
        return;
      }
      ++at_;
    }
    skip_line_ends();
    if (at_ < text_.size()) {
      error_ = at_;
    }
    done_ = true;
  }
  void skip_line_ends() {
    while (at_ < text_.size() && is_line_end(text_[at_])) {
      ++at_;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string bytes_ = {};
  bool done_ = false;
  std::optional<std::size_t> error_ = {};
};

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t all = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      all = (all << 8U) | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      text.push_back(i + j <= bytes.size() ? letters[(all >> (18U - 6U * j)) & 0x3fU] : '=');
    }
  }
  return text;
}

tl::expected<std::string, std::size_t> from_base64(std::string_view text) {
  return Decoder(text).run();
}

}  // namespace plimsoll::properties::store
