#include "impl/base/rename.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace plimsoll::base {
namespace {

class Renaming {
 public:
  explicit Renaming(const IdRenaming& renaming) : renaming_(renaming) {}

  void value(const Schema& schema, ByteReader& in, ByteWriter& out) const {
    switch (schema.kind) {
      case Schema::Kind::boolean:
      case Schema::Kind::unsigned_number:
      case Schema::Kind::enumeration:
        return out.put_unsigned(in.get_unsigned());
      case Schema::Kind::signed_number:
        return out.put_signed(in.get_signed());
      case Schema::Kind::text:
        return out.put_text(in.get_text());
      case Schema::Kind::scalar:
        return scalar(schema, in, out);
      case Schema::Kind::process_id:
        return out.put_unsigned(renaming_(schema, in.get_unsigned()));
      case Schema::Kind::structure:
        for (const Schema* const field : schema.children) {
          value(*field, in, out);
        }
        return;
      case Schema::Kind::sequence:
        for (std::uint64_t left = count(in, out); left > 0; --left) {
          value(*schema.children[0], in, out);
        }
        return;
      case Schema::Kind::set:
      case Schema::Kind::map:
        return sorted(schema, in, out);
      case Schema::Kind::optional:
        if (count(in, out) != 0) {
          value(*schema.children[0], in, out);
        }
        return;
      case Schema::Kind::variant:
        return value(*schema.children.at(count(in, out)), in, out);
    }
    PLIMSOLL_ASSERT(false);
  }

 private:
  static std::uint64_t count(ByteReader& in, ByteWriter& out) {
    const std::uint64_t number = in.get_unsigned();
    out.put_unsigned(number);
    return number;
  }

  /// Only its text form knows where it ends.
  static void scalar(const Schema& schema, ByteReader& in, ByteWriter& out) {
    ByteReader whole = in;
    static_cast<void>(schema.scalar_text(in));
    out.put_raw(whole.get_raw(whole.left() - in.left()));
  }

  [[nodiscard]] Bytes alone(const Schema& schema, ByteReader& in) const {
    ByteWriter out;
    value(schema, in, out);
    return std::move(out).bytes();
  }

  void sorted(const Schema& schema, ByteReader& in, ByteWriter& out) const {
    const bool is_map = schema.kind == Schema::Kind::map;
    std::vector<std::pair<Bytes, Bytes>> elements;
    for (std::uint64_t left = count(in, out); left > 0; --left) {
      Bytes key = alone(*schema.children[0], in);
      elements.emplace_back(std::move(key), is_map ? alone(*schema.children[1], in) : Bytes());
    }
    std::sort(elements.begin(), elements.end(),
              [&schema](const auto& a, const auto& b) { return schema.precedes(a.first, b.first); });
    for (const auto& [key, mapped] : elements) {
      out.put_raw(key);
      out.put_raw(mapped);
    }
  }

  const IdRenaming& renaming_;
};

}  // namespace

Bytes renamed(BytesView bytes, const Schema& schema, const IdRenaming& renaming) {
  ByteReader in(bytes);
  ByteWriter out;
  Renaming(renaming).value(schema, in, out);
  PLIMSOLL_ASSERT(in.at_end());
  return std::move(out).bytes();
}

}  // namespace plimsoll::base
