// Collects the properties of a world, clause by clause.
#pragma once

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "properties/world_properties.hpp"

namespace plimsoll::properties::store {

[[nodiscard]] inline checker::Truth truth(bool holds) {
  return holds ? checker::Truth::holds : checker::Truth::violated;
}

/// Not thread-safe. Properties come in the order in which they are first named.
class Declaring {
 public:
  /// @param list  What may be declared. Must outlive this.
  explicit Declaring(const std::vector<checker::Property>& list) : list_(list) {}

  /// Valid until the next one is named. Requires: `id` is in the list.
  checker::WorldProperty& property(std::string_view id) {
    const auto found = std::ranges::find(
        made_, id, [](const checker::WorldProperty& made) -> std::string_view { return made.property.id; });
    if (found != made_.end()) {
      return *found;
    }
    made_.push_back(declared(list_, id));
    return made_.back();
  }
  checker::WorldClause& clause(std::string_view id) { return property(id).clauses.emplace_back(); }
  [[nodiscard]] std::vector<checker::WorldProperty> take() { return std::move(made_); }

 private:
  const std::vector<checker::Property>& list_;
  std::vector<checker::WorldProperty> made_;
};

}  // namespace plimsoll::properties::store
