#include "checker/search/retrace.hpp"

#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

void append(Path& path, StateView state) {
  path.states.emplace_back(state.begin(), state.end());
}

bool append_initial(const System& system, Successors& scratch, Path& path, Fingerprint fingerprint) {
  system.initial(scratch);
  for (std::size_t i = 0; i < scratch.size(); ++i) {
    if (scratch[i].fingerprint == fingerprint) {
      append(path, scratch.state(i));
      return true;
    }
  }
  return false;
}

bool append_step(Worker& worker, Successors& scratch, Path& path, Fingerprint from, Fingerprint to,
                 std::optional<std::size_t> violates) {
  const StateView before = path.states.back();
  scratch.clear();
  scratch.begin(from);
  worker.successors(before, from, scratch);
  for (std::size_t i = 0; i < scratch.size(); ++i) {
    if (scratch[i].fingerprint != to) {
      continue;
    }
    if (violates) {
      const PropertyMask bit = property_bit(*violates);
      if ((worker.evaluate_step(before, scratch[i].action, scratch.state(i), bit).holds & bit) != 0) {
        continue;
      }
    }
    path.actions.push_back(scratch[i].action);
    append(path, scratch.state(i));
    return true;
  }
  return false;
}

}  // namespace

std::optional<Path> retrace(const System& system, Worker& worker, const std::vector<Fingerprint>& chain,
                            std::optional<std::size_t> step_property) {
  PLIMSOLL_ASSERT(!chain.empty());
  Path path;
  Successors scratch(system.width());
  if (!append_initial(system, scratch, path, chain.front())) {
    return std::nullopt;
  }
  for (std::size_t i = 1; i < chain.size(); ++i) {
    const bool is_last = i + 1 == chain.size();
    if (!append_step(worker, scratch, path, chain[i - 1], chain[i], is_last ? step_property : std::nullopt)) {
      return std::nullopt;
    }
  }
  return path;
}

}  // namespace plimsoll::checker
