#include "checker/scenario/reader.hpp"

#include <algorithm>
#include <set>

#include "checker/scenario/suggestion.hpp"

namespace plimsoll::scenario {

MapReader::MapReader(const Node& node, std::string what, FirstError& errors)
    : node_(node), what_(std::move(what)), errors_(errors) {
  if (node.kind != Kind::mapping) {
    errors_.add(Error{node.where, "expected a mapping for " + quote(what_) + ", found " + describe(node)});
  }
}

const Node* MapReader::find(std::string_view name) {
  known_.push_back(name);
  const Node* found = node_.find(name);
  return found != nullptr && found->kind != Kind::null ? found : nullptr;
}

const Node* MapReader::find_required(std::string_view name) {
  const Node* found = find(name);
  if (found == nullptr && !missing_) {
    const Node* empty = node_.find(name);
    const std::string problem = empty == nullptr ? " is missing in " : " has no value in ";
    missing_ =
        Error{empty == nullptr ? node_.where : empty->where, "field " + quote(name) + problem + quote(what_)};
  }
  return found;
}

template <typename T>
std::optional<T> MapReader::take(std::string_view name, tl::expected<T, Error> value) {
  if (value) {
    return std::move(*value);
  }
  errors_.add(Error{value.error().where, quote(name) + ": " + value.error().message});
  return std::nullopt;
}

std::optional<std::string> MapReader::optional_string(std::string_view name) {
  const Node* value = find(name);
  return value == nullptr ? std::nullopt : take(name, as_string(*value));
}

std::string MapReader::string(std::string_view name) {
  const Node* value = find_required(name);
  return value == nullptr ? "" : take(name, as_string(*value)).value_or("");
}

std::optional<std::string> MapReader::optional_word(std::string_view name) {
  const Node* value = find(name);
  return value == nullptr ? std::nullopt : take(name, as_word(*value));
}

std::string MapReader::word(std::string_view name) {
  const Node* value = find_required(name);
  return value == nullptr ? "" : take(name, as_word(*value)).value_or("");
}

std::optional<bool> MapReader::optional_boolean(std::string_view name) {
  const Node* value = find(name);
  return value == nullptr ? std::nullopt : take(name, as_bool(*value));
}

bool MapReader::boolean(std::string_view name) {
  const Node* value = find_required(name);
  return value != nullptr && take(name, as_bool(*value)).value_or(false);
}

std::optional<std::uint64_t> MapReader::optional_uint(std::string_view name, UintRange range) {
  const Node* value = find(name);
  return value == nullptr ? std::nullopt : take(name, as_uint(*value, range));
}

std::uint64_t MapReader::uint(std::string_view name, UintRange range) {
  const Node* value = find_required(name);
  return value == nullptr ? range.min : take(name, as_uint(*value, range)).value_or(range.min);
}

std::optional<std::size_t> MapReader::optional_one_of(std::string_view name,
                                                      std::span<const std::string_view> words) {
  const Node* value = find(name);
  return value == nullptr ? std::nullopt : take(name, as_one_of(*value, words));
}

std::size_t MapReader::one_of(std::string_view name, std::span<const std::string_view> words) {
  const Node* value = find_required(name);
  return value == nullptr ? 0 : take(name, as_one_of(*value, words)).value_or(0);
}

std::optional<std::chrono::milliseconds> MapReader::optional_duration(std::string_view name) {
  const Node* value = find(name);
  return value == nullptr ? std::nullopt : take(name, as_duration(*value));
}

std::optional<std::uint64_t> MapReader::optional_memory_bytes(std::string_view name) {
  const Node* value = find(name);
  return value == nullptr ? std::nullopt : take(name, as_memory_bytes(*value));
}

const Node* MapReader::node(std::string_view name) {
  return find_required(name);
}

const Node* MapReader::optional_node(std::string_view name) {
  return find(name);
}

const Node* MapReader::optional_mapping(std::string_view name) {
  const Node* value = find(name);
  if (value == nullptr || value->kind == Kind::mapping) {
    return value;
  }
  fail(name, "expected a mapping, found " + describe(*value));
  return nullptr;
}

std::span<const Node> MapReader::optional_list(std::string_view name) {
  const Node* value = find(name);
  if (value == nullptr) {
    return {};
  }
  if (value->kind != Kind::sequence) {
    fail(name, "expected a list, found " + describe(*value));
  }
  return value->items;
}

std::vector<std::string> MapReader::optional_words(std::string_view name) {
  std::vector<std::string> words;
  std::set<std::string> seen;
  for (const Node& item : optional_list(name)) {
    auto word = take(name, as_word(item));
    if (!word) {
      return words;
    }
    if (!seen.insert(*word).second) {
      errors_.add(Error{item.where, quote(name) + ": " + quote(*word) + " is listed twice"});
    }
    words.push_back(std::move(*word));
  }
  return words;
}

std::vector<std::string> MapReader::optional_strings(std::string_view name) {
  std::vector<std::string> strings;
  for (const Node& item : optional_list(name)) {
    strings.push_back(take(name, as_string(item)).value_or(""));
  }
  return strings;
}

std::vector<Count> MapReader::optional_counts(std::string_view name, UintRange range) {
  std::vector<Count> counts;
  const Node* mapping = optional_mapping(name);
  if (mapping == nullptr) {
    return counts;
  }
  for (const Entry& entry : mapping->entries) {
    auto word = take(name, as_word(entry.key));
    const auto count = take(entry.key.text, as_uint(entry.value, range));
    if (!word || !count) {
      return counts;
    }
    counts.push_back(Count{std::move(*word), static_cast<std::uint32_t>(*count), entry.key.where});
  }
  return counts;
}

std::vector<std::pair<std::string, std::string>> MapReader::optional_string_map(std::string_view name) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const Node* mapping = optional_mapping(name);
  if (mapping == nullptr) {
    return pairs;
  }
  for (const Entry& entry : mapping->entries) {
    auto value = take(entry.key.text, as_string(entry.value));
    if (!value) {
      return pairs;
    }
    pairs.emplace_back(entry.key.text, std::move(*value));
  }
  return pairs;
}

void MapReader::refuse(std::string_view name, std::string_view reason) {
  for (const Entry& entry : node_.entries) {
    if (entry.key.text != name) {
      continue;
    }
    errors_.add(
        Error{entry.key.where, "field " + quote(name) + " of " + quote(what_) + " " + std::string(reason)});
  }
}

void MapReader::finish() {
  for (const Entry& entry : node_.entries) {
    if (std::ranges::count(known_, entry.key.text) > 0) {
      continue;
    }
    errors_.add(Error{entry.key.where, "unknown field " + quote(entry.key.text) + " in " + quote(what_) +
                                           suggestion(entry.key.text, known_)});
    break;
  }
  // A node of the wrong kind has been reported already, and what it lacks is no news.
  if (missing_ && node_.kind == Kind::mapping) {
    errors_.add(*missing_);
  }
}

void MapReader::fail(std::string_view name, std::string message) {
  const Node* value = node_.find(name);
  errors_.add(Error{value == nullptr ? node_.where : value->where, quote(name) + ": " + std::move(message)});
}

}  // namespace plimsoll::scenario
