// Described types: a field list gives a type its canonical bytes, its schema, and with them hash, printing,
// JSON and differences.
//
//   struct Lease {
//     Ipv4Prefix subnet;
//     std::uint32_t vni = 0;
//     PLIMSOLL_DESCRIBE(Lease, subnet, vni)
//   };
//   enum class Phase : std::uint8_t { idle, listing };
//   PLIMSOLL_DESCRIBE_ENUM(Phase, idle, listing)
//
// Described: bool, integers, std::string, Strong ids, described enums and structs, std::vector, std::array,
// std::set, std::multiset, std::map, std::optional, std::variant, std::pair of these, Box for types that
// contain themselves, and scalars with a Codec of their own (described_net.hpp). Unordered containers and
// pointers have no canonical bytes and do not compile.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "impl/base/bytes.hpp"
#include "impl/base/describe_macro.hpp"
#include "impl/base/ids.hpp"
#include "impl/base/schema.hpp"

namespace plimsoll::base {

/// How a type is written, read and described. Specialise for scalars; everything else is derived below.
template <class T>
struct Codec;

template <class T>
void encode(ByteWriter& out, const T& value) {
  Codec<T>::write(out, value);
}
template <class T>
[[nodiscard]] T decode(ByteReader& in) {
  return Codec<T>::read(in);
}

/// Making of schemas. A type may contain itself (Box), so a schema's address is known before it is complete;
/// other threads wait until all that it refers to is.
class SchemaMaking {
 public:
  SchemaMaking();
  ~SchemaMaking();
  SchemaMaking(const SchemaMaking&) = delete;
  SchemaMaking& operator=(const SchemaMaking&) = delete;
  /// `complete` becomes true when the outermost making ends.
  void will_complete(std::atomic<bool>& complete);
};

/// Looks like another type, and has its schema.
template <class T>
concept DescribedAsAnother = requires { typename Codec<T>::DescribedAs; };

/// The schema of T: one static object for each type.
template <class T>
[[nodiscard]] const Schema& schema_of() {
  if constexpr (DescribedAsAnother<T>) {
    return schema_of<typename Codec<T>::DescribedAs>();
  } else {
    static Schema schema = {};
    static std::atomic<bool> complete = false;
    if (!complete.load(std::memory_order_acquire)) {
      static bool begun = false;  // guarded by the making
      SchemaMaking making;
      if (!std::exchange(begun, true)) {
        making.will_complete(complete);
        schema = Codec<T>::make_schema();
      }
    }
    return schema;
  }
}

template <class T>
[[nodiscard]] Bytes to_bytes(const T& value) {
  ByteWriter out;
  encode(out, value);
  return std::move(out).bytes();
}
/// Requires: `bytes` came from to_bytes of the same type; anything else aborts.
template <class T>
[[nodiscard]] T from_bytes(BytesView bytes) {
  ByteReader in(bytes);
  T value = decode<T>(in);
  PLIMSOLL_ASSERT(in.at_end());
  return value;
}

/// The order of two values of T, given their canonical bytes.
template <class T>
[[nodiscard]] bool bytes_precede(BytesView a, BytesView b) {
  return from_bytes<T>(a) < from_bytes<T>(b);
}

template <class T>
concept DescribedStruct = requires {
  T::described_fields();
  { T::described_name } -> std::convertible_to<std::string_view>;
};
template <class T>
concept DescribedEnum = std::is_enum_v<T> && requires(T value) { described_enumerators(value); };

/// The kebab-case form of a C++ name: ids are spelled so in YAML, on the command line and in traces.
[[nodiscard]] std::string kebab_case(std::string_view name);

/// The name of a type, known before its schema is complete.
template <class T>
[[nodiscard]] std::string type_name() {
  if constexpr (DescribedAsAnother<T>) {
    return type_name<typename Codec<T>::DescribedAs>();
  } else if constexpr (DescribedStruct<T>) {
    return kebab_case(T::described_name);
  } else {
    return schema_of<T>().name;
  }
}

/// The name of an enumerator, kebab-case.
template <DescribedEnum E>
[[nodiscard]] std::string enumerator_text(E value) {
  return kebab_case(described_enumerators(value)[static_cast<std::size_t>(value)]);
}

template <>
struct Codec<bool> {
  static void write(ByteWriter& out, bool value) { out.put_unsigned(value ? 1 : 0); }
  static bool read(ByteReader& in) { return in.get_unsigned() != 0; }
  static Schema make_schema() { return {Schema::Kind::boolean, "bool", {}, {}}; }
};

template <class T>
  requires std::is_integral_v<T>
struct Codec<T> {
  static constexpr bool is_signed = std::is_signed_v<T>;
  static void write(ByteWriter& out, T value) {
    if constexpr (is_signed) {
      out.put_signed(value);
    } else {
      out.put_unsigned(value);
    }
  }
  static T read(ByteReader& in) {
    if constexpr (is_signed) {
      return static_cast<T>(in.get_signed());
    } else {
      return static_cast<T>(in.get_unsigned());
    }
  }
  static Schema make_schema() {
    return {is_signed ? Schema::Kind::signed_number : Schema::Kind::unsigned_number, "number", {}, {}};
  }
};

template <class Tag, class Rep>
struct Codec<Strong<Tag, Rep>> {
  static void write(ByteWriter& out, const Strong<Tag, Rep>& id) { out.put_unsigned(id.value); }
  static Strong<Tag, Rep> read(ByteReader& in) { return {static_cast<Rep>(in.get_unsigned())}; }
  static Schema make_schema() {
    constexpr bool renames = requires { requires Tag::renames; };
    return {renames ? Schema::Kind::process_id : Schema::Kind::unsigned_number, Tag::name, {}, {}};
  }
};

template <DescribedEnum E>
struct Codec<E> {
  static void write(ByteWriter& out, E value) { out.put_unsigned(static_cast<std::uint64_t>(value)); }
  static E read(ByteReader& in) { return static_cast<E>(in.get_unsigned()); }
  static Schema make_schema() {
    Schema schema{Schema::Kind::enumeration, "enumeration", {}, {}};
    for (const std::string_view name : described_enumerators(E{})) {
      schema.names.push_back(kebab_case(name));
    }
    return schema;
  }
};

template <>
struct Codec<std::string> {
  static void write(ByteWriter& out, const std::string& value) { out.put_text(value); }
  static std::string read(ByteReader& in) { return std::string(in.get_text()); }
  static Schema make_schema() { return {Schema::Kind::text, "text", {}, {}}; }
};

template <DescribedStruct T>
struct Codec<T> {
  static void write(ByteWriter& out, const T& value) {
    std::apply([&](auto... field) { (encode(out, value.*(field.member)), ...); }, T::described_fields());
  }
  static T read(ByteReader& in) {
    T value{};
    std::apply(
        [&](auto... field) {
          ((value.*(field.member) = decode<std::remove_cvref_t<decltype(value.*(field.member))>>(in)), ...);
        },
        T::described_fields());
    return value;
  }
  static Schema make_schema() {
    Schema schema{Schema::Kind::structure, kebab_case(T::described_name), {}, {}};
    std::apply(
        [&](auto... field) {
          (schema.names.push_back(kebab_case(field.name)), ...);
          (schema.children.push_back(
               &schema_of<std::remove_cvref_t<decltype(std::declval<T>().*(field.member))>>()),
           ...);
        },
        T::described_fields());
    if constexpr (requires { T::described_options_from; }) {
      schema.options = defaults_of_options();
    }
    return schema;
  }

