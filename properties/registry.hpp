// One explicit table: a scenario's `system:` name and what builds it; and every defect that can be switched
// on.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "checker/scenario/scenario.hpp"
#include "checker/system/system.hpp"

namespace plimsoll::properties {

/// A switchable re-introduction of a real, documented bug.
struct DefectEntry {
  std::string id;         ///< "F1"
  std::string component;  ///< "ipam"
  std::string story;
  std::string source;    ///< the upstream issue or code
  std::string breaks;    ///< the property that a counterexample violates; empty: none is
  std::string scenario;  ///< path that shows it: "model/scenarios/ipam/scarcity.yaml"
};

struct PropertyEntry {
  std::string id;
  std::string kind;
  std::string statement;
};

struct SystemEntry {
  std::string name;  ///< "ipam"
  std::string description;
  std::vector<PropertyEntry> properties;
  std::vector<DefectEntry> defects;
  /// Builds the system that `scenario` describes, with `defects` (ids of this system's) switched on. Errors
  /// name the place in the scenario that is wrong.
  tl::expected<std::unique_ptr<checker::System>, scenario::Error> (*build)(
      const scenario::Scenario& scenario, const std::vector<std::string>& defects);
};

/// In order of name. Built once; read by any number of threads.
[[nodiscard]] const std::vector<SystemEntry>& systems();
/// Null if there is none of that name.
[[nodiscard]] const SystemEntry* find_system(const std::string& name);

}  // namespace plimsoll::properties
