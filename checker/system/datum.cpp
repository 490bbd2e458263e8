#include "checker/system/datum.hpp"

#include <algorithm>

namespace plimsoll::checker {
namespace {

using base::ByteReader;
using base::Schema;

Datum read(const Schema& schema, ByteReader& in);

Datum read_elements(const Schema& schema, ByteReader& in) {
  Datum datum;
  datum.kind = Datum::Kind::list;
  for (std::uint64_t left = in.get_unsigned(); left > 0; --left) {
    datum.items.push_back(read(*schema.children[0], in));
  }
  return datum;
}

Datum read_map(const Schema& schema, ByteReader& in) {
  Datum datum;
  datum.kind = Datum::Kind::map;
  for (std::uint64_t left = in.get_unsigned(); left > 0; --left) {
    std::string key = to_line(read(*schema.children[0], in));
    datum.members.emplace_back(std::move(key), read(*schema.children[1], in));
  }
  return datum;
}

Datum read_structure(const Schema& schema, ByteReader& in) {
  Datum datum;
  datum.kind = Datum::Kind::record;
  const std::size_t options_from = schema.children.size() - schema.options.size();
  for (std::size_t i = 0; i < schema.children.size(); ++i) {
    ByteReader before = in;
    Datum value = read(*schema.children[i], in);
    const base::BytesView bytes = before.get_raw(before.left() - in.left());
    if (i < options_from || bytes != base::BytesView(schema.options[i - options_from])) {
      datum.members.emplace_back(schema.names[i], std::move(value));
    }
  }
  return datum;
}

Datum read_variant(const Schema& schema, ByteReader& in) {
  const auto index = static_cast<std::size_t>(in.get_unsigned());
  PLIMSOLL_ASSERT(index < schema.children.size());
  Datum value = read(*schema.children[index], in);
  if (value.kind == Datum::Kind::record && value.members.empty()) {
    return Datum::of_text(schema.names[index]);
  }
  return Datum::of_record({{schema.names[index], std::move(value)}});
}

Datum read(const Schema& schema, ByteReader& in) {
  switch (schema.kind) {
    case Schema::Kind::boolean:
      return Datum::of_boolean(in.get_unsigned() != 0);
    case Schema::Kind::unsigned_number:
    case Schema::Kind::process_id:
      return Datum::of_number(in.get_unsigned());
    case Schema::Kind::signed_number: {
      Datum datum = Datum::of_number(0);
      datum.text = std::to_string(in.get_signed());
      return datum;
    }
    case Schema::Kind::enumeration: {
      const auto index = static_cast<std::size_t>(in.get_unsigned());
      PLIMSOLL_ASSERT(index < schema.names.size());
      return Datum::of_text(schema.names[index]);
    }
    case Schema::Kind::text:
      return Datum::of_text(std::string(in.get_text()));
    case Schema::Kind::scalar:
      return Datum::of_text(schema.scalar_text(in));
    case Schema::Kind::structure:
      return read_structure(schema, in);
    case Schema::Kind::sequence:
    case Schema::Kind::set:
      return read_elements(schema, in);
    case Schema::Kind::map:
      return read_map(schema, in);
    case Schema::Kind::optional:
      return in.get_unsigned() == 0 ? Datum{} : read(*schema.children[0], in);
    case Schema::Kind::variant:
      return read_variant(schema, in);
  }
  PLIMSOLL_ASSERT(false);
}

/// Bytes that are no ASCII text would change the terminal, or not be shown: they become \xNN.
std::string printable(const std::string& text) {
  const auto is_shown = [](char byte) { return byte >= ' ' && byte <= '~'; };
  if (std::ranges::all_of(text, is_shown)) {
    return text;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string shown;
  for (const char byte : text) {
    if (is_shown(byte)) {
      shown += byte;
    } else {
      const auto bits = static_cast<unsigned char>(byte);
      shown += {'\\', 'x', digits[bits >> 4U], digits[bits & 0xfU]};
    }
  }
  return shown;
}

std::string some_items(const Datum& list, std::size_t first, std::size_t last, bool brief) {
  if (first == last) {
    return "(none)";
  }
  std::string line;
  for (std::size_t i = first; i < last; ++i) {
    line += (i > first ? ", " : "") + (brief ? to_brief(list.items[i]) : to_line(list.items[i]));
  }
  return line;
}

void find_list_difference(const std::string& path, const Datum& before, const Datum& after,
                          std::vector<Difference>& out) {
  const std::size_t shorter = std::min(before.items.size(), after.items.size());
  std::size_t first = 0;
  while (first < shorter && before.items[first] == after.items[first]) {
    ++first;
  }
  std::size_t same = 0;
  while (same < shorter - first &&
         before.items[before.items.size() - 1 - same] == after.items[after.items.size() - 1 - same]) {
    ++same;
  }
  const std::size_t before_end = before.items.size() - same;
  const std::size_t after_end = after.items.size() - same;
  Difference difference{path + "[" + std::to_string(first) + "]", some_items(before, first, before_end, true),
                        some_items(after, first, after_end, true)};
  // What reads the same in brief differs in what was left out.
  if (difference.before == difference.after) {
    difference.before = some_items(before, first, before_end, false);
    difference.after = some_items(after, first, after_end, false);
  }
  out.push_back(std::move(difference));
}

void find_differences(const std::string& path, const Datum& before, const Datum& after,
                      std::vector<Difference>& out) {
  if (before == after) {
    return;
  }
  if (before.kind == Datum::Kind::list && after.kind == Datum::Kind::list) {
    find_list_difference(path, before, after, out);
    return;
  }
  const bool same_shape =
      before.kind == after.kind && (after.kind == Datum::Kind::record || after.kind == Datum::Kind::map);
  if (!same_shape) {
    out.push_back({path, to_line(before), to_line(after)});
    return;
  }
  const bool is_map = after.kind == Datum::Kind::map;
  const auto child = [&](const std::string& name) {
    if (is_map) {
      return path + "[" + name + "]";
    }
    return path.empty() ? name : path + "." + name;
  };
  for (const auto& [name, value] : after.members) {
    if (const Datum* old = before.member(name)) {
      find_differences(child(name), *old, value, out);
    } else {
      out.push_back({child(name), "(none)", to_line(value)});
    }
  }
  for (const auto& [name, value] : before.members) {
    if (after.member(name) == nullptr) {
      out.push_back({child(name), to_line(value), "(none)"});
    }
  }
}

}  // namespace

Datum Datum::of_text(std::string text) {
  Datum datum;
  datum.kind = Kind::text;
  datum.text = std::move(text);
  return datum;
}

Datum Datum::of_number(std::uint64_t number) {
  Datum datum;
  datum.kind = Kind::number;
  datum.text = std::to_string(number);
  return datum;
}

Datum Datum::of_boolean(bool value) {
  Datum datum;
  datum.kind = Kind::boolean;
  datum.text = value ? "true" : "false";
  return datum;
}

Datum Datum::of_list(std::vector<Datum> items) {
  Datum datum;
  datum.kind = Kind::list;
  datum.items = std::move(items);
  return datum;
}

Datum Datum::of_record(std::vector<Member> members) {
  Datum datum;
  datum.kind = Kind::record;
  datum.members = std::move(members);
  return datum;
}

const Datum* Datum::member(std::string_view name) const {
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const Member& m) { return m.first == name; });
  return found == members.end() ? nullptr : &found->second;
}

