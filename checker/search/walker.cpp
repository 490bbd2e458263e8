#include "checker/search/walker.hpp"

#include "impl/base/assert.hpp"

namespace plimsoll::checker {

Walker::Walker(Worker& worker, const Successors& initial)
    : worker_(worker), initial_(initial), transitions_(initial.width()) {
  PLIMSOLL_ASSERT(initial.size() > 0);
}

void Walker::begin(std::uint64_t seed, std::uint64_t walk) {
  random_ = RandomStream(seed, walk);
  const auto i = static_cast<std::size_t>(random_.below(initial_.size()));
  const StateView state = initial_.state(i);
  state_.assign(state.begin(), state.end());
  fingerprint_ = initial_[i].fingerprint;
}

const Successors& Walker::look() {
  transitions_.clear();
  transitions_.begin(fingerprint_);
  worker_.successors(state_, fingerprint_, transitions_);
  return transitions_;
}

void Walker::move(std::size_t i) {
  const StateView state = transitions_.state(i);
  state_.assign(state.begin(), state.end());
  fingerprint_ = transitions_[i].fingerprint;
}

Path retrace_walk(Walker& walker, std::uint64_t seed, std::uint64_t walk, std::uint32_t steps) {
  Path path;
  walker.begin(seed, walk);
  path.states.emplace_back(walker.state().begin(), walker.state().end());
  for (std::uint32_t step = 0; step < steps; ++step) {
    const Successors& transitions = walker.look();
    PLIMSOLL_ASSERT_KNOWN(transitions.size() > 0,
                          "a walk does not repeat: successors are not a function of the state");
    const std::size_t i = walker.choose();
    path.actions.push_back(transitions[i].action);
    walker.move(i);
    path.states.emplace_back(walker.state().begin(), walker.state().end());
  }
  return path;
}

}  // namespace plimsoll::checker
