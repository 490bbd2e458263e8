#include <algorithm>
#include <array>
#include <charconv>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>

#include "checker/history/read.hpp"
#include "checker/history/recorder.hpp"
#include "checker/history/store_json.hpp"
#include "impl/base/quoted.hpp"

namespace plimsoll::history {
namespace {

namespace json = boost::json;
using scenario::Error;
using Done = tl::expected<void, Error>;

/// The byte of `line` at which the value of a top-level member begins. Requires: `line` is a JSON object.
std::size_t find_member(std::string_view line, std::string_view name) {
  const std::string quoted_name = '"' + std::string(name) + '"';
  int depth = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '{' || line[i] == '[') {
      ++depth;
    } else if (line[i] == '}' || line[i] == ']') {
      --depth;
    } else if (line[i] == '"') {
      const std::size_t start = i;
      for (++i; line[i] != '"'; ++i) {
        i += line[i] == '\\' ? 1 : 0;
      }
      const std::size_t next = line.find_first_not_of(" \t", i + 1);
      const bool is_name = depth == 1 && next != std::string_view::npos && line[next] == ':';
      if (is_name && line.substr(start, i + 1 - start) == quoted_name) {
        return std::min(line.find_first_not_of(" \t", next + 1), line.size() - 1);
      }
    }
  }
  return 0;
}

/// Feeds the recorder the lines of one text.
class Lines {
 public:
  Lines(const std::string& file, Recorder& recorder) : file_(file), recorder_(recorder) {}

