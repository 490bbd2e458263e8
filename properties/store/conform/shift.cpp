#include "properties/store/conform/shift.hpp"

#include <optional>
#include <type_traits>
#include <variant>
#include <vector>

namespace plimsoll::properties::store {
namespace {

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsVariant : std::false_type {};
template <class... Ts>
struct IsVariant<std::variant<Ts...>> : std::true_type {};
template <class T>
struct IsBox : std::false_type {};
template <class T>
struct IsBox<base::Box<T>> : std::true_type {};

/// Applies `change` to every revision in a described value; `compared` to the number of a Compare that is
/// one.
template <class T, class Change>
void each_revision(T& value, const Change& change) {
  if constexpr (std::is_same_v<T, kv::Revision>) {
    change(value);
  } else if constexpr (std::is_same_v<T, kv::Compare>) {
    if (value.target == kv::CompareTarget::create_revision ||
        value.target == kv::CompareTarget::mod_revision) {
      kv::Revision number{value.number};
      change(number);
      value.number = number.value;
    }
  } else if constexpr (IsVector<T>::value) {
    for (auto& item : value) {
      each_revision(item, change);
    }
  } else if constexpr (IsOptional<T>::value) {
    if (value) {
      each_revision(*value, change);
    }
  } else if constexpr (IsBox<T>::value) {
    each_revision(*value, change);
  } else if constexpr (IsVariant<T>::value) {
    std::visit([&](auto& alternative) { each_revision(alternative, change); }, value);
  } else if constexpr (requires { T::described_fields(); }) {
    std::apply([&](const auto&... fields) { (each_revision(value.*fields.member, change), ...); },
               T::described_fields());
  }
}

struct Lower {
  std::uint64_t by;

  void operator()(kv::Revision& revision) const {
    revision.value = revision.value > by ? revision.value - by : 0;
  }
};

}  // namespace

RequestBody raised(RequestBody request, std::uint64_t by) {
  each_revision(request, [&](kv::Revision& revision) { revision.value += revision.value == 0 ? 0 : by; });
  return request;
}

kv::Response lowered(kv::Response response, std::uint64_t by) {
  each_revision(response, Lower{by});
  return response;
}

kv::WatchResponse lowered(kv::WatchResponse response, std::uint64_t by) {
  each_revision(response, Lower{by});
  return response;
}

}  // namespace plimsoll::properties::store
