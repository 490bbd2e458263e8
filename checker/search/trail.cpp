#include "checker/search/trail.hpp"

#include <algorithm>
#include <utility>

#include "checker/search/retrace.hpp"

namespace plimsoll::checker {
namespace {

/// A state that may lie on the way: `child` is its successor's place in the list of the next level.
struct Candidate {
  Fingerprint fingerprint;
  Origin origin;
  std::size_t child;
  friend bool operator<(const Candidate& a, const Candidate& b) {
    return std::pair(a.fingerprint, a.child) < std::pair(b.fingerprint, b.child);
  }
};

std::vector<std::vector<Candidate>> candidates_by_level(const VisitedSet& visited, const Finding& finding) {
  std::vector<std::vector<Candidate>> levels(finding.level + 1);
  const auto ancestry = visited.ancestry();
  ancestry->for_each_like(finding.state, finding.level, [&](Fingerprint fingerprint, Origin origin) {
    if (fingerprint == finding.state) {
      levels[finding.level].push_back({fingerprint, origin, 0});
    }
  });
  for (std::uint32_t level = finding.level; level > 0; --level) {
    const std::vector<Candidate>& children = levels[level];
    for (std::size_t i = 0; i < children.size(); ++i) {
      ancestry->for_each_like(children[i].origin, level - 1, [&](Fingerprint fingerprint, Origin origin) {
        levels[level - 1].push_back({fingerprint, origin, i});
      });
    }
    // The table's order depends on the run; the trace must not.
    std::sort(levels[level - 1].begin(), levels[level - 1].end());
  }
  return levels;
}

}  // namespace

Path reconstruct(const System& system, const VisitedSet& visited, const Finding& finding,
                 std::optional<std::size_t> step_property) {
  const std::vector<std::vector<Candidate>> levels = candidates_by_level(visited, finding);
  const std::unique_ptr<Worker> worker = system.worker();
  for (const Candidate& start : levels[0]) {
    std::vector<Fingerprint> chain = {start.fingerprint};
    std::size_t next = start.child;
    for (std::size_t level = 1; level < levels.size(); ++level) {
      chain.push_back(levels[level][next].fingerprint);
      next = levels[level][next].child;
    }
    if (step_property) {
      chain.push_back(finding.after);
    }
    std::optional<Path> path = retrace(system, *worker, chain, step_property);
    if (path) {
      return std::move(*path);
    }
  }
  PLIMSOLL_ASSERT_KNOWN(
      false, "no recorded way back re-executes: the system's successors are not a function of the state");
  __builtin_unreachable();
}

}  // namespace plimsoll::checker
