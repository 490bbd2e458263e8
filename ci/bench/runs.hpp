// A benchmark's runs: which world, how searched, how often; and the medians of what came out.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "checker/search/search.hpp"
#include "ci/bench/spread.hpp"
#include "properties/registry.hpp"

namespace plimsoll::bench {

/// A scenario as it is run here.
struct World {
  std::string name;
  std::string path;
  std::vector<std::string> set;  ///< `path=value`, as for `plimsoll check --set`
};

struct Setting {
  checker::VisitedMode visited = checker::VisitedMode::fingerprint;
  unsigned workers = 1;
  bool properties = true;  ///< false: only the states are counted
};

/// One world under one setting, run several times.
struct Series {
  World world;
  Setting setting;
  std::vector<checker::SearchResult> runs;
};

[[nodiscard]] inline Spread seconds(const Series& series) {
  std::vector<double> values;
  for (const checker::SearchResult& run : series.runs) {
    values.push_back(run.seconds);
  }
  return spread(std::move(values));
}

/// Median of first[i] / second[i]: runs that were neighbours in time are compared, so a machine that slows
/// down in between does not count. Requires: as many runs in both, at least one.
[[nodiscard]] inline double paired_ratio(const Series& first, const Series& second) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < first.runs.size(); ++i) {
    ratios.push_back(first.runs[i].seconds / second.runs[i].seconds);
  }
  return spread(std::move(ratios)).median;
}

/// A world ready to be searched. Each run gets a new one: nothing interned or remembered by an earlier run
/// helps it.
struct Built {
  std::unique_ptr<checker::System> system;
  checker::PropertyMask selected = ~checker::PropertyMask{0};
};

[[nodiscard]] inline tl::expected<Built, scenario::Error> build(const World& world) {
  scenario::Overrides overrides;
  overrides.set = world.set;
  const auto loaded = scenario::load_scenario(world.path, std::move(overrides));
  if (!loaded) {
    return tl::unexpected(loaded.error());
  }
  const properties::SystemEntry* entry = properties::find_system(loaded->system);
  if (entry == nullptr) {
    return tl::unexpected(scenario::Error{loaded->system_where, "there is no system " + loaded->system});
  }
  auto system = entry->build(*loaded, loaded->defects);
  if (!system) {
    return tl::unexpected(system.error());
  }
  Built built{std::move(*system)};
  if (loaded->properties) {
    const std::vector<checker::Property>& known = built.system->properties();
    built.selected = 0;
    for (std::size_t i = 0; i < known.size(); ++i) {
      if (std::ranges::count(*loaded->properties, known[i].id) > 0) {
        built.selected |= checker::property_bit(i);
      }
    }
  }
  return built;
}

/// @param states_max  The search ends with the level in which it has seen so many distinct states.
[[nodiscard]] inline tl::expected<checker::SearchResult, scenario::Error> run(const World& world,
                                                                              const Setting& setting,
                                                                              std::uint64_t states_max) {
  const auto built = build(world);
  if (!built) {
    return tl::unexpected(built.error());
  }
  checker::SearchOptions options;
  options.visited = setting.visited;
  options.workers = setting.workers;
  options.selected = setting.properties ? built->selected : 0;
  options.all = true;
  options.limits.states_max = states_max;
  checker::SearchResult result = checker::search_breadth_first(*built->system, options);
  result.properties.clear();
  return result;
}

}  // namespace plimsoll::bench
