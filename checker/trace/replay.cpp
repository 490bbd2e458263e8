#include "checker/trace/replay.hpp"

#include <algorithm>
#include <memory>
#include <set>

#include "checker/trace/judge.hpp"
#include "checker/trace/lasso_replay.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

using State = std::vector<Slot>;

constexpr std::size_t enabled_max = 12;

State copy(StateView state) {
  return {state.begin(), state.end()};
}

/// How much two labels have in common; the name counts most.
std::size_t likeness(const ActionLabel& a, const ActionLabel& b) {
  std::size_t score = a.name == b.name ? 1000 : 0;
  for (const auto& parameter : a.parameters) {
    score += std::ranges::count(b.parameters, parameter) > 0 ? 1 : 0;
  }
  return score;
}

class Replayer {
 public:
  Replayer(const System& system, const Trace& trace, std::size_t property)
      : system_(system), recorded_(trace.behaviour), worker_(system.worker()) {
    if (!is_liveness(system.properties()[property].kind)) {
      judge_.emplace(system, *worker_, property);
    }
  }

  Replay run() {
    Replay replay;
    if ((replay.divergence = start())) {
      return replay;
    }
    while (replay.steps < recorded_.steps()) {
      if ((replay.divergence = take_step(replay.steps))) {
        return replay;
      }
      ++replay.steps;
    }
    replay.divergence = conclude();
    return replay;
  }

 private:
  void keep(std::vector<State>& states, std::set<Fingerprint>& seen, StateView state,
            Fingerprint fingerprint) const {
    if (seen.insert(fingerprint).second) {
      states.push_back(copy(state));
    }
  }

  /// The differences between the record and the state most like it, of those noted.
  void note(const Datum& recorded, const Datum& today) {
    std::vector<Difference> found = differences(recorded, today);
    if (!nearest_ || found.size() < nearest_->size()) {
      nearest_ = std::move(found);
    }
  }
  std::vector<Difference> take_nearest() {
    std::vector<Difference> found = nearest_.value_or(std::vector<Difference>{});
    nearest_.reset();
    return found;
  }

  std::optional<Divergence> start() {
    Successors initial(system_.width());
    system_.initial(initial);
    std::set<Fingerprint> seen;
    for (std::size_t i = 0; i < initial.size(); ++i) {
      const Datum today = system_.describe(initial.state(i));
      if (today == recorded_.states[0]) {
        keep(states_, seen, initial.state(i), initial[i].fingerprint);
      } else {
        note(recorded_.states[0], today);
      }
    }
    if (!states_.empty()) {
      return std::nullopt;
    }
    return Divergence{
        Divergence::Kind::initial_state, 0, "no initial state is the recorded one", {}, take_nearest()};
  }

  /// Takes step `step` (from 0) from every state in states_.
  std::optional<Divergence> take_step(std::size_t step) {
    const ActionLabel& wanted = recorded_.labels[step];
    const Datum& target = recorded_.states[step + 1];
    std::vector<State> next;
    std::set<Fingerprint> seen;
    std::vector<ActionLabel> others;
    bool is_enabled = false;
    shown_ = false;
    nearest_.reset();
    for (const State& before : states_) {
      Successors out(system_.width());
      const Fingerprint fingerprint = system_.fingerprint(before);
      out.begin(fingerprint);
      worker_->successors(before, fingerprint, out);
      for (std::size_t i = 0; i < out.size(); ++i) {
        ActionLabel label = system_.describe(before, out[i].action);
        if (label != wanted) {
          others.push_back(std::move(label));
          continue;
        }
        is_enabled = true;
        const Datum today = system_.describe(out.state(i));
        if (today == target) {
          keep(next, seen, out.state(i), out[i].fingerprint);
          shown_ = shown_ || (judge_ && judge_->shows(before, out[i].action, out.state(i)));
        } else {
          note(target, today);
        }
      }
    }
    states_ = std::move(next);
    if (!states_.empty()) {
      return std::nullopt;
    }
    return is_enabled ? other_state(step + 1) : no_such_action(step + 1, others);
  }

  Divergence other_state(std::size_t step) {
    return {Divergence::Kind::state, step, "the recorded action leads to another state", {}, take_nearest()};
  }

