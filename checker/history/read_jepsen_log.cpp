#include <algorithm>
#include <vector>

#include "checker/history/read.hpp"
#include "checker/history/recorder.hpp"
#include "impl/base/quoted.hpp"

namespace plimsoll::history {
namespace {

using scenario::Error;
using Done = tl::expected<void, Error>;

/// A field of a line, and where it begins.
struct Field {
  std::string_view text;
  std::uint32_t column = 1;
};

std::vector<Field> fields_of(std::string_view line) {
  constexpr std::string_view blanks = " \t\r";
  std::vector<Field> fields;
  for (std::size_t first = line.find_first_not_of(blanks); first != std::string_view::npos;) {
    // A pair is one field, with the blank in it.
    const std::size_t from = line[first] == '[' ? std::min(line.find(']', first), line.size() - 1) : first;
    const std::size_t end = std::min(line.find_first_of(blanks, from), line.size());
    fields.push_back({line.substr(first, end - first), static_cast<std::uint32_t>(first + 1)});
    first = line.find_first_not_of(blanks, end);
  }
  return fields;
}

bool is_integer(std::string_view text) {
  if (text.starts_with('-')) {
    text.remove_prefix(1);
  }
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos &&
         (text.size() == 1 || text.front() != '0');
}

/// `:word` without the colon; nothing without one.
std::string_view word_of(std::string_view text) {
  return text.starts_with(':') ? text.substr(1) : std::string_view();
}

/// Feeds the recorder the lines of one log.
class Lines {
 public:
  Lines(const std::string& file, Recorder& recorder) : file_(file), recorder_(recorder) {}

  [[nodiscard]] Done add(std::string_view text, std::uint32_t line) {
    line_ = line;
    const std::vector<Field> fields = fields_of(text);
    if (fields.empty()) {
      return {};
    }
    constexpr std::size_t prefix = 3;
    constexpr std::size_t count = prefix + 4;
    if (fields.size() < prefix || fields[1].text != "jepsen.util" || fields[2].text != "-") {
      return refuse(fields[0], "expected INFO jepsen.util - PROCESS :TYPE :F VALUE");
    }
    if (fields.size() > prefix && fields[prefix].text.starts_with(':')) {
      return {};  // the nemesis
    }
    if (fields.size() != count) {
      return refuse(fields.size() > count ? fields[count] : fields.back(),
                    "expected a process, a type, an operation and a value after the dash");
    }
    return add_event(fields[prefix], fields[prefix + 1], fields[prefix + 2], fields[prefix + 3]);
  }

 private:
  [[nodiscard]] Done refuse(const Field& field, std::string message) const {
    return tl::unexpected(Error{{file_, line_, field.column}, std::move(message)});
  }

  [[nodiscard]] Done add_event(const Field& process, const Field& type, const Field& verb,
                               const Field& value) {
    constexpr std::size_t digits_max = 9;
    if (!is_integer(process.text) || process.text.front() == '-' || process.text.size() > digits_max) {
      return refuse(process, "expected the number of a process, found " + base::quoted(process.text));
    }
    const auto event_type = event_type_of(word_of(type.text));
    if (!event_type) {
      return refuse(type, event_type_expected(type.text));
    }
    const auto known_verb = verb_of(word_of(verb.text));
    if (!known_verb) {
      return refuse(verb, verb_expected(verb.text));
    }
    Event event;
    event.process = static_cast<std::uint32_t>(std::stoul(std::string(process.text)));
    event.type = *event_type;
    event.verb = *known_verb;
    event.where = {file_, line_, process.column};
    event.value_where = {file_, line_, value.column};
    if (!read_value(value.text, event)) {
      return refuse(value, "expected nil, a whole number, a pair of them or a keyword, found " +
                               base::quoted(value.text));
    }
    return recorder_.add(event);
  }

  [[nodiscard]] std::optional<Value> value_of(std::string_view text) {
    if (text == "nil") {
      return nil;
    }
    return is_integer(text) ? std::optional(recorder_.values().word(text)) : std::nullopt;
  }

  bool read_value(std::string_view text, Event& event) {
    if (text.starts_with(':')) {
      event.shape = Shape::remark;
      return text.size() > 1;
    }
    if (const auto one = value_of(text)) {
      event.shape = *one == nil ? Shape::nothing : Shape::one;
      event.first = *one;
      return true;
    }
    const std::size_t blank = text.find(' ');
    if (!text.starts_with('[') || !text.ends_with(']') || blank == std::string_view::npos) {
      return false;
    }
    const auto first = value_of(text.substr(1, blank - 1));
    const auto second = value_of(text.substr(blank + 1, text.size() - blank - 2));
    if (!first || !second) {
      return false;
    }
    event.shape = Shape::pair;
    event.first = *first;
    event.second = *second;
    return true;
  }

  const std::string& file_;
  Recorder& recorder_;
  std::uint32_t line_ = 0;
};

}  // namespace

tl::expected<History, Error> read_jepsen_log(std::string_view text, const std::string& file,
                                             std::optional<Model> model) {
  return record_lines<Lines>(text, file, model);
}

}  // namespace plimsoll::history
