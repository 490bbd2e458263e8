// What a directive of an interaction script prints: text under a log level, with parts set in by two columns.
//
// Source: etcd-io/raft, rafttest (the writer that also serves as the library's logger). Level `none` silences
// everything but errors. The library's own log lines are not written at all, because they are compared with
// nothing: see without_log_lines().
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace plimsoll::properties::raft {

enum class ScriptLevel : std::uint8_t { debug, info, warn, error, fatal, none };

/// Reads a level in any case. Returns nothing for other words.
[[nodiscard]] std::optional<ScriptLevel> script_level(std::string_view word);
/// The names of all levels as an error sentence gives them: "[DEBUG INFO ...]".
[[nodiscard]] std::string script_level_names();

/// The output of one directive. Not thread-safe.
class ScriptOutput {
 public:
  /// Appends `text`, unless the level is `none`.
  void write(std::string_view text);
  void write_line(std::string_view text);
  /// Runs `body`, and sets in by two columns whatever it writes. May be nested.
  template <class Body>
  void indented(const Body& body) {
    std::string outer = std::exchange(text_, {});
    body();
    text_ = std::move(outer) + set_in(text_);
  }
  /// What was written since the last call.
  [[nodiscard]] std::string take() { return std::exchange(text_, {}); }

  [[nodiscard]] ScriptLevel level() const { return level_; }
  void set_level(ScriptLevel level) { level_ = level; }
  [[nodiscard]] bool quiet() const { return level_ == ScriptLevel::none; }

 private:
  /// Every line of `text` after two blanks; the last one gets a line end.
  [[nodiscard]] static std::string set_in(std::string_view text);

  std::string text_;
  ScriptLevel level_ = ScriptLevel::debug;
};

/// `text` without the lines that a library's logger wrote (DEBUG, INFO, WARN, ERROR, FATAL, set in or not),
/// and without the "ok" that stands for no output at all: a directive whose only effect is a log line then
/// agrees with one that has none. This is the comparison of level A; level B, exact text, is not offered.
[[nodiscard]] std::string without_log_lines(std::string_view text);

}  // namespace plimsoll::properties::raft
