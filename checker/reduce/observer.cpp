#include "checker/reduce/observer.hpp"

#include <algorithm>

namespace plimsoll::checker {

Observer::Observer(const System& system) : system_(system), worker_(system.worker()) {
  for (std::size_t i = 0; i < system.properties().size(); ++i) {
    const PropertyKind kind = system.properties()[i].kind;
    if (kind != PropertyKind::deadlock_free && !is_liveness(kind)) {
      (kind == PropertyKind::step ? steps_ : predicates_) |= property_bit(i);
    }
  }
}

std::set<PlainState> Observer::initial() const {
  Successors out(system_.width());
  system_.initial(out);
  std::set<PlainState> states;
  for (std::size_t i = 0; i < out.size(); ++i) {
    states.emplace(out.state(i).begin(), out.state(i).end());
  }
  return states;
}

std::vector<Possibility> Observer::ahead(const PlainState& state) {
  Successors out(system_.width());
  const Fingerprint fingerprint = system_.fingerprint(state);
  out.begin(fingerprint);
  worker_->successors(state, fingerprint, out);
  std::vector<Possibility> found;
  for (std::size_t i = 0; i < out.size(); ++i) {
    Evaluation step;
    if (steps_ != 0) {
      step = worker_->evaluate_step(state, out[i].action, out.state(i), steps_);
    }
    found.push_back({out[i].action.group, false, step.holds, step.engaged,
                     PlainState(out.state(i).begin(), out.state(i).end())});
  }
  for (const Action& action : out.pruned_actions()) {
    found.push_back({action.group, true, 0, 0, {}});
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace plimsoll::checker
