// One explicit table: the kinds of foreign material that `plimsoll conform` takes, and what judges each.
#pragma once

#include <span>
#include <string_view>

#include "properties/conformance/report.hpp"

namespace plimsoll::properties {

/// In order of name. A further kind is one more row.
[[nodiscard]] std::span<const ConformanceKind> conformance_kinds();
/// Null if there is none of that name.
[[nodiscard]] const ConformanceKind* find_conformance_kind(std::string_view name);

}  // namespace plimsoll::properties
