// Lines of iptables-restore input, word by word.
//
// Source: kubernetes v1.31, pkg/proxy/util/linebuffer.go.
#pragma once

#include <string>
#include <string_view>

namespace plimsoll::service::iptables {

/// Text made of lines. Thread-safety: a plain value.
class LineBuffer {
 public:
  /// Appends a line of the words, which are strings, separated by spaces.
  template <class... Words>
  void write(const std::string_view& first, const Words&... words) {
    text_.append(first);
    ((text_ += ' ', text_.append(std::string_view(words))), ...);
    text_ += '\n';
  }
  /// Declares `chain`, which iptables-restore --noflush creates, or empties if it is there.
  void declare(std::string_view chain) {
    text_ += ':';
    text_.append(chain);
    text_ += " - [0:0]\n";
  }
  [[nodiscard]] const std::string& text() const { return text_; }
  void reserve(std::size_t bytes) { text_.reserve(bytes); }

 private:
  std::string text_;
};

/// The text as a comment of one word or of several: in double quotes, as iptables-save would write it.
[[nodiscard]] inline std::string quoted(std::string_view before, std::string_view name,
                                        std::string_view after) {
  std::string text;
  text.reserve(before.size() + name.size() + after.size() + 2);
  return text.append("\"").append(before).append(name).append(after).append("\"");
}

}  // namespace plimsoll::service::iptables
