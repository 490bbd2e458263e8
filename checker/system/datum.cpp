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
  for (std::uint64_t left = in.get_unsigned(); left > 0; --left) datum.items.push_back(read(*schema.children[0], in));
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
  for (std::size_t i = 0; i < schema.children.size(); ++i) {
    datum.members.emplace_back(schema.names[i], read(*schema.children[i], in));
  }
  return datum;
}

Datum read_variant(const Schema& schema, ByteReader& in) {
  const auto index = static_cast<std::size_t>(in.get_unsigned());
  PLIMSOLL_ASSERT(index < schema.children.size());
  Datum value = read(*schema.children[index], in);
  if (value.kind == Datum::Kind::record && value.members.empty()) return Datum::of_text(schema.names[index]);
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

void find_differences(const std::string& path, const Datum& before, const Datum& after, std::vector<Difference>& out) {
  if (before == after) return;
  const bool same_shape = before.kind == after.kind &&
                          (after.kind == Datum::Kind::record || after.kind == Datum::Kind::map);
  if (!same_shape) {
    out.push_back({path, to_line(before), to_line(after)});
    return;
  }
  const bool is_map = after.kind == Datum::Kind::map;
  const auto child = [&](const std::string& name) {
    if (is_map) return path + "[" + name + "]";
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
    if (after.member(name) == nullptr) out.push_back({child(name), to_line(value), "(none)"});
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
  const auto found = std::find_if(members.begin(), members.end(), [&](const Member& m) { return m.first == name; });
  return found == members.end() ? nullptr : &found->second;
}

Datum to_datum(const Schema& schema, base::BytesView bytes) {
  ByteReader in(bytes);
  Datum datum = read(schema, in);
  PLIMSOLL_ASSERT(in.at_end());
  return datum;
}

std::string to_line(const Datum& datum) {
  switch (datum.kind) {
    case Datum::Kind::absent:
      return "none";
    case Datum::Kind::boolean:
    case Datum::Kind::number:
    case Datum::Kind::text:
      return datum.text;
    case Datum::Kind::list: {
      std::string line = "[";
      for (const Datum& item : datum.items) {
        if (line.size() > 1) line += ", ";
        line += to_line(item);
      }
      return line + "]";
    }
    case Datum::Kind::record:
    case Datum::Kind::map: {
      std::string line = "{";
      for (const auto& [name, value] : datum.members) {
        if (line.size() > 1) line += ", ";
        line += name + ": " + to_line(value);
      }
      return line + "}";
    }
  }
  PLIMSOLL_ASSERT(false);
}

std::vector<Difference> differences(const Datum& before, const Datum& after) {
  std::vector<Difference> found;
  find_differences("", before, after, found);
  return found;
}

}  // namespace plimsoll::checker
