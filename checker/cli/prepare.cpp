#include "checker/cli/prepare.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "checker/scenario/suggestion.hpp"
#include "properties/registry.hpp"

namespace plimsoll::cli {
namespace {

using scenario::Error;
using scenario::Location;
using scenario::Scenario;

std::string did_you_mean(const std::string& unknown, const std::vector<std::string_view>& known) {
  return scenario::suggestion(unknown, known);
}

std::optional<Error> refuse_unknown_defects(const Scenario& scenario, const properties::SystemEntry& entry) {
  std::vector<std::string_view> known;
  for (const properties::DefectEntry& defect : entry.defects) {
    known.push_back(defect.id);
  }
  const auto refuse = [&](const std::string& id, Location where) {
    return Error{std::move(where), "system " + scenario::quote(entry.name) + " has no defect " +
                                       scenario::quote(id) + did_you_mean(id, known)};
  };
  for (const std::string& id : scenario.defects) {
    if (std::ranges::count(known, id) == 0) {
      return refuse(id, {scenario.file, 1, 1});
    }
  }
  for (const scenario::DefectExpectation& expected : scenario.expect_defects) {
    if (std::ranges::count(known, expected.defect) == 0) {
      return refuse(expected.defect, expected.where);
    }
  }
  return std::nullopt;
}

}  // namespace

tl::expected<std::unique_ptr<checker::System>, Error> build_system(const Scenario& scenario) {
  const properties::SystemEntry* entry = properties::find_system(scenario.system);
  if (entry == nullptr) {
    std::vector<std::string_view> known;
    for (const properties::SystemEntry& system : properties::systems()) {
      known.push_back(system.name);
    }
    return tl::unexpected(Error{
        scenario.system_where,
        "there is no system " + scenario::quote(scenario.system) + did_you_mean(scenario.system, known)});
  }
  if (auto error = refuse_unknown_defects(scenario, *entry)) {
    return tl::unexpected(std::move(*error));
  }
  return entry->build(scenario, scenario.defects);
}

tl::expected<checker::PropertyMask, Error> selected_properties(const Scenario& scenario,
                                                               const checker::System& system) {
  std::vector<std::string_view> known;
  for (const checker::Property& property : system.properties()) {
    known.push_back(property.id);
  }
  const auto refuse = [&](const std::string& id, const Location& where) {
    return tl::unexpected(Error{where, "system " + scenario::quote(scenario.system) + " has no property " +
                                           scenario::quote(id) + did_you_mean(id, known)});
  };
  if (const auto expected = expected_of(scenario);
      expected.property && std::ranges::count(known, *expected.property) == 0) {
    return refuse(*expected.property, expected.where);
  }
  if (!scenario.properties) {
    return ~checker::PropertyMask{0};
  }
  checker::PropertyMask mask = 0;
  for (const std::string& id : *scenario.properties) {
    const auto found = std::ranges::find(known, id);
    if (found == known.end()) {
      return refuse(id, scenario.properties_where);
    }
    mask |= checker::property_bit(static_cast<std::size_t>(found - known.begin()));
  }
  return mask;
}

scenario::Expectation expected_of(const Scenario& scenario) {
  return scenario::expectation(scenario).value_or(scenario::Expectation{});
}

}  // namespace plimsoll::cli
