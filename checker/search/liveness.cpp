// Liveness: explore everything, ask each property's question of the graph, and tell the answer as a Path of
// the System.
#include <algorithm>
#include <bit>
#include <limits>
#include <new>
#include <utility>

#include "checker/search/graph_explorer.hpp"
#include "checker/search/lasso.hpp"
#include "checker/search/search.hpp"
#include "checker/search/supervisor.hpp"

namespace plimsoll::checker {
namespace {

PropertyMask selected_liveness(const System& system, const SearchOptions& options) {
  PropertyMask selected = 0;
  for (std::size_t i = 0; i < system.properties().size(); ++i) {
    selected |= is_liveness(system.properties()[i].kind) ? property_bit(i) & options.selected : 0;
  }
  return selected;
}

class LivenessCheck {
 public:
  LivenessCheck(const System& system, const SearchOptions& options)
      : system_(system),
        options_(options),
        selected_(selected_liveness(system, options)),
        fairness_(masks_of(system.fairness())),
        explorer_(system, options, selected_),
        supervisor_(options, explorer_.stop(), [this] { return explorer_.progress(); }) {}

  SearchResult run() {
    SearchResult result;
    const std::optional<Stop> end = explorer_.explore();
    stop_ = end ? *end : supervisor_.reason().value_or(Stop::memory);
    saw_everything_ = stop_ == Stop::exhausted && explorer_.pruned() == 0;
    for (PropertyMask left = selected_; left != 0; left &= left - 1) {
      outcomes_.push_back(
          {static_cast<std::size_t>(std::countr_zero(left)), Verdict::inconclusive, std::nullopt, false});
    }
    // Out of time or memory there is none left for questions; a graph cut by another limit can show
    // violations.
    if (stop_ == Stop::exhausted || stop_ == Stop::states || stop_ == Stop::depth) {
      judge_within_memory();
    }
    settle(result);
    return result;
  }

 private:
  void judge_within_memory() {
    const std::uint64_t needed = explorer_.graph().size() * lasso_bytes_per_state;
    const std::uint64_t held = explorer_.memory_bytes();
    if (needed > std::numeric_limits<std::uint64_t>::max() - held ||
        held + needed > options_.limits.memory_bytes_max) {
      stop_ = Stop::memory;
      return;
    }
    explorer_.note_memory(needed);
    try {
      judge();
    } catch (const std::bad_alloc&) {
      stop_ = Stop::memory;
    }
  }

  void judge() {
    for (PropertyOutcome& outcome : outcomes_) {
      const PropertyKind kind = system_.properties()[outcome.property].kind;
      const LassoSearch found =
          find_lasso(explorer_.graph(), fairness_, question_of(explorer_.graph(), kind, outcome.property),
                     explorer_.stop());
      if (!found.is_complete) {
        stop_ = supervisor_.reason().value_or(Stop::interrupted);
        return;
      }
      if (found.lasso) {
        outcome.path = execute(*found.lasso);
        outcome.verdict = Verdict::violated;
        if (!options_.all) {
          stop_ = Stop::violated;
          return;
        }
      } else if (saw_everything_) {
        outcome.verdict = Verdict::holds;
      }
    }
  }

  /// The lasso as a behaviour of the System, found again step by step.
  [[nodiscard]] Path execute(const Lasso& lasso) {
    Path path;
    Successors out(system_.width());
    system_.initial(out);
    const std::vector<StateNumber> initial = explorer_.places_of(out);
    const auto start = std::ranges::find(initial, lasso.states.front());
    PLIMSOLL_ASSERT(start != initial.end());
    Fingerprint fingerprint = append_state(path, out, static_cast<std::size_t>(start - initial.begin()));
    for (std::size_t i = 0; i < lasso.taken.size(); ++i) {
      out.clear();
      out.begin(fingerprint);
      explorer_.worker().successors(path.states.back(), fingerprint, out);
      const std::size_t found = find_step(path.states.back(), out, lasso, i);
      path.actions.push_back(out[found].action);
      fingerprint = append_state(path, out, found);
    }
    path.loop = lasso.loop;
    path.ends = !lasso.loop;
    PLIMSOLL_ASSERT(!path.loop || path.states.back() == path.states[*path.loop]);
    return path;
  }

  static Fingerprint append_state(Path& path, const Successors& out, std::size_t i) {
    path.states.emplace_back(out.state(i).begin(), out.state(i).end());
    return out[i].fingerprint;
  }

  /// As the graph has them: of a System without constraints none.
  [[nodiscard]] FairnessMask constraints_of(StateView before, const Action& action) {
    return system_.fairness().empty() ? 0 : explorer_.worker().fairness_of(before, action);
  }

  /// The number in `out` of a transition that does what step `step` of the lasso does.
  [[nodiscard]] std::size_t find_step(StateView before, const Successors& out, const Lasso& lasso,
                                      std::size_t step) {
    const std::vector<StateNumber> targets = explorer_.places_of(out);
    const bool stays = lasso.states[step] == lasso.states[step + 1];
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (targets[i] == lasso.states[step + 1] &&
          (stays || constraints_of(before, out[i].action) == lasso.taken[step])) {
        return i;
      }
    }
    PLIMSOLL_ASSERT_KNOWN(false, "the system's successors are not a function of the state");
    __builtin_unreachable();
  }

  void settle(SearchResult& result) {
    result.stop = stop_;
    result.verdict = saw_everything_ ? Verdict::holds : Verdict::inconclusive;
    for (PropertyOutcome& outcome : outcomes_) {
      const Property& property = system_.properties()[outcome.property];
      const bool has_antecedent = property.implication || property.kind == PropertyKind::leads_to;
      outcome.engaged = !has_antecedent || (explorer_.engaged() & property_bit(outcome.property)) != 0;
      if (outcome.verdict == Verdict::violated) {
        result.verdict = Verdict::violated;
      }
      if (outcome.verdict == Verdict::inconclusive && result.verdict == Verdict::holds) {
        result.verdict = Verdict::inconclusive;
      }
      result.properties.push_back(std::move(outcome));
    }
    explorer_.report(result);
    result.seconds = supervisor_.seconds();
  }

  const System& system_;
  const SearchOptions& options_;
  PropertyMask selected_;
  FairnessMasks fairness_;
  GraphExplorer explorer_;
  Stop stop_ = Stop::exhausted;
  bool saw_everything_ = false;
  std::vector<PropertyOutcome> outcomes_;
  Supervisor supervisor_;  ///< last: its thread looks at the explorer
};

}  // namespace

SearchResult check_liveness(const System& system, const SearchOptions& options) {
  PLIMSOLL_ASSERT(options.workers >= 1 && options.workers <= 256);
  PLIMSOLL_ASSERT(system.properties().size() <= 64);
  PLIMSOLL_ASSERT(system.fairness().size() <= 64);
  return LivenessCheck(system, options).run();
}

}  // namespace plimsoll::checker
