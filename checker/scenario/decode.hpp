// The first document of a scenario file, from tree to Scenario.
#pragma once

#include <array>
#include <string_view>

#include <tl/expected.hpp>

#include "checker/scenario/location.hpp"
#include "checker/scenario/node.hpp"
#include "checker/scenario/scenario.hpp"

namespace plimsoll::scenario {

/// Every field the first document may have.
inline constexpr std::array<std::string_view, 15> scenario_fields = {
    "apiVersion", "kind",   "metadata", "system",     "parameters", "network", "nodes", "processes",
    "time",       "faults", "bounds",   "properties", "engine",     "defects", "expect"};

/// Decodes what stands in `document`; manifests, source_text, file and overrides are left for the caller to
/// fill in.
[[nodiscard]] tl::expected<Scenario, Error> decode_scenario(const Node& document);

}  // namespace plimsoll::scenario
