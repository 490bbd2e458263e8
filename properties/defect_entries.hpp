// A domain's defects as `plimsoll list defects` shows them: their stories beside the scenarios that show
// them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "properties/registry.hpp"

namespace plimsoll::properties {

/// One entry for each of `stories`, in their order. `shown` has rows with `defect`, `property` and
/// `scenario`, the name of a file in `directory`; of a defect without a row nothing is said to show it.
template <class Stories, class Shown>
[[nodiscard]] std::vector<DefectEntry> list_defects(const Stories& stories, const Shown& shown,
                                                    std::string_view directory) {
  std::vector<DefectEntry> entries;
  for (const auto& story : stories) {
    DefectEntry& entry = entries.emplace_back();
    entry.id = story.id;
    entry.component = story.component;
    entry.story = story.story;
    entry.source = story.source;
    const auto row = std::ranges::find(shown, story.defect, &Shown::value_type::defect);
    if (row != shown.end()) {
      entry.breaks = row->property;
      entry.scenario = std::string(directory) + "/" + row->scenario + ".yaml";
    }
  }
  return entries;
}

}  // namespace plimsoll::properties
