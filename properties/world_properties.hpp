// What every domain does with the properties of its worlds: finds what is declared of one, adds those that
// are checked only if somebody asks, and lists them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/scenario/asks_for.hpp"
#include "checker/world/model.hpp"
#include "impl/base/assert.hpp"
#include "properties/registry.hpp"

namespace plimsoll::properties {

/// The property of that name, without a predicate. Requires: it is in `list`.
[[nodiscard]] inline checker::WorldProperty declared(const std::vector<checker::Property>& list,
                                                     std::string_view id) {
  const auto found = std::ranges::find(list, id, &checker::Property::id);
  PLIMSOLL_ASSERT_KNOWN(found != list.end(), "no property " + std::string(id));
  checker::WorldProperty property;
  property.property = *found;
  return property;
}

/// Adds those of `candidates` that the scenario names.
inline void add_if_asked(std::vector<checker::WorldProperty>& properties,
                         std::vector<checker::WorldProperty> candidates, const scenario::Scenario& scenario) {
  for (checker::WorldProperty& property : candidates) {
    if (scenario::asks_for(scenario, property.property.id)) {
      properties.push_back(std::move(property));
    }
  }
}

[[nodiscard]] inline std::vector<PropertyEntry> entries_of(
    const std::vector<const std::vector<checker::Property>*>& lists) {
  std::vector<PropertyEntry> entries;
  for (const std::vector<checker::Property>* const list : lists) {
    for (const checker::Property& property : *list) {
      entries.push_back({property.id, std::string(checker::to_text(property.kind)), property.statement});
    }
  }
  return entries;
}

}  // namespace plimsoll::properties
