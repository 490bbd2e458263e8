#include "checker/trace/minimise.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include "checker/trace/judge.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

class Minimiser {
 public:
  Minimiser(const System& system, Path path, std::size_t property, std::size_t budget)
      : system_(system),
        worker_(system.worker()),
        judge_(system, *worker_, property),
        best_(std::move(path)),
        budget_(budget) {}

  Path run() {
    std::size_t chunk = std::max<std::size_t>(best_.actions.size() / 2, 1);
    // Attempt 0 leaves out nothing but what follows the first state that shows the violation.
    (void)attempt(0, 0);
    while (budget_ > 0 && !best_.actions.empty()) {
      const bool shortened = pass(std::min(chunk, best_.actions.size()));
      if (!shortened && chunk == 1) {
        break;
      }
      chunk = shortened ? chunk : chunk / 2;
    }
    return std::move(best_);
  }

 private:
  /// Tries to leave out each chunk once; later ones first, because they depend on more.
  bool pass(std::size_t chunk) {
    bool shortened = false;
    for (std::size_t end = best_.actions.size(); end > 0 && budget_ > 0;) {
      const std::size_t begin = end > chunk ? end - chunk : 0;
      if (attempt(begin, end)) {
        shortened = true;
        end = std::min(begin, best_.actions.size());
      } else {
        end = begin;
      }
    }
    return shortened;
  }

  [[nodiscard]] std::vector<ActionLabel> labels() const {
    std::vector<ActionLabel> labels;
    for (std::size_t i = 0; i < best_.actions.size(); ++i) {
      labels.push_back(system_.describe(best_.states[i], best_.actions[i]));
    }
    return labels;
  }

  /// Re-executes without steps `begin` .. `end` - 1. True if the result shows the violation and is shorter;
  /// it is then the best.
  bool attempt(std::size_t begin, std::size_t end) {
    if (budget_ == 0) {
      return false;
    }
    --budget_;
    const std::vector<ActionLabel> wanted = labels();
    Path path{{best_.states[0]}, {}};
    bool shown = shows_state(path.states.back());
    for (std::size_t i = 0; i < wanted.size() && !shown; ++i) {
      if (i < begin || i >= end) {
        shown = take(path, wanted[i]);
      }
    }
    if (!shown || path.actions.size() >= best_.actions.size()) {
      return false;
    }
    best_ = std::move(path);
    return true;
  }

  bool shows_state(const std::vector<Slot>& state) { return !judge_.is_about_steps() && judge_.shows(state); }

  /// Takes the first enabled step of that label, if there is one. True if the path shows the violation now.
  bool take(Path& path, const ActionLabel& wanted) {
    const std::vector<Slot>& before = path.states.back();
    const Fingerprint fingerprint = system_.fingerprint(before);
    Successors out(system_.width());
    out.begin(fingerprint);
    worker_->successors(before, fingerprint, out);
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (system_.describe(before, out[i].action) != wanted) {
        continue;
      }
      const bool shown_by_step = judge_.shows(before, out[i].action, out.state(i));
      path.actions.push_back(out[i].action);
      path.states.emplace_back(out.state(i).begin(), out.state(i).end());
      return shown_by_step || shows_state(path.states.back());
    }
    return false;
  }

  const System& system_;
  std::unique_ptr<Worker> worker_;
  Judge judge_;
  Path best_;
  std::size_t budget_;
};

}  // namespace

Path minimise(const System& system, Path path, std::size_t property, std::size_t budget) {
  PLIMSOLL_ASSERT(path.states.size() == path.actions.size() + 1);
  return Minimiser(system, std::move(path), property, budget).run();
}

}  // namespace plimsoll::checker
