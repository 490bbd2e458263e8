// What the workers of a search counted, added up: the part of a result that is the same for all engines.
#pragma once

#include <cstddef>

#include "checker/search/search.hpp"

namespace plimsoll::checker {

inline void add(SystemStatistics& sum, const SystemStatistics& part) {
  sum.memory_bytes += part.memory_bytes;
  sum.interned_values += part.interned_values;
  sum.local_states += part.local_states;
  sum.steps_run += part.steps_run;
  sum.steps_recalled += part.steps_recalled;
}

/// Sets `fired`, `pruned` and `system` of `result`. Each of `workers` points to what has fired(), pruned()
/// and statistics(). Requires: they are at rest.
template <class Workers>
void tally(const System& system, const Workers& workers, SearchResult& result) {
  result.fired.assign(system.action_groups().size(), 0);
  result.pruned = 0;
  result.system = system.statistics();
  for (const auto& worker : workers) {
    for (std::size_t i = 0; i < result.fired.size(); ++i) {
      result.fired[i] += worker->fired()[i];
    }
    result.pruned += worker->pruned();
    add(result.system, worker->statistics());
  }
}

}  // namespace plimsoll::checker
