#include "properties/raft/script_output.hpp"

#include <algorithm>
#include <array>

namespace plimsoll::properties::raft {
namespace {

constexpr std::array<std::string_view, 6> level_names = {"DEBUG", "INFO", "WARN", "ERROR", "FATAL", "NONE"};

char upper(char letter) {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

bool is_log_line(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::string_view word = line.substr(0, line.find(' '));
  return word.size() < line.size() && word != "NONE" &&
         std::find(level_names.begin(), level_names.end(), word) != level_names.end();
}

/// Calls `each` with every line, without its line end.
template <class Each>
void for_each_line(std::string_view text, const Each& each) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    each(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

}  // namespace

std::optional<ScriptLevel> script_level(std::string_view word) {
  for (std::size_t level = 0; level < level_names.size(); ++level) {
    if (std::ranges::equal(word, level_names.at(level), {}, upper)) {
      return static_cast<ScriptLevel>(level);
    }
  }
  return std::nullopt;
}

std::string script_level_names() {
  std::string names;
  for (const std::string_view name : level_names) {
    names.append(names.empty() ? "[" : " ").append(name);
  }
  return names + "]";
}

void ScriptOutput::write(std::string_view text) {
  if (!quiet()) {
    text_.append(text);
  }
}

void ScriptOutput::write_line(std::string_view text) {
  write(text);
  write("\n");
}

std::string ScriptOutput::set_in(std::string_view text) {
  std::string result;
  for_each_line(text, [&](std::string_view line) { result.append("  ").append(line).append("\n"); });
  return result;
}

std::string without_log_lines(std::string_view text) {
  std::string rest;
  for_each_line(text, [&](std::string_view line) {
    if (!is_log_line(line)) {
      rest.append(line).append("\n");
    }
  });
  return rest == "ok\n" ? std::string() : rest;
}

}  // namespace plimsoll::properties::raft