Datum to_datum(const Schema& schema, base::BytesView bytes) {
  ByteReader in(bytes);
  Datum datum = read(schema, in);
  PLIMSOLL_ASSERT(in.at_end());
  return datum;
}

std::string hexadecimal(base::BytesView bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text += digits[static_cast<unsigned char>(byte) >> 4U];
    text += digits[static_cast<unsigned char>(byte) & 15U];
  }
  return text;
}

std::string to_line(const Datum& datum) {
  switch (datum.kind) {
    case Datum::Kind::absent:
      return "none";
    case Datum::Kind::boolean:
    case Datum::Kind::number:
      return datum.text;
    case Datum::Kind::text:
      return printable(datum.text);
    case Datum::Kind::list: {
      std::string line = "[";
      for (const Datum& item : datum.items) {
        if (line.size() > 1) {
          line += ", ";
        }
        line += to_line(item);
      }
      return line + "]";
    }
    case Datum::Kind::record:
    case Datum::Kind::map: {
      std::string line = "{";
      for (const auto& [name, value] : datum.members) {
        if (line.size() > 1) {
          line += ", ";
        }
        line += name + ": " + to_line(value);
      }
      return line + "}";
    }
  }
  PLIMSOLL_ASSERT(false);
}

std::string to_brief(const Datum& datum) {
  if (datum.kind == Datum::Kind::list) {
    std::string line = "[";
    for (const Datum& item : datum.items) {
      line += (line.size() > 1 ? ", " : "") + to_brief(item);
    }
    return line + "]";
  }
  if (datum.kind != Datum::Kind::record && datum.kind != Datum::Kind::map) {
    return to_line(datum);
  }
  std::vector<std::string> members;
  for (const auto& [name, value] : datum.members) {
    const bool empty = value.kind == Datum::Kind::absent ||
                       (value.kind == Datum::Kind::text && value.text.empty()) ||
                       (value.kind == Datum::Kind::list && value.items.empty());
    if (empty) {
      continue;
    }
    const std::string text = to_brief(value);
    const bool nested = value.kind == Datum::Kind::record && text.front() == '{';
    members.push_back(name + (nested ? text : ": " + text));
  }
  if (datum.members.size() == 1 && members.size() == 1) {
    return members.front();
  }
  std::string line = "{";
  for (const std::string& member : members) {
    line += (line.size() > 1 ? ", " : "") + member;
  }
  return line + "}";
}

std::vector<Difference> differences(const Datum& before, const Datum& after) {
  std::vector<Difference> found;
  find_differences("", before, after, found);
  return found;
}

}  // namespace plimsoll::checker
