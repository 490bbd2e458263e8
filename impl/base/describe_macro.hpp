// PLIMSOLL_DESCRIBE and PLIMSOLL_DESCRIBE_ENUM: the field list of a described type (described.hpp explains
// the idea).
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>

namespace plimsoll::base {

/// A field's name and where it is.
template <class Member>
struct Field {
  std::string_view name;
  Member member;
};
template <class Member>
Field(const char*, Member) -> Field<Member>;

}  // namespace plimsoll::base

// The standard's __VA_OPT__ recursion: EXPAND rescans often enough for lists of up to 64 names.
#define PLIMSOLL_PARENS ()
#define PLIMSOLL_EXPAND(...) \
  PLIMSOLL_EXPAND3(PLIMSOLL_EXPAND3(PLIMSOLL_EXPAND3(PLIMSOLL_EXPAND3(__VA_ARGS__))))
#define PLIMSOLL_EXPAND3(...) \
  PLIMSOLL_EXPAND2(PLIMSOLL_EXPAND2(PLIMSOLL_EXPAND2(PLIMSOLL_EXPAND2(__VA_ARGS__))))
#define PLIMSOLL_EXPAND2(...) \
  PLIMSOLL_EXPAND1(PLIMSOLL_EXPAND1(PLIMSOLL_EXPAND1(PLIMSOLL_EXPAND1(__VA_ARGS__))))
#define PLIMSOLL_EXPAND1(...) __VA_ARGS__

#define PLIMSOLL_FIELDS(Type, ...) __VA_OPT__(PLIMSOLL_EXPAND(PLIMSOLL_FIELDS_NEXT(Type, __VA_ARGS__)))
#define PLIMSOLL_FIELDS_NEXT(Type, name, ...) \
  ::plimsoll::base::Field{                    \
      #name, &Type::name} __VA_OPT__(, PLIMSOLL_FIELDS_AGAIN PLIMSOLL_PARENS(Type, __VA_ARGS__))
#define PLIMSOLL_FIELDS_AGAIN() PLIMSOLL_FIELDS_NEXT

#define PLIMSOLL_NAMES(...) __VA_OPT__(PLIMSOLL_EXPAND(PLIMSOLL_NAMES_NEXT(__VA_ARGS__)))
#define PLIMSOLL_NAMES_NEXT(name, ...) \
  std::string_view(#name) __VA_OPT__(, PLIMSOLL_NAMES_AGAIN PLIMSOLL_PARENS(__VA_ARGS__))
#define PLIMSOLL_NAMES_AGAIN() PLIMSOLL_NAMES_NEXT

/// Inside a struct, last: lists its fields in order. Also gives it ==, and an order by fields.
#define PLIMSOLL_DESCRIBE(Type, ...)                                            \
  static constexpr std::string_view described_name = #Type;                     \
  static constexpr auto described_fields() {                                    \
    return std::make_tuple(PLIMSOLL_FIELDS(Type, __VA_ARGS__));                 \
  }                                                                             \
  [[maybe_unused]] friend auto operator<=>(const Type&, const Type&) = default; \
  [[maybe_unused]] friend bool operator==(const Type&, const Type&) = default;

/// Inside a struct, before PLIMSOLL_DESCRIBE: the fields from `first` on are options. Printing leaves them
/// out while they are at their defaults.
#define PLIMSOLL_DESCRIBE_OPTIONS(first) static constexpr std::string_view described_options_from = #first;

/// After an enum, in its namespace: lists its enumerators. Requires: values 0, 1, 2, ... in this order.
#define PLIMSOLL_DESCRIBE_ENUM(Type, ...)                                  \
  [[maybe_unused]] constexpr auto described_enumerators(Type /*tag*/) {    \
    return std::to_array<std::string_view>({PLIMSOLL_NAMES(__VA_ARGS__)}); \
  }
