#include "checker/trace/short_cuts.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

/// Finds states of a path again.
class Places {
 public:
  /// Of a state that comes twice, the last place counts.
  Places(const System& system, const Path& path, std::size_t count) : path_(path) {
    for (std::size_t i = 0; i < count; ++i) {
      fingerprints_.push_back(system.fingerprint(path.states[i]));
      last_[fingerprints_.back()] = i;
    }
  }
  [[nodiscard]] std::size_t of(Fingerprint fingerprint, StateView state, std::size_t otherwise) const {
    const auto found = last_.find(fingerprint);
    if (found == last_.end()) {
      return otherwise;
    }
    const std::vector<Slot>& same = path_.states[found->second];
    return std::equal(state.begin(), state.end(), same.begin(), same.end()) ? found->second : otherwise;
  }
  [[nodiscard]] Fingerprint fingerprint(std::size_t i) const { return fingerprints_[i]; }

 private:
  const Path& path_;
  std::vector<Fingerprint> fingerprints_;
  std::unordered_map<Fingerprint, std::size_t> last_;
};

/// The states but for those that only the last steps lead to.
std::size_t free_states(const Path& path, std::size_t kept) {
  PLIMSOLL_ASSERT(path.states.size() == path.actions.size() + 1);
  return path.states.size() - std::min(kept, path.actions.size());
}

void append_rest(Path& shortened, const Path& path, std::size_t free) {
  for (std::size_t i = free; i < path.states.size(); ++i) {
    shortened.actions.push_back(path.actions[i - 1]);
    shortened.states.push_back(path.states[i]);
  }
}

}  // namespace

Path without_circles(const System& system, Path path, std::size_t kept) {
  const std::size_t free = free_states(path, kept);
  const Places places(system, path, free);
  Path shortened;
  std::size_t i = 0;
  while (true) {
    i = places.of(places.fingerprint(i), path.states[i], i);
    shortened.states.push_back(path.states[i]);
    if (i + 1 == free) {
      break;
    }
    shortened.actions.push_back(path.actions[i]);
    ++i;
  }
  append_rest(shortened, path, free);
  return shortened;
}

Path with_short_cuts(const System& system, Worker& worker, Path path, std::size_t kept) {
  const std::size_t free = free_states(path, kept);
  const Places places(system, path, free);
  struct Arrival {
    std::size_t steps = std::numeric_limits<std::size_t>::max();
    std::size_t from = 0;
    Action action;
  };
  std::vector<Arrival> arrivals(free);
  arrivals[0].steps = 0;
  Successors out(system.width());
  for (std::size_t i = 0; i + 1 < free; ++i) {
    const std::size_t steps = arrivals[i].steps + 1;
    if (steps < arrivals[i + 1].steps) {
      arrivals[i + 1] = {steps, i, path.actions[i]};
    }
    out.clear();
    out.begin(places.fingerprint(i));
    worker.successors(path.states[i], places.fingerprint(i), out);
    for (std::size_t k = 0; k < out.size(); ++k) {
      const std::size_t place = places.of(out[k].fingerprint, out.state(k), i);
      if (place > i && steps < arrivals[place].steps) {
        arrivals[place] = {steps, i, out[k].action};
      }
    }
  }
  Path shortened;
  for (std::size_t i = free - 1; i > 0; i = arrivals[i].from) {
    shortened.states.push_back(path.states[i]);
    shortened.actions.push_back(arrivals[i].action);
  }
  shortened.states.push_back(path.states[0]);
  std::reverse(shortened.states.begin(), shortened.states.end());
  std::reverse(shortened.actions.begin(), shortened.actions.end());
  append_rest(shortened, path, free);
  return shortened;
}

}  // namespace plimsoll::checker
