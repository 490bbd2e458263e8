#include "checker/history/read.hpp"

namespace plimsoll::history {

Format format_of(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n,";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) {
    return Format::ndjson;
  }
  switch (text[first]) {
    case '[':
    case ';':
      return Format::edn;
    case '{': {
      const std::size_t next = text.find_first_not_of(blanks, first + 1);
      return next != std::string_view::npos && text[next] == ':' ? Format::edn : Format::ndjson;
    }
    default:
      return Format::jepsen_log;
  }
}

tl::expected<History, scenario::Error> read(std::string_view text, const std::string& file,
                                            std::optional<Model> model) {
  switch (format_of(text)) {
    case Format::jepsen_log:
      return read_jepsen_log(text, file, model);
    case Format::edn:
      return read_edn(text, file, model);
    case Format::ndjson:
      return read_ndjson(text, file, model);
  }
  return read_ndjson(text, file, model);
}

}  // namespace plimsoll::history
