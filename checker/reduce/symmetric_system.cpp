#include "checker/reduce/symmetric_system.hpp"

#include <algorithm>
#include <vector>

#include "checker/reduce/canonical.hpp"

namespace plimsoll::checker {

namespace {

class OrbitRepresenter final : public Representer {
 public:
  explicit OrbitRepresenter(const System& raw) : canonicaliser_(raw) {}

  Fingerprint represent(std::span<Slot> state, Fingerprint fingerprint) override {
    return canonicaliser_.canonicalise(state, fingerprint).fingerprint;
  }

 private:
  Canonicaliser canonicaliser_;
};

}  // namespace

class SymmetricSystem::SymmetricWorker final : public Worker {
 public:
  explicit SymmetricWorker(const SymmetricSystem& system)
      : raw_(system.raw_.worker()),
        canonicaliser_(system.raw_),
        system_(system),
        remembers_(system.has_step_properties_),
        found_(system.width()),
        reduced_(system.width()) {}

  void successors(StateView state, Fingerprint fingerprint, Successors& out) override {
    expand(state, fingerprint);
    canonicaliser_.set_source(state);
    if (remembers_) {
      reduced_.clear();
      source_.assign(state.begin(), state.end());
    }
    for (std::size_t i = 0; i < found_.size(); ++i) {
      add_reduced(i, out);
    }
    for (const Action& action : found_.pruned_actions()) {
      out.prune(action);
    }
  }

  Evaluation evaluate(StateView state, PropertyMask wanted) override { return raw_->evaluate(state, wanted); }

  Evaluation evaluate_changed(StateView state, AspectMask changed, PropertyMask wanted) override {
    return raw_->evaluate_changed(state, changed, wanted);
  }

  Evaluation evaluate_step(StateView before, const Action& action, StateView after,
                           PropertyMask wanted) override {
    PLIMSOLL_ASSERT(remembers_);
    if (!std::equal(before.begin(), before.end(), source_.begin(), source_.end())) {
      recall(before);
    }
    Evaluation all{wanted, 0};
    bool is_transition = false;
    for (std::size_t i = 0; i < found_.size(); ++i) {
      if (found_[i].action != action || !leads_to(i, after)) {
        continue;
      }
      const Evaluation one = raw_->evaluate_step(before, action, found_.state(i), wanted);
      all.holds &= one.holds;
      all.engaged |= one.engaged;
      is_transition = true;
    }
    PLIMSOLL_ASSERT(is_transition);
    return all;
  }

  bool may_end(StateView state) override { return raw_->may_end(state); }

  [[nodiscard]] SystemStatistics statistics() const override {
    SystemStatistics statistics = raw_->statistics();
    statistics.memory_bytes += canonicaliser_.memory_bytes();
    return statistics;
  }

 private:
  void expand(StateView state, Fingerprint fingerprint) {
    found_.clear();
    found_.begin(fingerprint);
    raw_->successors(state, fingerprint, found_);
  }

  void add_reduced(std::size_t i, Successors& out) {
    const Successors::Transition& transition = found_[i];
    Slot* const target =
        out.append(transition.action, transition.changed, transition.fingerprint, found_.state(i));
    const auto [fingerprint, is_other, changed] = canonicaliser_.canonicalise_changed(
        {target, out.width()}, transition.changed, transition.fingerprint);
    if (is_other) {
      // Properties judge the state that it comes from as they do under the names that this one got.
      out.set_last(~SlotMask{0}, fingerprint, system_.judged_change(transition, changed));
    } else {
      out.set_last(transition.changed, fingerprint, transition.judged_change);
    }
    if (remembers_) {
      reduced_.append(transition.action, 0, fingerprint, {target, out.width()});
    }
  }

  /// Brings back the transitions of a state that is not the one expanded last.
  void recall(StateView before) {
    Successors again(found_.width());
    successors(before, 0, again);
  }

  [[nodiscard]] bool leads_to(std::size_t i, StateView after) const {
    const StateView reduced = reduced_.state(i);
    return std::equal(reduced.begin(), reduced.end(), after.begin());
  }

  std::unique_ptr<Worker> raw_;
  Canonicaliser canonicaliser_;
  const SymmetricSystem& system_;
  bool remembers_;
  /// The raw transitions of the state expanded last; for evaluate_step() also that state and, in the same
  /// order, the representatives of their targets.
  Successors found_;
  Successors reduced_;
  std::vector<Slot> source_;
};

SymmetricSystem::SymmetricSystem(const System& raw) : raw_(raw) {
  PLIMSOLL_ASSERT(raw.symmetry() != nullptr);
  AspectMask of_states = 0;
  for (std::size_t i = 0; i < raw.properties().size(); ++i) {
    const bool is_of_steps = raw.properties()[i].kind == PropertyKind::step;
    has_step_properties_ |= is_of_steps;
    (is_of_steps ? of_steps_ : of_states) |= raw.aspects(i);
  }
  of_steps_alone_ = of_steps_ & ~of_states;
}

AspectMask SymmetricSystem::judged_change(const Successors::Transition& raw, SlotMask changed) const {
  return (raw_.aspects_of(changed) & ~of_steps_alone_) | (raw.judged_change & of_steps_);
}

SymmetricSystem::~SymmetricSystem() = default;

std::unique_ptr<Representer> SymmetricSystem::representer() const {
  return std::make_unique<OrbitRepresenter>(raw_);
}

std::unique_ptr<Worker> SymmetricSystem::worker() const {
  return std::make_unique<SymmetricWorker>(*this);
}

}  // namespace plimsoll::checker