  [[nodiscard]] Divergence no_such_action(std::size_t step, const std::vector<ActionLabel>& others) const {
    const ActionLabel& wanted = recorded_.labels[step - 1];
    std::vector<std::pair<std::size_t, std::string>> ranked;
    for (const ActionLabel& label : others) {
      ranked.emplace_back(likeness(label, wanted), to_line(label));
    }
    std::ranges::sort(ranked, [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    const auto repeated = std::ranges::unique(ranked);
    ranked.erase(repeated.begin(), repeated.end());
    Divergence divergence{Divergence::Kind::no_such_action, step, {}, {}, {}};
    divergence.message = "the recorded action is not enabled: " + to_line(wanted);
    for (std::size_t i = 0; i < std::min(ranked.size(), enabled_max); ++i) {
      divergence.enabled.push_back(std::move(ranked[i].second));
    }
    return divergence;
  }

  std::optional<Divergence> conclude() {
    if (!judge_) {
      return std::nullopt;
    }
    const bool shown =
        judge_->is_about_steps()
            ? shown_
            : std::ranges::any_of(states_, [this](const State& state) { return judge_->shows(state); });
    if (shown) {
      return std::nullopt;
    }
    return Divergence{Divergence::Kind::property, recorded_.steps(), {}, {}, {}};
  }

  const System& system_;
  const Behaviour& recorded_;
  std::unique_ptr<Worker> worker_;
  std::optional<Judge> judge_;  ///< nothing: liveness is judged on the whole
  std::vector<State> states_;   ///< all of today's states that are described as the record says
  bool shown_ = false;          ///< for step properties: the step taken last violates
  std::optional<std::vector<Difference>> nearest_;
};

/// Why no trace can show what this one claims of the property; nothing if one can.
std::optional<std::string> unshowable(const Trace& trace, const Property& property) {
  const std::string kind(to_text(property.kind));
  const std::string what = "'" + trace.property + "', which is a property of kind '" + kind + "'";
  if (showable(property.kind) != trace.shown) {
    return "the trace claims '" + std::string(to_text(trace.shown)) + "' of '" + trace.property +
           "', which is a '" + kind + "' property";
  }
  const bool is_lasso = trace.behaviour.loop || trace.behaviour.ends;
  if (is_liveness(property.kind) && !is_lasso) {
    return "the trace neither loops nor ends, so it shows nothing of " + what;
  }
  if (!is_liveness(property.kind) && is_lasso) {
    return "the trace is about what happens for ever, which says nothing of " + what;
  }
  return std::nullopt;
}

std::optional<Divergence> conclude_liveness(const System& system, std::size_t property, const Trace& trace) {
  const std::optional<std::string> objection = judge_recorded_lasso(system, property, trace.behaviour);
  if (!objection) {
    return std::nullopt;
  }
  return Divergence{Divergence::Kind::property,
                    trace.behaviour.steps(),
                    "every step was taken, but '" + trace.property + "' is not violated: " + *objection,
                    {},
                    {}};
}

}  // namespace

std::string_view to_text(Divergence::Kind kind) {
  switch (kind) {
    case Divergence::Kind::initial_state:
      return "initial-state";
    case Divergence::Kind::no_such_action:
      return "no-such-action";
    case Divergence::Kind::state:
      return "state";
    case Divergence::Kind::property:
      return "property";
  }
  PLIMSOLL_ASSERT(false);
}

std::string tell(const Divergence& divergence) {
  std::string text = "  diverged at #" + std::to_string(divergence.step) + ": " + divergence.message + "\n";
  if (divergence.kind == Divergence::Kind::no_such_action && divergence.enabled.empty()) {
    text += "       nothing is enabled here\n";
  }
  for (const std::string& line : divergence.enabled) {
    text += "       enabled: " + line + "\n";
  }
  for (const Difference& difference : divergence.differences) {
    text += "       " + (difference.path.empty() ? "the state" : difference.path) + ": recorded " +
            difference.before + ", today " + difference.after + "\n";
  }
  return text;
}

tl::expected<Replay, std::string> replay(const System& system, const Trace& trace) {
  const std::vector<Property>& properties = system.properties();
  const auto found = std::ranges::find(properties, trace.property, &Property::id);
  if (found == properties.end()) {
    return tl::unexpected("the system has no property '" + trace.property + "'");
  }
  if (std::optional<std::string> error = unshowable(trace, *found)) {
    return tl::unexpected(std::move(*error));
  }
  const auto property = static_cast<std::size_t>(found - properties.begin());
  Replay done = Replayer(system, trace, property).run();
  if (is_liveness(found->kind)) {
    if (!done.divergence) {
      done.divergence = conclude_liveness(system, property, trace);
    }
    return done;
  }
  if (done.divergence && done.divergence->kind == Divergence::Kind::property) {
    done.divergence->message = trace.shown == Shown::violated
                                   ? "every step was taken, but '" + trace.property + "' holds"
                                   : "every step was taken, but '" + trace.property + "' is not witnessed";
  }
  return done;
}

}  // namespace plimsoll::checker
