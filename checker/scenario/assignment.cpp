#include "checker/scenario/assignment.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "checker/scenario/scalar.hpp"
#include "checker/scenario/suggestion.hpp"
#include "checker/scenario/yaml.hpp"

namespace plimsoll::scenario {
namespace {

tl::expected<std::vector<std::string>, Error> split(std::string_view path, const Location& where) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '\\' && i + 1 < path.size() && path[i + 1] == '.') {
      parts.back() += path[++i];
    } else if (path[i] == '.') {
      parts.emplace_back();
    } else {
      parts.back() += path[i];
    }
  }
  const bool has_gap = std::ranges::any_of(parts, [](const std::string& part) { return part.empty(); });
  if (has_gap) {
    return tl::unexpected(Error{where, "the path " + quote(path) + " has an empty part"});
  }
  return parts;
}

/// Moves locations of a value that was parsed by itself to where it stands in the option.
void shift_columns(Node& node, std::uint32_t columns) {
  if (node.where.line == 1) {
    node.where.column += columns;
  }
  for (Node& item : node.items) {
    shift_columns(item, columns);
  }
  for (Entry& entry : node.entries) {
    shift_columns(entry.key, columns);
    shift_columns(entry.value, columns);
  }
}

std::string joined(const std::vector<std::string>& path, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += (i > 0 ? "." : "") + path[i];
  }
  return text.empty() ? "the scenario" : quote(text);
}

std::string suggestion_among(const std::string& name, const Node& mapping) {
  std::vector<std::string_view> names;
  for (const Entry& entry : mapping.entries) {
    names.push_back(entry.key.text);
  }
  return suggestion(name, names);
}

Node make_node(Kind kind, std::string text, const Location& where) {
  Node node;
  node.kind = kind;
  node.text = std::move(text);
  node.where = where;
  return node;
}

Node& insert(Node& mapping, const std::string& name, const Location& where) {
  mapping.entries.push_back(Entry{make_node(Kind::scalar, name, where), make_node(Kind::null, "", where)});
  return mapping.entries.back().value;
}

/// The value that path[depth] names within `parent`, or null if there is none; a new one if it may be
/// created.
tl::expected<Node*, Error> descend(Node& parent, const Assignment& assignment, std::size_t depth) {
  const std::string& part = assignment.path[depth];
  const bool is_last = depth + 1 == assignment.path.size();
  const auto fail = [&](const std::string& reason) {
    return tl::unexpected(Error{assignment.where, joined(assignment.path, depth) + reason});
  };
  if (parent.kind == Kind::sequence) {
    const auto index = parse_uint(part);
    if (!index) {
      return fail(" is a list and needs an index, not " + quote(part));
    }
    if (*index >= parent.items.size()) {
      return fail(" has " + std::to_string(parent.items.size()) + " items, so there is no index " + part);
    }
    return &parent.items[static_cast<std::size_t>(*index)];
  }
  // `faults:` without a value is an empty mapping to whoever sets faults.crash.
  if (parent.kind == Kind::null && depth == 1) {
    parent.kind = Kind::mapping;
  }
  if (parent.kind != Kind::mapping) {
    return fail(" is not a mapping, so it has no " + quote(part));
  }
  if (Node* value = parent.find(part)) {
    return value;
  }
  if (is_last) {
    return &insert(parent, part, assignment.where);
  }
  if (depth > 0) {
    return fail(" has no " + quote(part) + suggestion_among(part, parent));
  }
  Node& created = insert(parent, part, assignment.where);
  created.kind = Kind::mapping;
  return &created;
}

}  // namespace

tl::expected<Assignment, Error> parse_assignment(std::string_view option) {
  const Location where{"--set " + quote(option), 1, 1};
  const std::size_t equals = option.find('=');
  if (equals == std::string_view::npos) {
    return tl::unexpected(Error{where, "expected PATH=VALUE"});
  }
  auto path = split(option.substr(0, equals), where);
  if (!path) {
    return tl::unexpected(path.error());
  }
  auto values = parse_yaml(option.substr(equals + 1), where.file);
  if (!values) {
    Error error = values.error();
    error.where.column += error.where.line == 1 ? static_cast<std::uint32_t>(equals + 1) : 0;
    return tl::unexpected(std::move(error));
  }
  if (values->empty() || values->front().kind == Kind::null) {
    return tl::unexpected(Error{where, "expected a value behind '='"});
  }
  if (values->size() > 1) {
    return tl::unexpected(Error{where, "expected one value behind '='"});
  }
  shift_columns(values->front(), static_cast<std::uint32_t>(equals + 1));
  return Assignment{std::move(*path), std::move(values->front()), where};
}

tl::expected<Assignment, Error> make_assignment(const Entry& entry) {
  auto path = split(entry.key.text, entry.key.where);
  if (!path) {
    return tl::unexpected(path.error());
  }
  return Assignment{std::move(*path), entry.value, entry.key.where};
}

tl::expected<void, Error> assign(Node& document, const Assignment& assignment,
                                 std::span<const std::string_view> top_level_fields) {
  const std::string& first = assignment.path.front();
  if (std::ranges::count(top_level_fields, first) == 0) {
    return tl::unexpected(Error{
        assignment.where, "a scenario has no field " + quote(first) + suggestion(first, top_level_fields)});
  }
  Node* place = &document;
  for (std::size_t depth = 0; depth < assignment.path.size(); ++depth) {
    const auto next = descend(*place, assignment, depth);
    if (!next) {
      return tl::unexpected(next.error());
    }
    place = *next;
  }
  *place = assignment.value;
  return {};
}

}  // namespace plimsoll::scenario
