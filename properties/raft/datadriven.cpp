#include "properties/raft/datadriven.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "impl/base/quoted.hpp"
#include "properties/conformance/difference.hpp"
#include "properties/conformance/text_file.hpp"

namespace plimsoll::properties::raft {
namespace {

constexpr std::string_view separator = "----";
constexpr std::string_view blanks = " \t\r\v\f";

std::string_view trimmed(std::string_view text) {
  const std::string_view white = " \t\r\v\f\n";
  const std::size_t first = text.find_first_not_of(white);
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(white) - first + 1);
}

bool is_blank(std::string_view text) {
  return trimmed(text).empty();
}

/// Lines of a text, with what has been read and where.
class LineReader {
 public:
  LineReader(std::string_view text, const std::string& file) : rest_(text), file_(file) {}

  /// The next line, without its line end; nothing at the end of the text.
  std::optional<std::string_view> next() {
    if (rest_.empty()) {
      return std::nullopt;
    }
    const std::size_t end = rest_.find('\n');
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    ++line_;
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    return line;
  }
  /// Place in the line that next() gave last; `offset` counts bytes from 0.
  [[nodiscard]] scenario::Location here(std::size_t offset = 0) const {
    return {file_, line_, static_cast<std::uint32_t>(offset + 1)};
  }

 private:
  std::string_view rest_;
  const std::string& file_;
  std::uint32_t line_ = 0;
};

using Status = tl::expected<void, scenario::Error>;

/// Splits a command line into its words. A value in brackets is one word whatever is in it.
class CommandLine {
 public:
  CommandLine(std::string_view text, scenario::Location where) : text_(text), where_(std::move(where)) {}

  Status read(Directive& directive) {
    directive.command = std::string(word_until(""));
    for (skip_blanks(); position_ < text_.size(); skip_blanks()) {
      ScriptArgument argument;
      argument.where = here(position_);
      if (const Status status = read_argument(argument); !status) {
        return status;
      }
      directive.arguments.push_back(std::move(argument));
    }
    return {};
  }

 private:
  Status read_argument(ScriptArgument& argument) {
    argument.key = std::string(word_until("="));
    if (argument.key.empty()) {
      return script_error(here(position_), "expected a key before '='");
    }
    if (!at('=')) {
      return {};
    }
    ++position_;
    if (at('(')) {
      return read_list(argument);
    }
    argument.values.emplace_back(word_until(""));
    return {};
  }

  Status read_list(ScriptArgument& argument) {
    const std::size_t opening = position_;
    const std::size_t end = text_.find(')', opening);
    if (end == std::string_view::npos) {
      return script_error(here(opening), "the bracket is never closed");
    }
    std::string_view inside = text_.substr(opening + 1, end - opening - 1);
    position_ = end + 1;
    if (position_ < text_.size() && blanks.find(text_[position_]) == std::string_view::npos) {
      return script_error(here(position_), "expected a blank after ')'");
    }
    while (!is_blank(inside)) {
      const std::size_t comma = inside.find(',');
      argument.values.emplace_back(trimmed(inside.substr(0, comma)));
      if (comma == std::string_view::npos) {
        break;
      }
      inside.remove_prefix(comma + 1);
      if (is_blank(inside)) {
        argument.values.emplace_back();  // as written: a comma and nothing behind it
      }
    }
    return {};
  }

  [[nodiscard]] bool at(char letter) const { return position_ < text_.size() && text_[position_] == letter; }
  void skip_blanks() { position_ = std::min(text_.find_first_not_of(blanks, position_), text_.size()); }
  std::string_view word_until(const std::string& further_ends) {
    const std::size_t first = position_;
    position_ = std::min(text_.find_first_of(std::string(blanks) + further_ends, first), text_.size());
    return text_.substr(first, position_ - first);
  }
  [[nodiscard]] scenario::Location here(std::size_t position) const {
    scenario::Location location = where_;
    location.column += static_cast<std::uint32_t>(position);
    return location;
  }

