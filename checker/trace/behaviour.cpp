#include "checker/trace/behaviour.hpp"

#include <algorithm>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {

Behaviour describe(const System& system, const Path& path) {
  PLIMSOLL_ASSERT(path.states.size() == path.actions.size() + 1);
  Behaviour behaviour;
  behaviour.states.reserve(path.states.size());
  behaviour.labels.reserve(path.actions.size());
  for (const std::vector<Slot>& state : path.states) {
    behaviour.states.push_back(system.describe(state));
  }
  for (std::size_t i = 0; i < path.actions.size(); ++i) {
    behaviour.labels.push_back(system.describe(path.states[i], path.actions[i]));
  }
  behaviour.loop = path.loop;
  behaviour.ends = path.ends;
  return behaviour;
}

std::string tell_difference(const Difference& difference) {
  const std::string path = difference.path.empty() ? "" : difference.path + ": ";
  return "       " + path + difference.before + " -> " + difference.after + "\n";
}

std::string tell_step(std::size_t step, const ActionLabel& label, const std::vector<Difference>& changes) {
  std::string text = "  #" + std::to_string(step) + " " + to_line(label) + "\n";
  for (const Difference& change : changes) {
    text += tell_difference(change);
  }
  return text;
}

namespace {

std::string tell_outcome(const Behaviour& behaviour) {
  if (behaviour.loop) {
    const std::string first = std::to_string(*behaviour.loop + 1);
    const std::string last = std::to_string(behaviour.steps());
    return first == last ? "  from here on step " + first + " repeats for ever\n"
                         : "  from here on steps " + first + " to " + last + " repeat for ever\n";
  }
  return behaviour.ends ? "  nothing more can happen\n" : "";
}

}  // namespace

std::string tell(const Behaviour& behaviour, std::size_t last) {
  std::string text = "  #0 initial state\n";
  for (std::size_t i = 0; i < std::min(last, behaviour.steps()); ++i) {
    text += tell_step(i + 1, behaviour.labels[i], differences(behaviour.states[i], behaviour.states[i + 1]));
  }
  return last < behaviour.steps() ? text : text + tell_outcome(behaviour);
}

std::string tell_state(const Datum& state) {
  if (state.kind != Datum::Kind::record) {
    return "       " + to_line(state) + "\n";
  }
  std::string text;
  for (const auto& [name, value] : state.members) {
    text += "       " + name + ": " + to_line(value) + "\n";
  }
  return text;
}

}  // namespace plimsoll::checker
