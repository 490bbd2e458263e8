// The defects of DNS and where each of them shows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "impl/service/dns/defects.hpp"
#include "properties/registry.hpp"

namespace plimsoll::properties::names {

struct ShownDefect {
  dns::Defect defect = {};
  const char* scenario = "";  ///< of model/scenarios/service, without ".yaml"
  const char* property = "";  ///< the one violated there
};

[[nodiscard]] std::span<const ShownDefect> shown_defects();
/// For the registry.
[[nodiscard]] std::vector<DefectEntry> defect_entries();

}  // namespace plimsoll::properties::names
