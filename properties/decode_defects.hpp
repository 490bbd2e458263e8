// The defects that a run asks for by their ids, found among a domain's own.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "checker/scenario/reader.hpp"
#include "checker/scenario/scenario.hpp"
#include "impl/base/defect_set.hpp"

namespace plimsoll::properties {

/// An id that none of `stories` has is an error at the name of the scenario's system.
template <class Stories>
[[nodiscard]] auto decode_defects(const scenario::Scenario& scenario, const std::vector<std::string>& ids,
                                  const Stories& stories, scenario::FirstError& errors) {
  base::DefectSet<decltype(stories.begin()->defect)> defects;
  for (const std::string& id : ids) {
    const auto story = std::ranges::find(stories, id, &Stories::value_type::id);
    if (story == stories.end()) {
      errors.add({scenario.system_where, "system " + scenario.system + " has no defect '" + id +
                                             "'; `plimsoll list defects` shows those it has"});
    } else {
      defects = defects.with(story->defect);
    }
  }
  return defects;
}

}  // namespace plimsoll::properties