  [[nodiscard]] Done add(std::string_view line, std::uint32_t number) {
    line_ = line;
    number_ = number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
      return {};
    }
    json::monotonic_resource memory(buffer_, sizeof buffer_);
    parser_.reset(&memory);
    json::error_code error;
    const std::size_t read = parser_.write_some(line.data(), line.size(), error);
    const std::size_t junk = error ? read : line.find_first_not_of(" \t\r", read);
    if (error || junk != std::string_view::npos) {
      return refuse(junk, error ? "expected a JSON object on this line: " + error.message()
                                : std::string("expected the end of the line after the JSON object"));
    }
    const json::value value = parser_.release();
    if (!value.is_object()) {
      return refuse(0, "expected a JSON object with process, type, f and value");
    }
    return add_object(value.get_object());
  }

 private:
  [[nodiscard]] scenario::Location place(std::size_t byte) const {
    const std::string_view before = line_.substr(0, byte);
    const auto characters = std::ranges::count_if(
        before, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; });
    return {file_, number_, static_cast<std::uint32_t>(characters + 1)};
  }
  [[nodiscard]] Done refuse(std::size_t byte, std::string message) const {
    return tl::unexpected(Error{place(byte), std::move(message)});
  }
  [[nodiscard]] Done refuse_member(std::string_view name, std::string message) const {
    return refuse(find_member(line_, name), std::move(message));
  }

  [[nodiscard]] Done add_object(const json::object& object) {
    for (const std::string_view name : {"process", "type", "f"}) {
      if (!object.contains(name)) {
        return refuse(0, "expected " + std::string(name) + " in this object");
      }
    }
    Event event;
    const json::value& process = object.at("process");
    if (process.is_string()) {
      return {};  // the nemesis
    }
    if (!process.is_int64() || process.get_int64() < 0 || process.get_int64() > 999'999'999) {
      return refuse_member(
          "process", "expected the number of a process, found " + base::quoted(json::serialize(process)));
    }
    const auto event_type = event_type_of(text_of(object.at("type")));
    if (!event_type) {
      return refuse_member("type", event_type_expected(text_of(object.at("type"))));
    }
    event.process = static_cast<std::uint32_t>(process.get_int64());
    event.type = *event_type;
    event.where = {{}, number_, 1};
    event.has_error = object.contains("error");
    const std::string_view name = text_of(object.at("f"));
    if (name == "watch") {
      return add_watch(object, event);
    }
    const auto store_verb = store_verb_of(name);
    if (store_verb && (*store_verb != StoreVerb::put || is_exchange(object, event))) {
      return add_exchange(object, *store_verb, event);
    }
    const auto verb = verb_of(name);
    if (!verb || *verb == Verb::exchange) {
      return refuse_member("f", verb_expected(text_of(object.at("f"))));
    }
    event.verb = *verb;
    return add_event(object, event);
  }

  [[nodiscard]] Done add_event(const json::object& object, Event& event) {
    event.value_where = {{}, 0, 0};
    if (const json::value* key = object.if_contains("key")) {
      const auto known = value_of(*key);
      if (!known) {
        return refuse_member("key", "expected a key: a string, a whole number, a boolean or null");
      }
      event.key = *known;
    }
    if (const json::value* value = object.if_contains("value")) {
      read_value(*value, event);
    }
    if (!read_number(object, "revision", event.revision)) {
      return refuse_member("revision", "expected a whole number for the revision");
    }
    if (!read_number(object, "mod_revision", event.mod_revision)) {
      return refuse_member("mod_revision", "expected a whole number for the mod_revision");
    }
    // Places cost more than all the rest of a line, and are seldom needed.
    return recorder_.add(event).map_error([&](const Error& error) {
      const bool is_about_value = error.where.line == 0;
      return Error{place(is_about_value ? find_member(line_, "value") : 0), error.message};
    });
  }

  static std::optional<StoreVerb> store_verb_of(std::string_view name) {
    static constexpr std::array<std::string_view, 4> names = {"range", "put", "delete", "txn"};
    const auto found = std::ranges::find(names, name);
    return found == names.end() ? std::nullopt : std::optional(static_cast<StoreVerb>(found - names.begin()));
  }

  /// A put may be one of a key-value store that knows no revisions.
  [[nodiscard]] bool is_exchange(const json::object& object, const Event& event) const {
    return object.contains("request") || object.contains("response") ||
           recorder_.asked_by(event.process) != nullptr;
  }

  [[nodiscard]] Done add_exchange(const json::object& object, StoreVerb verb, Event& event) {
    event.verb = Verb::exchange;
    if (event.type == EventType::invoke) {
      const json::value* member = object.if_contains("request");
      if (member == nullptr) {
        return refuse(0, "expected request in this object");
      }
      auto request = read_request(verb, *member);
      if (!request) {
        return refuse_member("request", request.error());
      }
      event.exchange.request = std::move(*request);
    } else if (const StoreRequest* asked = recorder_.asked_by(event.process)) {
      if (asked->index() != static_cast<std::size_t>(verb)) {
        return refuse_member("f", "expected the return of what process " + std::to_string(event.process) +
                                      " asked for, found one of " + std::string(text_of(object.at("f"))));
      }
      if (event.type == EventType::ok) {
        const json::value* member = object.if_contains("response");
        if (member == nullptr) {
          return refuse(0, "expected response in this object");
        }
        auto answer = read_answer(*asked, *member);
        if (!answer) {
          return refuse_member("response", answer.error());
        }
        event.exchange.result = std::move(answer->result);
        event.revision = answer->revision;
      }
    }
    return recorder_.add(event).map_error([&](const Error& error) { return Error{place(0), error.message}; });
  }

  [[nodiscard]] Done add_watch(const json::object& object, const Event& event) {
    const bool is_request = event.type == EventType::invoke;
    if (!is_request && event.type != EventType::ok) {
      return {};  // the stream ended
    }
    const std::string_view name = is_request ? "request" : "response";
    const json::value* member = object.if_contains(name);
    if (member == nullptr) {
      return refuse(0, "expected " + std::string(name) + " in this object");
    }
    WatchMessage message;
    message.client = event.process;
    const auto keep = [&](auto read) -> Done {
      if (!read) {
        return refuse_member(name, read.error());
      }
      message.body = std::move(*read);
      return {};
    };
    const Done read = is_request ? keep(read_watch_request(*member)) : keep(read_watch_response(*member));
    return read.and_then([&] { return recorder_.add(std::move(message), place(0)); });
  }

  /// A number or a string of digits. False: it is something else.
  static bool read_number(const json::object& object, std::string_view name, std::uint64_t& number) {
    const json::value* member = object.if_contains(name);
    if (member == nullptr || member->is_null()) {
      return true;
    }
    if (member->is_int64()) {
      number = static_cast<std::uint64_t>(std::max<std::int64_t>(member->get_int64(), 0));
      return member->get_int64() >= 0;
    }
    const std::string_view digits = member->is_string() ? std::string_view(member->get_string()) : "";
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return !digits.empty() && error == std::errc() && end == digits.data() + digits.size();
  }

  void read_value(const json::value& value, Event& event) {
    event.shape = Shape::remark;
    if (value.is_array() && value.get_array().size() == 2) {
      const auto first = value_of(value.get_array()[0]);
      const auto second = value_of(value.get_array()[1]);
      if (first && second) {
        event.shape = Shape::pair;
        event.first = *first;
        event.second = *second;
      }
    } else if (const auto one = value_of(value)) {
      event.shape = *one == nil ? Shape::nothing : Shape::one;
      event.first = *one;
    }
  }

  static std::string_view text_of(const json::value& value) {
    return value.is_string() ? std::string_view(value.get_string()) : std::string_view("no string");
  }

  [[nodiscard]] std::optional<Value> value_of(const json::value& value) {
    if (value.is_null()) {
      return nil;
    }
    if (value.is_string()) {
      return recorder_.values().string(std::string_view(value.get_string()));
    }
    if (value.is_bool()) {
      return recorder_.values().word(value.get_bool() ? "true" : "false");
    }
    if (value.is_int64() || value.is_uint64()) {
      const std::string digits = json::serialize(value);
      return recorder_.values().word(digits);
    }
    return std::nullopt;
  }

  const std::string& file_;
  Recorder& recorder_;
  std::string_view line_;
  std::uint32_t number_ = 0;
  json::parser parser_ = {};
  unsigned char buffer_[4096] = {};
};

}  // namespace

tl::expected<History, Error> read_ndjson(std::string_view text, const std::string& file,
                                         std::optional<Model> model) {
  return record_lines<Lines>(text, file, model);
}

}  // namespace plimsoll::history
