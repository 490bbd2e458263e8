#include "properties/manifest/objects.hpp"

#include <algorithm>

namespace plimsoll::manifest {
namespace {

/// The first value of type T among variants, if any.
template <typename T, typename Variants>
std::optional<T> first_of(const Variants& values) {
  for (const auto& value : values) {
    if (const T* found = std::get_if<T>(&value)) {
      return *found;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> value_of(const StringMap& map, std::string_view key) {
  const auto found =
      std::ranges::find(map, key, [](const auto& pair) -> std::string_view { return pair.first; });
  if (found == map.end()) {
    return std::nullopt;
  }
  return found->second;
}

std::optional<base::Ipv4Prefix> ipv4_pod_cidr(const Node& node) {
  return first_of<base::Ipv4Prefix>(node.pod_cidrs);
}

std::optional<base::Ipv4> ipv4_internal_ip(const Node& node) {
  return first_of<base::Ipv4>(node.internal_ips);
}

}  // namespace plimsoll::manifest