 private:
  static std::vector<Bytes> defaults_of_options() {
    std::vector<Bytes> defaults;
    const T at_default{};
    bool is_option = false;
    std::apply(
        [&](auto... field) {
          ((is_option = is_option || field.name == T::described_options_from,
            is_option ? defaults.push_back(to_bytes(at_default.*(field.member))) : void()),
           ...);
        },
        T::described_fields());
    PLIMSOLL_ASSERT(!defaults.empty());
    return defaults;
  }
};

/// Shared by the containers that are a count and then their elements.
template <class Container, Schema::Kind kind>
struct ElementsCodec {
  using Element = typename Container::value_type;
  static void write(ByteWriter& out, const Container& values) {
    out.put_unsigned(values.size());
    for (const Element& value : values) {
      encode(out, value);
    }
  }
  static Container read(ByteReader& in) {
    Container values;
    for (std::uint64_t left = in.get_unsigned(); left > 0; --left) {
      values.insert(values.end(), decode<Element>(in));
    }
    return values;
  }
  static Schema make_schema() {
    Schema schema{kind, "list", {}, {&schema_of<Element>()}};
    if constexpr (kind == Schema::Kind::set) {
      schema.precedes = bytes_precede<Element>;
    }
    return schema;
  }
};
template <class T>
struct Codec<std::vector<T>> : ElementsCodec<std::vector<T>, Schema::Kind::sequence> {};
template <class T>
struct Codec<std::set<T>> : ElementsCodec<std::set<T>, Schema::Kind::set> {};
template <class T>
struct Codec<std::multiset<T>> : ElementsCodec<std::multiset<T>, Schema::Kind::set> {};

template <class T, std::size_t n>
struct Codec<std::array<T, n>> {
  static void write(ByteWriter& out, const std::array<T, n>& values) {
    out.put_unsigned(n);
    for (const T& value : values) {
      encode(out, value);
    }
  }
  static std::array<T, n> read(ByteReader& in) {
    PLIMSOLL_ASSERT(in.get_unsigned() == n);
    std::array<T, n> values{};
    for (T& value : values) {
      value = decode<T>(in);
    }
    return values;
  }
  static Schema make_schema() { return {Schema::Kind::sequence, "list", {}, {&schema_of<T>()}}; }
};

template <class Key, class Value>
struct Codec<std::map<Key, Value>> {
  static void write(ByteWriter& out, const std::map<Key, Value>& values) {
    out.put_unsigned(values.size());
    for (const auto& [key, value] : values) {
      encode(out, key);
      encode(out, value);
    }
  }
  static std::map<Key, Value> read(ByteReader& in) {
    std::map<Key, Value> values;
    for (std::uint64_t left = in.get_unsigned(); left > 0; --left) {
      Key key = decode<Key>(in);
      Value value = decode<Value>(in);
      values.emplace_hint(values.end(), std::move(key), std::move(value));
    }
    return values;
  }
  static Schema make_schema() {
    Schema schema{Schema::Kind::map, "map", {}, {&schema_of<Key>(), &schema_of<Value>()}};
    schema.precedes = bytes_precede<Key>;
    return schema;
  }
};

template <class T>
struct Codec<std::optional<T>> {
  static void write(ByteWriter& out, const std::optional<T>& value) {
    out.put_unsigned(value.has_value() ? 1 : 0);
    if (value) {
      encode(out, *value);
    }
  }
  static std::optional<T> read(ByteReader& in) {
    if (in.get_unsigned() == 0) {
      return std::nullopt;
    }
    return decode<T>(in);
  }
  static Schema make_schema() { return {Schema::Kind::optional, "optional", {}, {&schema_of<T>()}}; }
};

template <class A, class B>
struct Codec<std::pair<A, B>> {
  static void write(ByteWriter& out, const std::pair<A, B>& value) {
    encode(out, value.first);
    encode(out, value.second);
  }
  static std::pair<A, B> read(ByteReader& in) {
    A first = decode<A>(in);
    B second = decode<B>(in);
    return {std::move(first), std::move(second)};
  }
  static Schema make_schema() {
    return {Schema::Kind::structure, "pair", {"first", "second"}, {&schema_of<A>(), &schema_of<B>()}};
  }
};

template <class... Ts>
struct Codec<std::variant<Ts...>> {
  using Variant = std::variant<Ts...>;
  static void write(ByteWriter& out, const Variant& value) {
    out.put_unsigned(value.index());
    std::visit([&](const auto& alternative) { encode(out, alternative); }, value);
  }
  static Variant read(ByteReader& in) {
    using Read = Variant (*)(ByteReader&);
    static constexpr std::array<Read, sizeof...(Ts)> reads = {
        [](ByteReader& bytes) { return Variant(decode<Ts>(bytes)); }...};
    const std::uint64_t index = in.get_unsigned();
    PLIMSOLL_ASSERT(index < reads.size());
    return reads[index](in);
  }
  static Schema make_schema() {
    return {Schema::Kind::variant, "variant", {type_name<Ts>()...}, {&schema_of<Ts>()...}};
  }
};

}  // namespace plimsoll::base
