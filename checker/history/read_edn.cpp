#include <limits>

#include "checker/history/edn.hpp"
#include "checker/history/read.hpp"
#include "checker/history/recorder.hpp"
#include "checker/scenario/location.hpp"
#include "impl/base/quoted.hpp"

namespace plimsoll::history {
namespace {

using scenario::Error;
using Done = tl::expected<void, Error>;

/// Feeds the recorder the maps of one text.
class Maps {
 public:
  Maps(const std::string& file, Recorder& recorder) : file_(file), recorder_(recorder) {}

  [[nodiscard]] Done add(const Edn& map) {
    if (map.kind != EdnKind::map) {
      return refuse(map, "expected a map with :process, :type, :f and :value");
    }
    Event event;
    event.where = place(map);
    const Edn* process = map.find("process");
    const Edn* type = map.find("type");
    const Edn* verb = map.find("f");
    if (process == nullptr || type == nullptr || verb == nullptr) {
      return refuse(map, std::string("expected :") +
                             (process == nullptr ? "process" : (type == nullptr ? "type" : "f")) +
                             " in this map");
    }
    if (process->kind == EdnKind::keyword) {
      return {};  // the nemesis
    }
    if (!read_process(*process, event.process)) {
      return refuse(*process, "expected the number of a process, found " + base::quoted(process->text));
    }
    const auto event_type = event_type_of(type->text);
    if (type->kind != EdnKind::keyword || !event_type) {
      return refuse(*type, event_type_expected(type->text));
    }
    const auto known_verb = verb_of(verb->text);
    if (verb->kind != EdnKind::keyword || !known_verb) {
      return refuse(*verb, verb_expected(verb->text));
    }
    event.type = *event_type;
    event.verb = *known_verb;
    return read_values(map, event).and_then([&] { return recorder_.add(event); });
  }

 private:
  [[nodiscard]] scenario::Location place(const Edn& element) const {
    return {file_, element.line, element.column};
  }
  [[nodiscard]] Done refuse(const Edn& element, std::string message) const {
    return tl::unexpected(Error{place(element), std::move(message)});
  }

  static bool read_process(const Edn& element, std::uint32_t& process) {
    constexpr std::size_t digits_max = 9;
    if (element.kind != EdnKind::integer || element.text.front() == '-' || element.text.size() > digits_max) {
      return false;
    }
    process = static_cast<std::uint32_t>(std::stoul(element.text));
    return true;
  }

  [[nodiscard]] std::optional<Value> value_of(const Edn& element) {
    switch (element.kind) {
      case EdnKind::nil:
        return nil;
      case EdnKind::string:
        return recorder_.values().string(element.text);
      case EdnKind::boolean:
      case EdnKind::integer:
        return recorder_.values().word(element.text);
      default:
        return std::nullopt;
    }
  }

  [[nodiscard]] Done read_values(const Edn& map, Event& event) {
    event.has_error = map.find("error") != nullptr;
    event.value_where = event.where;
    if (const Edn* key = map.find("key"); key != nullptr) {
      const auto known = value_of(*key);
      if (!known) {
        return refuse(*key, "expected a key: a string, a whole number, a boolean or nil");
      }
      event.key = *known;
    }
    const Edn* value = map.find("value");
    if (value == nullptr) {
      return {};
    }
    event.value_where = place(*value);
    event.shape = Shape::remark;
    if (value->kind == EdnKind::sequence && value->elements.size() == 2) {
      const auto first = value_of(value->elements[0]);
      const auto second = value_of(value->elements[1]);
      if (first && second) {
        event.shape = Shape::pair;
        event.first = *first;
        event.second = *second;
      }
    } else if (const auto one = value_of(*value)) {
      event.shape = *one == nil ? Shape::nothing : Shape::one;
      event.first = *one;
    }
    return {};
  }

  const std::string& file_;
  Recorder& recorder_;
};

}  // namespace

tl::expected<History, Error> read_edn(std::string_view text, const std::string& file,
                                      std::optional<Model> model) {
  Recorder recorder(model);
  Maps maps(file, recorder);
  EdnReader reader(text, file);
  while (!reader.at_end()) {
    const auto element = reader.next();
    if (!element) {
      return tl::unexpected(element.error());
    }
    if (element->kind != EdnKind::sequence) {
      if (const Done added = maps.add(*element); !added) {
        return tl::unexpected(added.error());
      }
      continue;
    }
    for (const Edn& map : element->elements) {
      if (const Done added = maps.add(map); !added) {
        return tl::unexpected(added.error());
      }
    }
  }
  return std::move(recorder).finish(reader.here());
}

}  // namespace plimsoll::history
