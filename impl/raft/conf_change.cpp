#include "impl/raft/conf_change.hpp"

#include <utility>

namespace plimsoll::raft {
namespace {

using Failure = tl::unexpected<std::string>;

// Protobuf: each field is a key (its number, and in the low bits its form), then a number or a length and
// bytes. A base-128 number is what base::ByteWriter writes, too.
constexpr std::uint64_t number_form = 0;
constexpr std::uint64_t bytes_form = 2;

class FieldWriter {
 public:
  void number(std::uint64_t field, std::uint64_t value) {
    out_.put_unsigned(field << 3U | number_form);
    out_.put_unsigned(value);
  }
  void bytes(std::uint64_t field, base::BytesView value) {
    out_.put_unsigned(field << 3U | bytes_form);
    out_.put_text(value);
  }
  [[nodiscard]] base::Bytes take() && { return std::move(out_).bytes(); }

 private:
  base::ByteWriter out_;
};

// A field as it stands in foreign bytes: `number` or `bytes`, depending on the form.
struct Field {
  std::uint64_t id = 0;
  std::uint64_t form = number_form;
  std::uint64_t number = 0;
  base::BytesView bytes = {};
};

// Unlike base::ByteReader it may read bytes of others: running past their end is an error, not a bug.
class FieldReader {
 public:
  explicit FieldReader(base::BytesView bytes) : rest_(bytes) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::optional<Field> next() {
    const std::optional<std::uint64_t> key = varint();
    if (!key || *key >> 3U == 0) {
      return std::nullopt;
    }
    Field field{*key >> 3U, *key & 7U, 0, {}};
    const std::optional<std::uint64_t> number = varint();
    if (!number || (field.form != number_form && field.form != bytes_form)) {
      return std::nullopt;
    }
    if (field.form == number_form) {
      field.number = *number;
      return field;
    }
    if (*number > rest_.size()) {
      return std::nullopt;
    }
    field.bytes = rest_.substr(0, static_cast<std::size_t>(*number));
    rest_.remove_prefix(field.bytes.size());
    return field;
  }

 private:
  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
      if ((byte & 0x80U) == 0) {
        return value;
      }
    }
    return std::nullopt;
  }

  base::BytesView rest_;
};

// Calls take(field) for each field; whether all of it was well formed and taken.
template <class Take>
bool read_fields(base::BytesView bytes, const Take& take) {
  FieldReader reader(bytes);
  while (!reader.at_end()) {
    const std::optional<Field> field = reader.next();
    if (!field || !take(*field)) {
      return false;
    }
  }
  return true;
}

template <class E>
bool take_enumerator(const Field& field, E& value) {
  if (field.form != number_form || field.number >= described_enumerators(E{}).size()) {
    return false;
  }
  value = static_cast<E>(field.number);
  return true;
}

bool take_number(const Field& field, std::uint64_t& value) {
  value = field.number;
  return field.form == number_form;
}

bool take_bytes(const Field& field, base::Bytes& value) {
  value = base::Bytes(field.bytes);
  return field.form == bytes_form;
}

bool read_single(base::BytesView bytes, ConfChangeSingle& change) {
  return read_fields(bytes, [&](const Field& field) {
    switch (field.id) {
      case 1:
        return take_enumerator(field, change.type);
      case 2:
        return take_number(field, change.node.value);
      default:
        return true;
    }
  });
}

bool read_v1(base::BytesView bytes, ConfChange& change) {
  return read_fields(bytes, [&](const Field& field) {
    switch (field.id) {
      case 2:
        return take_enumerator(field, change.type);
      case 3:
        return take_number(field, change.node.value);
      case 4:
        return take_bytes(field, change.context);
      default:
        return true;
    }
  });
}

bool read_v2(base::BytesView bytes, ConfChangeV2& change) {
  return read_fields(bytes, [&](const Field& field) {
    switch (field.id) {
      case 1:
        return take_enumerator(field, change.transition);
      case 2:
        return field.form == bytes_form && read_single(field.bytes, change.changes.emplace_back());
      case 3:
        return take_bytes(field, change.context);
      default:
        return true;
    }
  });
}

}  // namespace

ConfChangeV2 to_v2(const ConfChange& change) {
  return {ConfChangeTransition::automatic, {{change.type, change.node}}, change.context};
}

bool enters_joint(const ConfChangeV2& change) {
  return change.transition != ConfChangeTransition::automatic || change.changes.size() > 1;
}

bool leaves_automatically(const ConfChangeV2& change) {
  return change.transition != ConfChangeTransition::joint_explicit;
}

bool leaves_joint(const ConfChangeV2& change) {
  return change.transition == ConfChangeTransition::automatic && change.changes.empty();
}

base::Bytes encode_conf_change(const ConfChange& change) {
  FieldWriter out;
  out.number(1, 0);  // an id that nobody reads, and that is always written
  out.number(2, static_cast<std::uint64_t>(change.type));
  out.number(3, change.node.value);
  if (!change.context.empty()) {
    out.bytes(4, change.context);
  }
  return std::move(out).take();
}

base::Bytes encode_conf_change(const ConfChangeV2& change) {
  if (change == ConfChangeV2{}) {
    return {};
  }
  FieldWriter out;
  out.number(1, static_cast<std::uint64_t>(change.transition));
  for (const ConfChangeSingle& single : change.changes) {
    FieldWriter inner;
    inner.number(1, static_cast<std::uint64_t>(single.type));
    inner.number(2, single.node.value);
    out.bytes(2, std::move(inner).take());
  }
  if (!change.context.empty()) {
    out.bytes(3, change.context);
  }
  return std::move(out).take();
}

Entry to_entry(const ConfChange& change) {
  return {0, 0, EntryType::conf_change, encode_conf_change(change)};
}

Entry to_entry(const ConfChangeV2& change) {
  return {0, 0, EntryType::conf_change_v2, encode_conf_change(change)};
}

tl::expected<ConfChangeV2, std::string> conf_change_of(const Entry& entry) {
  PLIMSOLL_ASSERT(entry.type != EntryType::normal);
  if (entry.type == EntryType::conf_change) {
    ConfChange change;
    if (!read_v1(entry.data, change)) {
      return Failure("the entry's data is no configuration change (V1)");
    }
    return to_v2(change);
  }
  ConfChangeV2 change;
  if (!read_v2(entry.data, change)) {
    return Failure("the entry's data is no configuration change (V2)");
  }
  return change;
}

}  // namespace plimsoll::raft