  std::string_view text_;
  scenario::Location where_;
  std::size_t position_ = 0;
};

void add_line(std::string& text, std::string_view line) {
  text.append(line).append("\n");
}

Status read_input(LineReader& lines, Directive& directive) {
  std::string input;
  while (const auto line = lines.next()) {
    if (*line == separator) {
      directive.input = std::string(trimmed(input));
      return {};
    }
    add_line(input, *line);
  }
  return script_error(directive.where, "the directive has no ---- and so no expected output");
}

/// The rest of output that began with a doubled ----, to the next doubled one.
Status read_output_with_blank_lines(LineReader& lines, Directive& directive) {
  const scenario::Location opened = lines.here();
  bool after_separator = false;
  while (const auto line = lines.next()) {
    if (*line != separator) {
      add_line(directive.expected, *line);
      after_separator = false;
      continue;
    }
    if (!after_separator) {
      add_line(directive.expected, *line);
      after_separator = true;
      continue;
    }
    directive.expected.resize(directive.expected.size() - separator.size() - 1);
    if (const auto behind = lines.next(); behind && !is_blank(*behind)) {
      return script_error(lines.here(), "expected a blank line behind the doubled ----");
    }
    return {};
  }
  return script_error(opened, "the doubled ---- is never closed by another");
}

Status read_output(LineReader& lines, Directive& directive) {
  std::optional<std::string_view> line = lines.next();
  if (line && *line == separator) {
    return read_output_with_blank_lines(lines, directive);
  }
  for (; line && !is_blank(*line); line = lines.next()) {
    add_line(directive.expected, *line);
  }
  return {};
}

Status read_directive(LineReader& lines, std::string_view first_line, Directive& directive) {
  directive.where = lines.here(first_line.find_first_not_of(blanks));
  directive.text = std::string(trimmed(first_line));
  while (directive.text.ends_with('\\')) {
    const auto line = lines.next();
    if (!line) {
      return script_error(directive.where, "the command line goes on, but the file ends");
    }
    directive.text.back() = ' ';
    directive.text.append(trimmed(*line));
  }
  if (directive.text == separator) {
    return script_error(directive.where, "expected a directive before ----");
  }
  if (Status status = CommandLine(directive.text, directive.where).read(directive); !status) {
    return status;
  }
  if (Status status = read_input(lines, directive); !status) {
    return status;
  }
  return read_output(lines, directive);
}

}  // namespace

const ScriptArgument* Directive::find(std::string_view key) const {
  const auto found = std::find_if(arguments.begin(), arguments.end(),
                                  [key](const ScriptArgument& argument) { return argument.key == key; });
  return found == arguments.end() ? nullptr : &*found;
}

tl::expected<std::vector<Directive>, scenario::Error> parse_datadriven(std::string_view text,
                                                                       const std::string& file) {
  std::vector<Directive> directives;
  LineReader lines(text, file);
  while (const auto line = lines.next()) {
    if (is_blank(*line) || trimmed(*line).starts_with('#')) {
      continue;
    }
    if (const Status status = read_directive(lines, *line, directives.emplace_back()); !status) {
      return tl::unexpected(status.error());
    }
  }
  return directives;
}

ConformanceResult judge_datadriven_text(std::string_view text, const std::string& file,
                                        const RunDirective& run, const Normalise& normalise) {
  const auto directives = parse_datadriven(text, file);
  if (!directives) {
    return tl::unexpected(directives.error());
  }
  const auto normal = [&normalise](std::string_view lines) {
    return normalise ? normalise(lines) : std::string(lines);
  };
  ConformanceReport report;
  for (const Directive& directive : *directives) {
    DirectiveOutput output = run(directive);
    if (!output) {
      return tl::unexpected(output.error());
    }
    if (!output->empty() && !output->ends_with('\n')) {
      output->push_back('\n');
    }
    ++report.total;
    const std::string expected = normal(directive.expected);
    const std::string actual = normal(*output);
    if (expected == actual) {
      ++report.passed;
    } else {
      report.failures.push_back({directive.where.line, directive.text, line_difference(expected, actual)});
    }
  }
  return report;
}

ConformanceResult judge_datadriven(const std::string& path, const RunDirective& run,
                                   const Normalise& normalise) {
  const auto text = read_file(path);
  if (!text) {
    return tl::unexpected(text.error());
  }
  return judge_datadriven_text(*text, path, run, normalise);
}

tl::expected<std::uint64_t, scenario::Error> number_of(const ScriptArgument& argument,
                                                       std::string_view value) {
  std::uint64_t number = 0;
  const char* const end = value.data() + value.size();
  const std::from_chars_result result = std::from_chars(value.data(), end, number);
  if (value.empty() || result.ec != std::errc() || result.ptr != end) {
    return script_error(argument.where,
                        argument.key + ": expected a whole number, found " + base::quoted(value));
  }
  return number;
}

tl::unexpected<scenario::Error> script_error(const scenario::Location& where, std::string message) {
  return tl::unexpected(scenario::Error{where, std::move(message)});
}

}  // namespace plimsoll::properties::raft
